#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/model/call.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "support/call_script.hpp"
#include "support/failures.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using core::call_effect;
using test::call_script;
using test::call_setup;
using test::script_start;

namespace {

constexpr core::call_terms unsafe_write{
    .bucket = rate_bucket::writes, .repeat = repeatability::unsafe};

/// Answers every failure alike.
struct always {
    std::optional<milliseconds> wait{};
    std::optional<milliseconds> on_failure(const failed_attempt&) const { return wait; }
};

core::call_terms until(milliseconds deadline)
{
    return {.deadline = script_start + deadline};
}

}  // namespace

TEST_SUITE("core.call_engine")
{
    TEST_CASE("a call that is answered is sent once")
    {
        call_script(call_setup<>{})
            .sends(1)
            .after(80ms)
            .succeeds()
            .finishes({}, call_effect::answered)
            .check();
    }

    TEST_CASE("a call waits for its turn, is sent, fails, waits, and is sent again")
    {
        call_setup<retry_by_class, token_bucket> setup;
        setup.new_budget = [] {
            token_bucket bucket({.per_minute = 600}, {.per_minute = 600});
            for (int taken = 0; taken < 3; ++taken)
                (void)bucket.reserve(script_start, rate_bucket::reads);
            return bucket;
        };
        call_script(setup)
            .waits(300ms)
            .sends(1)
            .after(20ms)
            .fails(test::unavailable())
            .waits(500ms)
            .sends(2)
            .after(20ms)
            .succeeds()
            .finishes({}, call_effect::answered)
            .check();
    }

    TEST_CASE("a call that is sent again waits for its turn again")
    {
        call_setup<always, token_bucket> setup{.retry = {10ms}};
        setup.new_budget = [] { return token_bucket({.per_minute = 60}, {.per_minute = 600}); };
        call_script(setup)
            .sends(1)
            .fails(test::unavailable())
            .waits(10ms)
            .waits(990ms)
            .sends(2)
            .succeeds()
            .finishes({}, call_effect::answered)
            .check();
    }

    TEST_CASE("each failed attempt waits longer than the one before")
    {
        call_script(call_setup<>{})
            .sends(1)
            .fails(test::unavailable())
            .waits(500ms)
            .sends(2)
            .fails(test::reset_before_response())
            .waits(250ms)
            .sends(3)
            .fails(test::unavailable())
            .waits(1s)
            .sends(4)
            .fails(test::cut_in_body())
            .waits(250ms)
            .sends(5)
            .succeeds()
            .finishes({}, call_effect::answered)
            .check();
    }

    TEST_CASE("a start that is throttled and then answered was sent twice and ran once")
    {
        call_script(call_setup<>{.terms = unsafe_write})
            .sends(1)
            .fails(test::throttled())
            .waits(1s)
            .sends(2)
            .succeeds()
            .finishes({}, call_effect::answered)
            .check();
    }

    TEST_CASE("a start that is throttled and then cut is not sent a third time")
    {
        call_script(call_setup<>{.terms = unsafe_write})
            .sends(1)
            .fails(test::throttled())
            .waits(1s)
            .sends(2)
            .fails(test::cut_in_body())
            .finishes(errc::incomplete_body, call_effect::unknown)
            .check();
    }

    TEST_CASE("no policy can have an unsafe call sent again after an ambiguous failure")
    {
        call_script(call_setup<always>{.terms = unsafe_write, .retry = {0ms}})
            .sends(1)
            .fails(test::not_connected())
            .sends(2)
            .fails(test::unavailable())
            .finishes(errc::server_error, call_effect::unknown)
            .check();
    }

    TEST_CASE("a doubt about the effect stays when later attempts fail without one")
    {
        call_script(call_setup<>{})
            .sends(1)
            .fails(test::silence())
            .waits(250ms)
            .sends(2)
            .fails(test::rejected())
            .finishes(errc::rejected, call_effect::unknown)
            .check();
    }

    TEST_CASE("the server's wait is a lower bound, whatever the policy answers")
    {
        for (const auto answer : {0ms, -5000ms, (milliseconds::min)(), 1999ms}) {
            CAPTURE(answer.count());
            call_script(call_setup<always>{.retry = {answer}})
                .sends(1)
                .fails(test::throttled(2s))
                .waits(2s)
                .sends(2)
                .succeeds()
                .finishes({}, call_effect::answered)
                .check();
        }
        call_script(call_setup<always>{.retry = {3s}})
            .sends(1)
            .fails(test::unavailable(2s))
            .waits(3s)
            .sends(2)
            .check();
    }

    TEST_CASE("a negative answer of the policy is no wait, and a huge one is a day")
    {
        call_script(call_setup<always>{.retry = {(milliseconds::min)()}})
            .sends(1)
            .fails(test::unavailable())
            .sends(2)
            .check();
        call_script(call_setup<always>{.retry = {(milliseconds::max)()}})
            .sends(1)
            .fails(test::unavailable())
            .waits(24h)
            .sends(2)
            .check();
    }

    TEST_CASE(
        "a server that asks for no wait, or for one in the past, does not shorten the policy's"
    )
    {
        for (const auto asked : {0ms, -3000ms}) {
            call_script(call_setup<>{})
                .sends(1)
                .fails(test::throttled(asked))
                .waits(1s)
                .sends(2)
                .check();
        }
    }

    TEST_CASE("a wait longer than the longest allowed ends the call")
    {
        call_setup<> setup{.terms = {.longest_retry_after = 30s}};
        call_script(setup).sends(1).fails(test::throttled(30s)).waits(30s).sends(2).check();
        call_script(setup)
            .sends(1)
            .fails(test::throttled(30001ms))
            .finishes(errc::retry_after_too_long, call_effect::none)
            .check();
        call_script(setup)
            .sends(1)
            .fails(test::unavailable((milliseconds::max)()))
            .finishes(errc::retry_after_too_long, call_effect::unknown)
            .check();
    }

    TEST_CASE("a failure that the policy gives up on ends the call with its own code")
    {
        call_script(call_setup<no_retry>{})
            .sends(1)
            .fails(test::throttled(1h))
            .finishes(errc::throttled, call_effect::none)
            .check();
    }

    TEST_CASE("a call whose deadline has come is not sent")
    {
        call_script(call_setup<>{.terms = until(0ms)})
            .finishes(errc::deadline_exceeded, call_effect::none)
            .check();
        call_script(call_setup<>{.terms = until(1ms)}).sends(1).check();
    }

    TEST_CASE("a turn that comes at the deadline is not waited for")
    {
        call_setup<retry_by_class, token_bucket> setup;
        setup.new_budget = [] {
            token_bucket bucket({.per_minute = 60}, {});
            (void)bucket.reserve(script_start, rate_bucket::reads);
            return bucket;
        };
        setup.terms = until(1s);
        call_script(setup).finishes(errc::deadline_exceeded, call_effect::none).check();
        setup.terms = until(1001ms);
        call_script(setup).waits(1s).sends(1).check();
    }

    TEST_CASE(
        "a budget that is shut beyond the deadline ends the call unsent, and says for how long"
    )
    {
        obey_retry_after shut;
        shut.on_throttled(script_start, rate_bucket::reads, 300s);
        core::call_engine engine(until(60s), retry_by_class{}, shut, retry_quota{});
        const core::call_action over = core::finish_call{errc::deadline_exceeded};
        CHECK_EQ(engine.next(script_start), over);
        CHECK_EQ(engine.attempts(), 0);
        CHECK_EQ(engine.budget_wait(), std::optional<milliseconds>(300s));
    }

    TEST_CASE("a driver that wakes after the deadline does not send")
    {
        for (const auto late : {100ms, 101ms, 5000ms}) {
            CAPTURE(late.count());
            token_bucket bucket({.per_minute = 1200}, {});
            (void)bucket.reserve(script_start, rate_bucket::reads);
            core::call_engine engine(until(100ms), retry_by_class{}, bucket, retry_quota{});
            REQUIRE_EQ(
                engine.next(script_start), core::call_action(core::wait_until{script_start + 50ms})
            );
            const core::call_action over = core::finish_call{errc::deadline_exceeded};
            CHECK_EQ(engine.next(script_start + late), over);
            CHECK_EQ(engine.attempts(), 0);
        }
        core::call_engine engine(until(1s), retry_by_class{}, unlimited_rate{}, retry_quota{});
        (void)engine.next(script_start);
        engine.on_failure(script_start, test::unavailable());
        REQUIRE_EQ(
            engine.next(script_start), core::call_action(core::wait_until{script_start + 500ms})
        );
        const core::call_action over = core::finish_call{errc::deadline_exceeded};
        CHECK_EQ(engine.next(script_start + 1s), over);
        CHECK_EQ(engine.attempts(), 1);
    }

    TEST_CASE("an attempt in flight is told its deadline and stopped by the driver")
    {
        call_script(call_setup<>{.terms = until(3s)})
            .sends(1)
            .after(3s)
            .stops(errc::deadline_exceeded, true)
            .finishes(errc::deadline_exceeded, call_effect::unknown)
            .check();
    }

    TEST_CASE("a wait that would end at the deadline is not begun")
    {
        call_script(call_setup<>{.terms = until(500ms)})
            .sends(1)
            .fails(test::unavailable())
            .finishes(errc::deadline_exceeded, call_effect::unknown)
            .check();
        call_script(call_setup<>{.terms = until(501ms)})
            .sends(1)
            .fails(test::unavailable())
            .waits(500ms)
            .sends(2)
            .check();
    }

    TEST_CASE("a stop while waiting or between attempts has no effect on the server")
    {
        const error_code cancelled = make_error_code(boost::system::errc::operation_canceled);
        call_script(call_setup<>{})
            .stops(cancelled, false)
            .finishes(cancelled, call_effect::none)
            .check();
        for (const bool claims_sent : {false, true}) {
            call_script(call_setup<>{})
                .sends(1)
                .fails(test::throttled())
                .waits(1s)
                .stops(cancelled, claims_sent)
                .finishes(cancelled, call_effect::none)
                .check();
        }
    }

    TEST_CASE("a stop in flight leaves the effect open if a byte was sent")
    {
        const error_code cancelled = make_error_code(boost::system::errc::operation_canceled);
        call_script(call_setup<>{.terms = unsafe_write})
            .sends(1)
            .stops(cancelled, true)
            .finishes(cancelled, call_effect::unknown)
            .check();
        call_script(call_setup<>{.terms = unsafe_write})
            .sends(1)
            .stops(cancelled, false)
            .finishes(cancelled, call_effect::none)
            .check();
    }

    TEST_CASE("answers that belong to no attempt are ignored")
    {
        core::call_engine engine({}, retry_by_class{}, unlimited_rate{}, retry_quota{});
        engine.on_success(script_start);
        engine.on_failure(script_start, test::unavailable());
        CHECK_FALSE(engine.done());
        CHECK_EQ(engine.effect(), call_effect::none);
        CHECK_EQ(engine.next(script_start), core::call_action(core::send_attempt{1}));
        engine.on_failure(script_start, test::unavailable());
        engine.on_success(script_start);
        CHECK_FALSE(engine.done());
        CHECK_EQ(engine.effect(), call_effect::unknown);
    }

    TEST_CASE("the last failure tells the policy and the observer all that is known")
    {
        core::call_engine engine(unsafe_write, retry_by_class{}, unlimited_rate{}, retry_quota{});
        (void)engine.next(script_start);
        auto failure = test::throttled(3s);
        failure.random = 77;
        engine.on_failure(script_start, failure);
        const failed_attempt& last = engine.last_failure();
        CHECK_EQ(last.attempt, 1);
        CHECK_EQ(last.kind, failure_class::throttled);
        CHECK_EQ(last.ec, errc::throttled);
        CHECK_EQ(last.phase, call_phase::done);
        CHECK(last.request_sent);
        CHECK_EQ(last.http_status, 429);
        CHECK_EQ(last.retry_after, 3s);
        CHECK_EQ(last.repeat, repeatability::unsafe);
        CHECK_EQ(last.random, 77);
        CHECK_EQ(engine.attempts(), 1);
    }
}
