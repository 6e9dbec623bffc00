#include <scrapingpros/model/limits.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("model.limits")
{
    TEST_CASE("nothing remaining differs from not knowing what remains")
    {
        CHECK(account_limits{.rate_remaining = 0} != account_limits{});
        CHECK(account_limits{.quota_unlimited = true} != account_limits{});
        CHECK_FALSE(account_limits{}.quota_unlimited);
    }

    TEST_CASE("a reset on the service's clock becomes a span, if there is none")
    {
        const timestamp now{std::chrono::hours(1000)};
        const auto span = [&](timestamp reset) {
            account_limits told;
            told.rate_reset_at = reset;
            return with_reset_as_span(told, now).rate_reset_in;
        };
        CHECK_EQ(span(now + 30s), 30s);
        CHECK_EQ(span(now + std::chrono::microseconds(1)), 1ms);
        CHECK_EQ(span(now - 30s), 0s);
        CHECK_EQ(span((timestamp::min)()), 0s);
        CHECK_EQ(span((timestamp::max)()), 24h * 365);
        CHECK_FALSE(with_reset_as_span({}, now).rate_reset_in);
        account_limits both;
        both.rate_reset_at = now + 30s;
        both.rate_reset_in = 5s;
        CHECK_EQ(with_reset_as_span(both, now).rate_reset_in, 5s);
    }
}
