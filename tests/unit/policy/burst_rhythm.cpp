#include <scrapingpros/policy/burst_rhythm.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <limits>

using namespace scrapingpros;

namespace {

constexpr double pause = 15;
constexpr double many = 1e6;

/// Ten rows within two seconds, from that time on.
void burst(burst_rhythm& rhythm, double at)
{
    for (int i = 0; i < 10; ++i)
        rhythm.note(at + 0.2 * i, pause);
}

}  // namespace

TEST_SUITE("policy.burst_rhythm")
{
    TEST_CASE("five bursts, a minute apart, announce the sixth")
    {
        burst_rhythm rhythm;
        for (int i = 0; i < 4; ++i) {
            burst(rhythm, 1000 + 60 * i);
            CHECK_FALSE(rhythm.next(many));
        }
        burst(rhythm, 1240);
        REQUIRE(rhythm.next(many));
        CHECK_EQ(*rhythm.next(many), doctest::Approx(1300));
    }

    TEST_CASE("uneven bursts are expected before the shortest distance that was seen")
    {
        burst_rhythm rhythm;
        for (const double at : {0.0, 100.0, 190.0, 300.0, 410.0})
            burst(rhythm, at);
        CHECK_EQ(*rhythm.next(many), doctest::Approx(410 + 90 - 0.4 * 20));
    }

    TEST_CASE("distances of all kinds tell nothing: the moment is past")
    {
        burst_rhythm rhythm;
        for (const double at : {0.0, 20.0, 300.0, 360.0, 420.0})
            burst(rhythm, at);
        REQUIRE(rhythm.next(many));
        CHECK_LT(*rhythm.next(many), 420);
    }

    TEST_CASE("the last distances count")
    {
        burst_rhythm rhythm;
        double at = 0;
        for (int i = 0; i < 5; ++i)
            burst(rhythm, at += 200);
        for (int i = 0; i < 8; ++i)
            burst(rhythm, at += 50);
        CHECK_EQ(*rhythm.next(many), doctest::Approx(at + 50));
    }

    TEST_CASE("jobs that end one by one have no rhythm, however even")
    {
        burst_rhythm rhythm;
        for (int i = 0; i < 50; ++i)
            rhythm.note(30.0 * i, pause);
        CHECK_FALSE(rhythm.next(many));
    }

    TEST_CASE("what is left of the run, and less than half a burst, may come at any time")
    {
        burst_rhythm rhythm;
        for (int i = 0; i < 6; ++i)
            burst(rhythm, 60.0 * i);
        CHECK(rhythm.next(5));
        CHECK_FALSE(rhythm.next(4));
        CHECK_FALSE(rhythm.next(0));
        CHECK_FALSE(rhythm.next(-1));
    }

    TEST_CASE("a row that comes late does not begin a burst")
    {
        burst_rhythm rhythm;
        for (int i = 0; i < 5; ++i) {
            burst(rhythm, 60.0 * i);
            rhythm.note(60.0 * i - 30, pause);
        }
        CHECK_EQ(*rhythm.next(many), doctest::Approx(300));
        CHECK_FALSE(burst_rhythm().next(std::numeric_limits<double>::infinity()));
    }
}
