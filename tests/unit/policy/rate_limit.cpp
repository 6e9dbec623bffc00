#include <scrapingpros/policy/rate_limit.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <random>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant t0{std::chrono::hours(1)};
constexpr auto reads = rate_bucket::reads;
constexpr auto writes = rate_bucket::writes;

/// A bucket for reads; writes are as good as free.
token_bucket reads_at(double per_minute, double burst = 1)
{
    return token_bucket({.per_minute = per_minute, .burst = burst}, {.per_minute = 1e9});
}

/// When so many requests that are asked for at the same time may start, after `since`.
std::vector<milliseconds> starts(token_bucket bucket, instant now, int requests)
{
    std::vector<milliseconds> all;
    for (int i = 0; i < requests; ++i)
        all.push_back(std::chrono::floor<milliseconds>(bucket.reserve(now, reads) - now));
    return all;
}

using times = std::vector<milliseconds>;

}  // namespace

TEST_SUITE("policy.rate_limit")
{
    TEST_CASE("the unlimited rate lets everything through, throttled or not")
    {
        const unlimited_rate rate;
        rate.on_throttled(t0, reads, 1h);
        rate.on_limits(t0, reads, {.rate_remaining = 0});
        CHECK_EQ(rate.reserve(t0, reads), t0);
        CHECK_EQ(rate.reserve(t0, writes), t0);
    }

    TEST_CASE("after a 429 its bucket is shut for everybody until the time that was asked for")
    {
        obey_retry_after rate;
        CHECK_EQ(rate.reserve(t0, reads), t0);
        rate.on_throttled(t0, reads, 20s);
        CHECK_EQ(rate.reserve(t0 + 1s, reads), t0 + 20s);
        CHECK_EQ(rate.reserve(t0 + 1s, writes), t0 + 1s);
        // One that was sent before, and is refused later with less.
        rate.on_throttled(t0 + 2s, reads, 5s);
        CHECK_EQ(rate.reserve(t0 + 3s, reads), t0 + 20s);
        rate.on_throttled(t0 + 3s, reads, {});
        CHECK_EQ(rate.reserve(t0 + 20s, reads), t0 + 20s);
        CHECK_EQ(rate.reserve(t0 + 21s, reads), t0 + 21s);
    }

    TEST_CASE("a copy of it has a state of its own")
    {
        obey_retry_after rate;
        auto other = rate;
        rate.on_throttled(t0, reads, 20s);
        CHECK_EQ(other.reserve(t0, reads), t0);
    }

    TEST_CASE("requests that come together go out one interval apart")
    {
        CHECK_EQ(starts(reads_at(60), t0, 4), times{0s, 1s, 2s, 3s});
        CHECK_EQ(starts(reads_at(600), t0, 3), times{0ms, 100ms, 200ms});
    }

    TEST_CASE("after a pause a burst goes out at once, and no more than a burst")
    {
        const auto bucket = reads_at(60, 3);
        CHECK_EQ(starts(bucket, t0, 5), times{0s, 0s, 0s, 1s, 2s});
        CHECK_EQ(starts(bucket, t0 + 1h, 5), times{0s, 0s, 0s, 1s, 2s});
    }

    TEST_CASE("a short pause fills a part of the burst")
    {
        auto bucket = reads_at(60, 3);
        (void)starts(bucket, t0, 3);
        CHECK_EQ(starts(bucket, t0 + 2s, 3), times{0s, 0s, 1s});
    }

    TEST_CASE("a request that comes later than its interval is not held")
    {
        auto bucket = reads_at(60);
        CHECK_EQ(bucket.reserve(t0, reads), t0);
        CHECK_EQ(bucket.reserve(t0 + 1s, reads), t0 + 1s);
        CHECK_EQ(bucket.reserve(t0 + 1500ms, reads), t0 + 2s);
    }

    TEST_CASE("copies share one budget, reads and writes do not")
    {
        token_bucket bucket({.per_minute = 60}, {.per_minute = 60});
        token_bucket copy = bucket;
        CHECK_EQ(bucket.reserve(t0, reads), t0);
        CHECK_EQ(copy.reserve(t0, reads), t0 + 1s);
        CHECK_EQ(bucket.reserve(t0, reads), t0 + 2s);
        CHECK_EQ(copy.reserve(t0, writes), t0);
        CHECK_EQ(bucket.reserve(t0, writes), t0 + 1s);
    }

    TEST_CASE("a throttle shuts its bucket for the time asked, and no other bucket")
    {
        token_bucket bucket({.per_minute = 60, .burst = 5}, {.per_minute = 60});
        bucket.on_throttled(t0, reads, 10s);
        CHECK_EQ(bucket.reserve(t0, reads), t0 + 10s);
        CHECK_EQ(bucket.reserve(t0, writes), t0);
        CHECK_EQ(bucket.reserve(t0 + 20s, reads), t0 + 20s);
    }

    TEST_CASE("a throttle that names no time shuts the bucket for one interval")
    {
        auto bucket = reads_at(60, 5);
        bucket.on_throttled(t0, reads, {});
        CHECK_EQ(bucket.reserve(t0, reads), t0 + 1s);
    }

    TEST_CASE("a later throttle never opens a bucket sooner")
    {
        auto bucket = reads_at(60);
        bucket.on_throttled(t0, reads, 10s);
        bucket.on_throttled(t0 + 1s, reads, 2s);
        bucket.on_throttled(t0 + 1s, reads, 0s);
        bucket.on_throttled(t0 + 1s, reads, -5s);
        CHECK_EQ(bucket.reserve(t0 + 1s, reads), t0 + 10s);
    }

    TEST_CASE("requests held by a throttle go out at the rate when it ends")
    {
        auto bucket = reads_at(60, 2);
        bucket.on_throttled(t0, reads, 10s);
        CHECK_EQ(starts(bucket, t0, 4), times{10s, 10s, 11s, 12s});
    }

    TEST_CASE("a clock that goes back does not fill the bucket")
    {
        auto bucket = reads_at(60, 3);
        CHECK_EQ(starts(bucket, t0, 3), times{0s, 0s, 0s});
        // An hour back: nothing may start before what was given out already.
        CHECK_EQ(bucket.reserve(t0 - 30min, reads), t0 + 1s);
        CHECK_EQ(bucket.reserve(t0, reads), t0 + 2s);
    }

    TEST_CASE("over ten minutes no minute sees more than the rate and one burst")
    {
        for (const int burst : {1, 10}) {
            const std::uint64_t seed = 4711;
            CAPTURE(seed);
            CAPTURE(burst);
            std::mt19937_64 random(seed);
            auto bucket = reads_at(60, burst);
            std::vector<instant> sent;
            for (instant now = t0; now < t0 + 10min; now += milliseconds(random() % 1000)) {
                const auto when = bucket.reserve(now, reads);
                CHECK_GE(when, now);
                if (when < t0 + 10min) sent.push_back(when);
            }
            // Well used, and never over: from each request on, count one minute.
            CHECK_GE(sent.size(), 598);
            CHECK_LE(sent.size(), static_cast<std::size_t>(600 + burst));
            CHECK(std::is_sorted(sent.begin(), sent.end()));
            for (const auto from : sent) {
                const auto first = std::lower_bound(sent.begin(), sent.end(), from);
                const auto last = std::lower_bound(sent.begin(), sent.end(), from + 1min);
                REQUIRE_LE(last - first, 60 + burst - 1);
            }
        }
    }

    TEST_CASE("rates and bursts out of range are taken for the nearest")
    {
        CHECK_EQ(starts(reads_at(60, 0), t0, 2), times{0s, 1s});
        CHECK_EQ(starts(reads_at(60, -7), t0, 2), times{0s, 1s});
        CHECK_EQ(starts(reads_at(60, 1.9), t0, 2), times{0s, 1s});
        for (const double none : {0.0, -1.0}) {
            const auto all = starts(reads_at(none), t0, 2);
            CHECK_EQ(all[0], 0s);
            CHECK_GE(all[1], 1h);
        }
        constexpr double huge = (std::numeric_limits<double>::max)();
        CHECK_EQ(starts(reads_at(huge), t0, 3), times{0s, 0s, 0s});
        CHECK_EQ(starts(reads_at(0, huge), t0, 3), times{0s, 0s, 0s});
    }

    TEST_CASE("limits that the server names change nothing")
    {
        auto bucket = reads_at(60);
        bucket.on_limits(t0, reads, {.rate_limit = 1, .rate_remaining = 0});
        CHECK_EQ(starts(bucket, t0, 3), times{0s, 1s, 2s});
    }
}
