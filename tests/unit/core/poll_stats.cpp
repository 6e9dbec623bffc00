#include <scrapingpros/core/poll_stats.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("core.poll_stats")
{
    TEST_CASE("statistics begin at zero, and each number counts")
    {
        CHECK(poll_stats() == poll_stats{.status_reads = 0, .found_by_closing = 0});
        CHECK_FALSE(poll_stats() == poll_stats{.found_by_closing = 1});
        CHECK_FALSE(poll_stats{.rows = 1} == poll_stats{.rows_repeated = 1});
    }
}
