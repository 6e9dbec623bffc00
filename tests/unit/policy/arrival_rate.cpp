#include <scrapingpros/policy/arrival_rate.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("policy.arrival_rate")
{
    TEST_CASE("jobs in the window, by its length")
    {
        arrival_rate rate;
        CHECK(rate.empty());
        rate.measure(10, 5);
        CHECK_EQ(rate.current(), 0);
        for (int i = 0; i < 100; ++i)
            rate.note(i);
        CHECK_EQ(rate.first(), 0);
        rate.measure(99.5, 10);
        CHECK_EQ(rate.current(), doctest::Approx(1.05));
        rate.measure(104.5, 10);
        CHECK_EQ(rate.current(), doctest::Approx(0.55));
        rate.measure(200, 10);
        CHECK_EQ(rate.current(), doctest::Approx(0.05));
    }

    TEST_CASE("a young run is measured from its first job on")
    {
        arrival_rate rate;
        rate.note(1000);
        rate.note(1001);
        rate.note(1002);
        rate.measure(1002, 60);
        CHECK_EQ(rate.current(), doctest::Approx(3.5 / 2.25));
    }

    TEST_CASE("where there are more stamps than room, the latest are measured")
    {
        arrival_rate rate(10);
        for (int i = 0; i < 100; ++i)
            rate.note(i * 0.1);
        rate.measure(10, 60);
        CHECK_EQ(rate.current(), doctest::Approx(10.5));
        arrival_rate smallest(0);
        smallest.note(1);
        smallest.note(2);
        smallest.measure(2, 1);
        CHECK(smallest.current() > 0);
    }
}
