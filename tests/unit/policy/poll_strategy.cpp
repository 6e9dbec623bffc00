#include <scrapingpros/policy/poll_strategy.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant start{std::chrono::hours(1)};

poll_view at(instant now)
{
    poll_view seen;
    seen.now = now;
    return seen;
}

}  // namespace

TEST_SUITE("policy.poll_strategy")
{
    TEST_CASE("a run that nothing is known of is looked at at once")
    {
        status_then_pages<fixed_interval> strategy{{5s}};
        const auto first = strategy.first(at(start));
        CHECK_EQ(first.when, start);
        CHECK_EQ(first.what, read_kind::status);
    }

    TEST_CASE("a run that was started a moment ago gets one interval")
    {
        status_then_pages<fixed_interval> strategy{{5s}};
        auto seen = at(start);
        seen.status_at = start;
        CHECK_EQ(strategy.first(seen).when, start + 5s);
    }

    TEST_CASE("counters that are ahead of the rows are followed by a page, others by a wait")
    {
        status_then_pages<fixed_interval> strategy{{5s}};
        auto seen = at(start);
        seen.last_read = read_kind::status;
        seen.finished = 3;
        seen.seen = 3;
        CHECK_EQ(strategy.after_tick(seen).what, read_kind::status);
        CHECK_EQ(strategy.after_tick(seen).when, start + 5s);
        seen.counters_ahead = 1;
        CHECK_EQ(strategy.after_tick(seen).what, read_kind::inline_page);
        CHECK_EQ(strategy.after_tick(seen).when, start);
        seen.last_read = read_kind::inline_page;
        CHECK_EQ(strategy.after_tick(seen).what, read_kind::status);
    }

    TEST_CASE("a server that leaves a counter out is asked for pages every time")
    {
        status_then_pages<fixed_interval> strategy{{5s}};
        auto seen = at(start);
        seen.last_read = read_kind::status;
        CHECK_EQ(strategy.after_tick(seen).what, read_kind::inline_page);
    }

    TEST_CASE("pages are read to the end of the listing")
    {
        status_then_pages<official_interval> strategy;
        CHECK_EQ(strategy.after_page(at(start)).more, page_flow::continue_);
    }

    TEST_CASE("an interval that is negative counts as none")
    {
        status_then_pages<fixed_interval> strategy{{-5s}};
        auto seen = at(start);
        seen.status_at = start;
        CHECK_EQ(strategy.first(seen).when, start);
    }

    TEST_CASE("the interval sees the size of the run and what was delivered of it")
    {
        poll_observation observed;
        struct watching {
            poll_observation* into;
            milliseconds next_delay(const poll_observation& seen)
            {
                *into = seen;
                return milliseconds(1);
            }
        };
        status_then_pages<watching> strategy{{&observed}};
        auto seen = at(start);
        seen.last_read = read_kind::inline_page;
        seen.total = 50;
        seen.finished = 20;
        seen.delivered = 18;
        seen.quiet_looks = 2;
        seen.server_hint = 3s;
        static_cast<void>(strategy.after_tick(seen));
        CHECK_EQ(observed.total_jobs, 50);
        CHECK_EQ(observed.finished_jobs, 20);
        CHECK_EQ(observed.delivered_jobs, 18);
        CHECK_EQ(observed.quiet_looks, 2);
        CHECK_EQ(observed.server_hint, milliseconds(3s));
    }

    TEST_CASE("a strategy stays itself, an interval is made into one")
    {
        const auto made = strategy_of(fixed_interval{7s});
        CHECK_EQ(made.interval.delay, milliseconds(7s));
        const auto same = strategy_of(made);
        CHECK_EQ(same.interval.delay, milliseconds(7s));
    }
}
