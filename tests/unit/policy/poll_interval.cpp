#include <scrapingpros/policy/poll_interval.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

/// The waits after so many looks that showed nothing new.
template <class Policy>
std::vector<milliseconds> waits_without_news(Policy policy, std::uint32_t looks)
{
    std::vector<milliseconds> waits;
    for (std::uint32_t quiet = 0; quiet < looks; ++quiet)
        waits.push_back(policy.next_delay({.total_jobs = 10, .quiet_looks = quiet}));
    return waits;
}

}  // namespace

TEST_SUITE("policy.poll_interval")
{
    TEST_CASE("a fixed interval does not look at the run")
    {
        const fixed_interval interval{2s};
        CHECK_EQ(interval.next_delay({}), 2s);
        CHECK_EQ(interval.next_delay({.total_jobs = 50'000, .quiet_looks = 9}), 2s);
        CHECK_EQ(fixed_interval{}.next_delay({}), 5s);
    }

    TEST_CASE("a fixed interval passes on zero and less, which count as zero")
    {
        CHECK_EQ(fixed_interval{0ms}.next_delay({}), 0ms);
        CHECK_EQ(fixed_interval{-3ms}.next_delay({}), -3ms);
    }

    TEST_CASE("the official tables have the edges of the official client")
    {
        const struct {
            std::uint64_t jobs;
            milliseconds results;
            milliseconds status;
        } rows[] = {
            {0, 5s, 2s},
            {1, 5s, 2s},
            {99, 5s, 2s},
            {100, 10s, 5s},
            {499, 10s, 5s},
            {500, 15s, 10s},
            {1'999, 15s, 10s},
            {2'000, 30s, 20s},
            {50'000, 30s, 20s},
            {(std::numeric_limits<std::uint64_t>::max)(), 30s, 20s},
        };
        for (const auto& row : rows) {
            CAPTURE(row.jobs);
            CHECK_EQ(official_interval{}.next_delay({.total_jobs = row.jobs}), row.results);
            CHECK_EQ(official_status_interval{}.next_delay({.total_jobs = row.jobs}), row.status);
        }
    }

    TEST_CASE("the official tables look at the size alone")
    {
        const poll_observation seen{
            .total_jobs = 100,
            .finished_jobs = 99,
            .delivered_jobs = 98,
            .quiet_looks = 1000,
            .server_hint = 1h};
        CHECK_EQ(official_interval{}.next_delay(seen), 10s);
        CHECK_EQ(official_status_interval{}.next_delay(seen), 5s);
    }

    TEST_CASE("an exponential interval grows with every look that shows nothing new")
    {
        const std::vector<milliseconds> expected = {1000ms, 1500ms, 2250ms, 3375ms, 5062ms};
        CHECK_EQ(waits_without_news(exponential_interval{}, 5), expected);
    }

    TEST_CASE("an exponential interval stays at its ceiling")
    {
        const exponential_interval interval{.first = 1s, .ceiling = 3s, .factor = 2};
        const std::vector<milliseconds> expected = {1s, 2s, 3s, 3s, 3s};
        CHECK_EQ(waits_without_news(interval, 5), expected);
        CHECK_EQ(exponential_interval{.first = 9s, .ceiling = 3s}.next_delay({}), 3s);
    }

    TEST_CASE("news brings an exponential interval back to its first wait")
    {
        exponential_interval interval{.factor = 2};
        CHECK_EQ(interval.next_delay({.quiet_looks = 0}), 1s);
        CHECK_EQ(interval.next_delay({.quiet_looks = 1}), 2s);
        CHECK_EQ(interval.next_delay({.quiet_looks = 2}), 4s);
        CHECK_EQ(interval.next_delay({.quiet_looks = 0}), 1s);
        CHECK_EQ(interval.next_delay({.quiet_looks = 1}), 2s);
    }

    TEST_CASE("an exponential interval that begins amid a quiet run begins with its first wait")
    {
        CHECK_EQ(exponential_interval{}.next_delay({.quiet_looks = 40}), 1s);
    }

    TEST_CASE("a factor below one does not shorten the wait")
    {
        for (const double factor : {1.0, 0.5, 0.0, -3.0}) {
            CAPTURE(factor);
            const std::vector<milliseconds> expected(4, 1s);
            CHECK_EQ(waits_without_news(exponential_interval{.factor = factor}, 4), expected);
        }
    }

    TEST_CASE("no ceiling and no factor is too large")
    {
        const exponential_interval interval{
            .ceiling = (milliseconds::max)(), .factor = (std::numeric_limits<double>::max)()};
        const std::vector<milliseconds> expected = {
            1s, (milliseconds::max)(), (milliseconds::max)()};
        CHECK_EQ(waits_without_news(interval, 3), expected);
    }

    TEST_CASE("a copy grows by itself")
    {
        exponential_interval prototype{.factor = 2};
        auto first_run = prototype;
        (void)first_run.next_delay({.quiet_looks = 0});
        (void)first_run.next_delay({.quiet_looks = 1});
        auto second_run = prototype;
        CHECK_EQ(second_run.next_delay({.quiet_looks = 2}), 1s);
    }

    TEST_CASE("one that does not start again grows with every look")
    {
        exponential_interval grows{.first = 1s, .ceiling = 5s, .factor = 2, .starts_again = false};
        CHECK_EQ(grows.next_delay({}), 1000ms);
        CHECK_EQ(grows.next_delay({}), 2000ms);
        CHECK_EQ(grows.next_delay({}), 4000ms);
        CHECK_EQ(grows.next_delay({}), 5000ms);
    }
}
