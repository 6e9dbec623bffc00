#ifndef SCRAPINGPROS_POLICY_RETRY_QUOTA_HPP
#define SCRAPINGPROS_POLICY_RETRY_QUOTA_HPP

#include <scrapingpros/policy/retry.hpp>

#include <algorithm>
#include <memory>
#include <mutex>

namespace scrapingpros::inline v0 {

/** Bounds the retries of all calls together, so that a dead service is not stormed.

    A retry takes tokens, more after a time-out, because a silent peer is the dearest; a call that
    succeeds gives back what its last retry took, or one token if it needed none. When too few are
    left, a failing call fails at once with `errc::retry_budget_exhausted`. Being throttled costs
    nothing. Copies share one state; thread-safe.
*/
class retry_quota {
public:
    static constexpr int retry_cost = 5;
    static constexpr int timeout_cost = 10;

    /// @param capacity tokens at the start and at most; 0 or less means no retries but those that
    /// cost nothing.
    explicit retry_quota(int capacity = 500) : state_(std::make_shared<state>())
    {
        state_->capacity = (std::max)(capacity, 0);
        state_->tokens = state_->capacity;
    }

    static int cost_of(failure_class kind) noexcept
    {
        if (kind == failure_class::throttled) return 0;
        return kind == failure_class::client_timeout ? timeout_cost : retry_cost;
    }

    /// Takes `cost` tokens; false, and none taken, if there are not that many.
    bool take(int cost)
    {
        const std::lock_guard hold(state_->guard);
        if (state_->tokens < cost) return false;
        state_->tokens -= (std::max)(cost, 0);
        return true;
    }

    void give_back(int cost)
    {
        const std::lock_guard hold(state_->guard);
        state_->tokens += (std::min)((std::max)(cost, 1), state_->capacity - state_->tokens);
    }

    int available() const
    {
        const std::lock_guard hold(state_->guard);
        return state_->tokens;
    }

private:
    struct state {
        mutable std::mutex guard;
        int capacity = 0;
        int tokens = 0;
    };

    std::shared_ptr<state> state_;
};

}  // namespace scrapingpros::inline v0

#endif
