#include <scrapingpros/policy/elapsed_share.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};

poll_view at(instant::duration later, read_kind last = read_kind::inline_page)
{
    poll_view seen;
    seen.now = start + later;
    seen.status_at = start;
    seen.last_read = last;
    return seen;
}

}  // namespace

TEST_SUITE("policy.elapsed_share")
{
    TEST_CASE("the wait is a share of the time so far, within bounds")
    {
        elapsed_share strategy{.share = 0.1, .least = 1s, .most = 60s};
        CHECK(strategy.first(at(0s)).when == start + 1s);
        CHECK(strategy.after_tick(at(5s)).when == start + 6s);
        CHECK(strategy.after_tick(at(100s)).when == start + 110s);
        CHECK(strategy.after_tick(at(10h)).when == start + 10h + 60s);
    }

    TEST_CASE("a run that is taken up again has lasted since then")
    {
        elapsed_share strategy{.share = 0.1, .least = 1s, .most = 60s};
        CHECK(strategy.after_tick(at(10h)).when == start + 10h + 1s);
        CHECK(strategy.after_tick(at(10h + 100s)).when == start + 10h + 110s);
    }

    TEST_CASE("bounds the wrong way round are both the least")
    {
        elapsed_share strategy{.share = 0.1, .least = 5s, .most = 1s};
        static_cast<void>(strategy.first(at(0s)));
        CHECK(strategy.after_tick(at(1h)).when == start + 1h + 5s);
    }

    TEST_CASE("looks are pages, and one status after two that brought nothing")
    {
        elapsed_share strategy;
        CHECK_EQ(strategy.first(at(0s)).what, read_kind::inline_page);
        CHECK_EQ(strategy.after_tick(at(1s)).what, read_kind::inline_page);
        CHECK_EQ(strategy.after_tick(at(2s)).what, read_kind::status);
        CHECK_EQ(strategy.after_tick(at(3s, read_kind::status)).what, read_kind::inline_page);
        const std::vector<timestamp> stamps(1);
        auto with_rows = at(4s);
        with_rows.fresh = stamps;
        CHECK_EQ(strategy.after_tick(with_rows).what, read_kind::inline_page);
        CHECK_EQ(strategy.after_tick(at(5s)).what, read_kind::inline_page);
    }

    TEST_CASE("a status that tells of rows is followed by a page at once")
    {
        elapsed_share strategy;
        auto seen = at(5s, read_kind::status);
        seen.counters_ahead = 1;
        CHECK(strategy.after_tick(seen).when == seen.now);
        CHECK_EQ(strategy.after_tick(seen).what, read_kind::inline_page);
    }

    TEST_CASE("a run that nothing is known of is looked at at once")
    {
        elapsed_share strategy;
        auto seen = at(0s);
        seen.status_at.reset();
        CHECK(strategy.first(seen).when == start);
        CHECK_EQ(strategy.first(seen).what, read_kind::status);
    }
}
