#include <scrapingpros/core/batch_engine.hpp>

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

call create()
{
    return create_collection{*a_new_batch(4).draft, make_idempotency_key("key-1").value()};
}

call start()
{
    return start_run{{"c1"}, {}};
}

using batch = core::batch_engine<page_every, server_verdict>;

/// Answers create and start, and saves what there is to save; the run has so many jobs.
void bring_to_its_run(batch& engine, core::moment now, const creation& made, std::uint64_t jobs)
{
    for (;;) {
        const auto step = engine.next(now);
        const auto* e = std::get_if<core::exchange>(&step);
        if (!e) {
            REQUIRE(std::holds_alternative<core::save>(step));
            const bool is_last = engine.snapshot().stage == batch_stage::running;
            engine.on_saved({});
            if (is_last) return;
        } else if (std::holds_alternative<create_collection>(e->what)) {
            engine.on_created(now, e->id, made);
        } else {
            engine.on_started(now, e->id, started(a_run().of(jobs)));
        }
    }
}

}  // namespace

TEST_SUITE("core.batch_engine")
{
    TEST_CASE("a batch from its submit to its end")
    {
        engine_script(runs_batch(page_every{2s}, a_new_batch(4)))
            .saves(batch_stage::creating)
            .expect(create())
            .answer(a_creation("c1", 1, 1))
            .saves(batch_stage::created)
            .saves(batch_stage::starting)
            .expect(start())
            .answer(started(a_run().of(2)))
            .saves(batch_stage::running)
            .expect(flow_page())
            .takes_rows(true)
            .row(a_job("a"))
            .unreadable_row("")
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .ends_page()
            .expect(result_of("a"))
            .fails("a", errc::result_pending)
            .waits(250ms)
            .expect(result_of("a"))
            .answer("a", a_result("1"))
            .takes("a")
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("every answer is lost once, and every job is delivered once")
    {
        engine_script(runs_batch(status_every(2s), a_new_batch(4)))
            .saves(batch_stage::creating)
            .expect(create())
            .fails(errc::incomplete_body)
            .waits(250ms)
            .expect(create())
            .answer(a_creation("c1"))
            .saves(batch_stage::created)
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .answer(run_list{})
            .saves(batch_stage::starting)
            .expect(start())
            .answer(perhaps_started())
            .expect(runs())
            .answer(a_run().of(1))
            .saves(batch_stage::running)
            .waits(2s)
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .fails(errc::silence_timeout)
            .waits(250ms)
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("a"))
            .fails(errc::server_error)
            .waits(250ms)
            .expect(result_of("a"))
            .answer("a", a_result("1"))
            .takes("a")
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("a batch that was left for a day is found by its name, with its run")
    {
        auto begin = a_new_batch(2);
        begin.first_create_at = at(-25h);
        collection_list found;
        found.items.push_back({.id = {"c1"}, .name = "tours", .created_at = at(-25h)});
        engine_script(runs_batch(page_every{2s}, begin))
            .expect(list_collections{"tours", {}, {}})
            .answer(found)
            .saves(batch_stage::created)
            .expect(runs())
            .answer(a_run().completed(2))
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("a batch whose items were all refused is over, and a later process asks for nothing")
    {
        engine_script(runs_batch(page_every{2s}, a_new_batch(4)))
            .saves(batch_stage::creating)
            .expect(create())
            .answer(a_creation("c1", 4))
            .saves(batch_stage::finished)
            .finishes()
            .check();
        auto begin = a_running_batch(0);
        begin.stage = batch_stage::finished;
        engine_script(runs_batch(page_every{2s}, begin)).finishes().check();
    }

    TEST_CASE("a run that was attached to is read, nothing is created or started")
    {
        engine_script(runs_batch(page_every{2s}, a_running_batch()))
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .hints()
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .stops(errc::deadline_exceeded)
            .finishes(errc::deadline_exceeded)
            .check_as_written();
    }

    TEST_CASE("a stop before the reading has begun is kept")
    {
        engine_script(runs_batch(page_every{2s}, a_running_batch()))
            .stops(errc::deadline_exceeded)
            .finishes(errc::deadline_exceeded)
            .check_as_written();
        engine_script(runs_batch(page_every{2s}, a_running_batch()))
            .saves(batch_stage::running)
            .stops(errc::deadline_exceeded)
            .finishes(errc::deadline_exceeded)
            .check_as_written();
    }

    TEST_CASE("the end is saved when the last outcome is acknowledged, be it after the end")
    {
        engine_script(runs_batch(page_every{2s}, a_running_batch(2)))
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .delivers("a")
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .finishes()
            .acknowledges("a")
            .appends("a")
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("a batch that ended without something is not finished: the next process asks again")
    {
        engine_script(
            runs_batch(page_every{2s}, a_running_batch(1), {.poll = {.result_attempts = 1}})
        )
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("a"))
            .fails("a", errc::server_error)
            .expect(result_of("a"))
            .fails("a", errc::server_error)
            .finishes()
            .leaves({{"a", shortfall_cause::unreachable}})
            .sees([](const any_engine& e) -> std::string {
                const auto c = e.snapshot();
                if (c.stage != batch_stage::running) return "another stage";
                return c.settled.empty() ? "" : "settled";
            })
            .check();
    }

    TEST_CASE("demand that comes before the run is kept for it")
    {
        auto setup = runs_batch(page_every{2s}, a_running_batch(2));
        setup.room = 0;
        engine_script(setup)
            .takes_rows(false)
            .acknowledges("nobody")
            .hints()
            .demands(1)
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").with_body("2"))
            .ends_page()
            .waits_for_event()
            .demands(1)
            .takes("b")
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("saving that fails ends the batch, except at its end")
    {
        const auto broken = make_error_code(errc::checkpoint_in_use);
        engine_script(runs_batch(page_every{2s}, a_running_batch(1)))
            .saving_fails(broken)
            .finishes(broken)
            .check();
        engine_script(runs_batch(page_every{2s}, a_running_batch(1)))
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .delivers("a")
            .acknowledges("a")
            .saving_fails(broken)
            .finishes(broken)
            .check();
        engine_script(runs_batch(page_every{2s}, a_running_batch(1)))
            .saves(batch_stage::running)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .saving_fails(broken)
            .finishes()
            .check();
    }

    TEST_CASE("events of the reading mean nothing before the run exists")
    {
        batch engine(a_new_batch(4), {2s}, {});
        const auto now = script_clock().at(script_start);
        CHECK(std::holds_alternative<core::save>(engine.next(now)));
        engine.on_saved({});
        const auto asked = std::get<core::exchange>(engine.next(now));
        engine.on_run(now, asked.id, a_run());
        engine.on_row(now, asked.id, a_job("a"));
        engine.on_unreadable_row(now, asked.id, {});
        engine.on_page_end(now, asked.id, {});
        engine.on_result(now, asked.id, a_result("1"));
        CHECK_EQ(engine.stats() == poll_stats(), true);
        CHECK(engine.next(now) == core::action(core::wait_for_event{}));
    }

    TEST_CASE("progress tells what was delivered, and the summary adds up")
    {
        batch engine(a_new_batch(7), {2s}, {});
        auto now = script_clock().at(script_start);
        CHECK_EQ(engine.progress(now).stage, batch_stage::creating);
        CHECK_FALSE(engine.progress(now).total);
        CHECK_EQ(engine.summary().submitted, 7u);
        CHECK_FALSE(engine.summary().refusals_known);
        bring_to_its_run(engine, now, a_creation("c1", 1, 1, 1), 4);
        engine.on_demand(10);
        const auto page = std::get<core::exchange>(engine.next(now));
        now = script_clock().at(script_start + 10s);
        engine.on_row(now, page.id, a_job("a").with_body("1"));
        CHECK(std::holds_alternative<core::deliver>(engine.next(now)));
        auto p = engine.progress(now);
        CHECK_EQ(p.stage, batch_stage::running);
        CHECK_EQ(p.status, run_status::in_progress);
        CHECK_EQ(p.total, 4u);
        CHECK_EQ(p.delivered, 1u);
        CHECK_EQ(p.unacknowledged, 1u);
        // One in ten seconds, three to go.
        CHECK_EQ(p.eta, 30s);
        engine.acknowledge({"a"});
        CHECK_EQ(engine.progress(now).unacknowledged, 0u);
        engine.on_row(now, page.id, a_job("b").failed());
        engine.on_row(now, page.id, a_job("c").timed_out());
        engine.on_row(now, page.id, a_job("d"));
        engine.on_page_end(now, page.id, {});
        for (;;) {
            const auto step = engine.next(now);
            if (std::holds_alternative<core::finish>(step)) break;
            if (const auto* d = std::get_if<core::deliver>(&step))
                engine.acknowledge(d->item.job.id);
            if (const auto* e = std::get_if<core::exchange>(&step))
                engine.on_failure(now, e->id, {errc::result_expired, {}, 0});
            if (std::holds_alternative<core::append>(step) ||
                std::holds_alternative<core::save>(step))
                engine.on_saved({});
        }
        const auto s = engine.summary();
        CHECK_EQ(s.stage, batch_stage::finished);
        CHECK_EQ(engine.progress(now).stage, batch_stage::finished);
        CHECK_EQ(engine.progress(now).eta, 0s);
        CHECK(s.refusals_known);
        CHECK_EQ(s.submitted, s.queued + s.blocked + s.invalid + s.duplicates);
        CHECK_EQ(s.queued, delivered(s.counts) + s.counts.filtered + s.left.jobs.size());
        CHECK_EQ(s.counts.failed, 1u);
        CHECK_EQ(s.counts.timed_out, 1u);
        REQUIRE_EQ(s.left.jobs.size(), 1u);
        CHECK_EQ(s.left.jobs[0].cause, shortfall_cause::expired);
        CHECK_EQ(s.target, run_ref{{"c1"}, {"r1"}});
        CHECK_EQ(engine.stats().result_reads, 1u);
    }

    TEST_CASE("the three buckets survive the process that was shown them")
    {
        batch engine(a_new_batch(7), {2s}, {});
        const auto now = script_clock().at(script_start);
        bring_to_its_run(engine, now, a_creation("c1", 1, 2, 1), 3);
        const batch later(engine.snapshot(), {2s}, {});
        const auto s = later.summary();
        CHECK(s.refusals_known);
        CHECK_EQ(s.submitted, 7u);
        CHECK_EQ(s.queued, 3u);
        CHECK_EQ(s.blocked, 1u);
        CHECK_EQ(s.invalid, 2u);
        CHECK_EQ(s.duplicates, 1u);
    }
}
