#include <scrapingpros/wire/decode.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/builders.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

webhook_event decoded_event(const std::string& file)
{
    diagnostics diag;
    const auto event = decode_webhook_event(fixture(file), diag);
    REQUIRE(event.has_value());
    CHECK_EQ(diag.place, "");
    CHECK_EQ(event->event, "run.completed");
    CHECK_EQ(
        event->target,
        run_ref{{"c0ffee00-0000-4000-8000-000000000001"}, {"7a110000-0000-4000-8000-0000000000a1"}}
    );
    CHECK_EQ(event->job_ids.size(), 7);
    CHECK_EQ(event->total_requests, 7u);
    CHECK(event->timestamp == at(126s));
    return *event;
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("webhook_run_completed.json", "decodes without a counter of timeouts")
    {
        const auto event = decoded_event("webhook_run_completed.json");
        CHECK_EQ(event.status, run_status::completed);
        CHECK_EQ(event.success_requests, 3u);
        CHECK_EQ(event.failed_requests, 3u);
        CHECK_FALSE(event.timeout_requests.has_value());
        CHECK(event.results_url->ends_with("/runs/7a110000-0000-4000-8000-0000000000a1"));
    }

    FIXTURE_CASE("webhook_run_completed.raw", "decodes to the same event as its pretty form")
    {
        CHECK(
            decoded_event("webhook_run_completed.raw") ==
            decoded_event("webhook_run_completed.json")
        );
    }

    FIXTURE_CASE("webhook_run_failed.json", "decodes to a failed run")
    {
        const auto event = decoded_event("webhook_run_failed.json");
        CHECK_EQ(event.status, run_status::failed);
        CHECK_EQ(event.success_requests, 1u);
    }

    FIXTURE_CASE("webhook_with_custom_ids.json", "decodes to jobs with and without custom ids")
    {
        const auto event = decoded_event("webhook_with_custom_ids.json");
        CHECK_EQ(event.timeout_requests, 1u);
        CHECK(
            event.jobs ==
            std::vector<webhook_job>{
                {{"10b00000-0000-4000-8000-000000000001"}, "tour_1"},
                {{"10b00000-0000-4000-8000-000000000007"}, {}}}
        );
    }

    FIXTURE_CASE("health_200.json", "decodes to a healthy service")
    {
        diagnostics diag;
        CHECK(*decode_health(fixture("health_200.json"), diag) == health{"healthy", {}});
    }

    FIXTURE_CASE("health_degraded_200.json", "decodes to its parts")
    {
        diagnostics diag;
        const health expected{"degraded", {{"api", "healthy"}, {"queue", "degraded"}}};
        CHECK(*decode_health(fixture("health_degraded_200.json"), diag) == expected);
    }

    FIXTURE_CASE("plans_200.json", "decodes to five plans")
    {
        diagnostics diag;
        const auto list = decode_plans(fixture("plans_200.json"), diag);
        REQUIRE(list.has_value());
        REQUIRE_EQ(list->plans.size(), 5);
        CHECK(list->plans[0] == plan{"free", "Free", 1000, 5});
        CHECK(list->plans[4] == plan{"scale", "Scale", 2'500'000, 100});
    }

    FIXTURE_CASE("billing_200.json", "is kept as text")
    {
        diagnostics diag;
        const auto text = fixture("billing_200.json");
        CHECK_EQ(decode_document(text, diag)->json, text);
    }
}
