#include <scrapingpros/policy/governor.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant governor_start{std::chrono::hours(1)};
constexpr auto reads_bucket = rate_bucket::reads;
constexpr auto writes_bucket = rate_bucket::writes;

governor governor_of(double per_minute)
{
    governor_options options;
    options.reads_per_minute = per_minute;
    return governor(options);
}

}  // namespace

TEST_SUITE("policy.governor")
{
    TEST_CASE("copies share one budget, and lanes outlive the copy that opened them")
    {
        auto one = std::make_unique<governor>(governor_of(60));
        governor two = *one;
        const auto lane = one->open_lane();
        const auto other = two.open_lane();
        CHECK_NE(lane->id(), other->id());
        CHECK_EQ(lane->look(governor_start).runs, 1u);
        CHECK_EQ(other->look(governor_start).runs, 2u);
        one.reset();
        CHECK(two.admit(governor_start, {reads_bucket, request_rank::page, lane->id()}).granted);
        CHECK_EQ(lane->look(governor_start).usable, 59);
        CHECK_FALSE(two.per_minute(writes_bucket));
        CHECK_EQ(*two.per_minute(reads_bucket), 60);
    }

    TEST_CASE("who cannot ask again gets a time")
    {
        auto budget = governor_of(2);
        CHECK_EQ(budget.reserve(governor_start, reads_bucket), governor_start);
        CHECK_EQ(budget.reserve(governor_start, reads_bucket), governor_start);
        CHECK_GT(budget.reserve(governor_start, reads_bucket), governor_start);
        CHECK_EQ(budget.reserve(governor_start, writes_bucket), governor_start);
    }

    TEST_CASE("the same history gives the same answers")
    {
        std::vector<instant> first;
        for (int round = 0; round < 2; ++round) {
            auto budget = governor_of(30);
            budget.on_throttled(governor_start, reads_bucket, 7s);
            for (int i = 0; i < 40; ++i) {
                const auto answer =
                    budget.admit(governor_start + i * 100ms, {reads_bucket, request_rank::page, 0});
                CHECK_FALSE(answer.granted);
                if (round == 0)
                    first.push_back(answer.when);
                else
                    CHECK_EQ(answer.when, first[static_cast<std::size_t>(i)]);
            }
        }
    }

    TEST_CASE("two threads that share it get no more than the limit together")
    {
        auto budget = governor_of(1000);
        std::atomic<int> granted{0};
        const auto hammer = [&granted](governor mine) {
            const auto lane = mine.open_lane();
            for (int i = 0; i < 20'000; ++i) {
                const instant now = governor_start + i * 1ms;
                const auto rank = i % 2 == 0 ? request_rank::page : request_rank::result;
                if (mine.admit(now, {reads_bucket, rank, lane->id()}).granted) {
                    ++granted;
                    mine.on_answer(now, reads_bucket);
                }
                if (i % 64 == 0) lane->tell({static_cast<std::uint64_t>(i), 1.0});
                if (i % 64 == 1) (void)lane->look(now);
                if (i % 64 == 2) mine.on_limits(now, reads_bucket, {.rate_limit = 1000});
            }
        };
        std::thread other(hammer, budget);
        hammer(budget);
        other.join();
        CHECK_LE(granted, 1000);
        CHECK_GE(granted, 900);
    }
}
