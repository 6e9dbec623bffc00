#include <scrapingpros/policy/retry_quota.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>

using namespace scrapingpros;

TEST_SUITE("policy.retry_quota")
{
    TEST_CASE("a time-out costs more than another failure, being throttled costs nothing")
    {
        for (std::size_t i = 0; i < failure_class_count; ++i) {
            const auto kind = static_cast<failure_class>(i);
            CAPTURE(i);
            const int expected = kind == failure_class::throttled        ? 0
                                 : kind == failure_class::client_timeout ? 10
                                                                         : 5;
            CHECK_EQ(retry_quota::cost_of(kind), expected);
        }
    }

    TEST_CASE("tokens are taken whole or not at all")
    {
        retry_quota quota(12);
        CHECK(quota.take(5));
        CHECK(quota.take(5));
        CHECK_FALSE(quota.take(5));
        CHECK_EQ(quota.available(), 2);
        CHECK(quota.take(2));
        CHECK_EQ(quota.available(), 0);
    }

    TEST_CASE("what is given back never exceeds the capacity, and is one token at least")
    {
        retry_quota quota(20);
        quota.give_back(5);
        CHECK_EQ(quota.available(), 20);
        REQUIRE(quota.take(20));
        quota.give_back(0);
        CHECK_EQ(quota.available(), 1);
        quota.give_back(10);
        CHECK_EQ(quota.available(), 11);
        quota.give_back(-10);
        CHECK_EQ(quota.available(), 12);
        quota.give_back((std::numeric_limits<int>::max)());
        CHECK_EQ(quota.available(), 20);
    }

    TEST_CASE("without capacity only what is free can be had")
    {
        for (const int capacity : {0, -1, (std::numeric_limits<int>::min)()}) {
            CAPTURE(capacity);
            retry_quota quota(capacity);
            CHECK_EQ(quota.available(), 0);
            CHECK_FALSE(quota.take(1));
            CHECK(quota.take(0));
            quota.give_back(5);
            CHECK_EQ(quota.available(), 0);
        }
    }

    TEST_CASE("a negative cost is nothing, not a gift")
    {
        retry_quota quota(10);
        CHECK(quota.take(-5));
        CHECK_EQ(quota.available(), 10);
    }

    TEST_CASE("copies share one quota, and two quotas share nothing")
    {
        retry_quota one(10);
        retry_quota copy = one;
        retry_quota other(10);
        CHECK(copy.take(10));
        CHECK_EQ(one.available(), 0);
        one.give_back(3);
        CHECK_EQ(copy.available(), 3);
        CHECK_EQ(other.available(), 10);
    }
}
