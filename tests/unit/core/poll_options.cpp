#include <scrapingpros/core/poll_options.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("core.poll_options")
{
    TEST_CASE("the defaults are within bounds")
    {
        const poll_options o = core::within_bounds({});
        CHECK_EQ(o.parallel_results, 4u);
        CHECK_EQ(o.stall_after, 2h);
        CHECK_EQ(o.closing_patience, 2min);
        CHECK_EQ(o.shortest_pause, 200ms);
        CHECK_EQ(o.content_life, 24h);
        CHECK_EQ(o.result_attempts, 6u);
    }

    TEST_CASE("any number is taken for the nearest one that has a meaning")
    {
        const poll_options low = core::within_bounds(
            {.parallel_results = 0,
             .stall_after = milliseconds::min(),
             .closing_patience = -1ms,
             .overlap = -1ms,
             .audit_overlap = -1ms,
             .flush_period = -1ms,
             .shortest_pause = -1ms,
             .content_life = -1ms,
             .result_attempts = 0}
        );
        CHECK_EQ(low.parallel_results, 1u);
        CHECK_EQ(low.result_attempts, 1u);
        for (const auto length :
             {low.stall_after,
              low.closing_patience,
              low.overlap,
              low.audit_overlap,
              low.flush_period,
              low.shortest_pause,
              low.content_life})
            CHECK_EQ(length, 0ms);
        const poll_options high = core::within_bounds(
            {.parallel_results = std::numeric_limits<unsigned>::max(),
             .stall_after = milliseconds::max(),
             .overlap = milliseconds::max()}
        );
        CHECK_EQ(high.parallel_results, 64u);
        CHECK_EQ(high.stall_after, 365 * 24h);
        CHECK_EQ(high.overlap, 365 * 24h);
    }
}
