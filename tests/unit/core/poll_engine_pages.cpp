// What pages can do wrong, one history for each; told apart they would repeat their beginnings.
#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

TEST_SUITE("core.poll_engine.pages")
{
    TEST_CASE("a failure on page 2 of 3 costs only that page")
    {
        engine_script(polls(page_every{2s}, a_running_batch(4)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page("c1")
            .expect(flow_page().after("c1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .fails(errc::incomplete_body)
            .waits(250ms)
            .expect(flow_page().after("c1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .row(a_job("c").completed_after(3s).with_body("3"))
            .takes("c")
            .ends_page("c2")
            .expect(flow_page().after("c2"))
            .row(a_job("d").completed_after(4s).with_body("4"))
            .takes("d")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a page that is refused four times for the rate is asked for a fifth time")
    {
        auto script = engine_script(polls(page_every{2s}, a_running_batch(2)))
                          .expect(flow_page())
                          .row(a_job("a").with_body("1"))
                          .takes("a")
                          .ends_page("c1");
        for (const auto pause : {3s, 3s, 3s, 3s})
            script.expect(flow_page().after("c1")).fails(errc::throttled, pause).waits(pause);
        script.expect(flow_page().after("c1"))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("ties that are split over two flushes are found by the overlap")
    {
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a").completed_after(5s).with_body("1"))
            .takes("a")
            .ends_page()
            .waits(2s)
            .expect(flow_page().since(3'999ms))
            .row(a_job("a").completed_after(5s).with_body("1"))
            .row(a_job("b").completed_after(5s).with_body("2"))
            .takes("b")
            .row(a_job("c").completed_after(5s).with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a row that comes one flush late is found behind the mark")
    {
        engine_script(polls(status_every(5s), a_running_batch(3)))
            .expect(runs())
            .answer(a_run().finished(3).of(3))
            .expect(flow_page())
            .row(a_job("a").completed_after(40s).with_body("1"))
            .takes("a")
            .row(a_job("c").completed_after(60s).with_body("3"))
            .takes("c")
            .ends_page()
            .waits(5s)
            .expect(runs())
            .answer(a_run().finished(3).of(3))
            .expect(flow_page().since(58'999ms))
            .row(a_job("c").completed_after(60s).with_body("3"))
            .ends_page()
            .waits(5s)
            .expect(runs())
            .answer(a_run().finished(3).of(3))
            .expect(flow_page().since(58'999ms))
            .row(a_job("c").completed_after(60s).with_body("3"))
            .ends_page()
            .waits(5s)
            .expect(runs())
            .answer(a_run().finished(3).of(3))
            // It was counted two flushes before the last page.
            .expect(metadata_page().since(29'999ms))
            .row(a_job("a").completed_after(40s))
            .row(a_job("b").completed_after(45s))
            .row(a_job("c").completed_after(60s))
            .ends_page()
            .expect(result_of("b"))
            .answer(a_result("2"))
            .takes("b")
            .finishes()
            .check();
    }

    TEST_CASE(
        "rows that have become listable since the last page are no reason to look behind the mark"
    )
    {
        engine_script(polls(status_every(30s), a_running_batch(2)))
            .expect(runs())
            .answer(a_run().finished(2).of(2))
            .expect(flow_page())
            .row(a_job("a").completed_after(60s).with_body("1"))
            .takes("a")
            .ends_page()
            .waits(30s)
            .expect(runs())
            .answer(a_run().finished(2).of(2))
            .expect(flow_page().since(58'999ms))
            .row(a_job("b").completed_after(61s).with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("rows without a stamp are looked for among all rows, every third time")
    {
        auto script = engine_script(polls(status_every(5s), a_running_batch(3)))
                          .expect(runs())
                          .answer(a_run().finished(2).of(3))
                          .expect(flow_page())
                          .row(a_job("a").completed_after(60s).with_body("1"))
                          .takes("a")
                          .ends_page();
        const auto look_in_vain = [&] {
            script.waits(5s)
                .expect(runs())
                .answer(a_run().finished(2).of(3))
                .expect(flow_page().since(58'999ms))
                .ends_page();
        };
        const auto look = [&](const call& page) {
            script.waits(5s).expect(runs()).answer(a_run().finished(2).of(3)).expect(page);
        };
        look_in_vain();
        look_in_vain();
        look(metadata_page().since(29'999ms));
        script.ends_page();
        // Each one in vain makes the next one rarer.
        look_in_vain();
        look(metadata_page().since(29'999ms));
        script.ends_page();
        look_in_vain();
        look_in_vain();
        look_in_vain();
        look(closing_page());
        script.row(a_job("a").completed_after(60s))
            .row(a_job("n").without_stamps())
            .row(a_job("p").without_stamps().status(job_status::processing))
            .ends_page()
            .expect(result_of("n"))
            .answer(a_result("2"))
            .takes("n")
            .waits(5s)
            .expect(runs())
            .answer(a_run().completed(3))
            .expect(flow_page().since(58'999ms))
            .row(a_job("p").completed_after(61s).with_body("3"))
            .takes("p")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE(
        "a cursor that is handed out twice ends the pass, and the next one goes on by the mark"
    )
    {
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page("c1")
            .expect(flow_page().after("c1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .ends_page("c1")
            .waits(2s)
            .expect(flow_page().since(999ms))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .row(a_job("c").completed_after(3s).with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("more rows without a cursor are asked for by the mark")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page_without_cursor()
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("a").with_body("1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a listing that goes in circles under ever new cursors is left")
    {
        auto empty = engine_script(polls(page_every{2s}, a_running_batch(1)))
                         .expect(flow_page())
                         .ends_page("0");
        for (int i = 0; i < 100; ++i)
            empty.expect(flow_page().after(std::to_string(i))).ends_page(std::to_string(i + 1));
        empty.waits(2s).expect(runs()).check_as_written();

        auto repeated = engine_script(polls(page_every{2s}, a_running_batch(2)))
                            .expect(flow_page())
                            .row(a_job("a").with_body("1"))
                            .takes("a")
                            .ends_page("0");
        for (int i = 0; i < 21; ++i) {
            repeated.expect(flow_page().after(std::to_string(i)));
            for (int row = 0; row < 100; ++row)
                repeated.row(a_job("a").with_body("1"));
            repeated.ends_page(std::to_string(i + 1));
        }
        repeated.waits(2s).expect(runs()).check_as_written();
    }

    TEST_CASE("a cursor that is refused begins the pass anew, from the mark")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page("c1")
            .expect(flow_page().after("c1"))
            .fails(errc::bad_request)
            .waits(250ms)
            .expect(flow_page().since(-1ms))
            .row(a_job("a").with_body("1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a server that refuses order and filters is read without them")
    {
        const auto plain_page = page_call().limit(100).with_results();
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .fails(errc::bad_request)
            .waits(250ms)
            .expect(plain_page)
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").without_stamps().status(job_status::processing))
            .ends_page()
            .waits(2s)
            .expect(plain_page)
            .row(a_job("a").with_body("1"))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a server that refuses every listing ends the reading")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .fails(errc::rejected)
            .waits(250ms)
            .expect(page_call().limit(100).with_results())
            .fails(errc::rejected)
            .finishes(errc::rejected)
            .leaves({}, 2)
            .check();
    }

    TEST_CASE("a server without results in its pages is asked for long pages, and for each result")
    {
        const auto old = inline_state::absent;
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a").without_body(old))
            .row(a_job("b").failed().without_body(old))
            .takes("b", settlement::failed)
            .ends_page()
            .expect(result_of("a"))
            .answer(a_result("1"))
            .takes("a")
            .waits(2s)
            .expect(metadata_page().since(-1ms))
            .row(a_job("c").completed_after(2s).without_body(old))
            .ends_page()
            .expect(result_of("c"))
            .answer(a_result("3"))
            .takes("c")
            .finishes()
            .check();
    }

    TEST_CASE("a page of failed jobs alone does not make a server an old one")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").failed().without_body(inline_state::absent))
            .takes("a", settlement::failed)
            .ends_page()
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("of a page without one body, each is fetched on its own")
    {
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a"))
            .row(a_job("b").completed_after(2s).without_body(inline_state::unreadable))
            .row(a_job("c").completed_after(3s))
            .ends_page()
            .expect(result_of("a"))
            .expect(result_of("b"))
            .expect(result_of("c"))
            .answer("b", a_result("2"))
            .takes("b")
            .answer("a", a_result("1"))
            .takes("a")
            .answer("c", a_result("3"))
            .takes("c")
            .finishes()
            .check();
    }

    TEST_CASE("a page that cannot be read twice is read without results")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .fails(errc::malformed_response)
            .waits(250ms)
            .expect(flow_page())
            .fails(errc::body_too_large)
            .waits(500ms)
            .expect(page_call().limit(100).of_finished_jobs())
            .row(a_job("a"))
            .row(a_job("b").completed_after(2s))
            .ends_page()
            .expect(result_of("b"))
            .answer(a_result("2"))
            .takes("b")
            .finishes()
            .check();
    }

    TEST_CASE("a row that cannot be read is fetched by its id, and costs no other row")
    {
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .unreadable_row("x")
            .unreadable_row("")
            .row(a_job("a").with_body("1"))
            .takes("a")
            .unreadable_row("x")
            .unreadable_row("a")
            .ends_page()
            .expect(result_of("x"))
            .answer(a_result("2"))
            .takes("x", settlement::undecided)
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("x"))
            .row(a_job("b").with_body("3"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("rows of jobs that have not ended are no outcomes")
    {
        listed_job unheard_of = a_job("a");
        unheard_of.job.status = job_status::unknown;
        unheard_of.job.status_text = "resting";
        engine_script(polls(page_every{2s}, a_running_batch(1)))
            .expect(flow_page())
            .row(a_job("a").status(job_status::processing))
            .row(unheard_of)
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().of(1))
            .waits(2s)
            .expect(flow_page().since(-1ms))
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a strategy may leave the rest of a pass for its next tick")
    {
        engine_script(polls(page_every{2s, page_flow::carry}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page("c1")
            .waits(2s)
            .expect(flow_page().after("c1"))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("of many missed rows, pages with results are read instead of each on its own")
    {
        auto script = engine_script(polls(status_every(10s), a_running_batch(10)))
                          .expect(runs())
                          .answer(a_run().finished(10).of(10))
                          .expect(flow_page())
                          .row(a_job("z").completed_after(60s).with_body("z"))
                          .takes("z")
                          .ends_page()
                          .waits(10s)
                          .expect(runs())
                          .answer(a_run().finished(10).of(10))
                          .expect(flow_page().since(58'999ms))
                          .ends_page()
                          .waits(10s)
                          .expect(runs())
                          .answer(a_run().finished(10).of(10))
                          .expect(metadata_page().since(29'999ms));
        const std::string ids = "abcdefghi";
        for (std::size_t i = 0; i < ids.size(); ++i)
            script.row(a_job({ids[i]}).completed_after(40s + milliseconds(i)));
        script.ends_page().expect(flow_page().since(38'999ms));
        for (std::size_t i = 0; i < ids.size(); ++i)
            script.row(a_job({ids[i]}).completed_after(40s + milliseconds(i)).with_body("1"))
                .takes({ids[i]});
        script.ends_page().finishes().check();
    }

    TEST_CASE("a strategy may ask for a deeper overlap")
    {
        stubborn deep{
            {.when = script_start + 2s,
             .what = read_kind::inline_page,
             .overlap = milliseconds(10s)}};
        engine_script(polls(deep, a_running_batch(2)))
            .waits(2s)
            .expect(flow_page())
            .row(a_job("b").completed_after(20s).with_body("2"))
            .takes("b")
            .ends_page()
            .expect(flow_page().since(9'999ms))
            .row(a_job("a").completed_after(12s).with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a strategy may want its pages without results")
    {
        const page_every lean{2s, page_flow::continue_, read_kind::metadata_page};
        engine_script(polls(lean, a_running_batch(3)))
            .expect(metadata_page())
            .row(a_job("a"))
            .row(a_job("b").failed())
            .takes("b", settlement::failed)
            .ends_page()
            .expect(result_of("a"))
            .answer("a", a_result("1"))
            .takes("a")
            .waits(2s)
            .expect(metadata_page().since(-1ms))
            .row(a_job("c").timed_out())
            .takes("c", settlement::timed_out)
            .ends_page()
            .finishes()
            .check();
    }
}
