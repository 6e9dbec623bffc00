#include <scrapingpros/policy/limit_estimate.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>

#include "limited_service.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::limited_service;
using kind = limit_estimate::kind;
using how = limited_service::how;

namespace {

constexpr instant limit_start{std::chrono::hours(1)};

/// A client that always wants one more request, one at a time, 100 ms each.
struct hungry_client {
    limit_estimate limit;
    limited_service service;
    instant now = limit_start;
    bool is_told = false;
    std::mt19937 chance{7};
    /// Somebody else asks so often besides.
    std::optional<milliseconds> other_every{};
    instant other_asks = limit_start;

    void until(instant end)
    {
        while (now < end) {
            const instant when = limit.next(now);
            if (when > now) {
                now = when;
                continue;
            }
            limit.on_sent(now);
            now += 50ms;
            for (; other_every && other_asks <= now; other_asks += *other_every)
                if (!service.ask(now)) --service.accepted;
            const auto wait = service.ask(now);
            now += 50ms;
            if (is_told) limit.on_told(now, service.told(now));
            if (wait)
                limit.on_refused(now, wait, std::uniform_real_distribution<>(0, 1)(chance));
            else
                limit.on_answer(now);
        }
    }
};

hungry_client client_of(how kind, double limit, std::optional<double> known = {})
{
    return {limit_estimate(known), limited_service(kind, limit, limit_start - 23s)};
}

}  // namespace

TEST_SUITE("policy.limit_estimate")
{
    TEST_CASE("a limit that nobody has met is none")
    {
        limit_estimate limit;
        for (int i = 0; i < 1000; ++i) {
            CHECK_EQ(limit.next(limit_start), limit_start);
            limit.on_sent(limit_start);
            limit.on_answer(limit_start);
        }
        CHECK_FALSE(limit.per_minute());
        CHECK_GE(limit.usable(limit_start), 1000);
    }

    TEST_CASE("a window of sixty a minute is learned from refusals, and then kept to")
    {
        auto client = client_of(how::window, 60);
        client.until(limit_start + 3min);
        CHECK_EQ(client.limit.shape(), kind::window);
        REQUIRE(client.limit.per_minute());
        CHECK_EQ(*client.limit.per_minute(), doctest::Approx(60).epsilon(0.04));
        const auto learned = client.service;
        client.until(limit_start + 33min);
        // Growth is tried, and tried the more seldom the more often it was refused.
        CHECK_LE(client.service.refused - learned.refused, 8);
        CHECK_GE(client.service.accepted - learned.accepted, 29 * 60);
    }

    TEST_CASE("a bucket is learned from short waits that come again and again")
    {
        auto client = client_of(how::bucket, 30);
        client.until(limit_start + 3min);
        CHECK_EQ(client.limit.shape(), kind::bucket);
        CHECK_EQ(*client.limit.per_minute(), doctest::Approx(30).epsilon(0.1));
        const auto learned = client.service;
        client.until(limit_start + 33min);
        CHECK_LE(client.service.refused - learned.refused, 20);
        CHECK_GE(client.service.accepted - learned.accepted, 28 * 30);
    }

    TEST_CASE("a sliding log is learned from waits for the oldest request of one's own")
    {
        auto client = client_of(how::sliding, 30);
        client.until(limit_start + 4min);
        CHECK_EQ(client.limit.shape(), kind::sliding);
        CHECK_EQ(*client.limit.per_minute(), doctest::Approx(30).epsilon(0.07));
        const auto learned = client.service;
        client.until(limit_start + 34min);
        CHECK_LE(client.service.refused - learned.refused, 12);
        CHECK_GE(client.service.accepted - learned.accepted, 28 * 30);
    }

    TEST_CASE("with the limit known, a refusal or two tell its kind, and there are no more")
    {
        for (const auto each : {how::window, how::bucket, how::sliding}) {
            CAPTURE(static_cast<int>(each));
            auto client = client_of(each, 60, 60);
            client.until(limit_start + 30min);
            CHECK_LE(client.service.refused, 4);
            CHECK_GE(client.service.accepted, 29 * 59);
        }
    }

    TEST_CASE("with headers there are no refusals, whatever the kind")
    {
        for (const auto each : {how::window, how::bucket, how::sliding}) {
            CAPTURE(static_cast<int>(each));
            auto client = client_of(each, 60);
            client.is_told = true;
            client.until(limit_start + 20min);
            CHECK_EQ(client.service.refused, 0);
            CHECK_GE(client.service.accepted, 19 * 59);
            CHECK_EQ(*client.limit.per_minute(), 60);
        }
    }

    TEST_CASE("beside a competitor the limit is what the competitor leaves, and comes back after it"
    )
    {
        for (const auto each : {how::window, how::bucket, how::sliding}) {
            CAPTURE(static_cast<int>(each));
            auto client = client_of(each, 60);
            client.other_every = 2500ms;  // 24 a minute
            client.until(limit_start + 20min);
            CHECK_GE(client.service.accepted, 20 * 36 * 8 / 10);
            CHECK_LE(client.service.refused, 100);
            const auto shared = client.service.accepted;
            client.other_every.reset();
            client.until(limit_start + 60min);
            CHECK_GE(client.service.accepted - shared, 40 * 60 * 8 / 10);
        }
    }

    TEST_CASE("a refusal shuts the gate for everybody, and those already under way change little")
    {
        limit_estimate limit(60);
        for (int i = 0; i < 4; ++i)
            limit.on_sent(limit_start);
        limit.on_refused(limit_start + 1s, 20s, 0.5);
        CHECK_GT(limit.next(limit_start + 1s), limit_start + 21s);
        CHECK_LT(limit.next(limit_start + 1s), limit_start + 21200ms);
        CHECK_EQ(limit.usable(limit_start + 1s), 0);
        limit.on_refused(limit_start + 1100ms, 40s, 0.5);
        limit.on_refused(limit_start + 1100ms, 1s, 0.5);
        CHECK_LE(limit.next(limit_start + 2s), limit_start + 23s);
        CHECK_GE(limit.next(limit_start + 2s), limit_start + 21s);
    }

    TEST_CASE("refusals that name no time shut it for longer and longer, a minute at most")
    {
        for (const std::optional<milliseconds> nothing :
             {std::optional<milliseconds>(),
              std::optional<milliseconds>(0ms),
              std::optional<milliseconds>(-5s)}) {
            limit_estimate limit;
            instant now = limit_start;
            instant::duration last{0};
            for (int i = 0; i < 8; ++i) {
                limit.on_sent(now);
                limit.on_refused(now, nothing, 1);
                const auto wait = limit.next(now) - now;
                CHECK_GE(wait, last);
                CHECK_GE(wait, 4s);
                CHECK_LE(wait, 61s);
                last = wait;
                now += wait;
            }
            CHECK_GE(last, 59s);
        }
    }

    TEST_CASE("headers that say nonsense neither stop the client nor set it free")
    {
        const std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
        limit_estimate limit(60);
        limit.on_told(limit_start, {});
        limit.on_told(limit_start, {.rate_limit = 0, .rate_remaining = 0});
        CHECK_EQ(limit.next(limit_start), limit_start);
        CHECK_EQ(*limit.per_minute(), 60);
        for (const milliseconds reset :
             {milliseconds(0),
              milliseconds(-5s),
              milliseconds::min(),
              milliseconds(24h * 365),
              milliseconds::max()}) {
            for (int i = 0; i < 5; ++i)
                limit.on_told(
                    limit_start + i * 15s,
                    {.rate_limit = 60, .rate_remaining = 5, .rate_reset_in = reset}
                );
            CHECK_LE(limit.next(limit_start + 75s), limit_start + 136s);
        }
        limit.on_told(
            limit_start + 80s, {.rate_limit = huge, .rate_remaining = huge, .rate_reset_in = 1s}
        );
        CHECK_EQ(limit.next(limit_start + 80s), limit_start + 80s);
        CHECK_GE(limit.usable(limit_start + 80s), 60);
        limit.on_told(
            limit_start + 90s, {.rate_limit = 1, .rate_remaining = huge, .rate_reset_in = 30s}
        );
        CHECK_LE(limit.usable(limit_start + 90s), 1);
    }

    TEST_CASE("waits of any length, and limits of any size, come to an end")
    {
        for (const double given : {-1.0, 0.0, 1e-300, 1e300, 1.0}) {
            CAPTURE(given);
            limit_estimate limit(given);
            instant now = limit_start;
            for (int i = 0; i < 20; ++i) {
                const auto when = limit.next(now);
                CHECK_GE(when, now);
                CHECK_LE(when, now + 24h + 1s);
                now = when + 1ms;
                limit.on_sent(now);
                limit.on_refused(now, milliseconds::max(), 1);
                limit.on_sent(now);
                limit.on_answer(now - 1h);
            }
        }
    }

    TEST_CASE("requests that nobody tells the end of are forgotten after two minutes")
    {
        limit_estimate limit(5);
        for (int i = 0; i < 5; ++i)
            limit.on_sent(limit_start);
        CHECK_GT(limit.next(limit_start + 1s), limit_start + 1s);
        instant now = limit_start + 1s;
        int sent = 0;
        for (; now < limit_start + 10min; now += 1s)
            if (limit.next(now) <= now) {
                limit.on_sent(now);
                limit.on_answer(now);
                ++sent;
            }
        CHECK_GE(sent, 5);
    }

    TEST_CASE("an abandoned request counts as one that was let through")
    {
        limit_estimate limit(2);
        limit.on_sent(limit_start);
        limit.on_sent(limit_start);
        limit.on_answer(std::nullopt);
        limit.on_answer(std::nullopt);
        limit.on_told(limit_start + 1s, {.rate_limit = 2});
        CHECK_GE(limit.next(limit_start + 1s), limit_start + 60s);
        CHECK_LE(limit.next(limit_start + 1s), limit_start + 62s);
    }

    TEST_CASE("a caller who allows less than the account has leaves the rest to others")
    {
        auto client = client_of(how::window, 60, 20);
        client.is_told = true;
        client.other_every = 1800ms;  // 33 a minute
        client.until(limit_start + 20min);
        CHECK_EQ(client.service.refused, 0);
        CHECK_GE(client.service.accepted, 19 * 20);
        CHECK_LE(client.service.accepted, 21 * 20);
    }
}
