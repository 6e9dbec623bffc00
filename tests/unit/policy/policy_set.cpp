#include <scrapingpros/policy/policy_set.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <type_traits>

#include "support/terminating_clock.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant t0{std::chrono::hours(1)};

struct counts_polls {
    int* polls = nullptr;
    void on_poll(const poll_event&) const { ++*polls; }
};

struct looks_at_pages {
    poll_decision first(const poll_view& seen)
    {
        return {.when = seen.now, .what = read_kind::inline_page};
    }
    poll_decision after_page(const poll_view& seen) { return first(seen); }
    poll_decision after_tick(const poll_view& seen) { return first(seen); }
};

template <class Set>
using interval_of = decltype(Set::poll_interval);

}  // namespace

TEST_SUITE("policy.policy_set")
{
    TEST_CASE("the default set holds the stock policies")
    {
        using stock = std::remove_cv_t<decltype(default_policies)>;
        CHECK(std::same_as<decltype(stock::poll_interval), pacer>);
        CHECK(std::same_as<decltype(stock::retry), default_retry>);
        CHECK(std::same_as<decltype(stock::rate_limit), obey_retry_after>);
        CHECK(std::same_as<decltype(stock::classifier), server_verdict>);
        CHECK(std::same_as<decltype(stock::clock), steady>);
        CHECK(std::same_as<decltype(stock::observer), no_observer>);
    }

    TEST_CASE("each slot is replaced by its name, and the other slots stay")
    {
        int polls = 0;
        const auto set = default_policies.with_poll_interval(fixed_interval{2s})
                             .with_retry(exponential_backoff{.max_attempts = 9})
                             .with_rate_limit(token_bucket({.per_minute = 60}, {}))
                             .with_classifier(pinned<content_success_v1>{{}, on_mismatch::event})
                             .with_clock(test::terminating_clock{})
                             .with_observer(counts_polls{&polls});
        CHECK_EQ(set.poll_interval.delay, 2s);
        CHECK_EQ(set.retry.max_attempts, 9);
        CHECK_EQ(mismatch_rule(set.classifier), on_mismatch::event);
        CHECK(std::same_as<std::remove_cv_t<decltype(set.clock)>, test::terminating_clock>);
        set.observer.on_poll({});
        CHECK_EQ(polls, 1);
    }

    TEST_CASE("a whole strategy goes where an interval does")
    {
        const auto set =
            default_policies.with_poll_interval(looks_at_pages{}).with_retry(no_retry{});
        CHECK(std::same_as<std::remove_cv_t<decltype(set.poll_interval)>, looks_at_pages>);
        auto by_interval = strategy_of(default_policies.poll_interval);
        CHECK_EQ(by_interval.first({}).what, read_kind::status);
        auto itself = strategy_of(set.poll_interval);
        CHECK_EQ(itself.first({}).what, read_kind::inline_page);
    }

    TEST_CASE("a slot may be replaced again")
    {
        const auto set = default_policies.with_poll_interval(fixed_interval{2s})
                             .with_retry(no_retry{})
                             .with_poll_interval(fixed_interval{3s});
        CHECK_EQ(set.poll_interval.delay, 3s);
        CHECK(std::same_as<std::remove_cv_t<decltype(set.retry)>, no_retry>);
    }

    TEST_CASE("a set made from another leaves it as it was")
    {
        const auto first = default_policies.with_poll_interval(exponential_interval{.first = 2s});
        auto second = first.with_retry(no_retry{});
        (void)second.poll_interval.next_delay({});
        second.poll_interval.first = 9s;
        CHECK_EQ(first.poll_interval.first, 2s);
        CHECK_FALSE(first.poll_interval.last_wait);
    }

    TEST_CASE("a rate limit is one budget for all the sets it was given to")
    {
        const token_bucket budget({.per_minute = 60}, {});
        auto one = default_policies.with_rate_limit(budget);
        auto two = one.with_retry(no_retry{});
        CHECK_EQ(one.rate_limit.reserve(t0, rate_bucket::reads), t0);
        CHECK_EQ(two.rate_limit.reserve(t0, rate_bucket::reads), t0 + 1s);
    }

    TEST_CASE("a set is known as one")
    {
        CHECK(policies<policy_set<>>);
        CHECK(policies<interval_of<policy_set<>>> == false);
        CHECK_FALSE(policies<int>);
    }
}
