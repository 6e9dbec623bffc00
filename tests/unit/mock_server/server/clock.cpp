#include "clock/clock.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1'780'000'000s};

}  // namespace

TEST_SUITE("mock_server.clock")
{
    TEST_CASE("a manual clock stands still until it is moved")
    {
        const auto clock = service_clock::manual(start);
        CHECK(clock->now() == start);
        clock->advance(90s);
        CHECK(clock->now() == start + 90s);
        clock->set(start + 2h);
        CHECK(clock->now() == start + 2h);
    }

    TEST_CASE("no clock runs backwards")
    {
        const auto clock = service_clock::manual(start);
        clock->set(start - 1s);
        clock->advance(-5s);
        CHECK(clock->now() == start);
        const auto real = service_clock::real(1000, start);
        const auto before = real->now();
        real->set(start - 1h);
        CHECK(real->now() >= before);
    }

    TEST_CASE("a real clock starts where it is told and can be moved ahead")
    {
        const auto clock = service_clock::real(1, start);
        CHECK(clock->now() >= start);
        clock->advance(24h);
        CHECK(clock->now() >= start + 24h);
    }

    TEST_CASE("real waits shrink with the scale")
    {
        const auto clock = service_clock::real(100, start);
        const auto wait = clock->real_time_until(clock->now() + 1000s);
        REQUIRE(wait.has_value());
        CHECK(*wait <= 10s);
        CHECK(*wait > 0s);
        CHECK(clock->real_time_until(start - 1s) == service_clock::real_duration{0});
    }

    TEST_CASE("only a jump brings a time to a manual clock")
    {
        const auto clock = service_clock::manual(start);
        CHECK_FALSE(clock->real_time_until(start + 1s).has_value());
        clock->advance(1s);
        CHECK(clock->real_time_until(start + 1s) == service_clock::real_duration{0});
    }

    TEST_CASE("listeners hear of jumps until they are removed")
    {
        const auto clock = service_clock::manual(start);
        int heard = 0;
        const auto id = clock->listen([&] { heard += clock->now() > start ? 1 : 100; });
        clock->advance(1s);
        clock->set(start + 1h);
        CHECK_EQ(heard, 2);
        clock->ignore(id);
        clock->advance(1s);
        CHECK_EQ(heard, 2);
    }
}
