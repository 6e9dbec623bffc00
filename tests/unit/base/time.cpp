#include <scrapingpros/time.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <type_traits>

using namespace scrapingpros;

namespace {

template <class A, class B>
concept ordered = requires(const A& a, const B& b) { a < b; };

}  // namespace

TEST_SUITE("base.time")
{
    TEST_CASE("the clocks of the machine go forward")
    {
        const steady clock;
        const instant before = clock.now();
        CHECK_LE(before, clock.now());
        // Any day after this was written.
        CHECK_GT(
            clock.server_now(), timestamp(std::chrono::sys_days(std::chrono::year(2025) / 1 / 1))
        );
    }

    TEST_CASE("a point of the monotonic clock cannot be mistaken for one of the server's")
    {
        CHECK_FALSE(std::is_convertible_v<instant, timestamp>);
        CHECK_FALSE(std::is_convertible_v<timestamp, instant>);
        CHECK_FALSE(ordered<instant, timestamp>);
        CHECK(ordered<instant, instant>);
    }
}
