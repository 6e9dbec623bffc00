#include <scrapingpros/core/call_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "support/call_script.hpp"
#include "support/failures.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using core::call_effect;
using test::call_script;
using test::call_setup;
using test::script_start;

namespace {

/// Writes down what it is told; never waits.
struct recording_budget {
    struct throttle {
        instant now{};
        rate_bucket bucket{};
        std::optional<milliseconds> retry_after{};
        friend bool operator==(const throttle&, const throttle&) = default;
    };
    struct journal {
        std::vector<rate_bucket> reserved{};
        std::vector<throttle> throttled{};
        std::vector<account_limits> limits{};
    };

    instant reserve(instant now, rate_bucket bucket) const
    {
        told->reserved.push_back(bucket);
        return now;
    }
    void on_throttled(instant now, rate_bucket bucket, std::optional<milliseconds> wait) const
    {
        told->throttled.push_back({now, bucket, wait});
    }
    void on_limits(instant, rate_bucket, const account_limits& limits) const
    {
        told->limits.push_back(limits);
    }

    std::shared_ptr<journal> told = std::make_shared<journal>();
};

struct retry_at_once {
    std::optional<milliseconds> on_failure(const failed_attempt&) const { return 0ms; }
};

/// Runs one call to its end; every attempt fails so.
template <class Retry>
error_code fail_always(Retry retry, const retry_quota& quota, const core::attempt_failure& failure)
{
    core::call_engine engine({}, retry, unlimited_rate{}, quota);
    instant now = script_start;
    while (true) {
        const auto action = engine.next(now);
        if (const auto* end = std::get_if<core::finish_call>(&action)) return end->ec;
        if (const auto* wait = std::get_if<core::wait_until>(&action)) now = wait->when;
        if (std::holds_alternative<core::send_attempt>(action)) engine.on_failure(now, failure);
    }
}

/// Says "not yet" so often, and notes what it hears.
struct ordering_budget {
    struct journal {
        int refusals = 0;
        std::vector<rate_request> asked{};
        int answered = 0;
        int abandoned = 0;
        int throttled = 0;
        std::vector<std::optional<milliseconds>> quota{};
    };

    instant reserve(instant now, rate_bucket) const { return now; }
    rate_answer admit(instant now, const rate_request& wanted) const
    {
        told->asked.push_back(wanted);
        if (told->refusals-- > 0) return {now + 300ms, false};
        return {now};
    }
    void on_answer(std::optional<instant> now, rate_bucket) const
    {
        ++(now ? told->answered : told->abandoned);
    }
    void on_quota(instant, std::optional<milliseconds> wait) const { told->quota.push_back(wait); }
    void on_throttled(instant, rate_bucket, std::optional<milliseconds>) const
    {
        ++told->throttled;
    }
    void on_limits(instant, rate_bucket, const account_limits&) const {}
    std::shared_ptr<rate_lane> open_lane() const { return {}; }

    std::shared_ptr<journal> told = std::make_shared<journal>();
};
static_assert(ordering_rate_limit<ordering_budget>);

call_setup<retry_by_class, ordering_budget> ordered(const ordering_budget& budget)
{
    call_setup<retry_by_class, ordering_budget> made;
    made.terms.rank = request_rank::result;
    made.terms.lane = 7;
    made.new_budget = [budget] { return budget; };
    return made;
}

}  // namespace

TEST_SUITE("core.call_engine")
{
    TEST_CASE("every attempt takes one request out of the budget of its bucket")
    {
        const recording_budget budget;
        core::call_engine engine(
            {.bucket = rate_bucket::writes}, retry_at_once{}, budget, retry_quota{}
        );
        for (unsigned attempt = 1; attempt <= 3; ++attempt) {
            REQUIRE_EQ(engine.next(script_start), core::call_action(core::send_attempt{attempt}));
            (void)engine.next(script_start);
            engine.on_failure(script_start, test::not_connected());
        }
        CHECK_EQ(budget.told->reserved, std::vector(3, rate_bucket::writes));
        CHECK(budget.told->throttled.empty());
    }

    TEST_CASE("a call of no bucket is not asked of the budget and tells it nothing")
    {
        const recording_budget budget;
        core::call_engine engine(
            {.bucket = rate_bucket::none}, retry_at_once{}, budget, retry_quota{}
        );
        (void)engine.next(script_start);
        engine.on_limits(script_start, {.rate_limit = 60});
        engine.on_failure(script_start, test::throttled(1s));
        CHECK(budget.told->reserved.empty());
        CHECK(budget.told->throttled.empty());
        CHECK(budget.told->limits.empty());
    }

    TEST_CASE("the budget is told of a refusal for the rate, and of no other failure")
    {
        const recording_budget budget;
        core::call_engine engine({}, retry_at_once{}, budget, retry_quota{});
        for (const auto& failure : {
                 test::throttled(2s),
                 test::unavailable(3s),
                 test::throttled(),
                 test::refusal(429, errc::quota_exceeded, 4s),
             }) {
            (void)engine.next(script_start + 1h);
            engine.on_failure(script_start, failure);
        }
        const std::vector<recording_budget::throttle> expected = {
            {script_start, rate_bucket::reads, 2s}, {script_start, rate_bucket::reads, {}}};
        CHECK_EQ(budget.told->throttled, expected);
    }

    TEST_CASE("one call cannot shut the budget for longer than it would wait itself")
    {
        const recording_budget budget;
        core::call_engine engine(
            {.longest_retry_after = 60s}, retry_at_once{}, budget, retry_quota{}
        );
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::throttled(24h));
        REQUIRE_EQ(budget.told->throttled.size(), 1);
        CHECK_EQ(budget.told->throttled[0].retry_after, 60s);
        CHECK_EQ(
            engine.next(script_start),
            core::call_action(core::finish_call{errc::retry_after_too_long})
        );
    }

    TEST_CASE("the budget is told of a throttle even if the call gives up on it")
    {
        const recording_budget budget;
        core::call_engine engine({}, no_retry{}, budget, retry_quota{});
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::throttled(2s));
        CHECK(engine.done());
        CHECK_EQ(budget.told->throttled.size(), 1);
    }

    TEST_CASE("limits that a reply names are passed on as they are")
    {
        const recording_budget budget;
        core::call_engine engine({}, no_retry{}, budget, retry_quota{});
        (void)engine.next(script_start);
        const account_limits limits{.rate_limit = 10'000, .rate_remaining = 3};
        engine.on_limits(script_start, limits);
        CHECK_EQ(budget.told->limits, std::vector{limits});
    }

    TEST_CASE("after a throttle the other calls of a shared bucket wait too")
    {
        token_bucket bucket({.per_minute = 6000, .burst = 10}, {});
        core::call_engine first({}, retry_by_class{}, bucket, retry_quota{});
        core::call_engine second({}, retry_by_class{}, bucket, retry_quota{});
        (void)first.next(script_start);
        first.on_failure(script_start, test::throttled(5s));
        CHECK_EQ(second.next(script_start), core::call_action(core::wait_until{script_start + 5s}));
    }

    TEST_CASE("a failing call pays for its retries until the storm quota is used up")
    {
        call_script(call_setup<retry_at_once>{.tokens = 12})
            .sends(1)
            .fails(test::unavailable())
            .sends(2)
            .fails(test::unavailable())
            .sends(3)
            .fails(test::unavailable())
            .finishes(errc::retry_budget_exhausted, call_effect::unknown)
            .check();
        call_script(call_setup<retry_at_once>{.tokens = 12})
            .sends(1)
            .fails(test::silence())
            .sends(2)
            .fails(test::not_connected())
            .finishes(errc::retry_budget_exhausted, call_effect::unknown)
            .check();
    }

    TEST_CASE("with no quota at all a throttled call is still sent again, a failed one is not")
    {
        call_script(call_setup<retry_at_once>{.tokens = 0})
            .sends(1)
            .fails(test::throttled(1s))
            .waits(1s)
            .sends(2)
            .fails(test::not_connected())
            .finishes(errc::retry_budget_exhausted, call_effect::none)
            .check();
    }

    TEST_CASE(
        "a dead service is not stormed: a thousand calls make few more attempts than a thousand"
    )
    {
        const retry_quota quota(500);
        unsigned attempts = 0;
        unsigned exhausted = 0;
        for (int call = 0; call < 1000; ++call) {
            core::call_engine engine({}, default_retry{}, unlimited_rate{}, quota);
            instant now = script_start;
            while (!engine.done()) {
                const auto action = engine.next(now);
                if (const auto* wait = std::get_if<core::wait_until>(&action)) now = wait->when;
                if (std::holds_alternative<core::send_attempt>(action))
                    engine.on_failure(now, test::unavailable());
            }
            attempts += engine.attempts();
            const core::call_action end = core::finish_call{errc::retry_budget_exhausted};
            exhausted += engine.next(now) == end;
        }
        CHECK_EQ(attempts, 1000 + 500 / retry_quota::retry_cost);
        CHECK_EQ(exhausted, 1000 - 25);
        CHECK_EQ(quota.available(), 0);
    }

    TEST_CASE("a success gives back what the last retry took, or one token")
    {
        const retry_quota quota(20);
        core::call_engine slow({}, retry_at_once{}, unlimited_rate{}, quota);
        (void)slow.next(script_start);
        slow.on_failure(script_start, test::not_connected());
        (void)slow.next(script_start);
        slow.on_failure(script_start, test::silence());
        CHECK_EQ(quota.available(), 5);
        (void)slow.next(script_start);
        slow.on_success(script_start);
        CHECK_EQ(quota.available(), 15);

        core::call_engine quick({}, retry_at_once{}, unlimited_rate{}, quota);
        (void)quick.next(script_start);
        quick.on_success(script_start);
        quick.on_success(script_start);
        CHECK_EQ(quota.available(), 16);
    }

    TEST_CASE("a service that is back refills the quota, and failing calls are sent again")
    {
        const retry_quota quota(10);
        CHECK_EQ(
            fail_always(retry_at_once{}, quota, test::unavailable()), errc::retry_budget_exhausted
        );
        CHECK_EQ(quota.available(), 0);
        for (int call = 0; call < 5; ++call) {
            core::call_engine engine({}, retry_at_once{}, unlimited_rate{}, quota);
            (void)engine.next(script_start);
            engine.on_success(script_start);
        }
        core::call_engine engine({}, retry_at_once{}, unlimited_rate{}, quota);
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::unavailable());
        CHECK_EQ(engine.next(script_start), core::call_action(core::send_attempt{2}));
    }

    TEST_CASE("a retry that the deadline forbids costs nothing")
    {
        const retry_quota quota(20);
        core::call_engine engine(
            {.deadline = script_start + 100ms}, retry_by_class{}, unlimited_rate{}, quota
        );
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::unavailable());
        CHECK_EQ(
            engine.next(script_start), core::call_action(core::finish_call{errc::deadline_exceeded})
        );
        CHECK_EQ(quota.available(), 20);
    }

    TEST_CASE("a call that waits for the server's pleasure costs nothing however long it lasts")
    {
        const retry_quota quota(20);
        CHECK_EQ(fail_always(default_retry{}, quota, test::throttled(1s)), errc::throttled);
        CHECK_EQ(quota.available(), 20);
    }

    TEST_CASE("a budget that says not yet is asked again at the time that it names")
    {
        const ordering_budget budget;
        budget.told->refusals = 2;
        auto engine = ordered(budget).new_engine();
        CHECK_EQ(
            engine.next(script_start), core::call_action(core::wait_until{script_start + 300ms})
        );
        // Asked too early, it does not ask the budget.
        CHECK_EQ(
            engine.next(script_start + 299ms),
            core::call_action(core::wait_until{script_start + 300ms})
        );
        CHECK_EQ(budget.told->asked.size(), 1u);
        CHECK_EQ(
            engine.next(script_start + 300ms),
            core::call_action(core::wait_until{script_start + 600ms})
        );
        CHECK_EQ(engine.next(script_start + 600ms), core::call_action(core::send_attempt{1}));
        REQUIRE_EQ(budget.told->asked.size(), 3u);
        CHECK_EQ(budget.told->asked[2].lane, 7u);
        CHECK(budget.told->asked[2].rank == request_rank::result);
        engine.on_success(script_start + 1s);
        CHECK_EQ(budget.told->answered, 1);
    }

    TEST_CASE("an ordering budget hears of each attempt's end once, however it ends")
    {
        const ordering_budget budget;
        auto cancelled = ordered(budget).new_engine();
        (void)cancelled.next(script_start);
        cancelled.stop(errc::wait_timed_out, true);
        cancelled.stop(errc::wait_timed_out, true);
        CHECK_EQ(budget.told->abandoned, 1);
        budget.told->refusals = 1;
        auto waiting = ordered(budget).new_engine();
        (void)waiting.next(script_start);
        waiting.stop(errc::wait_timed_out, false);
        CHECK_EQ(budget.told->abandoned, 1);
        auto failing = ordered(budget).new_engine();
        (void)failing.next(script_start);
        failing.on_failure(script_start, test::unavailable());
        CHECK_EQ(budget.told->answered, 1);
        CHECK_EQ(budget.told->throttled, 0);
    }

    TEST_CASE("after a 429 for the rate an ordering budget is asked as soon as the service allows")
    {
        const ordering_budget budget;
        auto engine = ordered(budget).new_engine();
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::throttled(10s));
        CHECK_EQ(
            engine.next(script_start), core::call_action(core::wait_until{script_start + 10s})
        );
        CHECK_EQ(engine.next(script_start + 10s), core::call_action(core::send_attempt{2}));
        CHECK_EQ(budget.told->throttled, 1);
        CHECK_EQ(budget.told->answered, 0);
        CHECK(budget.told->quota.empty());
    }

    TEST_CASE("a 429 for the quota is told apart from one for the rate")
    {
        const ordering_budget budget;
        auto engine = ordered(budget).new_engine();
        (void)engine.next(script_start);
        auto refusal = test::throttled(10s);
        refusal.ec = errc::quota_exceeded;
        engine.on_failure(script_start, refusal);
        CHECK_EQ(budget.told->throttled, 0);
        REQUIRE_EQ(budget.told->quota.size(), 1u);
        CHECK_EQ(budget.told->quota[0], 10s);
        CHECK(engine.done());
    }

    TEST_CASE("a call whose turn would come at the deadline ends, and does not wait for it")
    {
        const ordering_budget budget;
        budget.told->refusals = 1;
        auto setup = ordered(budget);
        setup.terms.deadline = script_start + 300ms;
        auto engine = setup.new_engine();
        CHECK_EQ(
            engine.next(script_start), core::call_action(core::finish_call{errc::deadline_exceeded})
        );
    }
}
