#include <scrapingpros/wire/limits.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/builders.hpp"
#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

account_limits limits_of(const char* name, const char* value)
{
    http_fields fields;
    fields.add(name, value);
    return read_limits(fields);
}

}  // namespace

TEST_SUITE("wire.limits")
{
    TEST_CASE("the headers of the fixtures are read")
    {
        const account_limits expected{
            .rate_limit = 10'000,
            .rate_remaining = 9'987,
            .rate_reset_at = at(60s),
            .quota_limit = 25'000,
            .quota_used = 1'523,
            .quota_remaining = 23'477};
        CHECK(read_limits(fixture_headers("run_mid_200.json")) == expected);
        CHECK_EQ(read_limits(fixture_headers("error_429_quota.json")).quota_remaining, 0u);
        CHECK(read_limits(fixture_headers("health_200.json")) == account_limits{});
    }

    TEST_CASE("a quota may be unlimited")
    {
        for (const char* word : {"unlimited", "Unlimited", " unlimited "}) {
            const auto limits = limits_of("x-quota-remaining", word);
            CHECK(limits.quota_unlimited);
            CHECK_FALSE(limits.quota_remaining.has_value());
        }
        CHECK_FALSE(limits_of("X-Quota-Remaining", "infinite").quota_unlimited);
    }

    TEST_CASE("a small reset is a span, a large one a point in time")
    {
        CHECK(limits_of("X-RateLimit-Reset", "60").rate_reset_in == 60s);
        CHECK(limits_of("X-RateLimit-Reset", "0").rate_reset_in == 0s);
        CHECK(limits_of("X-RateLimit-Reset", "1780308000.9").rate_reset_at == at());
        CHECK_FALSE(limits_of("X-RateLimit-Reset", "1780308000").rate_reset_in.has_value());
    }

    TEST_CASE("headers that hold no number count as absent")
    {
        for (const char* bad :
             {"", "-1", "1.5", "0x10", "12a", "18446744073709551616", "99999999999999999999999"}) {
            CAPTURE(bad);
            CHECK_FALSE(limits_of("X-RateLimit-Limit", bad).rate_limit.has_value());
            CHECK_FALSE(limits_of("X-Credits-Charged", bad).credits_charged.has_value());
        }
        for (const char* bad : {"", "-1", "soon", "1.x", "99999999999999999999999"})
            CHECK(limits_of("X-RateLimit-Reset", bad) == account_limits{});
        CHECK_EQ(
            limits_of("X-Credits-Charged", "18446744073709551615").credits_charged,
            18446744073709551615u
        );
    }
}
