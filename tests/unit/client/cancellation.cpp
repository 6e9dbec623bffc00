// Cancelling at every point at which an operation can be suspended.

#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// An operation to be cancelled: initiates, and calls back with its code.
using operation = std::function<
    void(client_fixture&, run_ref, boost::asio::cancellation_slot, std::function<void(error_code)>)>;

/// Runs the operation, cancels after so many handlers and clock jumps, and checks what follows.
/// False once the operation was over before that.
bool cancel_after(int steps, const operation& begin)
{
    client_fixture f;
    const auto at = f.finished_run(3);
    // Everything the client can wait for: a rate limit, a slow reply, a failure and its backoff.
    f.fault(
        {.on = mock::operation::any,
         .when = mock::occurrence::every(),
         .effect = mock::effect::delay{2s}}
    );
    f.fault({.on = mock::operation::any, .when = {2, 2}, .effect = mock::effect::status{503}});
    boost::asio::cancellation_signal stop;
    int completions = 0;
    error_code code;
    begin(f, at, stop.slot(), [&](error_code ec) {
        ++completions;
        code = ec;
    });
    for (int i = 0; i < steps && completions == 0; ++i) {
        f.context.restart();
        if (f.context.poll_one() == 0 && !f.clock.advance_to_next()) break;
    }
    if (completions > 0) return false;
    const auto requests = f.wire.seen().size();
    stop.emit(boost::asio::cancellation_type::terminal);
    // No clock jump from here on: it must complete without any further event.
    f.context.restart();
    f.context.poll();
    CHECK_EQ(completions, 1);
    CHECK_EQ(code, boost::asio::error::operation_aborted);
    // Nothing more is sent, whatever time passes.
    for (int i = 0; i < 50; ++i) {
        f.context.restart();
        f.context.poll();
        if (!f.clock.advance_to_next()) break;
    }
    CHECK_EQ(completions, 1);
    CHECK_EQ(f.wire.seen().size(), requests);
    return true;
}

void cancel_everywhere(const operation& begin)
{
    int steps = 0;
    while (cancel_after(steps, begin)) {
        CAPTURE(steps);
        ++steps;
        REQUIRE_LT(steps, 1000);
    }
    MESSAGE("suspension points visited: " << steps);
    CHECK_GT(steps, 5);
}

auto throttled(client_fixture& f)
{
    const token_bucket slow({.per_minute = 60, .burst = 1}, {.per_minute = 60, .burst = 1});
    auto api = f.client_with(f.policies().with_rate_limit(slow), f.options());
    return api;
}

}  // namespace

TEST_SUITE("client.cancellation")
{
    TEST_CASE("a read can be cancelled at every step")
    {
        cancel_everywhere([](client_fixture& f, run_ref at, auto slot, auto done) {
            auto api = throttled(f);
            api.async_get_run(
                at,
                boost::asio::bind_cancellation_slot(slot, [done](error_code ec, run) { done(ec); })
            );
        });
    }

    TEST_CASE("a stream of rows can be cancelled at every step")
    {
        cancel_everywhere([](client_fixture& f, run_ref at, auto slot, auto done) {
            auto rows =
                std::make_shared<job_stream>(throttled(f).iter_run_jobs({.target = at, .limit = 1})
                );
            rows->async_next(boost::asio::bind_cancellation_slot(
                slot, [done, rows](error_code ec, auto) { done(ec); }
            ));
        });
    }

    TEST_CASE("reading a whole listing can be cancelled at every step")
    {
        cancel_everywhere([](client_fixture& f, run_ref at, auto slot, auto done) {
            throttled(f).async_get_run_jobs(
                {.target = at, .limit = 1},
                boost::asio::bind_cancellation_slot(
                    slot, [done](error_code ec, job_page) { done(ec); }
                )
            );
        });
    }

    TEST_CASE(
        "starting a run and waiting for it can be cancelled at every step, and the run goes on"
    )
    {
        cancel_everywhere([](client_fixture& f, run_ref at, auto slot, auto done) {
            throttled(f).async_run_and_wait(
                {at.collection, {}},
                std::nullopt,
                boost::asio::bind_cancellation_slot(slot, [done](error_code ec, run) { done(ec); })
            );
        });
    }

    TEST_CASE("reconciling can be cancelled at every step")
    {
        cancel_everywhere([](client_fixture& f, run_ref at, auto slot, auto done) {
            start_attempt later{at.collection, f.clock.server_now() + 1h};
            throttled(f).async_reconcile_start(
                later,
                boost::asio::bind_cancellation_slot(
                    slot, [done](error_code ec, start_outcome) { done(ec); }
                )
            );
        });
    }

    TEST_CASE("finding a recent submit can be cancelled at every step")
    {
        cancel_everywhere([](client_fixture& f, run_ref, auto slot, auto done) {
            throttled(f).async_find_recent(
                "fixture",
                std::nullopt,
                boost::asio::bind_cancellation_slot(slot, [done](error_code ec, auto) { done(ec); })
            );
        });
    }

    TEST_CASE("an io_context destroyed in the middle of everything destroys the handlers and leaks "
              "nothing")
    {
        auto alive = std::make_shared<int>(1);
        for (int steps = 0; steps < 20; ++steps) {
            client_fixture f;
            const auto at = f.finished_run(3);
            f.fault(
                {.on = mock::operation::any,
                 .when = mock::occurrence::every(),
                 .effect = mock::effect::delay{2s}}
            );
            auto api = throttled(f);
            api.async_get_run(at, [alive](error_code, run) {});
            api.async_get_run_jobs({.target = at, .limit = 1}, [alive](error_code, job_page) {});
            api.async_run_and_wait({at.collection, {}}, std::nullopt, [alive](error_code, run) {});
            auto rows = std::make_shared<job_stream>(api.iter_run_jobs({.target = at}));
            rows->async_next([alive, rows](error_code, auto) {});
            rows.reset();
            for (int i = 0; i < steps; ++i) {
                f.context.restart();
                if (f.context.poll_one() == 0) f.clock.advance_to_next();
            }
        }
        CHECK_EQ(alive.use_count(), 1);
    }
}
