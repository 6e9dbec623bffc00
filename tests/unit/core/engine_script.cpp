// The harness's own tests: a script that tells it wrong must be found out.
#include "support/engine_script.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

/// What `problem` says, without the line it starts with.
std::string complaint(const engine_script& script)
{
    const auto text = script.problem();
    return text.substr(text.find(": ") + 2);
}

engine_script a_script()
{
    return engine_script(polls(page_every{2s}, a_running_batch(2)));
}

/// An engine of the simplest kind, with every mistake that one can make.
struct clumsy {
    enum class mistake {
        none,
        delivers_twice,
        forgets,
        goes_on_after_stop,
        starts_again,
        shares_with_copies,
    };

    mistake made = mistake::none;
    job_id_set settled{};
    unsigned sent = 0;
    unsigned answered = 0;
    unsigned delivered = 0;
    bool stopped = false;
    std::shared_ptr<unsigned> shared = std::make_shared<unsigned>(0);

    core::action next(core::moment)
    {
        if (stopped && made != mistake::goes_on_after_stop)
            return core::finish{errc::wait_timed_out};
        if (sent == answered && answered == 0) {
            ++sent;
            if (made == mistake::starts_again)
                return core::exchange{ticket{1}, start_run{{"c1"}, {}}};
            return core::exchange{ticket{1}, list_runs{{"c1"}, {}}};
        }
        const unsigned most = made == mistake::delivers_twice && sent > 1 ? 2 : 1;
        if (made == mistake::shares_with_copies) delivered = *shared;
        if (answered > 0 && delivered < most && !settled.contains({"a"})) {
            *shared = ++delivered;
            return core::deliver{{.job = a_job("a")}};
        }
        if (answered > 0) return core::finish{};
        return core::wait_for_event{};
    }
    void on_runs(core::moment, ticket, const run_list&) { ++answered; }
    void on_failure(core::moment, ticket, const core::exchange_failure&)
    {
        if (made == mistake::forgets) answered = delivered = 1;
        if (made == mistake::delivers_twice) ++answered, ++sent;
        if (made == mistake::none) sent = 0;
    }
    void on_started(core::moment, ticket, const start_outcome&) { sent = 0; }
    void on_created(core::moment, ticket, const creation&) {}
    void on_collections(core::moment, ticket, const collection_list&) {}
    void acknowledge(const job_id& id) { settled.insert(id); }
    void on_saved(error_code) {}
    void stop(error_code) { stopped = true; }
    void write_to(checkpoint& c) const { c.settled = settled; }
};

engine_script a_clumsy_script(clumsy::mistake made)
{
    const auto make = [made](const checkpoint& from) {
        return any_engine(clumsy{.made = made, .settled = from.settled}, from);
    };
    return engine_script({.begin = a_running_batch(1), .make = make});
}

}  // namespace

TEST_SUITE("support.engine_script")
{
    TEST_CASE("a history of an engine that is told rightly has no problem")
    {
        const auto script = a_script()
                                .expect(flow_page())
                                .row(a_job("a").with_body("1"))
                                .takes("a")
                                .row(a_job("b").with_body("2"))
                                .takes("b")
                                .ends_page()
                                .finishes();
        CHECK_EQ(script.problem(), "");
    }

    TEST_CASE("every wrong step of an engine's history is found and named")
    {
        CHECK_EQ(
            complaint(a_script().expect(runs())),
            "list_jobs with results, limit 100, 3 statuses instead of list_runs c1"
        );
        CHECK_EQ(
            complaint(a_script().expect(flow_page().since(1s))),
            "list_jobs with results, limit 100, 3 statuses instead of "
            "list_jobs with results, limit 100, 3 statuses, since 2026-06-01T10:00:01.000"
        );
        CHECK_EQ(
            complaint(a_script().expect(flow_page()).ends_page().waits(3s)),
            "wait until 2000 ms instead of wait until 3000 ms"
        );
        CHECK_EQ(
            complaint(a_script().expect(flow_page()).ends_page().finishes()),
            "wait until 2000 ms instead of finish"
        );
        CHECK_EQ(
            complaint(a_script().expect(flow_page()).row(a_job("a").with_body("1")).delivers("b")),
            "deliver a instead of deliver b"
        );
        CHECK_EQ(
            complaint(a_script()
                          .expect(flow_page())
                          .row(a_job("a").with_body("1"))
                          .takes("a", settlement::failed)),
            "append a usable instead of append a failed"
        );
        CHECK_EQ(complaint(a_script().answer(a_run())), "there is nothing to answer");
        CHECK_EQ(
            complaint(a_script().expect(flow_page()).answer("a", a_result("1"))),
            "there is nothing to answer"
        );
        CHECK_EQ(complaint(a_script().expect(flow_page()).takes_rows(false)), "takes rows");
        CHECK_EQ(
            complaint(a_script().leaves({{"a", shortfall_cause::lost}}, 1)),
            "leaves 0 unnamed instead of 1 unnamed, a lost"
        );
        CHECK_EQ(
            complaint(a_script().expect(flow_page()).saves({})), "wait for an event instead of save"
        );
        CHECK_EQ(
            complaint(a_script().waits_for_event()),
            "list_jobs with results, limit 100, 3 statuses instead of wait for an event"
        );
    }

    TEST_CASE("a complaint begins with the line of the step")
    {
        auto script = a_script();
        script.expect(flow_page());
        const auto line = std::to_string(__LINE__ + 1);
        script.finishes();
        CHECK_EQ(script.problem(), "line " + line + ": wait for an event instead of finish");
    }

    TEST_CASE("the end is not reached by a script that says another one")
    {
        CHECK_EQ(
            complaint(a_script().stops(errc::rejected).finishes(errc::wait_timed_out)),
            "finish: the service refused the request instead of finish: the wait ended before the "
            "run did"
        );
    }

    TEST_CASE("an engine that loses, repeats, goes on or starts again is found out by the twists")
    {
        using mistake = clumsy::mistake;
        const auto script = [](mistake made) {
            return a_clumsy_script(made)
                .expect(runs())
                .answer(a_run().completed(1))
                .delivers("a")
                .acknowledges("a")
                .finishes();
        };
        CHECK_EQ(script(mistake::none).problem(), "");
        for (const auto made :
             {mistake::delivers_twice,
              mistake::forgets,
              mistake::goes_on_after_stop,
              mistake::shares_with_copies})
            CHECK_EQ(script(made).problem_as_written(), "");
        CHECK_EQ(complaint(script(mistake::shares_with_copies)), "finish instead of deliver a");
        CHECK_EQ(complaint(script(mistake::delivers_twice)), "something was delivered twice");
        CHECK_EQ(complaint(script(mistake::forgets)), "delivers {} instead of {a}");
        CHECK_EQ(complaint(script(mistake::goes_on_after_stop)), "list_runs c1 after the stop");
        CHECK_EQ(
            complaint(a_clumsy_script(mistake::starts_again)
                          .expect(start_run{{"c1"}, {}})
                          .answer(started(a_run()))),
            "a second run"
        );
    }
}
