#include <scrapingpros/wire/error_body.hpp>
#include <scrapingpros/wire/retry_after.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/builders.hpp"
#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

const call creating = create_collection{};
const call listing = list_jobs{};
const call fetching = get_result{};

unsigned status_of(const std::string& file)
{
    return static_cast<unsigned>(fixture_index().at(file).as_object().at("status").as_int64());
}

error_reply decoded(const std::string& file, const call& c)
{
    return decode_error(status_of(file), c, fixture_headers(file), fixture(file));
}

/// The reply is this code with these words, and nothing more.
void is(const std::string& file, const call& c, errc code, const std::string& text)
{
    const auto reply = decoded(file, c);
    CHECK_EQ(reply.code.message(), make_error_code(code).message());
    CHECK_EQ(reply.server_text, text);
    CHECK_FALSE(reply.refusal.has_value());
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("error_400_cursor_mismatch.json", "is a bad request")
    {
        is("error_400_cursor_mismatch.json",
           listing,
           errc::bad_request,
           "cursor was generated with order_by=completed_at, received order_by=id; start a new "
           "pagination");
    }
    FIXTURE_CASE("error_400_order.json", "is a bad request")
    {
        is("error_400_order.json",
           listing,
           errc::bad_request,
           "Invalid order_by: 'bogus'. Allowed: id, completed_at");
    }
    FIXTURE_CASE("error_400_since.json", "is a bad request")
    {
        is("error_400_since.json",
           listing,
           errc::bad_request,
           "Invalid since_completed_at: expected ISO 8601 (UTC when no offset is given)");
    }
    FIXTURE_CASE("error_400_status_filter.json", "is a bad request")
    {
        is("error_400_status_filter.json",
           listing,
           errc::bad_request,
           "Invalid status_filter value: 'bogus'. Allowed: processing, completed, failed, timeout");
    }
    FIXTURE_CASE("error_401.json", "is a refused token")
    {
        is("error_401.json", creating, errc::unauthorized, "Invalid token");
        is("error_401.json", fetching, errc::unauthorized, "Invalid token");
    }
    FIXTURE_CASE("error_403.json", "is forbidden")
    {
        is("error_403.json", creating, errc::forbidden, "Country proxy 'BR' not approved");
    }
    FIXTURE_CASE("error_404_collection.json", "is a missing collection")
    {
        is("error_404_collection.json", get_collection{}, errc::not_found, "Collection not found");
    }
    FIXTURE_CASE("error_404_run.json", "is a missing run")
    {
        is("error_404_run.json", get_run{}, errc::not_found, "Run not found");
    }
    FIXTURE_CASE("error_404_result_pending.json", "is a result that is not written yet")
    {
        const auto reply = decoded("error_404_result_pending.json", fetching);
        CHECK(reply.code == errc::result_pending);
        CHECK(
            *reply.refusal == result_refusal{"result_pending", "Job has not finished yet.", {}, {}}
        );
    }
    FIXTURE_CASE("error_404_result_expired.json", "is a result that is gone, with its age")
    {
        const auto reply = decoded("error_404_result_expired.json", fetching);
        CHECK(reply.code == errc::result_expired);
        REQUIRE(reply.refusal.has_value());
        CHECK(reply.refusal->completed_at == at(-93h - 25min - 4s));
        CHECK(reply.refusal->age == 336240s);
        CHECK_EQ(reply.server_text, "Job result is no longer available.");
    }
    FIXTURE_CASE("error_404_result_lost.json", "is a result that the service has lost")
    {
        const auto reply = decoded("error_404_result_lost.json", fetching);
        CHECK(reply.code == errc::result_lost);
        CHECK(reply.refusal->completed_at == at(-24min));
        CHECK(reply.refusal->age == 1440s);
    }
    FIXTURE_CASE("error_404_job_id_invalid.json", "is a job that the run does not have")
    {
        CHECK(decoded("error_404_job_id_invalid.json", fetching).code == errc::job_id_invalid);
    }
    FIXTURE_CASE("error_404_result_old_server.json", "is a result that is missing for no reason")
    {
        is("error_404_result_old_server.json",
           fetching,
           errc::result_unavailable,
           "Job result not found. Results are available for 24 hours after completion.");
    }
    FIXTURE_CASE("error_409_idempotency_busy.json", "is a conflict that passes")
    {
        is("error_409_idempotency_busy.json",
           creating,
           errc::conflict,
           "A request with this Idempotency-Key is still being processed.");
    }
    FIXTURE_CASE("error_413.json", "is a body that must be split")
    {
        is("error_413.json", creating, errc::request_too_large, "Request body too large");
    }
    FIXTURE_CASE("error_422_array.json", "names what the validator complained of")
    {
        is("error_422_array.json",
           creating,
           errc::rejected,
           "body.name: Field required; body.requests: Input should be a valid list");
        CHECK_EQ(decoded("error_422_array.json", creating).place, "body.name");
    }
    FIXTURE_CASE("error_422_idempotency.json", "is rejected for good")
    {
        is("error_422_idempotency.json",
           creating,
           errc::rejected,
           "Idempotency-Key reused with a different payload.");
    }
    FIXTURE_CASE("error_422_message_key.json", "keeps its words under another name")
    {
        is("error_422_message_key.json", creating, errc::rejected, "URL blocked by SSRF protection"
        );
    }
    FIXTURE_CASE("error_422_object.json", "keeps its words in an object")
    {
        is("error_422_object.json", creating, errc::rejected, "name is required");
    }
    FIXTURE_CASE("error_422_string.json", "keeps its words in a string")
    {
        is("error_422_string.json", creating, errc::rejected, "Invalid parameters");
    }
    FIXTURE_CASE("error_429_rate.json", "is a wait of 12 seconds")
    {
        is("error_429_rate.json", creating, errc::throttled, "Rate limit exceeded");
        is("error_429_rate.json", listing, errc::throttled, "Rate limit exceeded");
        CHECK(parse_retry_after(fixture_headers("error_429_rate.json"), at()) == 12s);
    }
    FIXTURE_CASE("error_429_quota.json", "stops writes and only slows reads")
    {
        is("error_429_quota.json", creating, errc::quota_exceeded, "Monthly quota exceeded");
        is("error_429_quota.json", start_run{}, errc::quota_exceeded, "Monthly quota exceeded");
        is("error_429_quota.json", listing, errc::throttled, "Monthly quota exceeded");
        is("error_429_quota.json", fetching, errc::throttled, "Monthly quota exceeded");
        CHECK_FALSE(parse_retry_after(fixture_headers("error_429_quota.json"), at()).has_value());
    }
    FIXTURE_CASE("error_500.html", "is a failure of the server's, its page kept as text")
    {
        const auto reply = decoded("error_500.html", listing);
        CHECK(reply.code == errc::server_error);
        CHECK_EQ(reply.server_text.substr(0, 6), "<html>");
    }
    FIXTURE_CASE("error_500.json", "is a failure of the server's")
    {
        is("error_500.json", listing, errc::server_error, "Internal Server Error");
    }
    FIXTURE_CASE("error_503.json", "is a failure that passes in 5 seconds")
    {
        is("error_503.json", creating, errc::server_error, "Service temporarily unavailable");
        CHECK(parse_retry_after(fixture_headers("error_503.json"), at()) == 5s);
    }
}
