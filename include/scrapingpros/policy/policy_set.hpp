#ifndef SCRAPINGPROS_POLICY_POLICY_SET_HPP
#define SCRAPINGPROS_POLICY_POLICY_SET_HPP

#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/policy/observer.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/policy/rate_limit.hpp>
#include <scrapingpros/policy/retry.hpp>
#include <scrapingpros/time.hpp>

#include <utility>

namespace scrapingpros::inline v0 {

/** The policies of a client, one per slot.

    Start from `default_policies` and replace slots by name; each `with_` call returns a set of
    another type. Sets are values: changing one never affects a client made from it earlier. A new
    slot may be added at the end of the list; code that names no full `policy_set<…>` does not
    notice.
*/
template <
    poll_policy PollInterval = pacer,
    retry_policy Retry = default_retry,
    rate_limit_policy RateLimit = obey_retry_after,
    success_classifier Classifier = server_verdict,
    engine_clock Clock = steady,
    scrapingpros::observer Observer = no_observer>
struct policy_set {
    [[no_unique_address]] PollInterval poll_interval{};
    [[no_unique_address]] Retry retry{};
    [[no_unique_address]] RateLimit rate_limit{};
    [[no_unique_address]] Classifier classifier{};
    [[no_unique_address]] Clock clock{};
    [[no_unique_address]] Observer observer{};

    // The return types are not spelled: then both compilers name the concept that a policy misses,
    // and not policy_set.

    /// Takes an interval or a whole strategy: batches poll by either. A wait for nothing but the end of
    /// a run, which needs only an interval, goes by `remaining_share` if this is a strategy, as the
    /// default is (pacer).
    template <poll_policy P>
    constexpr auto with_poll_interval(P p) const
    {
        return policy_set<P, Retry, RateLimit, Classifier, Clock, Observer>{
            std::move(p), retry, rate_limit, classifier, clock, observer};
    }

    template <retry_policy P>
    constexpr auto with_retry(P p) const
    {
        return policy_set<PollInterval, P, RateLimit, Classifier, Clock, Observer>{
            poll_interval, std::move(p), rate_limit, classifier, clock, observer};
    }

    template <rate_limit_policy P>
    constexpr auto with_rate_limit(P p) const
    {
        return policy_set<PollInterval, Retry, P, Classifier, Clock, Observer>{
            poll_interval, retry, std::move(p), classifier, clock, observer};
    }

    template <success_classifier P>
    constexpr auto with_classifier(P p) const
    {
        return policy_set<PollInterval, Retry, RateLimit, P, Clock, Observer>{
            poll_interval, retry, rate_limit, std::move(p), clock, observer};
    }

    template <engine_clock P>
    constexpr auto with_clock(P p) const
    {
        return policy_set<PollInterval, Retry, RateLimit, Classifier, P, Observer>{
            poll_interval, retry, rate_limit, classifier, std::move(p), observer};
    }

    template <scrapingpros::observer P>
    constexpr auto with_observer(P p) const
    {
        static_assert(check_observer<P>());
        return policy_set<PollInterval, Retry, RateLimit, Classifier, Clock, P>{
            poll_interval, retry, rate_limit, classifier, clock, std::move(p)};
    }
};

inline constexpr policy_set<> default_policies{};

template <class T>
inline constexpr bool is_policy_set = false;
template <class... Slots>
inline constexpr bool is_policy_set<policy_set<Slots...>> = true;

/// Any policy_set.
template <class T>
concept policies = is_policy_set<T>;

}  // namespace scrapingpros::inline v0

#endif
