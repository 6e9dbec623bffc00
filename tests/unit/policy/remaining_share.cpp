#include <scrapingpros/policy/remaining_share.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

using double_seconds = std::chrono::duration<double>;

/// Waits for a run that finishes `jobs` evenly by `end`, with nothing between `silent_from` and
/// `silent_to`.
struct even_run {
    std::uint64_t jobs = 1000;
    milliseconds end = 1000s;
    milliseconds silent_from = 0s;
    milliseconds silent_to = 0s;

    std::uint64_t finished_at(milliseconds when) const
    {
        const auto silence = std::clamp(when, silent_from, silent_to) - silent_from;
        const auto whole = end - (silent_to - silent_from);
        const auto flown = std::clamp<milliseconds>(when - silence, 0ms, whole);
        return jobs * static_cast<std::uint64_t>(flown.count()) /
               static_cast<std::uint64_t>(whole.count());
    }

    /// The moments of all looks; the last one sees the end.
    template <class Interval>
    std::vector<milliseconds> looks(Interval interval) const
    {
        std::vector<milliseconds> made;
        poll_observation seen{.total_jobs = jobs};
        while (made.size() < 100'000) {
            seen.waited += std::max(interval.next_delay(seen), 1ms);
            made.push_back(seen.waited);
            if (seen.waited >= end) break;
            const auto now = finished_at(seen.waited);
            seen.quiet_looks = now == seen.finished_jobs ? seen.quiet_looks + 1 : 0;
            seen.finished_jobs = now;
        }
        return made;
    }
};

}  // namespace

TEST_SUITE("policy.remaining_share")
{
    TEST_CASE("a steady run costs a few looks, and its end is known within the table's interval")
    {
        for (const std::uint64_t jobs : {90u, 400u, 1'000u, 10'000u, 50'000u}) {
            CAPTURE(jobs);
            const even_run run{jobs, 1000s};
            const auto ours = run.looks(remaining_share{});
            const auto theirs = run.looks(official_status_interval{});
            CHECK_LT(2 * ours.size(), theirs.size());
            CHECK_LE(ours.back() - run.end, 20s);
        }
    }

    TEST_CASE("looks get closer as the end does")
    {
        const auto made = even_run{}.looks(remaining_share{});
        const auto half = std::find_if(made.begin(), made.end(), [](auto at) { return at > 500s; });
        const auto in_second_half = static_cast<std::size_t>(made.end() - half);
        REQUIRE_GT(in_second_half, 2u);
        CHECK_GT(*half - *(half - 1), 2 * (made.back() - *(made.end() - 2)));
    }

    TEST_CASE("in a silence of unknown length, a wait is at most half of the silence so far")
    {
        const even_run run{.jobs = 1000, .end = 3000s, .silent_from = 100s, .silent_to = 2000s};
        const auto made = run.looks(remaining_share{});
        unsigned in_silence = 0;
        for (std::size_t i = 2; i < made.size(); ++i) {
            if (made[i - 2] < 100s || made[i - 1] > 2000s) continue;
            ++in_silence;
            CAPTURE(made[i - 1].count());
            CHECK_LE(made[i] - made[i - 1], std::max<milliseconds>(15s, (made[i - 1] - 60s) / 2));
        }
        CHECK_GT(in_silence, 4u);
    }

    TEST_CASE("once all jobs are counted, the end is looked for at growing waits")
    {
        remaining_share interval;
        poll_observation seen{.total_jobs = 10, .finished_jobs = 10, .waited = 1000s};
        CHECK_EQ(interval.next_delay(seen), 700ms);
        seen.quiet_looks = 1;
        CHECK_EQ(interval.next_delay(seen), 1400ms);
        seen.quiet_looks = 1'000'000;
        CHECK_EQ(interval.next_delay(seen), 20s);
    }

    TEST_CASE("no observation leads to a negative wait, to one over `most`, or to a busy loop")
    {
        const auto huge = (std::numeric_limits<std::uint64_t>::max)();
        for (const std::uint64_t total : {std::uint64_t(0), std::uint64_t(1), huge})
            for (const std::uint64_t finished : {std::uint64_t(0), std::uint64_t(7), huge})
                for (const milliseconds waited : {0ms, 1ms, 5000ms, milliseconds(24h * 365)})
                    for (const std::uint32_t quiet : {0u, 5u, 4'000'000'000u}) {
                        CAPTURE(total);
                        CAPTURE(finished);
                        CAPTURE(waited.count());
                        remaining_share interval{.most = 10s};
                        for (int i = 0; i < 100; ++i) {
                            const auto wait = interval.next_delay(
                                {.total_jobs = total,
                                 .finished_jobs = finished,
                                 .quiet_looks = quiet,
                                 .waited = waited}
                            );
                            CHECK_GE(wait, 300ms);
                            CHECK_LE(wait, 10s);
                        }
                    }
    }

    TEST_CASE("a counter that falls is no progress")
    {
        remaining_share interval;
        static_cast<void>(
            interval.next_delay({.total_jobs = 100, .finished_jobs = 50, .waited = 60s})
        );
        const auto wait =
            interval.next_delay({.total_jobs = 100, .finished_jobs = 20, .waited = 70s});
        CHECK_GT(wait, 0ms);
        CHECK_LE(wait, 40s);
    }
}
