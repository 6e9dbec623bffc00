#include "books/frontier.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "support.hpp"

using namespace mock_test;

namespace {

using rows = std::vector<std::int64_t>;

std::vector<time_point> at(const rows& times)
{
    std::vector<time_point> made;
    for (const std::int64_t each : times)
        made.push_back(start + duration{each});
    return made;
}

/// Every schedule there is: at each moment when something becomes visible, any number of polls.
/// Keeps the least sum of delays for each number of polls, and the fewest polls for each longest
/// delay.
class every_schedule {
public:
    every_schedule(rows sorted, std::size_t page) : rows_(std::move(sorted)), page_(page)
    {
        moments_ = rows_;
        moments_.erase(std::unique(moments_.begin(), moments_.end()), moments_.end());
        go(0, 0, 0, 0, 0);
    }

    std::size_t polls_for_total(std::int64_t most) const { return fewest(totals_, most); }
    std::int64_t total_for_polls(std::size_t polls) const
    {
        std::int64_t best = totals_.begin()->second;
        for (const auto& [count, total] : totals_)
            if (count <= polls) best = std::min(best, total);
        return best;
    }
    std::size_t polls_for_max(std::int64_t most) const { return fewest(longest_, most); }

private:
    using by_polls = std::map<std::size_t, std::int64_t>;

    static std::size_t fewest(const by_polls& found, std::int64_t most)
    {
        for (const auto& [polls, value] : found)
            if (value <= most) return polls;
        return 0;
    }

    static void note(by_polls& into, std::size_t polls, std::int64_t value)
    {
        const auto [place, fresh] = into.emplace(polls, value);
        if (!fresh) place->second = std::min(place->second, value);
    }

    void go(
        std::size_t moment,
        std::size_t read,
        std::size_t polls,
        std::int64_t total,
        std::int64_t longest
    )
    {
        if (read == rows_.size()) {
            note(totals_, polls, total);
            note(longest_, polls, longest);
            return;
        }
        if (moment == moments_.size()) return;
        go(moment + 1, read, polls, total, longest);
        const std::int64_t now = moments_[moment];
        const auto visible = static_cast<std::size_t>(
            std::upper_bound(rows_.begin(), rows_.end(), now) - rows_.begin()
        );
        while (read < visible) {
            longest = std::max(longest, now - rows_[read]);
            for (const std::size_t end = std::min(visible, read + page_); read < end; ++read)
                total += now - rows_[read];
            go(moment + 1, read, ++polls, total, longest);
        }
    }

    rows rows_, moments_;
    std::size_t page_;
    by_polls totals_, longest_;
};

}  // namespace

TEST_SUITE("mock.frontier")
{
    TEST_CASE("SRV-027: the frontier is what a search through all schedules finds")
    {
        constexpr unsigned seed = 5;
        CAPTURE(seed);
        std::mt19937 draw{seed};
        for (int instance = 0; instance < 3000; ++instance) {
            CAPTURE(instance);
            const std::size_t count = 1 + draw() % 14;
            const std::size_t page = draw() % 4 == 0 ? 100 : 1 + draw() % 5;
            const auto span = 1 + draw() % 60;
            const auto flush = 1 + draw() % 5;  // rows come in bursts
            rows times;
            for (std::size_t i = 0; i < count; ++i)
                times.push_back(static_cast<std::int64_t>(draw() % span / flush * flush));
            const frontier subject{at(times), page};
            std::sort(times.begin(), times.end());
            const every_schedule all{times, page};
            for (std::size_t polls = subject.least_polls(); polls <= count; ++polls)
                REQUIRE_EQ(subject.total_for_polls(polls).count(), all.total_for_polls(polls));
            const std::int64_t most = all.total_for_polls(subject.least_polls());
            for (std::int64_t total = 0; total <= most + 1; total += 1 + most / 40)
                REQUIRE_EQ(subject.polls_for_total(duration{total}), all.polls_for_total(total));
            for (std::int64_t longest = 0; longest <= 61; longest += 4)
                REQUIRE_EQ(subject.polls_for_max(duration{longest}), all.polls_for_max(longest));
        }
    }

    TEST_CASE("no rows need no polls, one needs one, and no page is smaller than a row")
    {
        const frontier none{{}, 100};
        CHECK_EQ(none.polls_for_mean(0s), 0);
        CHECK_EQ(none.polls_for_max(0s), 0);
        CHECK_EQ(none.total_for_polls(5), duration{0});
        const frontier one{{start}, 0};
        CHECK_EQ(one.polls_for_mean(duration{-1}), 1);
        CHECK_EQ(one.polls_for_max(duration{-1}), 1);
        CHECK_EQ(one.total_for_polls(0), duration{0});
    }

    TEST_CASE("rows that are months and hundreds of thousands apart do not overflow")
    {
        std::vector<time_point> times;
        for (int i = 0; i < 20'000; ++i)
            times.push_back(start + std::chrono::days{i % 90} + duration{i});
        const frontier subject{std::move(times), 1};
        CHECK_EQ(subject.least_polls(), 20'000);
        CHECK_EQ(subject.polls_for_mean(0s), 20'000);
        CHECK_GE(subject.total_for_polls(20'000), duration{0});
    }

    TEST_CASE("50,000 rows over six hours, in pages of 100 and of 1,000")
    {
        std::mt19937 draw{1};
        std::vector<time_point> times;
        for (int i = 0; i < 50'000; ++i)
            times.push_back(start + 5s * (draw() % 4320));
        for (const std::size_t page : {100, 1000}) {
            const frontier subject{times, page};
            const std::size_t polls = subject.polls_for_mean(10s);
            // The bound is tight: with one poll less the mean is above.
            CHECK_LE(subject.total_for_polls(polls), 50'000 * duration{10s});
            CHECK_GT(subject.total_for_polls(polls - 1), 50'000 * duration{10s});
        }
    }
}
