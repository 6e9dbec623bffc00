#ifndef SCRAPINGPROS_CORE_CALL_ENGINE_HPP
#define SCRAPINGPROS_CORE_CALL_ENGINE_HPP

#include <scrapingpros/core/classify_failure.hpp>
#include <scrapingpros/core/wait_until.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/policy/rate_limit.hpp>
#include <scrapingpros/policy/retry.hpp>
#include <scrapingpros/policy/retry_quota.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0::core {

/// Send the request now; answer with `on_success` or `on_failure`.
struct send_attempt {
    /// 1 for the first.
    unsigned attempt = 1;
    friend bool operator==(const send_attempt&, const send_attempt&) = default;
};
/// An attempt is under way. If it is still so at `deadline`, abandon it and call `stop`.
struct wait_for_answer {
    std::optional<instant> deadline{};
    friend bool operator==(const wait_for_answer&, const wait_for_answer&) = default;
};
/// The call is over; `next` says so for ever after.
struct finish_call {
    error_code ec{};
    friend bool operator==(const finish_call&, const finish_call&) = default;
};
using call_action = std::variant<send_attempt, wait_until, wait_for_answer, finish_call>;

/// What the call has done on the server.
enum class call_effect {
    /// Nothing, for sure.
    none,
    /// It cannot be told.
    unknown,
    /// What was asked for; the answer is here.
    answered,
};

/// What an engine must know of a call.
struct call_terms {
    rate_bucket bucket = rate_bucket::reads;
    /// For rate limits that put requests in an order, as is `lane`: `rate_lane::id`, or 0.
    request_rank rank = request_rank::page;
    std::uint64_t lane = 0;
    repeatability repeat = repeatability::safe;
    /// Bounds attempts and waits together.
    std::optional<instant> deadline{};
    /// A server that asks for more ends the call with `errc::retry_after_too_long`.
    milliseconds longest_retry_after = std::chrono::minutes(15);
};

/** One call: rate limit, attempts, waits between them, deadline.

    | state     | `next(now)` says                  | leaves by                          |
    |-----------|-----------------------------------|------------------------------------|
    | ready     | reserves; then as waiting/sending | `next`; stays if it is to ask again |
    | waiting   | `wait_until`, from then on sends  | `next` at its time                 |
    | in_flight | `wait_for_answer`                 | `on_success`, `on_failure`, `stop` |
    | backoff   | `wait_until`, from then on ready  | `next` at its time                 |
    | done      | `finish_call`                     | -                                  |

    Rules it keeps whatever the policies answer: a wait is never shorter than the server's
    `Retry-After`; a call that is not repeatable and may have taken effect is never sent again; no
    attempt begins at or after the deadline. After a 429 for the rate, an `ordering_rate_limit` alone
    says how much longer than that to wait. A value: copies are independent but for the two
    handles.
*/
template <retry_policy Retry, rate_limit_policy RateLimit>
class call_engine {
public:
    call_engine(call_terms terms, Retry prototype, RateLimit budget, retry_quota quota)
        : terms_(terms), retry_(std::move(prototype)), budget_(std::move(budget)),
          quota_(std::move(quota))
    {
    }

    [[nodiscard]] call_action next(instant now)
    {
        if (state_ == state::backoff && now >= when_) state_ = state::ready;
        if (state_ == state::ready && now >= ask_again_) reserve(now);
        if (state_ == state::waiting && now >= when_) {
            if (!past_deadline(now)) return send();
            end(errc::deadline_exceeded);  // woken late
        }
        switch (state_) {
        case state::in_flight: return wait_for_answer{terms_.deadline};
        case state::done: return finish_call{ec_};
        case state::ready: return wait_until{ask_again_};
        default: return wait_until{when_};
        }
    }

    /// The attempt got its whole answer, and the answer could be read.
    void on_success(instant now)
    {
        if (state_ != state::in_flight) return;
        tell_answered(now);
        quota_.give_back(last_cost_);
        effect_ = call_effect::answered;
        end({});
    }

    void on_failure(instant now, const attempt_failure& f)
    {
        if (state_ != state::in_flight) return;
        if (may_have_taken_effect(f)) effect_ = call_effect::unknown;
        last_ = describe(f);
        if (last_.kind == failure_class::throttled && terms_.bucket != rate_bucket::none)
            budget_.on_throttled(now, terms_.bucket, bounded(f.retry_after));
        else
            tell_answered(now);
        if constexpr (ordering_rate_limit<RateLimit>)
            if (f.ec == errc::quota_exceeded) budget_.on_quota(now, bounded(f.retry_after));
        if (terms_.repeat == repeatability::unsafe && may_have_taken_effect(f)) return end(f.ec);
        const auto wait = retry_.on_failure(last_);
        if (!wait) return end(f.ec);
        back_off(now, *wait);
    }

    /** Ends the call: cancelled, or the deadline passed.

        @param request_sent of the attempt under way: a byte of it was handed to the network.
    */
    void stop(error_code why, bool request_sent)
    {
        if (state_ == state::done) return;
        if (state_ == state::in_flight) tell_answered({});
        if (state_ == state::in_flight && request_sent) effect_ = call_effect::unknown;
        end(why);
    }

    /// A reply named its limits.
    void on_limits(instant now, const account_limits& limits)
    {
        if (terms_.bucket != rate_bucket::none) budget_.on_limits(now, terms_.bucket, limits);
    }

    unsigned attempts() const noexcept { return attempts_; }
    call_effect effect() const noexcept { return effect_; }
    /// The last failure; meaningful once there was one.
    const failed_attempt& last_failure() const noexcept { return last_; }
    bool done() const noexcept { return state_ == state::done; }
    /// What the budget asked to wait, where that was beyond the deadline.
    const std::optional<milliseconds>& budget_wait() const noexcept { return budget_wait_; }

private:
    enum class state { ready, waiting, in_flight, backoff, done };

    bool past_deadline(instant when) const { return terms_.deadline && when >= *terms_.deadline; }

    void reserve(instant now)
    {
        if (past_deadline(now)) return end(errc::deadline_exceeded);
        const auto answer = ask_budget(now);
        if (past_deadline(answer.when)) {
            budget_wait_ = std::chrono::ceil<milliseconds>(answer.when - now);
            return end(errc::deadline_exceeded);
        }
        if (!answer.granted) {
            ask_again_ = (std::max)(answer.when, now + milliseconds(1));
            return;
        }
        when_ = answer.when;
        state_ = state::waiting;
    }

    rate_answer ask_budget(instant now)
    {
        if (terms_.bucket == rate_bucket::none) return {now};
        if constexpr (ordering_rate_limit<RateLimit>)
            return budget_.admit(now, {terms_.bucket, terms_.rank, terms_.lane});
        else
            return {budget_.reserve(now, terms_.bucket)};
    }

    bool orders_requests() const
    {
        if (terms_.bucket == rate_bucket::none) return false;
        if constexpr (requires { budget_.orders_requests(); })
            return budget_.orders_requests();
        else
            return ordering_rate_limit<RateLimit>;
    }

    /// Of an attempt that was let through.
    void tell_answered(std::optional<instant> now)
    {
        if constexpr (ordering_rate_limit<RateLimit>)
            if (terms_.bucket != rate_bucket::none) budget_.on_answer(now, terms_.bucket);
    }

    call_action send()
    {
        state_ = state::in_flight;
        return send_attempt{++attempts_};
    }

    failed_attempt describe(const attempt_failure& f) const
    {
        return {
            .attempt = attempts_,
            .kind = classify_failure(f),
            .ec = f.ec,
            .phase = f.phase,
            .request_sent = f.request_sent,
            .http_status = f.http_status,
            .retry_after = f.retry_after,
            .repeat = terms_.repeat,
            .random = f.random};
    }

    /// All calls wait for a shut bucket, so none may be shut for longer than one call would wait.
    std::optional<milliseconds> bounded(std::optional<milliseconds> asked) const
    {
        return asked ? (std::min)(*asked, terms_.longest_retry_after) : asked;
    }

    void back_off(instant now, milliseconds wait)
    {
        const auto asked = last_.retry_after.value_or(milliseconds(0));
        if (asked > terms_.longest_retry_after) return end(errc::retry_after_too_long);
        constexpr milliseconds sane = std::chrono::hours(24);
        if (last_.kind == failure_class::throttled && orders_requests()) wait = milliseconds(0);
        when_ = now + (std::max)({(std::min)(wait, sane), asked, milliseconds(0)});
        // Waiting would be for nothing: no attempt may begin at the deadline.
        if (past_deadline(when_)) return end(errc::deadline_exceeded);
        const int cost = retry_quota::cost_of(last_.kind);
        if (!quota_.take(cost)) return end(errc::retry_budget_exhausted);
        last_cost_ = cost;
        state_ = state::backoff;
    }

    void end(error_code ec)
    {
        state_ = state::done;
        ec_ = ec;
    }

    call_terms terms_;
    Retry retry_;
    RateLimit budget_;
    retry_quota quota_;
    state state_ = state::ready;
    instant when_{};
    instant ask_again_ = (instant::min)();
    unsigned attempts_ = 0;
    int last_cost_ = 0;
    call_effect effect_ = call_effect::none;
    failed_attempt last_{};
    std::optional<milliseconds> budget_wait_{};
    error_code ec_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
