#ifndef SCRAPINGPROS_DETAIL_POLICY_BOX_HPP
#define SCRAPINGPROS_DETAIL_POLICY_BOX_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/policy/policy_set.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/policy/remaining_share.hpp>
#include <scrapingpros/time.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// A retry policy of any type; copying it copies the policy, as prototypes ask.
struct any_retry {
    std::function<std::optional<milliseconds>(const failed_attempt&)> policy{};

    std::optional<milliseconds> on_failure(const failed_attempt& f) { return policy(f); }
};

/// A poll-interval policy of any type; copying it copies the policy.
struct any_poll_interval {
    std::function<milliseconds(const poll_observation&)> policy{};

    milliseconds next_delay(const poll_observation& seen) { return policy(seen); }
};

/// A poll strategy of any type; copying it copies the strategy.
struct any_poll_strategy {
    enum class question { first, after_page, after_tick };
    std::function<poll_decision(question, const poll_view&)> policy{};

    poll_decision first(const poll_view& seen) { return policy(question::first, seen); }
    poll_decision after_page(const poll_view& seen) { return policy(question::after_page, seen); }
    poll_decision after_tick(const poll_view& seen) { return policy(question::after_tick, seen); }
};

/// Waits on the clock of a client.
class wait_timer {
public:
    virtual ~wait_timer() = default;
    /// Completes with an error if cancelled. One wait at a time.
    virtual void
        async_wait_until(instant, boost::asio::any_completion_handler<void(error_code)>) = 0;
    virtual void cancel() = 0;
};

SCRAPINGPROS_DECL std::unique_ptr<wait_timer> make_steady_timer(const boost::asio::
                                                                    any_io_executor&);

/** The policies of a client behind one virtual interface.

    The drivers are compiled against this, once, and not again for every set of policies: a virtual
    call per attempt costs nothing beside a request, a driver per policy set costs seconds of every
    user's build.
*/
class policy_box {
public:
    virtual ~policy_box() = default;

    virtual any_retry new_retry() const = 0;
    virtual any_poll_interval new_wait_interval() const = 0;
    virtual any_poll_strategy new_poll_strategy() const = 0;
    virtual instant reserve(instant, rate_bucket) = 0;
    virtual void on_throttled(instant, rate_bucket, std::optional<milliseconds>) = 0;
    virtual void on_limits(instant, rate_bucket, const account_limits&) = 0;
    // What an `ordering_rate_limit` can do more; of another one, `reserve` and nothing.
    virtual rate_answer admit(instant, const rate_request&) = 0;
    virtual void on_answer(std::optional<instant>, rate_bucket) = 0;
    virtual void on_quota(instant, std::optional<milliseconds>) = 0;
    virtual bool orders_requests() const = 0;
    /// Empty if there is no order.
    virtual std::shared_ptr<rate_lane> open_lane() = 0;
    virtual verdict classify(const job&, const job_result*) = 0;
    virtual std::string_view pinned_version() const = 0;
    virtual on_mismatch mismatch_rule() const = 0;
    virtual instant now() const = 0;
    virtual timestamp server_now() const = 0;
    virtual std::unique_ptr<wait_timer> new_timer(const boost::asio::any_io_executor&) const = 0;
    virtual void notify(const attempt_event&) = 0;
    virtual void notify(const reply_event&) = 0;
    virtual void notify(const retry_event&) = 0;
    virtual void notify(const poll_event&) = 0;
    virtual void notify(const drift_event&) = 0;
    virtual void notify(const criterion_event&) = 0;
};

/// The rate limit of a client, as its call engines share it.
struct boxed_rate_limit {
    std::shared_ptr<policy_box> box{};

    instant reserve(instant now, rate_bucket bucket) { return box->reserve(now, bucket); }
    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> wait)
    {
        box->on_throttled(now, bucket, wait);
    }
    void on_limits(instant now, rate_bucket bucket, const account_limits& limits)
    {
        box->on_limits(now, bucket, limits);
    }
    rate_answer admit(instant now, const rate_request& wanted) { return box->admit(now, wanted); }
    void on_answer(std::optional<instant> now, rate_bucket bucket) { box->on_answer(now, bucket); }
    void on_quota(instant now, std::optional<milliseconds> wait) { box->on_quota(now, wait); }
    bool orders_requests() const { return box->orders_requests(); }
    std::shared_ptr<rate_lane> open_lane() { return box->open_lane(); }
};

/// The classifier of a client, as its batches share it.
struct boxed_classifier {
    static constexpr std::string_view version = "";

    std::shared_ptr<policy_box> box{};

    verdict classify(const job& row, const job_result* body) { return box->classify(row, body); }
};

template <policies Policies>
class policy_box_of final : public policy_box {
public:
    explicit policy_box_of(Policies set) : set_(std::move(set)) {}

    any_retry new_retry() const override
    {
        return {[p = set_.retry](const failed_attempt& f) mutable { return p.on_failure(f); }};
    }
    any_poll_interval new_wait_interval() const override
    {
        return {[p = interval_of(set_.poll_interval)](const poll_observation& seen) mutable {
            return milliseconds(p.next_delay(seen));
        }};
    }
    any_poll_strategy new_poll_strategy() const override
    {
        using question = any_poll_strategy::question;
        return {
            [s = strategy_of(set_.poll_interval)](question asked, const poll_view& seen) mutable {
                switch (asked) {
                case question::first: return s.first(seen);
                case question::after_page: return s.after_page(seen);
                case question::after_tick: break;
                }
                return s.after_tick(seen);
            }};
    }
    instant reserve(instant now, rate_bucket bucket) override
    {
        return set_.rate_limit.reserve(now, bucket);
    }
    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> wait) override
    {
        set_.rate_limit.on_throttled(now, bucket, wait);
    }
    void on_limits(instant now, rate_bucket bucket, const account_limits& limits) override
    {
        set_.rate_limit.on_limits(now, bucket, limits);
    }
    rate_answer admit(instant now, const rate_request& wanted) override
    {
        if constexpr (ordered)
            return set_.rate_limit.admit(now, wanted);
        else
            return {set_.rate_limit.reserve(now, wanted.bucket)};
    }
    void on_answer(std::optional<instant> now, rate_bucket bucket) override
    {
        if constexpr (ordered) set_.rate_limit.on_answer(now, bucket);
    }
    void on_quota(instant now, std::optional<milliseconds> wait) override
    {
        if constexpr (ordered) set_.rate_limit.on_quota(now, wait);
    }
    bool orders_requests() const override { return ordered; }
    std::shared_ptr<rate_lane> open_lane() override
    {
        if constexpr (ordered)
            return set_.rate_limit.open_lane();
        else
            return {};
    }
    verdict classify(const job& j, const job_result* r) override
    {
        return set_.classifier.classify(j, r);
    }
    std::string_view pinned_version() const override
    {
        return scrapingpros::pinned_version(set_.classifier);
    }
    on_mismatch mismatch_rule() const override
    {
        return scrapingpros::mismatch_rule(set_.classifier);
    }
    instant now() const override { return set_.clock.now(); }
    timestamp server_now() const override { return set_.clock.server_now(); }
    std::unique_ptr<wait_timer> new_timer(const boost::asio::any_io_executor& executor
    ) const override
    {
        // A clock that is not the machine's brings the timer that follows it.
        if constexpr (requires { set_.clock.new_timer(executor); })
            return set_.clock.new_timer(executor);
        else
            return make_steady_timer(executor);
    }
    void notify(const attempt_event& e) override { detail::notify(set_.observer, e); }
    void notify(const reply_event& e) override { detail::notify(set_.observer, e); }
    void notify(const retry_event& e) override { detail::notify(set_.observer, e); }
    void notify(const poll_event& e) override { detail::notify(set_.observer, e); }
    void notify(const drift_event& e) override { detail::notify(set_.observer, e); }
    void notify(const criterion_event& e) override { detail::notify(set_.observer, e); }

private:
    static constexpr bool ordered =
        ordering_rate_limit<std::remove_cvref_t<decltype(std::declval<Policies&>().rate_limit)>>;

    template <poll_policy P>
    static auto interval_of(const P& policy)
    {
        if constexpr (poll_interval_policy<P>)
            return policy;
        else
            return remaining_share{};
    }

    Policies set_;
};

}  // namespace scrapingpros::inline v0::detail

#ifdef SCRAPINGPROS_SEPARATE_COMPILATION
// Most clients have the stock policies: their box is compiled once, with the other definitions.
extern template class scrapingpros::detail::policy_box_of<scrapingpros::policy_set<>>;
#else
#include <scrapingpros/impl/detail/policy_box.ipp>
#endif

#endif
