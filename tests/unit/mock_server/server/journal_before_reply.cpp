#include <doctest/doctest.h>

#include <string>

#include "mock.hpp"
#include "raw_client.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

TEST_SUITE("mock_server.journal")
{
    TEST_CASE("SRV-018: a request can be read in the journal before the first byte of its reply")
    {
        scenario from;
        from.faults = {
            {operation::health, occurrence::nth(1), fault_phase::after, effect::delay{5s}}};
        mock_service mock{{.scenario = from, .clock = service_clock::manual(from.start)}};
        raw_client held{mock.port()};
        raw_client other{mock.port()};
        REQUIRE(held.send(get("/v1/health")));
        // The clock stands still, so no byte of that reply can be on its way.
        std::string told;
        while (told.find("/v1/health") == told.npos)
            told = body_of(other.exchange(get("/__mock/v1/journal")).bytes);
        CHECK_NE(told.find(R"("total":1)"), told.npos);
        CHECK_NE(told.find(R"("status":200)"), told.npos);
        CHECK_NE(told.find(R"("end":null)"), told.npos);
        mock.clock().advance(5s);
        CHECK(held.read_response().bytes.starts_with("HTTP/1.1 200"));
    }
}
