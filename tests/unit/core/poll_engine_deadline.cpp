#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <variant>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

poll_options until(milliseconds length)
{
    return {.deadline = script_start + length};
}

poll_options stalls_after(milliseconds length)
{
    return {.stall_after = length};
}

}  // namespace

TEST_SUITE("core.poll_engine.deadline")
{
    TEST_CASE("the last look is a page just before the deadline")
    {
        engine_script(polls(status_every(60s), a_running_batch(2), until(10s)))
            .expect(runs())
            .answer(a_run().of(2))
            .waits(9'999ms)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes(errc::wait_timed_out)
            .leaves({}, 1)
            .check();
    }

    TEST_CASE("a last look that brings the rest is a good end")
    {
        engine_script(polls(status_every(60s), a_running_batch(2), until(10s)))
            .expect(runs())
            .answer(a_run().of(2))
            .waits(9'999ms)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page("c1")
            .expect(flow_page().after("c1"))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check_as_written();
    }

    TEST_CASE("the slower the answers, the earlier the last look")
    {
        engine_script(polls(page_every{60s}, a_running_batch(2), until(20s)))
            .expect(flow_page())
            .after(1500ms)
            .ends_page()
            .waits(15'500ms)
            .expect(flow_page())
            .after(1500ms)
            .ends_page()
            .finishes(errc::wait_timed_out)
            .check();
    }

    TEST_CASE("until a page has come, a status tells how slow answers are")
    {
        engine_script(polls(status_every(60s), a_running_batch(2), until(20s)))
            .expect(runs())
            .after(1500ms)
            .answer(a_run().of(2))
            .waits(15'500ms)
            .expect(flow_page())
            .fails(errc::server_error)
            .finishes(errc::wait_timed_out)
            .check();
    }

    TEST_CASE("very slow answers bring the last look no more than five seconds forward")
    {
        engine_script(polls(page_every{60s}, a_running_batch(2), until(40s)))
            .expect(flow_page())
            .after(20s)
            .ends_page()
            .waits(15s)
            .expect(flow_page())
            .waits(5s)
            .finishes(errc::wait_timed_out)
            .check();
    }

    TEST_CASE("a last look that fails is the end, and is not repeated")
    {
        engine_script(polls(status_every(60s), a_running_batch(2), until(10s)))
            .expect(runs())
            .answer(a_run().of(2))
            .waits(9'999ms)
            .expect(flow_page())
            .fails(errc::server_error)
            .finishes(errc::wait_timed_out)
            .check();
    }

    TEST_CASE(
        "a status that is due at the last moment is read as a page, results until the deadline"
    )
    {
        engine_script(polls(status_every(9'999ms), a_running_batch(2), until(10s)))
            .expect(runs())
            .answer(a_run().of(2))
            .waits(9'999ms)
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("a"))
            .fails("a", errc::result_pending)
            .waits(1ms)
            .finishes(errc::wait_timed_out)
            .leaves({{"a", shortfall_cause::pending}}, 1)
            .check();
    }

    TEST_CASE("what the consumer has not taken by the deadline is left for the next process")
    {
        auto setup = polls(page_every{2s}, a_running_batch(2), until(10s));
        setup.room = 0;
        engine_script(setup)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .waits(10s)
            .finishes(errc::wait_timed_out)
            .leaves({{"a", shortfall_cause::pending}}, 1)
            .check();
    }

    TEST_CASE("a deadline in the past asks for nothing")
    {
        engine_script(polls(status_every(2s), a_running_batch(2), until(-1s)))
            .finishes(errc::wait_timed_out)
            .leaves({}, 2)
            .check();
    }

    TEST_CASE("a run that does not move is given up")
    {
        engine_script(polls(status_every(20s), a_running_batch(2), stalls_after(30s)))
            .expect(runs())
            .answer(a_run().of(2))
            .waits(20s)
            .expect(runs())
            .answer(a_run().of(2))
            .waits(10s)
            // What is there is taken before the end.
            .expect(flow_page())
            .ends_page()
            .expect(closing_page())
            .row(a_job("a").status(job_status::processing))
            .ends_page()
            .expect(the_run())
            .answer(a_run().of(2).jobs({"a", "b"}))
            .finishes(errc::run_stalled)
            .leaves({{"a", shortfall_cause::unfinished}, {"b", shortfall_cause::unfinished}})
            .check();
    }

    TEST_CASE("a run that ended unseen is read to its end when it seems to stall")
    {
        const stubborn never{{.when = instant::max(), .what = read_kind::inline_page}};
        engine_script(polls(never, a_running_batch(), stalls_after(30s)))
            .waits(30s)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .waits(1s)
            .expect(flow_page().since(-1ms))
            .check_as_written();
    }

    TEST_CASE("counters or rows that move put the end off")
    {
        engine_script(polls(status_every(20s), a_running_batch(3), stalls_after(30s)))
            .expect(runs())
            .answer(a_run().of(3))
            .waits(20s)
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .expect(flow_page())
            .ends_page()
            .waits(20s)
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .expect(flow_page())
            .row(a_job("a").failed())
            .takes("a", settlement::failed)
            .ends_page()
            .waits(20s)
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .waits(10s)
            .expect(flow_page().since(-1ms))
            .ends_page()
            .expect(closing_page())
            .row(a_job("a").failed())
            .ends_page()
            .expect(the_run())
            .answer(a_run().finished(1).of(3))
            .finishes(errc::run_stalled)
            .leaves({}, 2)
            .check();
    }

    TEST_CASE("where nothing but failures came, the last one is the reason")
    {
        engine_script(polls(status_every(2s), a_running_batch(2), stalls_after(1s)))
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .fails(errc::pool_timeout)
            .waits(500ms)
            .expect(runs())
            .fails(errc::throttled, 10min)
            .waits(250ms)
            .finishes(errc::throttled)
            .check();
    }

    TEST_CASE("the time that the consumer takes is not the run's")
    {
        auto setup = polls(page_every{2s}, a_running_batch(3), stalls_after(30s));
        setup.room = 1;
        engine_script(setup)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .after(10h)
            .demands(1)
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("c").with_body("3"))
            .demands(1)
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a strategy that wants nothing, or wants it never, is asked again")
    {
        for (const auto what : {read_kind::nothing, read_kind::status})
            for (const auto when : {instant::max(), script_start + 240h}) {
                engine_script(polls(stubborn{{.when = when, .what = what}}, a_running_batch(1)))
                    .waits(10min)
                    .expect(runs())
                    .answer(a_run().of(1))
                    .waits(10min)
                    .expect(runs())
                    .answer(a_run().completed(1))
                    .expect(flow_page())
                    .row(a_job("a").with_body("1"))
                    .takes("a")
                    .ends_page()
                    .finishes()
                    .check();
            }
    }

    TEST_CASE("a strategy that always wants to look has to pause")
    {
        for (const auto when : {instant::min(), instant(), script_start}) {
            const stubborn hasty{{.when = when, .what = read_kind::inline_page}};
            engine_script(polls(hasty, a_running_batch(2)))
                .expect(flow_page())
                .ends_page()
                .waits(200ms)
                .expect(runs())
                .answer(a_run().of(2))
                // The page that follows a status need not wait.
                .expect(flow_page())
                .ends_page()
                .waits(200ms)
                .expect(flow_page())
                .row(a_job("a").with_body("1"))
                .takes("a")
                .ends_page()
                // Where there was something new there may be more.
                .expect(flow_page().since(-1ms))
                .row(a_job("a").with_body("1"))
                .ends_page()
                .waits(200ms)
                .expect(flow_page().since(-1ms))
                .row(a_job("b").with_body("2"))
                .takes("b")
                .ends_page()
                .finishes()
                .check();
        }
    }

    TEST_CASE("status without an end has to pause too, also after a page with news")
    {
        struct page_then_status {
            poll_decision first(const poll_view&) const
            {
                return {.when = {}, .what = read_kind::inline_page};
            }
            poll_decision after_page(const poll_view&) const { return {}; }
            poll_decision after_tick(const poll_view&) const { return {}; }
        };
        engine_script(polls(page_then_status(), a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(runs())
            .answer(a_run().of(2))
            .waits(200ms)
            .expect(runs())
            .answer(a_run().of(2))
            .waits(200ms)
            .expect(runs())
            .answer(a_run().completed(2))
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a hint that comes during a look has another one follow")
    {
        engine_script(polls(status_every(60s), a_running_batch(1)))
            .expect(runs())
            .hints()
            .answer(a_run().of(1))
            .waits(200ms)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a hint is worth one look, and none when the run is being closed")
    {
        engine_script(polls(status_every(60s), a_running_batch(3)))
            .expect(runs())
            .answer(a_run().of(3))
            .hints()
            .hints()
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .waits(60s)
            .expect(runs())
            .answer(a_run().completed(3))
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .row(a_job("b"))
            .ends_page()
            .hints()
            .waits(1s)
            .expect(flow_page().since(-1ms))
            .row(a_job("c").with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }
}
