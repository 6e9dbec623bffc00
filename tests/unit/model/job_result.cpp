#include <scrapingpros/model/job_result.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.job_result")
{
    TEST_CASE("a fresh result claims nothing")
    {
        const job_result fresh;
        CHECK(fresh.body.kind == body_kind::none);
        CHECK_FALSE(fresh.message.has_value());
        CHECK_FALSE(fresh.guidance.has_value());
        CHECK_FALSE(fresh.potentially_blocked_by_captcha.has_value());
    }

    TEST_CASE("an empty guidance differs from none")
    {
        CHECK(job_result{.guidance = result_guidance{}} != job_result{});
        CHECK(result_guidance{.success = false} != result_guidance{});
    }

    TEST_CASE("a captured request is whole unless it says otherwise")
    {
        CHECK_FALSE(network_request{}.body_truncated);
        CHECK(network_request{.body = ""} != network_request{});
    }
}
