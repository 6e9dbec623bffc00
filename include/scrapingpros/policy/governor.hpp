#ifndef SCRAPINGPROS_POLICY_GOVERNOR_HPP
#define SCRAPINGPROS_POLICY_GOVERNOR_HPP

#include <scrapingpros/policy/account_budget.hpp>
#include <scrapingpros/policy/rate_limit.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {

/** One budget for an account, shared by every client and run that holds a copy. Thread-safe.

    It learns the limits of reads and of writes (`limit_estimate`) and lets requests start under them:

    - a request takes its token when it starts, and not when it begins to wait: one that is cancelled
      has taken nothing, and a 429 holds back all that wait;
    - pages and status reads go before single results: results leave as many tokens as the runs will
      want for pages before tokens come back, by what they say, or else by the pages of their last
      minute;
    - among runs, pages go in the order in which they began to wait, and results to the run that got
      its last one the longest ago; a result that has waited for two minutes goes like a page;
    - who must wait comes again with jitter, so that runs whose phases agree do not come together;
    - a 429 for the account's quota holds back writes, and no read.

    Good for: several runs or clients of one account, unknown or small limits. Weak: other processes on
    the same account are known only by the 429s and headers that they bring about.
*/
class governor {
public:
    explicit governor(const governor_options& options = {})
        : state_(std::make_shared<state>(options))
    {
    }

    rate_answer admit(instant now, const rate_request& wanted)
    {
        const std::lock_guard hold(state_->guard);
        return state_->budget.admit(now, wanted);
    }

    /// For those who cannot ask again: the token is taken at once, and used at the time returned.
    instant reserve(instant now, rate_bucket bucket)
    {
        const std::lock_guard hold(state_->guard);
        return state_->budget.reserve(now, bucket);
    }

    void on_answer(std::optional<instant> now, rate_bucket bucket)
    {
        const std::lock_guard hold(state_->guard);
        state_->budget.on_answer(now, bucket);
    }

    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> retry_after)
    {
        const std::lock_guard hold(state_->guard);
        state_->budget.on_throttled(now, bucket, retry_after);
    }

    void on_quota(instant now, std::optional<milliseconds> retry_after)
    {
        const std::lock_guard hold(state_->guard);
        state_->budget.on_quota(now, retry_after);
    }

    void on_limits(instant now, rate_bucket bucket, const account_limits& limits)
    {
        const std::lock_guard hold(state_->guard);
        state_->budget.on_limits(now, bucket, limits);
    }

    std::shared_ptr<rate_lane> open_lane() { return std::make_shared<lane>(state_); }

    /// Requests a minute; empty while no limit has shown.
    std::optional<double> per_minute(rate_bucket bucket) const
    {
        const std::lock_guard hold(state_->guard);
        return state_->budget.limit(bucket).per_minute();
    }
    /// What kind of limit it is, as far as it has shown.
    limit_estimate::kind shape(rate_bucket bucket) const
    {
        const std::lock_guard hold(state_->guard);
        return state_->budget.limit(bucket).shape();
    }

private:
    struct state {
        explicit state(const governor_options& options) : budget(options) {}

        std::mutex guard{};
        account_budget budget;
    };

    class lane final : public rate_lane {
    public:
        explicit lane(std::shared_ptr<state> in) : state_(std::move(in))
        {
            const std::lock_guard hold(state_->guard);
            id_ = state_->budget.open_place();
        }
        lane(const lane&) = delete;
        lane& operator=(const lane&) = delete;
        ~lane() override
        {
            const std::lock_guard hold(state_->guard);
            state_->budget.close_place(id_);
        }
        std::uint64_t id() const noexcept override { return id_; }
        void tell(const run_needs& needs) override
        {
            const std::lock_guard hold(state_->guard);
            state_->budget.tell(id_, needs);
        }
        budget_view look(instant now) override
        {
            const std::lock_guard hold(state_->guard);
            return state_->budget.look(now, id_);
        }

    private:
        std::shared_ptr<state> state_;
        std::uint64_t id_ = 0;
    };

    std::shared_ptr<state> state_;
};

static_assert(ordering_rate_limit<governor>);

}  // namespace scrapingpros::inline v0

#endif
