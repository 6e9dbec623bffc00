// Cancelling a batch at every point at which it can be suspended, and its deadline.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

namespace {

constexpr std::size_t pages = 5;

/// Begins an operation on the batch, and calls back with its code.
using operation = std::function<
    void(batch&, test::delivery_count&, boost::asio::cancellation_slot, std::function<void(error_code)>)>;

/// Everything that a batch can wait for: a rate limit, slow replies, failures and their pauses.
void make_slow(client_fixture& f)
{
    f.fault(
        {.on = mock::operation::any,
         .when = mock::occurrence::every(),
         .effect = mock::effect::delay{2s}}
    );
    f.fault({.on = mock::operation::any, .when = {2, 2}, .effect = mock::effect::status{503}});
    f.fault({.on = mock::operation::list_jobs, .effect = mock::effect::cut{500}});
}

auto throttled(client_fixture& f)
{
    const token_bucket slow({.per_minute = 60, .burst = 1}, {.per_minute = 60, .burst = 1});
    return f.client_with(f.policies().with_rate_limit(slow), f.options());
}

void let_time_pass(client_fixture& f, int events)
{
    for (int i = 0; i < events; ++i) {
        f.context.restart();
        if (f.context.poll() == 0 && !f.clock.advance_to_next()) break;
    }
}

/// Begins, cancels after so many handlers and clock jumps, and looks at what follows. False once the
/// operation was over before that.
bool cancel_after(int steps, const operation& begin, bool go_on_with_the_same_batch)
{
    client_fixture f(test::server_with(mock::shipped::run_list));
    make_slow(f);
    memory_checkpoint_store store;
    boost::asio::cancellation_signal stop;
    int completions = 0;
    error_code code;
    test::delivery_count count;
    std::optional<batch> all = throttled(f).submit_batch(draft_of(pages), {.checkpoint = store});
    begin(*all, count, stop.slot(), [&](error_code ec) {
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
    let_time_pass(f, 100);
    CHECK_EQ(completions, 1);
    CHECK_EQ(f.wire.seen().size(), requests);

    // Nothing is lost, in the same object or in the next process, and nothing is made twice.
    if (!go_on_with_the_same_batch) {
        all.reset();
        all = f.client().submit_batch(draft_of(pages), {.checkpoint = store});
    }
    CHECK_FALSE(drain(f, *all, count));
    int repeated = 0;
    for (auto& [id, times] : count)
        repeated += std::exchange(times, 1) - 1;
    CHECK_LE(repeated, go_on_with_the_same_batch ? 0 : 1);
    CHECK(equals_ledger(f, count, all->summary()));
    CHECK_EQ(f.world.seen().summary().collections_created, 1u);
    CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    return true;
}

void cancel_everywhere(const operation& begin)
{
    int steps = 0;
    while (true) {
        CAPTURE(steps);
        const bool suspended = cancel_after(steps, begin, true);
        if (suspended) cancel_after(steps, begin, false);
        if (!suspended) break;
        ++steps;
        REQUIRE_LT(steps, 1000);
    }
    MESSAGE("suspension points visited: " << steps);
    CHECK_GT(steps, 20);
}

}  // namespace

TEST_SUITE("batch.cancellation")
{
    TEST_CASE("a submit can be cancelled at every step")
    {
        cancel_everywhere([](batch& all, auto&, auto slot, auto done) {
            all.async_submit(boost::asio::bind_cancellation_slot(
                slot, [done](error_code ec, run_ref) { done(ec); }
            ));
        });
    }

    TEST_CASE("taking the first outcome can be cancelled at every step")
    {
        cancel_everywhere([](batch& all, auto& count, auto slot, auto done) {
            all.async_next(boost::asio::bind_cancellation_slot(
                slot,
                [done, &count](error_code ec, test::next_outcome got) {
                    if (got) ++count[got->job.id.value];
                    done(ec);
                }
            ));
        });
    }

    TEST_CASE("taking all outcomes can be cancelled at every step")
    {
        cancel_everywhere([](batch& all, auto& count, auto slot, auto done) {
            all.async_for_each(
                [&count](const job_outcome& item) { ++count[item.job.id.value]; },
                boost::asio::bind_cancellation_slot(
                    slot, [done](error_code ec, batch_summary) { done(ec); }
                )
            );
        });
    }

    TEST_CASE("a batch destroyed at any step completes what is under way, and sends nothing more")
    {
        for (int steps = 0; steps < 120; ++steps) {
            CAPTURE(steps);
            client_fixture f(test::server_with(mock::shipped::run_list));
            make_slow(f);
            std::optional<error_code> ended;
            std::optional<batch> all = throttled(f).submit_batch(draft_of(pages));
            all->async_for_each(
                [](const job_outcome&) {}, [&](error_code ec, batch_summary) { ended = ec; }
            );
            for (int i = 0; i < steps && !ended; ++i) {
                f.context.restart();
                if (f.context.poll_one() == 0 && !f.clock.advance_to_next()) break;
            }
            if (ended) break;
            const auto requests = f.wire.seen().size();
            all.reset();
            f.context.restart();
            f.context.poll();
            REQUIRE(ended);
            CHECK_EQ(*ended, boost::asio::error::operation_aborted);
            let_time_pass(f, 50);
            CHECK_EQ(f.wire.seen().size(), requests);
        }
    }

    TEST_CASE(
        "an io_context destroyed in the middle of a batch destroys its handlers and leaks nothing"
    )
    {
        auto alive = std::make_shared<int>(1);
        for (int steps = 0; steps < 120; ++steps) {
            client_fixture f(test::server_with(mock::shipped::run_list));
            make_slow(f);
            auto api = throttled(f);
            // The handlers own their batches, as a coroutine's frame does.
            auto one = std::make_shared<batch>(api.submit_batch(draft_of(pages)));
            one->async_next([alive, one](error_code, auto) {});
            auto two = std::make_shared<batch>(api.submit_batch(draft_of(pages)));
            two->async_for_each(
                [alive](const job_outcome&) {}, [alive, two](error_code, batch_summary) {}
            );
            one.reset();
            two.reset();
            for (int i = 0; i < steps; ++i) {
                f.context.restart();
                if (f.context.poll_one() == 0) f.clock.advance_to_next();
            }
        }
        CHECK_EQ(alive.use_count(), 1);
    }

    TEST_CASE("the deadline holds whatever stalls, and the run goes on untouched")
    {
        for (const auto stalled :
             {mock::operation::create,
              mock::operation::start_run,
              mock::operation::list_runs,
              mock::operation::list_jobs,
              mock::operation::get_result}) {
            CAPTURE(static_cast<int>(stalled));
            mock::scenario s = test::server_with(mock::shipped::run_list);
            s.jobs.execution = mock::quantiles::always(mock::duration(100s));
            client_fixture f(s);
            f.fault(
                {.on = stalled,
                 .when = mock::occurrence::every(),
                 .effect = mock::effect::stall{80}}
            );
            memory_checkpoint_store store;
            auto all = f.client().submit_batch(draft_of(3), {.checkpoint = store, .timeout = 150s});
            const auto begun = f.clock.elapsed();
            test::delivery_count count;
            const auto ec = drain(f, all, count);
            if (stalled == mock::operation::get_result && !ec) continue;  // never asked for
            CHECK_EQ(ec, errc::wait_timed_out);
            CHECK_EQ(f.clock.elapsed() - begun, 150s);
            const auto requests = f.wire.seen().size();
            let_time_pass(f, 50);
            CHECK_EQ(f.wire.seen().size(), requests);
            CHECK_EQ(next(f, all).ec, errc::wait_timed_out);
            CHECK_LE(f.world.seen().summary().runs_started, 1u);
        }
    }
}
