#include <scrapingpros/model/webhook_event.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.webhook_event")
{
    TEST_CASE("a counter that was left out is not a counter of zero")
    {
        CHECK(webhook_event{.timeout_requests = 0} != webhook_event{});
        CHECK(webhook_event{}.status == run_status::unknown);
    }

    TEST_CASE("jobs are listed with or without their custom ids")
    {
        CHECK(webhook_job{{"j"}, "tour"} != webhook_job{{"j"}, {}});
    }
}
