#include <scrapingpros/model/limits.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.limits")
{
    TEST_CASE("nothing remaining differs from not knowing what remains")
    {
        CHECK(account_limits{.rate_remaining = 0} != account_limits{});
        CHECK(account_limits{.quota_unlimited = true} != account_limits{});
        CHECK_FALSE(account_limits{}.quota_unlimited);
    }
}
