#include <scrapingpros/core/submit_options.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("core.submit_options")
{
    // What a batch does by them is in submission_start.cpp.
    TEST_CASE("the defaults stay within what the contract says")
    {
        const submit_options o;
        CHECK_LT(o.key_life, 24h);
        CHECK_EQ(o.start_settles, 60s);
        CHECK_EQ(o.start_settles_per_item * 50'000, 1000s);
    }
}
