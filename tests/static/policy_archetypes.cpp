// Types that can do what the concepts ask and nothing more: the library must not need more of them.
#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/policy/policy_set.hpp>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace {

using namespace scrapingpros;

/// Can be copied, and made from an int by those who know; nothing else.
struct barely_copyable {
    explicit barely_copyable(int) {}
    barely_copyable(const barely_copyable&) = default;
    barely_copyable& operator=(const barely_copyable&) = delete;
    void operator&() const = delete;
};

struct poll_interval_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    milliseconds next_delay(const poll_observation&) { return {}; }
};
struct retry_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    std::optional<milliseconds> on_failure(const failed_attempt&) { return {}; }
};
struct rate_limit_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    instant reserve(instant now, rate_bucket) { return now; }
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>) {}
    void on_limits(instant, rate_bucket, const account_limits&) {}
};
struct classifier_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    static constexpr std::string_view version = "";
    verdict classify(const job&, const job_result*) { return {}; }
};
struct clock_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    instant now() const { return {}; }
    timestamp server_now() const { return {}; }
};
struct observer_archetype : barely_copyable {
    using barely_copyable::barely_copyable;
    void on_poll(const poll_event&) {}
};

[[maybe_unused]] auto a_set_of_archetypes()
{
    return default_policies.with_poll_interval(poll_interval_archetype(0))
        .with_retry(retry_archetype(0))
        .with_rate_limit(rate_limit_archetype(0))
        .with_classifier(classifier_archetype(0))
        .with_clock(clock_archetype(0))
        .with_observer(observer_archetype(0));
}

[[maybe_unused]] bool a_call_with_archetypes()
{
    core::call_engine engine({}, retry_archetype(0), rate_limit_archetype(0), retry_quota());
    (void)engine.next({});
    engine.on_limits({}, {});
    engine.on_failure({}, {});
    engine.on_success({});
    engine.stop({}, false);
    auto copy = engine;
    return copy.done();
}

[[maybe_unused]] auto wrapped_archetypes()
{
    jittered<retry_archetype> retry{retry_archetype(0)};
    pinned<classifier_archetype> classifier{classifier_archetype(0)};
    return std::pair(retry.on_failure({}), classifier.classify({}, nullptr));
}

[[maybe_unused]] void tell_an_archetype()
{
    observer_archetype watcher(0);
    detail::notify(watcher, poll_event{});
    detail::notify(watcher, drift_event{});
}

// Constants of the interface that programs may rely on.
static_assert(official_interval{}.next_delay({.total_jobs = 100}) == std::chrono::seconds(10));
static_assert(fixed_interval{}.next_delay({}) == std::chrono::seconds(5));
static_assert(!no_retry{}.on_failure({}));
static_assert(core::may_have_taken_effect({.request_sent = true}));

}  // namespace
