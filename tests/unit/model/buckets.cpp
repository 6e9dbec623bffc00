#include <scrapingpros/model/buckets.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.buckets")
{
    TEST_CASE("an item at place 0 differs from one without a place")
    {
        CHECK(blocked_url{.index = 0} != blocked_url{});
        CHECK(invalid_item{.index = 0} != invalid_item{});
    }

    TEST_CASE("a reason that nobody named yet is other")
    {
        CHECK(blocked_url{}.reason == block_reason::other);
    }

    TEST_CASE("faults are part of an item's equality")
    {
        const invalid_item faulty{.errors = {{"custom_id", "string_too_long", "too long"}}};
        CHECK(faulty == invalid_item(faulty));
        CHECK(faulty != invalid_item{});
    }
}
