#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

const poll_options hasty{.closing_patience = 0ms};

checkpoint settled(std::uint64_t total, std::initializer_list<const char*> ids)
{
    auto c = a_running_batch(total);
    for (const auto* id : ids)
        apply(c, {{id}, settlement::usable, at(60s), {}});
    return c;
}

run with_failed_job(run r, std::string id, std::string status)
{
    r.failed_jobs.push_back(
        {{std::move(id)}, "https://shop.example/f", "no route", std::move(status)}
    );
    return r;
}

}  // namespace

TEST_SUITE("core.poll_engine.closing")
{
    TEST_CASE("a run that is over before its last rows can be listed is listed again")
    {
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(a_run().completed(2))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .waits(1s)
            .expect(flow_page().since(-1ms))
            .row(a_job("a").with_body("1"))
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .leaves({})
            .check();
    }

    TEST_CASE("a row without a stamp is found among all rows")
    {
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(a_run().completed(2))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("n").without_stamps())
            .ends_page("c1")
            .expect(closing_page().after("c1"))
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("n"))
            .answer("n", a_result("2"))
            .takes("n")
            .finishes()
            .check();
    }

    TEST_CASE("counters that stay one too high end in a difference that is reported")
    {
        auto script =
            engine_script(polls(status_every(2s), a_running_batch(), {.closing_patience = 4s}))
                .expect(runs())
                .answer(a_run().completed(2).jobs({"a"}))
                .expect(flow_page())
                .row(a_job("a").with_body("1"))
                .takes("a")
                .ends_page()
                .expect(closing_page())
                .row(a_job("a"))
                .ends_page();
        for (const auto pause : {1s, 2s, 1s})
            script.waits(pause)
                .expect(flow_page().since(-1ms))
                .row(a_job("a").with_body("1"))
                .ends_page()
                .expect(closing_page())
                .row(a_job("a"))
                .ends_page();
        script.expect(the_run())
            .answer(a_run().completed(2).jobs({"a"}))
            .finishes()
            .leaves({}, 1)
            .check();
    }

    TEST_CASE("counters that are one too low end nothing early")
    {
        engine_script(polls(status_every(2s), a_running_batch(), hasty))
            .expect(runs())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .row(a_job("b"))
            .ends_page()
            .expect(the_run())
            .answer(a_run().completed(1).jobs({"a", "b"}))
            .finishes()
            .leaves({})
            .check_as_written();
    }

    TEST_CASE("a cancelled run ends with the jobs that have ended, the others are named")
    {
        const auto last = a_run().status(run_status::cancelled).of(12).finished(2);
        std::vector<std::string> ids{"a", "b"};
        std::vector<std::pair<std::string, shortfall_cause>> left;
        for (const auto* id : {"c", "d", "e", "f", "g", "h", "i", "j", "k"}) {
            ids.push_back(id);
            left.emplace_back(id, shortfall_cause::unfinished);
        }
        run_builder with_ids = last;
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(last)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .row(a_job("b"))
            .row(a_job("c").without_stamps().status(job_status::processing))
            .ends_page()
            .expect(the_run())
            .answer(with_ids.jobs(ids))
            .finishes()
            .leaves(left, 1)
            .check();
    }

    TEST_CASE("of a run that was broken off, few missing jobs are worth a question each")
    {
        const auto last = a_run().status(run_status::failed).of(3).finished(2);
        run_builder with_ids = last;
        engine_script(polls(status_every(2s), a_running_batch(), hasty))
            .expect(runs())
            .answer(last)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .expect(the_run())
            .answer(with_ids.jobs({"a", "b", "c"}))
            .expect(result_of("b"))
            .expect(result_of("c"))
            .answer("b", a_result("2"))
            .takes("b", settlement::undecided)
            .fails("c", errc::result_pending)
            .expect(result_of("c"))
            .fails("c", errc::result_pending)
            .finishes()
            .leaves({{"c", shortfall_cause::never_listed}})
            .check();
    }

    TEST_CASE("a job that only the run's own ids name is asked for, and has a cause of its own")
    {
        engine_script(polls(status_every(2s), a_running_batch(), hasty))
            .expect(runs())
            .answer(a_run().completed(4).jobs({"a", "y", "", "x", "z"}))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .expect(the_run())
            .answer(a_run().completed(4).jobs({"a", "y", "", "x", "z"}))
            .expect(result_of("y"))
            .expect(result_of("z"))
            .expect(result_of("x"))
            .answer("y", a_result("2"))
            .takes("y", settlement::undecided)
            .fails("x", errc::result_pending)
            .fails("z", errc::result_lost)
            .appends("z", settlement::missing)
            .expect(result_of("x"))
            .fails("x", errc::result_pending)
            .finishes()
            .leaves({{"x", shortfall_cause::never_listed}, {"z", shortfall_cause::lost}})
            .check();
    }

    TEST_CASE("failed jobs that the run itself lists are delivered as such")
    {
        const auto last = with_failed_job(a_run().completed(3).jobs({"a", "f"}), "f", "timeout");
        auto odd = with_failed_job(last, "g", "completed");
        odd.failed_jobs.push_back({{""}, "", {}, "failed"});
        odd.failed_jobs.push_back({{"a"}, "", {}, "failed"});
        engine_script(polls(status_every(2s), a_running_batch(), hasty))
            .expect(runs())
            .answer(odd)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .expect(the_run())
            .answer(odd)
            .takes("f", settlement::timed_out)
            .finishes()
            .leaves({}, 1)
            .check();
    }

    TEST_CASE("where the run itself cannot be read, the end comes without its ids")
    {
        engine_script(
            polls(
                status_every(2s), a_running_batch(), {.closing_patience = 0ms, .result_attempts = 2}
            )
        )
            .expect(runs())
            .answer(a_run().completed(2).jobs({"a"}))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .expect(the_run())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(the_run())
            .fails(errc::server_error)
            .finishes()
            .leaves({}, 1)
            .check();
    }

    TEST_CASE("a finished run with all of it settled needs no question")
    {
        engine_script(polls(status_every(2s), settled(2, {"a", "b"}))).finishes().check();
    }

    TEST_CASE("resumed on a finished run, only what is left is delivered")
    {
        engine_script(polls(status_every(2s), settled(3, {"a", "b"})))
            .expect(flow_page().since(29'999ms))
            .row(a_job("b").completed_after(60s).with_body("2"))
            .row(a_job("c").completed_after(61s).with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("resumed without a total, the run is asked for it after the first page")
    {
        auto begin = settled(2, {"a", "b"});
        begin.total.reset();
        engine_script(polls(status_every(2s), begin))
            .expect(flow_page().since(29'999ms))
            .row(a_job("b").completed_after(60s).with_body("2"))
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().completed(2))
            .finishes()
            .check();
    }

    TEST_CASE("what was missing for good before is not asked for again, and is still named")
    {
        auto begin = settled(2, {"a"});
        apply(
            begin,
            {{"x"},
             settlement::missing,
             at(60s),
             shortfall{{"x"}, shortfall_cause::expired, {}, {}, {}, errc::result_expired}}
        );
        engine_script(polls(status_every(2s), begin))
            .finishes()
            .leaves({{"x", shortfall_cause::expired}})
            .check();
    }

    TEST_CASE("a run without counters is over when all its rows were listed")
    {
        engine_script(polls(status_every(2s), a_running_batch(), hasty))
            .expect(runs())
            .answer(a_run().without_counters())
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().without_counters().status(run_status::completed).jobs({"a"}))
            .expect(flow_page().since(-1ms))
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .ends_page()
            .expect(the_run())
            .answer(a_run().without_counters().status(run_status::completed).jobs({"a"}))
            .finishes()
            .leaves({})
            .check();
    }

    TEST_CASE("a status word that nobody knows is no end")
    {
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .answer(a_run().status(run_status::unknown).of(1))
            .waits(2s)
            .expect(runs())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a failure while closing is repeated and no news of the run")
    {
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(a_run().completed(2))
            .expect(flow_page())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .expect(closing_page())
            .row(a_job("a"))
            .row(a_job("n").without_stamps())
            .fails(errc::incomplete_body)
            .waits(250ms)
            .expect(closing_page())
            .row(a_job("a"))
            .row(a_job("n").without_stamps())
            .ends_page()
            .expect(result_of("n"))
            .answer("n", a_result("2"))
            .takes("n")
            .finishes()
            .check();
    }
}
