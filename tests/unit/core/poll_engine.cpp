// The common histories of a run, from its first look to its end; special ones are in files of their own.
#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

/// A budget of which the strategy sees so much; notes what it is told.
struct noting_lane final : rate_lane {
    std::uint64_t id() const noexcept override { return 1; }
    void tell(const run_needs& what) override { told.push_back(what); }
    budget_view look(instant) override
    {
        budget_view seen;
        seen.per_minute = 30;
        seen.runs = 8;
        return seen;
    }
    std::vector<run_needs> told{};
};

/// Wants a page a second for each run of its budget.
struct by_budget {
    poll_decision first(const poll_view& seen) const { return next(seen); }
    poll_decision after_page(const poll_view& seen) const { return next(seen); }
    poll_decision after_tick(const poll_view& seen) const { return next(seen); }

private:
    static poll_decision next(const poll_view& seen)
    {
        const auto runs = seen.budget ? seen.budget->runs : 0;
        poll_decision made{.when = seen.now + runs * 1s, .what = read_kind::inline_page};
        made.pages_ahead = static_cast<double>(runs);
        return made;
    }
};

}  // namespace

TEST_SUITE("core.poll_engine")
{
    TEST_CASE("a strategy sees the budget that the run shares, which hears what the run will need")
    {
        const core::moment now{script_start};
        core::poll_engine<by_budget, server_verdict> alone(a_running_batch(2), {}, {});
        CHECK(std::holds_alternative<core::exchange>(alone.next(now)));
        core::poll_engine<by_budget, server_verdict> one(a_running_batch(2), {}, {});
        const auto lane = std::make_shared<noting_lane>();
        one.share_budget(lane);
        const auto first = one.next(now);
        REQUIRE(std::holds_alternative<core::wait_until>(first));
        CHECK_EQ(std::get<core::wait_until>(first).when, script_start + 8s);
        REQUIRE_EQ(lane->told.size(), 1u);
        CHECK_EQ(lane->told[0].pages_ahead, 8.0);
        CHECK_EQ(lane->told[0].results_waiting, 0u);
        const core::moment later{script_start + 8s};
        const auto page = one.next(later);
        REQUIRE(std::holds_alternative<core::exchange>(page));
        const auto id = std::get<core::exchange>(page).id;
        one.on_row(later, id, a_job("a"));
        one.on_page_end(later, id, {});
        REQUIRE_EQ(lane->told.size(), 2u);
        CHECK_EQ(lane->told[1].results_waiting, 1u);
        one.share_budget({});
        CHECK_EQ(lane.use_count(), 1);
    }

    TEST_CASE("a run is read to its end, status first")
    {
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().completed(3))
            .expect(flow_page().since(-1ms))
            .row(a_job("a").with_body("1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .takes("b")
            .row(a_job("c").completed_after(3s).with_body("3"))
            .takes("c")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("counters that say no more than was delivered skip the listing")
    {
        engine_script(polls(status_every(2s), a_running_batch(3)))
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .expect(flow_page())
            .row(a_job("a"))
            .ends_page()
            .expect(result_of("a"))
            .answer(a_result("<html>"))
            .takes("a")
            .waits(2s)
            .expect(runs())
            .answer(a_run().finished(1).of(3))
            .waits(2s)
            .expect(runs())
            .answer(a_run().finished(3).of(3))
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .row(a_job("c").failed())
            .takes("c", settlement::failed)
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("pages alone bring a run whose size is known to its end")
    {
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .ends_page()
            .waits(2s)
            // Pages that bring nothing do not say whether the run is over.
            .expect(runs())
            .answer(a_run().of(2))
            .waits(2s)
            .expect(flow_page())
            .ends_page()
            .waits(2s)
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").timed_out())
            .takes("b", settlement::timed_out)
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("ids may be UUIDs or any other text")
    {
        const std::string uuid = "0f2c5c8e-1f6b-4b44-9a40-3f7f1e0f6a01";
        const std::string upper = "0F2C5C8E-1F6B-4B44-9A40-3F7F1E0F6A01";
        engine_script(polls(page_every{2s}, a_running_batch(4)))
            .expect(flow_page())
            .row(a_job(uuid).with_body("1"))
            .takes(uuid)
            .row(a_job(upper).with_body("2"))
            .takes(upper)
            .row(a_job("7").with_body("3"))
            .takes("7")
            .row(a_job("00000000-0000-0000-0000-000000000000").with_body("4"))
            .takes("00000000-0000-0000-0000-000000000000")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a run of no jobs ends when it is over")
    {
        engine_script(polls(status_every(2s), a_running_batch(0)))
            .expect(runs())
            .answer(a_run().of(0))
            .waits(2s)
            .expect(runs())
            .answer(a_run().completed(0))
            .finishes()
            .check();
    }

    TEST_CASE("a total that still grows proves nothing")
    {
        engine_script(polls(status_every(2s)))
            .expect(runs())
            .answer(a_run().finished(1).of(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().finished(2).of(2))
            .expect(flow_page().since(-1ms))
            .row(a_job("b").with_body("2"))
            .takes("b")
            .ends_page()
            .waits(2s)
            .expect(runs())
            .answer(a_run().finished(2).of(2).persisted(true))
            .finishes()
            .check();
    }

    TEST_CASE("nothing waits for all jobs to be persisted")
    {
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .answer(a_run().finished(1).of(1).persisted(false))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("what the answer to the start says needs no question")
    {
        core::poll_engine<status_first, server_verdict> engine(
            a_running_batch(1), status_every(7s), {}
        );
        const auto now = script_clock().at(script_start);
        engine.note_started(now, a_run().of(1));
        CHECK(engine.next(now) == core::action(core::wait_until{script_start + 7s}));
        CHECK_EQ(engine.watch().total(), 1u);
    }

    TEST_CASE("a run list without the run has the run itself asked for, from then on")
    {
        run_builder other = a_run().id("r0");
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .answer(run_list{{other}, {}, 0})
            .expect(the_run())
            .answer(a_run().of(1))
            .waits(2s)
            .expect(the_run())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a server without a run list has the run itself asked for")
    {
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .fails(errc::not_found)
            .expect(the_run())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a run list that stays unreadable is as good as none")
    {
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .fails(errc::malformed_response)
            .waits(250ms)
            .expect(runs())
            .fails(errc::malformed_response)
            .waits(500ms)
            .expect(runs())
            .fails(errc::malformed_response)
            .expect(the_run())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a run that is not found is looked for during half a minute")
    {
        auto script = engine_script(polls(status_every(2s), a_running_batch(1)))
                          .expect(runs())
                          .fails(errc::not_found)
                          .expect(the_run())
                          .fails(errc::not_found);
        for (const auto pause : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 15'000ms})
            script.waits(pause).expect(the_run()).fails(errc::not_found);
        script.finishes(errc::not_found).check();
    }

    TEST_CASE("failed looks are repeated with growing pauses, and never before the server wants")
    {
        engine_script(polls(status_every(2s), a_running_batch(1)))
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .fails(errc::throttled, 7s)
            .waits(7s)
            .expect(runs())
            .fails(errc::incomplete_body)
            .waits(1s)
            .expect(runs())
            .answer(a_run().completed(1))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a refusal ends the reading, and no other failure does")
    {
        for (const auto ec :
             {errc::unauthorized,
              errc::forbidden,
              errc::bad_token,
              errc::criterion_mismatch,
              errc::bad_request,
              errc::rejected}) {
            CAPTURE(error_code(ec).message());
            engine_script(polls(status_every(2s))).expect(runs()).fails(ec).finishes(ec).check();
        }
        for (const auto ec :
             {errc::quota_exceeded,
              errc::server_error,
              errc::retry_budget_exhausted,
              errc::pool_timeout,
              errc::unexpected_status,
              errc::deadline_exceeded}) {
            CAPTURE(error_code(ec).message());
            engine_script(polls(status_every(2s)))
                .expect(runs())
                .fails(ec)
                .waits(250ms)
                .expect(runs())
                .check_as_written();
        }
    }

    TEST_CASE("a hint makes the next look one at once")
    {
        engine_script(polls(status_every(60s), a_running_batch(1)))
            .expect(runs())
            .answer(a_run().of(1))
            .after(5s)
            .hints()
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("a hint does not hurry what fails")
    {
        engine_script(polls(status_every(60s), a_running_batch(1)))
            .expect(runs())
            .fails(errc::throttled, 5s)
            .hints()
            .waits(5s)
            .expect(runs())
            .answer(a_run().of(1))
            .check_as_written();
    }

    TEST_CASE("what is not wanted is settled unseen")
    {
        engine_script(polls(page_every{2s}, a_running_batch(5), {.wanted = outcome_filter::usable}))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .takes("a")
            .row(a_job("b").failed())
            .appends("b", settlement::filtered)
            .row(a_job("c").timed_out())
            .appends("c", settlement::filtered)
            .row(a_job("d").usable(false).with_body("captcha"))
            .appends("d", settlement::filtered)
            .row(a_job("e").usable(false))
            .ends_page()
            .expect(result_of("e"))
            .answer(a_result("captcha"))
            .appends("e", settlement::filtered)
            .finishes()
            .check();
    }

    TEST_CASE("each outcome is settled by the job's state and by the verdict")
    {
        listed_job undecided = a_job("u").with_body("?");
        undecided.job.is_success.reset();
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a").usable(false).with_body("captcha"))
            .takes("a", settlement::not_usable)
            .row(undecided)
            .takes("u", settlement::undecided)
            .row(a_job("f").failed())
            .takes("f", settlement::failed)
            .ends_page()
            .finishes()
            .check();
    }

    TEST_CASE("what was delivered may be acknowledged late, in any order, even after the end")
    {
        engine_script(polls(page_every{2s}, a_running_batch(3)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .row(a_job("b").completed_after(2s).with_body("2"))
            .row(a_job("c").completed_after(3s).with_body("3"))
            .delivers("a")
            .delivers("b")
            .delivers("c")
            .ends_page()
            .acknowledges("c")
            .appends("c")
            .acknowledges("nobody")
            .acknowledges("c")
            .finishes()
            .acknowledges("a")
            .appends("a")
            .finishes()
            .acknowledges("b")
            .appends("b")
            .finishes()
            .check();
    }

    TEST_CASE("where a step cannot be made durable, the reading ends and no other step is tried")
    {
        const auto broken = make_error_code(errc::bad_option);
        engine_script(polls(page_every{2s}, a_running_batch(2)))
            .expect(flow_page())
            .row(a_job("a").with_body("1"))
            .row(a_job("b").with_body("2"))
            .delivers("a")
            .delivers("b")
            .acknowledges("a")
            .saving_fails(broken)
            .acknowledges("b")
            .finishes(broken)
            .check();
    }

    TEST_CASE("an answer to a ticket that is not under way is ignored")
    {
        core::poll_engine<page_every, server_verdict> engine(a_running_batch(2), {2s}, {});
        const auto now = script_clock().at(script_start);
        engine.on_demand(10);
        const auto page = std::get<core::exchange>(engine.next(now));
        const ticket other{99};
        const auto before = engine.stats();
        engine.on_row(now, other, a_job("a").with_body("1"));
        engine.on_unreadable_row(now, other, {0, "", job_id{"b"}});
        engine.on_page_end(now, other, {});
        engine.on_runs(now, other, {{a_run().completed(0)}, {}, 0});
        engine.on_run(now, other, a_run().completed(0));
        engine.on_result(now, other, a_result("1"));
        engine.on_failure(now, other, {errc::unauthorized, {}, 0});
        CHECK_EQ(engine.stats() == before, true);
        CHECK(engine.next(now) == core::action(core::wait_for_event{}));
        engine.on_row(now, page.id, a_job("a").with_body("1"));
        CHECK_EQ(engine.jobs().seen(), 1u);
    }

    TEST_CASE("every event after the end changes nothing")
    {
        core::poll_engine<page_every, server_verdict> engine(a_running_batch(2), {2s}, {});
        const auto now = script_clock().at(script_start);
        const auto page = std::get<core::exchange>(engine.next(now));
        engine.stop(errc::deadline_exceeded);
        engine.stop(errc::rejected);
        engine.on_row(now, page.id, a_job("a").with_body("1"));
        engine.on_page_end(now, page.id, {});
        engine.on_demand(10);
        engine.on_hint(now);
        engine.on_saved(errc::rejected);
        CHECK(engine.next(now) == core::action(core::finish{errc::deadline_exceeded}));
        CHECK_EQ(engine.is_complete(), false);
        CHECK_EQ(engine.left().unnamed, 2u);
    }

    TEST_CASE("the statistics count exchanges and rows")
    {
        engine_script(polls(status_every(2s), a_running_batch(2)))
            .expect(runs())
            .fails(errc::server_error)
            .waits(250ms)
            .expect(runs())
            .answer(a_run().finished(1).of(2))
            .expect(flow_page())
            .row(a_job("a"))
            .unreadable_row("")
            .ends_page()
            .expect(result_of("a"))
            .answer(a_result("1"))
            .takes("a")
            .waits(2s)
            .expect(runs())
            .answer(a_run().completed(2))
            .expect(flow_page().since(-1ms))
            .row(a_job("a"))
            .row(a_job("b").completed_after(500ms).with_body("2"))
            .takes("b")
            .ends_page()
            .sees([](const any_engine& e) -> std::string {
                const poll_stats expected{
                    .status_reads = 3,
                    .inline_pages = 2,
                    .result_reads = 1,
                    .failures = 1,
                    .rows = 3,
                    .rows_repeated = 1,
                    .rows_unreadable = 1,
                    .found_in_overlap = 1};
                return e.stats() == expected ? "" : "other statistics";
            })
            .finishes()
            .check();
    }
}
