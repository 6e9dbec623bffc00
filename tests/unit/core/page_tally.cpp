#include <scrapingpros/core/page_tally.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::errand;
using core::page_tally;

namespace {

constexpr instant start{1h};

}  // namespace

TEST_SUITE("core.page_tally")
{
    TEST_CASE("a page is counted for the strategy and for the statistics")
    {
        page_tally tally;
        poll_stats stats;
        tally.begin(start, errand::flow);
        tally.count(a_job("a").completed_after(5s).with_body("1"), true, {}, stats);
        tally.count(a_job("b").completed_after(3s).with_body("1"), true, 2000ms, stats);
        tally.count(a_job("c").completed_after(4s).with_body("1"), true, 1000ms, stats);
        tally.count(a_job("d").completed_after(1s), false, 4000ms, stats);
        tally.count(a_job("e").without_stamps().status(job_status::processing), false, {}, stats);
        const auto page = tally.end(start + 1s, true);
        CHECK_EQ(page.rows, 5u);
        CHECK_EQ(page.unseen, 3u);
        CHECK_EQ(tally.unseen(), 3u);
        CHECK(std::ranges::equal(tally.fresh(), std::vector{at(5s), at(3s), at(4s)}));
        CHECK(page.newest == at(5s));
        CHECK_EQ(page.unseen_in_overlap, 2u);
        CHECK_EQ(page.deepest_in_overlap, 2000ms);
        CHECK(page.asked_at == start);
        CHECK(page.answered_at == start + 1s);
        CHECK(page.has_more);
        CHECK_EQ(stats.rows, 5u);
        CHECK_EQ(stats.rows_repeated, 1u);
        CHECK_EQ(stats.found_in_overlap, 2u);
        tally.begin(start + 2s, errand::flow);
        CHECK_EQ(tally.unseen(), 0u);
        CHECK(tally.fresh().empty());
    }

    TEST_CASE("what other reads find is counted apart")
    {
        page_tally tally;
        poll_stats stats;
        tally.begin(start, errand::audit);
        tally.count(a_job("a"), true, 1000ms, stats);
        tally.begin(start, errand::closing);
        tally.count(a_job("b"), true, 1000ms, stats);
        CHECK_EQ(stats.found_by_audit, 1u);
        CHECK_EQ(stats.found_by_closing, 1u);
        CHECK_EQ(stats.found_in_overlap, 0u);
    }

    TEST_CASE("a server is old if no row of a completed job ever had a result member")
    {
        page_tally tally;
        poll_stats stats;
        tally.begin(start, errand::flow);
        CHECK_FALSE(tally.shows_old_server());
        tally.count(a_job("f").failed().without_body(inline_state::absent), true, {}, stats);
        CHECK_FALSE(tally.shows_old_server());
        tally.count(a_job("a").without_body(inline_state::absent), true, {}, stats);
        CHECK(tally.shows_old_server());
        tally.count(a_job("b").without_body(inline_state::null), true, {}, stats);
        CHECK_FALSE(tally.shows_old_server());
        tally.begin(start, errand::flow);
        tally.count(a_job("c").without_body(inline_state::absent), true, {}, stats);
        CHECK_FALSE(tally.shows_old_server());
    }
}
