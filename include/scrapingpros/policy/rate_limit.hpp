#ifndef SCRAPINGPROS_POLICY_RATE_LIMIT_HPP
#define SCRAPINGPROS_POLICY_RATE_LIMIT_HPP

#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace scrapingpros::inline v0 {

// tag::rate_limit_policy[]
/** Decides when a request may start. One budget serves every call and every client it is given to.

    Copies are *handles*: they share one state on purpose, unless the policy says otherwise.

    - `reserve(now, bucket)` takes one request out of the budget and returns the earliest moment to
      send it, `now` or later. Called once before every attempt, retries included. A call that is
      cancelled while it waits does not give the request back.
    - `on_throttled(now, bucket, retry_after)`: a 429 for the request rate came.
    - `on_limits(now, bucket, limits)`: a reply named its limits (contract section 12); not called
      for replies that name none.
    - Not called for routes that are in no bucket (health, plans, offloaded bodies).
    - Must not throw, block for long, or read a clock. Thread-safe if its clients are on several
      threads.
*/
// clang-format off
template <class P>
concept rate_limit_policy = std::copy_constructible<P> && requires(
    P& p, instant now, rate_bucket bucket, std::optional<milliseconds> wait, const account_limits& limits
) {
    { p.reserve(now, bucket) } -> std::same_as<instant>;
    p.on_throttled(now, bucket, wait);
    p.on_limits(now, bucket, limits);
};
// clang-format on
// end::rate_limit_policy[]

/** A policy that may also say "not yet, ask again", and so can let one request go ahead of another.

    - `admit(now, request)` stands in for `reserve`. A call that is cancelled before it was granted does
      not ask again, and nothing is to be given back.
    - `on_answer(now, bucket)`: an attempt that was granted has ended, with an answer other than a 429
      for the request rate, or without one. `now` is empty if the call was abandoned.
    - `on_quota(now, retry_after)`: a 429 for the account's quota came, which is none for the rate.
    - `open_lane()`: a place for a run, whose id its requests bear.
*/
// clang-format off
template <class P>
concept ordering_rate_limit = rate_limit_policy<P> && requires(
    P& p, instant now, const rate_request& request, rate_bucket bucket,
    std::optional<instant> answered, std::optional<milliseconds> wait
) {
    { p.admit(now, request) } -> std::same_as<rate_answer>;
    p.on_answer(answered, bucket);
    p.on_quota(now, wait);
    { p.open_lane() } -> std::convertible_to<std::shared_ptr<rate_lane>>;
};
// clang-format on

/// Never waits. The retry policy still does, after a 429.
struct unlimited_rate {
    instant reserve(instant now, rate_bucket) const noexcept { return now; }
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>) const noexcept {}
    void on_limits(instant, rate_bucket, const account_limits&) const noexcept {}
};

/** Sends at once; after a 429 nothing of that bucket is sent until the time has passed for which the
    server asked, by whichever call it was told (contract 12, RFC 6585).

    The policy for a client that has the account's budget to itself and seldom comes to its end. Not a
    handle: each client keeps its own, since it knows of no account that it could share.
*/
class obey_retry_after {
public:
    constexpr instant reserve(instant now, rate_bucket bucket) const noexcept
    {
        return (std::max)(now, shut_until_[place_of(bucket)]);
    }
    constexpr void on_throttled(
        instant now, rate_bucket bucket, std::optional<milliseconds> retry_after
    ) noexcept
    {
        auto& until = shut_until_[place_of(bucket)];
        until = (std::max)(until, now + retry_after.value_or(milliseconds(0)));
    }
    constexpr void on_limits(instant, rate_bucket, const account_limits&) const noexcept {}

private:
    static constexpr std::size_t place_of(rate_bucket bucket) noexcept
    {
        return bucket == rate_bucket::writes ? 1 : 0;
    }

    std::array<instant, 2> shut_until_{};
};

/** Two token buckets, one for reads and one for writes, shared by all copies. Thread-safe.

    Requests are let through at `per_minute`, up to `burst` of them at once after a pause. After a
    429 the bucket stays shut for the wait that the server asked for.
*/
class token_bucket {
public:
    struct rate {
        /// Requests per minute, 1 or more.
        double per_minute = 600;
        /// Requests that may start at once, 1 to 100,000.
        double burst = 1;
    };

    token_bucket(rate reads, rate writes) : state_(std::make_shared<state>())
    {
        state_->lanes = {lane(reads), lane(writes)};
    }

    instant reserve(instant now, rate_bucket bucket)
    {
        const std::lock_guard hold(state_->guard);
        lane& l = state_->of(bucket);
        const instant start = (std::max)(now, l.shut_until);
        // `full_at` is when the bucket would be full again; a request moves it by one interval.
        l.full_at = (std::max)(l.full_at, start) + l.interval;
        return (std::max)(start, l.full_at - l.interval * l.burst);
    }

    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> retry_after)
    {
        const std::lock_guard hold(state_->guard);
        lane& l = state_->of(bucket);
        const auto wait = retry_after ? std::chrono::nanoseconds(*retry_after) : l.interval;
        l.shut_until = (std::max)(l.shut_until, now + wait);
    }

    void on_limits(instant, rate_bucket, const account_limits&) noexcept {}

private:
    struct lane {
        lane() = default;
        explicit lane(rate r)
            : interval(static_cast<std::int64_t>(60e9 / (std::max)(r.per_minute, 0.001))),
              burst(static_cast<std::int64_t>(std::clamp(r.burst, 1.0, 1e5)))
        {
        }

        std::chrono::nanoseconds interval{};
        std::int64_t burst = 1;
        instant full_at{};
        instant shut_until{};
    };

    struct state {
        lane& of(rate_bucket b) { return lanes[b == rate_bucket::writes ? 1 : 0]; }

        std::mutex guard;
        std::array<lane, 2> lanes{};
    };

    std::shared_ptr<state> state_;
};

static_assert(rate_limit_policy<unlimited_rate>);
static_assert(rate_limit_policy<obey_retry_after>);
static_assert(rate_limit_policy<token_bucket>);

}  // namespace scrapingpros::inline v0

#endif
