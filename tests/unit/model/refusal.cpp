#include <scrapingpros/model/refusal.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("model.refusal")
{
    TEST_CASE("refusals differ by code and by age")
    {
        const result_refusal lost{.code = "result_lost", .age = 24min};
        CHECK(lost == result_refusal{.code = "result_lost", .age = 1440s});
        CHECK(lost != result_refusal{.code = "result_expired", .age = 24min});
        CHECK(lost != result_refusal{.code = "result_lost"});
    }
}
