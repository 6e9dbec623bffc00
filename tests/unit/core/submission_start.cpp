#include <scrapingpros/core/submission.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

call start()
{
    return start_run{{"c1"}, {}};
}

/// The collection exists, and nothing was started.
checkpoint a_created_batch(std::uint64_t total = 3)
{
    auto c = a_running_batch(total);
    c.stage = batch_stage::created;
    c.target->run = {};
    c.submitted = total;
    return c;
}

/// An earlier process may have started a run.
checkpoint a_starting_batch(std::uint64_t total = 3)
{
    auto c = a_created_batch(total);
    c.stage = batch_stage::starting;
    c.start = start_attempt{{"c1"}, at(-30s)};
    return c;
}

/// A script that has come to the first start.
engine_script a_start(batch_rules rules = {}, checkpoint begin = a_created_batch())
{
    return engine_script(submits(std::move(begin), rules))
        .expect(runs())
        .answer(run_list{})
        .saves(batch_stage::starting)
        .expect(start());
}

}  // namespace

TEST_SUITE("core.submission.start")
{
    TEST_CASE("a collection that exists has its runs looked at before the start")
    {
        a_start()
            .sees([](const any_engine& e) -> std::string {
                const auto c = e.snapshot();
                return c.start == start_attempt{{"c1"}, at(-30s)} ? "" : "another attempt";
            })
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
        engine_script(submits(a_created_batch()))
            .expect(runs())
            .answer(a_run())
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("the callback is that of the batch")
    {
        auto begin = a_created_batch();
        begin.callback_url = "https://hook.example/1";
        engine_script(submits(begin))
            .expect(runs())
            .answer(run_list{})
            .saves(batch_stage::starting)
            .expect(start_run{{"c1"}, "https://hook.example/1"})
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a start without a certain answer is looked for, and found late")
    {
        a_start()
            .answer(perhaps_started())
            .expect(runs())
            .answer(run_list{})
            .waits(2s)
            .expect(runs())
            .answer(run_list{})
            .waits(4s)
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .answer(a_run())
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("no second start is sent while the first one's run may still come")
    {
        auto script = a_start().answer(perhaps_started()).expect(runs()).answer(run_list{});
        for (const auto pause : {2000ms, 4000ms, 8000ms, 16000ms, 30060ms})
            script.waits(pause).expect(runs()).answer(run_list{});
        script.expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("the larger the batch, the longer its run may take to come")
    {
        auto script = a_start({}, a_created_batch(50'000))
                          .answer(perhaps_started())
                          .expect(runs())
                          .answer(run_list{});
        for (const auto pause : {2s, 4s, 8s, 16s, 32s})
            script.waits(pause).expect(runs()).answer(run_list{});
        auto waited = 62s;
        for (; waited + 64s < 1060s; waited += 64s)
            script.waits(64s).expect(runs()).answer(run_list{});
        script.waits(1060s - waited).expect(runs()).answer(run_list{}).expect(start());
        script.check_as_written();
    }

    TEST_CASE("how long a run may take to come is an option, for services that are faster")
    {
        batch_rules fast;
        fast.submit = {.start_settles = 3s, .start_settles_per_item = 100us};
        a_start(fast, a_created_batch(50'000))
            .answer(perhaps_started())
            .expect(runs())
            .answer(run_list{})
            .waits(2s)
            .expect(runs())
            .answer(run_list{})
            .waits(4s)
            .expect(runs())
            .answer(run_list{})
            .waits(2s)
            .expect(runs())
            .answer(run_list{})
            .expect(start())
            .check_as_written();
    }

    TEST_CASE("a batch that was found by its name has its size from what was submitted")
    {
        auto begin = a_created_batch(50'000);
        begin.total.reset();
        auto script =
            a_start({}, begin).answer(perhaps_started()).expect(runs()).answer(run_list{});
        for (const auto pause : {2s, 4s, 8s, 16s, 32s, 64s})
            script.waits(pause).expect(runs()).answer(run_list{});
        script.waits(64s).expect(runs()).check_as_written();
    }

    TEST_CASE("a process that ended in the middle of a start looks for the run")
    {
        engine_script(submits(a_starting_batch()))
            .expect(runs())
            .answer(a_run())
            .saves(batch_stage::running)
            .finishes()
            .check();
        auto script = engine_script(submits(a_starting_batch())).expect(runs()).answer(run_list{});
        for (const auto pause : {2000ms, 4000ms, 8000ms, 16000ms, 30060ms})
            script.waits(pause).expect(runs()).answer(run_list{});
        // What was saved before the first start is still true.
        script.expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a start that had no effect is sent again")
    {
        a_start()
            .answer(not_started(errc::throttled))
            .waits(250ms)
            .expect(start())
            .answer(not_started(errc::connect_timeout))
            .waits(500ms)
            .expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a start that was refused ends the submission, a later process may start")
    {
        for (const auto ec : {errc::quota_exceeded, errc::forbidden, errc::not_found}) {
            CAPTURE(error_code(ec).message());
            a_start()
                .answer(not_started(ec))
                .finishes(ec)
                .sees([](const any_engine& e) -> std::string {
                    return e.snapshot().stage == batch_stage::starting ? "" : "another stage";
                })
                .check();
        }
    }

    TEST_CASE("an empty run id is no run")
    {
        run_builder nameless = a_run().id("");
        a_start()
            .answer(started(nameless))
            .expect(runs())
            .answer(run_list{{nameless}, {}, 0})
            .waits(2s)
            .expect(runs())
            .answer(run_list{{nameless, a_run()}, {}, 0})
            .saves(batch_stage::running)
            .sees([](const any_engine& e) -> std::string {
                return e.snapshot().target->run.value == "r1" ? "" : "another run";
            })
            .finishes()
            .check();
    }

    TEST_CASE("a run list that cannot be read in full proves nothing")
    {
        a_start()
            .answer(perhaps_started())
            .expect(runs())
            .answer(run_list{{}, {}, 1})
            .waits(250ms)
            .expect(runs())
            .answer(a_run())
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a server without a run list: a start is sent once, and never on suspicion")
    {
        engine_script(submits(a_created_batch()))
            .expect(runs())
            .fails(errc::not_found)
            .saves(batch_stage::starting)
            .expect(start())
            .answer(perhaps_started())
            .expect(runs())
            .fails(errc::not_found)
            .finishes(errc::start_unknown)
            .check();
    }

    TEST_CASE("of a lost start, no clock decides which run is the batch's own")
    {
        for (const auto ahead : {2s, 600s, 86'400s, -2s, -600s, -86'400s}) {
            CAPTURE(ahead.count());
            auto setup = submits(a_created_batch());
            setup.clock.server_ahead = ahead;
            setup.clock.wall_ahead = -2 * ahead;
            engine_script(setup)
                .expect(runs())
                .answer(run_list{})
                .saves(batch_stage::starting)
                .expect(start())
                .answer(perhaps_started())
                .expect(runs())
                .answer(a_run().created(at(ahead)))
                .saves(batch_stage::running)
                .finishes()
                .check();
        }
    }
}
