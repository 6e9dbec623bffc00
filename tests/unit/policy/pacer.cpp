#include <scrapingpros/policy/pacer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size)
{
    ++allocations;
    if (void* block = std::malloc(size)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept
{
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept
{
    std::free(block);
}

namespace {

constexpr instant start{1h};
constexpr timestamp server_start{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};

double seconds_since_start(instant at)
{
    return std::chrono::duration<double>(at - start).count();
}

/// A run as a strategy meets it: rows end at given seconds and are listable at the next flush. Each
/// reading is answered at once.
class paced_run {
public:
    paced_run(std::vector<double> ends, double period, double phase)
        : ends_(std::move(ends)), period_(period), phase_(phase)
    {
        view_.now = start;
        view_.total = ends_.size();
        view_.status_at = start;
        view_.finished = 0;
    }

    struct reading {
        double at = 0;
        read_kind what{};
        std::size_t rows = 0;
        /// How far behind the mark it begins.
        milliseconds overlap{};
    };

    /// Reads as the strategy says until all is seen or so many readings were made.
    std::vector<reading> play(pacer& strategy, std::size_t most = 10'000)
    {
        std::vector<reading> made;
        tell_time();
        auto next = strategy.first(view_);
        while (seen_ < ends_.size() && made.size() < most) {
            view_.now = std::max(next.when, view_.now);
            tell_time();
            made.push_back(
                {seconds_since_start(view_.now), next.what, 0, next.overlap.value_or(0ms)}
            );
            if (next.what == read_kind::status) {
                read_status();
            } else {
                made.back().rows = read_page();
                if (view_.last_page->has_more &&
                    strategy.after_page(view_).more == page_flow::continue_) {
                    next.when = view_.now;
                    continue;
                }
            }
            const auto before = allocations;
            next = strategy.after_tick(view_);
            allocated += allocations - before;
        }
        return made;
    }

    std::size_t allocated = 0;

private:
    void tell_time() { view_.server_now = server_start + (view_.now - start) / 1us * 1us; }

    double listable(double end) const
    {
        if (period_ == 0) return end;
        return phase_ + std::ceil((end - phase_) / period_) * period_;
    }

    void read_status()
    {
        const double now = seconds_since_start(view_.now);
        const auto counted = static_cast<std::size_t>(
            std::count_if(ends_.begin(), ends_.end(), [&](double end) { return end <= now; })
        );
        view_.finished = counted;
        view_.counters_ahead = counted - seen_;
        view_.last_read = read_kind::status;
    }

    std::size_t read_page()
    {
        const double now = seconds_since_start(view_.now);
        stamps_.clear();
        const auto first = seen_;
        while (seen_ < ends_.size() && listable(ends_[seen_]) <= now && seen_ - first < 100)
            stamps_.push_back(
                server_start +
                std::chrono::milliseconds(static_cast<std::int64_t>(ends_[seen_++] * 1000))
            );
        view_.fresh = stamps_;
        view_.seen = seen_;
        view_.counters_ahead = *view_.finished > seen_ ? *view_.finished - seen_ : 0;
        view_.last_read = read_kind::inline_page;
        const auto rows = static_cast<std::uint32_t>(stamps_.size());
        view_.last_page = page_snapshot{
            .asked_at = view_.now, .answered_at = view_.now, .rows = rows, .unseen = rows};
        view_.last_page->has_more = seen_ < ends_.size() && listable(ends_[seen_]) <= now;
        return rows;
    }

    std::vector<double> ends_;
    double period_;
    double phase_;
    std::size_t seen_ = 0;
    std::vector<timestamp> stamps_{};
    poll_view view_{};
};

std::vector<double> evenly(std::size_t jobs, double per_second, double from = 5)
{
    std::vector<double> made;
    for (std::size_t i = 0; i < jobs; ++i)
        made.push_back(from + static_cast<double>(i) / per_second);
    return made;
}

std::size_t pages_in(const std::vector<paced_run::reading>& made)
{
    return static_cast<std::size_t>(std::count_if(made.begin(), made.end(), [](const auto& r) {
        return r.what == read_kind::inline_page;
    }));
}

}  // namespace

TEST_SUITE("policy.pacer")
{
    TEST_CASE("a run that nothing is known of is looked at at once, by its status")
    {
        pacer strategy;
        poll_view seen;
        seen.now = start;
        seen.server_now = server_start;
        const auto first = strategy.first(seen);
        CHECK(first.when == start);
        CHECK_EQ(first.what, read_kind::status);
    }

    TEST_CASE("the first page comes after an interval of the official table, sooner for large runs")
    {
        const auto first_of = [](std::uint64_t total) {
            pacer strategy;
            poll_view seen;
            seen.now = start;
            seen.server_now = server_start;
            seen.status_at = start;
            seen.total = total;
            const auto first = strategy.first(seen);
            CHECK_EQ(first.what, read_kind::inline_page);
            return std::chrono::round<milliseconds>(first.when - start);
        };
        CHECK_EQ(first_of(10), 5000ms);
        CHECK_EQ(first_of(100), 10'000ms);
        CHECK_EQ(first_of(1000), 15'000ms);
        CHECK_EQ(first_of(10'000), 10'500ms);
        CHECK_EQ(first_of(50'000), 30'000ms);
    }

    TEST_CASE("a steady run is read by pages alone, just behind its flushes")
    {
        pacer strategy;
        paced_run run(evenly(1000, 4), 5, 2.3);
        const auto made = run.play(strategy);
        CHECK_EQ(pages_in(made), made.size());
        CHECK_LE(made.size(), 250 / 15 + 6);
        std::size_t behind = 0;
        for (std::size_t i = 4; i + 2 < made.size(); ++i)
            behind += std::fmod(made[i].at - 2.3, 5) < 1;
        CHECK_GE(behind + 2, made.size() - 6);
    }

    TEST_CASE("of a fast run, pages are read when they are full")
    {
        pacer strategy;
        paced_run run(evenly(10'000, 50), 5, 1);
        const auto made = run.play(strategy);
        CHECK_LE(made.size(), 108u);
    }

    TEST_CASE("what is left behind a full page is carried, or read at once if it is old or full")
    {
        for (const double per_second : {13.0, 21.0, 60.0}) {
            CAPTURE(per_second);
            pacer strategy;
            paced_run run(evenly(3000, per_second), 5, 1);
            const auto made = run.play(strategy);
            CHECK_LE(pages_in(made), 3000 / 100 + 3000 / per_second / 30 + 6);
        }
    }

    TEST_CASE("in silence a look is a page or, each third time, a status, at the table's pace")
    {
        auto ends = evenly(50, 1);
        for (const double end : evenly(50, 1, 1000))
            ends.push_back(end);
        pacer strategy;
        paced_run run(ends, 5, 1);
        const auto made = run.play(strategy);
        const auto status = made.size() - pages_in(made);
        CHECK_GE(status, 30u);
        CHECK_LE(made.size(), 110u);
    }

    TEST_CASE("looks for the last job become rarer")
    {
        auto ends = evenly(99, 1);
        ends.push_back(2000);
        pacer strategy;
        paced_run run(ends, 5, 1);
        const auto made = run.play(strategy);
        CHECK_LE(made.size(), 82u);
        CHECK_LE(made.back().at, 2000 * 1.05 + 5);
    }

    TEST_CASE("who is told of the end by a webhook hardly looks for the last job")
    {
        auto ends = evenly(99, 1);
        ends.push_back(2000);
        pacer strategy(pacer_options{.expects_webhook = true});
        paced_run run(ends, 5, 1);
        const auto made = run.play(strategy);
        CHECK_LE(made.size(), 30u);
        CHECK_LE(made.back().at, 2000 + 310);
        // Of ten jobs one is more than a `tail_share`.
        pacer for_few(pacer_options{.expects_webhook = true});
        paced_run few({5, 6, 7, 8, 9, 10, 11, 12, 13, 2000}, 5, 1);
        CHECK_LE(few.play(for_few).size(), 12u);
    }

    TEST_CASE("in a slow run a row is read once, but for each eighth page that brought some")
    {
        pacer strategy;
        paced_run run(evenly(40, 1 / 18.0), 5, 1);
        std::size_t again = 0, rows = 0;
        for (const auto& reading : run.play(strategy)) {
            if (reading.what != read_kind::inline_page) continue;
            // The newest row, unless it ended within a second of the flush.
            again += reading.overlap > 0ms;
            rows += reading.rows;
        }
        CHECK_EQ(rows, 40u);
        CHECK_LE(again, 20u);
        CHECK_GE(again, 4u);
    }

    TEST_CASE("in a dense flow each page begins two rows behind the mark, for equal stamps")
    {
        pacer strategy;
        paced_run run(evenly(4000, 10), 5, 1);
        std::size_t ties = 0, probes = 0;
        for (const auto& reading : run.play(strategy)) {
            if (reading.what != read_kind::inline_page || reading.at < 60) continue;
            CHECK_GT(reading.overlap, 0ms);
            ++(reading.overlap > 1s ? probes : ties);
        }
        CHECK_GT(ties, 20u);
        CHECK_EQ(probes, 0u);  // full pages have no room
    }

    TEST_CASE("pages that have room look for rows that came out of order, about one in eight")
    {
        pacer strategy;
        paced_run run(evenly(1000, 1), 5, 1);
        std::size_t pages = 0, probes = 0;
        for (const auto& reading : run.play(strategy)) {
            if (reading.what != read_kind::inline_page) continue;
            ++pages;
            probes += reading.overlap >= 3s;
        }
        CHECK_GE(12 * probes, pages);
        CHECK_LE(6 * probes, pages);
    }

    TEST_CASE("bursts that keep a distance are not looked for in between")
    {
        std::vector<double> ends;
        for (int burst = 0; burst < 20; ++burst)
            for (int row = 0; row < 20; ++row)
                ends.push_back(100.0 * burst + 0.1 * row);
        pacer strategy;
        paced_run run(ends, 5, 1);
        CHECK_LE(run.play(strategy).size(), 110u);  // even looks: 200
    }

    TEST_CASE("presets trade polls for age")
    {
        const auto readings = [](pacer_options options) {
            pacer strategy(options);
            return paced_run(evenly(400, 1), 5, 1).play(strategy).size();
        };
        const auto usual = readings({});
        CHECK_LT(readings(pacer_options::thrifty()), usual);
        CHECK_GT(readings(pacer_options::fresh()), usual);
    }

    TEST_CASE("a period that is not the assumed one is learned")
    {
        for (const double period : {0.0, 1.0, 2.0, 7.0, 10.0, 20.0}) {
            CAPTURE(period);
            pacer strategy;
            paced_run run(evenly(1000, 2), period, 0.7);
            CHECK_LE(run.play(strategy).size(), 500u / 10 + 8);
        }
    }

    TEST_CASE("decides without allocating")
    {
        pacer strategy;
        paced_run run(evenly(20'000, 80), 5, 1);
        run.play(strategy);
        CHECK_EQ(run.allocated, 0);
    }

    TEST_CASE("views without sense give moments and no more")
    {
        pacer strategy;
        poll_view seen;
        seen.now = start;
        seen.server_now = timestamp::min();
        static_cast<void>(strategy.first(seen));
        seen.last_read = read_kind::inline_page;
        seen.last_page.emplace();
        seen.total = std::numeric_limits<std::uint64_t>::max();
        seen.seen = seen.total.value();
        const std::vector<timestamp> stamps{timestamp::min(), server_start, timestamp::max()};
        seen.fresh = stamps;
        for (int i = 0; i < 20; ++i) {
            seen.now += 1s;
            seen.server_now = i % 2 ? timestamp::max() : timestamp::min();
            seen.last_page->has_more = i % 3 == 0;
            seen.total = i % 4 ? 0 : std::numeric_limits<std::uint64_t>::max();
            static_cast<void>(strategy.after_page(seen));
            CHECK_GE(strategy.after_tick(seen).when, seen.now);
        }
    }
}
