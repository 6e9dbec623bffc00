#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

/// Reads a run of one job whose result never comes; how often it was asked for, and what is left.
struct asked_in_vain {
    unsigned times = 0;
    remainder left{};
    settlement_counts counts{};
};

asked_in_vain ask_in_vain(error_code ec, milliseconds age)
{
    core::poll_engine<page_every, server_verdict> engine(a_running_batch(1), {2s}, {});
    engine.on_demand(10);
    asked_in_vain all;
    instant now = script_start;
    for (int steps = 0; steps < 1000; ++steps) {
        const auto at = script_clock{.server_ahead = age + 1s}.at(now);
        const auto what = engine.next(at);
        if (std::holds_alternative<core::finish>(what)) break;
        if (std::holds_alternative<core::append>(what)) engine.on_saved({});
        if (const auto* w = std::get_if<core::wait_until>(&what)) now = w->when;
        const auto* e = std::get_if<core::exchange>(&what);
        if (!e) continue;
        if (std::holds_alternative<get_result>(e->what)) {
            ++all.times;
            engine.on_failure(at, e->id, {ec, {}, 0});
        } else if (std::holds_alternative<list_runs>(e->what)) {
            engine.on_runs(at, e->id, {{a_run().of(1)}, {}, 0});
        } else {
            engine.on_row(at, e->id, a_job("a"));
            engine.on_page_end(at, e->id, {});
        }
    }
    all.left = engine.left();
    all.counts = engine.jobs().counts();
    return all;
}

}  // namespace

TEST_SUITE("core.poll_engine.results")
{
    TEST_CASE("a result that is not written yet is asked for again, soon and then less soon")
    {
        engine_script(polls(page_every{60s}, a_running_batch(1)))
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("a"))
            .fails("a", errc::result_pending)
            .waits(250ms)
            .expect(result_of("a"))
            .fails("a", errc::result_pending)
            .waits(500ms)
            .expect(result_of("a"))
            .fails(errc::throttled, 3s)
            .waits(3s)
            .expect(result_of("a"))
            .answer("a", a_result("1"))
            .takes("a")
            .finishes()
            .check();
    }

    TEST_CASE("each cause has its number of tries, and its own name in the remainder")
    {
        struct known {
            error_code ec;
            milliseconds age;
            unsigned times;
            shortfall_cause cause;
        };
        for (const auto& one :
             {known{errc::result_expired, 1h, 1, shortfall_cause::expired},
              known{errc::result_lost, 1h, 1, shortfall_cause::lost},
              known{errc::job_id_invalid, 1h, 1, shortfall_cause::invalid},
              known{errc::result_pending, 1h, 7, shortfall_cause::pending},
              known{errc::result_unavailable, 23h, 3, shortfall_cause::lost},
              known{errc::result_unavailable, 24h, 3, shortfall_cause::expired},
              known{errc::not_found, 25h, 3, shortfall_cause::expired},
              known{errc::server_error, 1h, 7, shortfall_cause::unreachable},
              known{errc::malformed_response, 1h, 7, shortfall_cause::unreadable},
              known{errc::body_too_large, 1h, 7, shortfall_cause::unreadable}}) {
            CAPTURE(one.ec.message());
            const auto all = ask_in_vain(one.ec, one.age);
            CHECK_EQ(all.times, one.times);
            REQUIRE_EQ(all.left.jobs.size(), 1u);
            CHECK_EQ(all.left.jobs[0].cause, one.cause);
            CHECK_EQ(all.left.jobs[0].ec, one.ec);
            CHECK_EQ(all.left.jobs[0].url, "https://shop.example/a");
            CHECK_EQ(all.left.unnamed, 0u);
            CHECK_EQ(all.counts.failed, 0u);
            CHECK_EQ(all.counts.missing, is_final(one.cause) ? 1u : 0u);
        }
    }

    TEST_CASE("a result that is gone for good is settled, and costs no other one")
    {
        engine_script(polls(page_every{60s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a"))
            .row(a_job("b").completed_after(2s))
            .ends_page()
            .expect(result_of("a"))
            .expect(result_of("b"))
            .fails("a", errc::result_expired)
            .appends("a", settlement::missing)
            .answer("b", a_result("2"))
            .takes("b")
            .finishes()
            .leaves({{"a", shortfall_cause::expired}})
            .check();
    }

    TEST_CASE("what was given up for a time is tried once more at the end")
    {
        engine_script(polls(page_every{60s}, a_running_batch(2), {.result_attempts = 1}))
            .expect(flow_page())
            .row(a_job("a").custom_id("mine"))
            .ends_page()
            .expect(result_of("a"))
            .fails(errc::server_error)
            .waits(60s)
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .expect(result_of("a"))
            .answer("a", a_result("1"))
            .takes("a")
            .finishes()
            .check();
    }

    TEST_CASE("a refusal of one read ends all of them")
    {
        engine_script(polls(page_every{60s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a"))
            .row(a_job("b").completed_after(2s))
            .ends_page()
            .expect(result_of("a"))
            .expect(result_of("b"))
            .fails(errc::unauthorized)
            .finishes(errc::unauthorized)
            .leaves({{"a", shortfall_cause::pending}, {"b", shortfall_cause::pending}}, 1)
            .check();
    }

    TEST_CASE("the earliest to expire is fetched first, and a row without a stamp before all")
    {
        engine_script(polls(page_every{60s}, a_running_batch(3), {.parallel_results = 1}))
            .expect(flow_page())
            .row(a_job("c").completed_after(3s))
            .row(a_job("a").completed_after(1s))
            .row(a_job("n").without_stamps())
            .ends_page()
            .expect(result_of("n"))
            .answer("n", a_result("1"))
            .takes("n")
            .expect(result_of("a"))
            .answer("a", a_result("2"))
            .takes("a")
            .expect(result_of("c"))
            .answer("c", a_result("3"))
            .takes("c")
            .finishes()
            .check();
    }

    TEST_CASE("no more results are fetched at once than allowed")
    {
        engine_script(polls(page_every{60s}, a_running_batch(4), {.parallel_results = 2}))
            .expect(flow_page())
            .row(a_job("a").completed_after(1s))
            .row(a_job("b").completed_after(2s))
            .row(a_job("c").completed_after(3s))
            .expect(result_of("a"))
            .expect(result_of("b"))
            .waits_for_event()
            .ends_page()
            .answer("b", a_result("2"))
            .takes("b")
            .expect(result_of("c"))
            .waits(60s)
            .expect(flow_page().since(1'999ms))
            .row(a_job("d").completed_after(4s).with_body("4"))
            .takes("d")
            .ends_page()
            .answer("a", a_result("1"))
            .takes("a")
            .answer("c", a_result("3"))
            .takes("c")
            .finishes()
            .check();
    }

    TEST_CASE("a body that waits for the consumer counts as one of them")
    {
        auto setup = polls(page_every{60s}, a_running_batch(3), {.parallel_results = 2});
        setup.room = 0;
        engine_script(setup)
            .expect(flow_page())
            .row(a_job("a").completed_after(1s))
            .row(a_job("b").completed_after(2s))
            .row(a_job("c").completed_after(3s))
            .ends_page()
            .expect(result_of("a"))
            .expect(result_of("b"))
            .answer("a", a_result("1"))
            .waits_for_event()
            .answer("b", a_result("2"))
            .waits_for_event()
            .demands(1)
            .takes("a")
            .expect(result_of("c"))
            .waits_for_event()
            .demands(2)
            .takes("b")
            .answer("c", a_result("3"))
            .takes("c")
            .finishes()
            .check();
    }

    TEST_CASE("rows are left unread while the consumer has no room")
    {
        auto setup = polls(page_every{2s}, a_running_batch(3));
        setup.room = 0;
        engine_script(setup)
            .expect(flow_page())
            .takes_rows(true)
            .row(a_job("a").with_body("1"))
            .takes_rows(false)
            .waits_for_event()
            .demands(1)
            .takes("a")
            .takes_rows(true)
            .row(a_job("b").with_body("2"))
            .takes_rows(false)
            .demands(2)
            .takes_rows(true)
            .takes("b")
            .row(a_job("c").with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("nothing is read while the consumer takes nothing, for however long")
    {
        auto setup = polls(page_every{2s}, a_running_batch(3), {.stall_after = 1min});
        setup.room = 1;
        engine_script(setup)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("a")
            .ends_page()
            .waits_for_event()
            .after(5h)
            .waits_for_event()
            .demands(5)
            .takes("b")
            .expect(flow_page().since(999ms))
            .row(a_job("c").completed_after(3s).with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("results that wait hold back the pages that would bring more of them")
    {
        core::poll_engine<page_every, server_verdict> engine(
            a_running_batch(5000), {1s}, {}, {.parallel_results = 1}
        );
        engine.on_demand(10'000);
        auto at = script_clock().at(script_start);
        const auto page = std::get<core::exchange>(engine.next(at));
        for (int i = 0; i < 4001; ++i)
            engine.on_row(at, page.id, a_job(std::to_string(i)));
        engine.on_page_end(at, page.id, {});
        const auto first = std::get<core::exchange>(engine.next(at));
        CHECK(std::holds_alternative<get_result>(first.what));
        at = script_clock().at(script_start + 1min);
        CHECK(std::holds_alternative<core::wait_for_event>(engine.next(at)));
        auto under_way = first.id;
        for (int fetched = 0; fetched < 2; ++fetched) {
            engine.on_result(at, under_way, a_result("1"));
            CHECK(std::holds_alternative<core::deliver>(engine.next(at)));
            const auto more = std::get<core::exchange>(engine.next(at));
            CHECK_EQ(std::holds_alternative<list_jobs>(more.what), fetched == 1);
            under_way = more.id;
        }
    }

    TEST_CASE("an outcome has the url and the id of its row, whatever the result left out")
    {
        core::poll_engine<page_every, server_verdict> engine(a_running_batch(1), {2s}, {});
        engine.on_demand(1);
        const auto at = script_clock().at(script_start);
        const auto page = std::get<core::exchange>(engine.next(at));
        engine.on_row(at, page.id, a_job("a").custom_id("mine"));
        engine.on_page_end(at, page.id, {});
        const auto fetch = std::get<core::exchange>(engine.next(at));
        engine.on_result(at, fetch.id, a_result("1"));
        const auto item = std::get<core::deliver>(engine.next(at)).item;
        CHECK_EQ(item.result->url, "https://shop.example/a");
        CHECK_EQ(item.result->custom_id, "mine");
        CHECK_EQ(item.result->body.content, "1");
        CHECK_EQ(item.verdict.value, judgement::usable);
    }

    TEST_CASE("options out of bounds are taken for the nearest ones that have a meaning")
    {
        engine_script(polls(
                          page_every{-5s},
                          a_running_batch(2),
                          {.parallel_results = 0,
                           .overlap = -1s,
                           .flush_period = -1s,
                           .shortest_pause = -1s,
                           .result_attempts = 0}
                      ))
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(flow_page().since(1s))
            .expect(result_of("a"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .ends_page()
            .answer("a", a_result("1"))
            .takes("a")
            .finishes()
            .check_as_written();
    }
}
