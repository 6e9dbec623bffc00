#include <scrapingpros/time.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <type_traits>

using namespace scrapingpros;

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
        CHECK_FALSE(requires(instant i, timestamp t) { i < t; });
    }
}
