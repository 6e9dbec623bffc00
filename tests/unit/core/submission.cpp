// The histories of a submit in the order of its states; a reader wants them in one place.
#include <scrapingpros/core/submission.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <variant>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

call create_with(std::string key, std::uint64_t items = 3)
{
    return create_collection{*a_new_batch(items).draft, make_idempotency_key(key).value()};
}

call collections_of_this_name()
{
    return list_collections{"tours", {}, {}};
}

call start()
{
    return start_run{{"c1"}, {}};
}

creation replayed(creation made)
{
    made.replayed = true;
    return made;
}

/// A batch whose create was first sent so long ago.
checkpoint created_before(milliseconds age, std::uint64_t items = 3)
{
    auto c = a_new_batch(items);
    c.first_create_at = at(-age);
    return c;
}

collection a_collection(std::string id, std::optional<timestamp> created)
{
    return {.id = {std::move(id)}, .name = "tours", .created_at = created};
}

}  // namespace

TEST_SUITE("core.submission")
{
    TEST_CASE("key and body are saved before create is sent, the intent before start is")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .sees([](const any_engine& e) -> std::string {
                const auto c = e.snapshot();
                if (c.draft != a_new_batch(3).draft) return "another body";
                return c.first_create_at == at() && c.idempotency_key == "key-1" ? ""
                                                                                 : "another key";
            })
            .expect(create_with("key-1"))
            .waits_for_event()
            .answer(a_creation("c1", 0, 0, 1))
            .saves(batch_stage::created)
            .sees([](const any_engine& e) -> std::string {
                const auto c = e.snapshot();
                if (c.draft) return "the body is kept although the collection exists";
                if (c.total != 2u) return "another total";
                return c.created && c.created->duplicates_skipped == 1 ? "" : "no buckets";
            })
            .saves(batch_stage::starting)
            .expect(start())
            .waits_for_event()
            .answer(started(a_run().of(2)))
            .saves(batch_stage::running)
            .sees([](const any_engine& e) -> std::string {
                return e.snapshot().target == run_ref{{"c1"}, {"r1"}} ? "" : "another run";
            })
            .finishes()
            .check();
    }

    TEST_CASE("a create whose answer was lost is sent again with the same key and body")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .fails(errc::silence_timeout)
            .waits(250ms)
            .expect(create_with("key-1"))
            .fails(errc::conflict, 2s)
            .waits(2s)
            .expect(create_with("key-1"))
            .answer(replayed(a_creation("c1")))
            .saves(batch_stage::created)
            // Whoever sent the first one may have started a run.
            .expect(runs())
            .answer(run_list{})
            .saves(batch_stage::starting)
            .expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a replayed answer has the runs looked at before a start")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .answer(replayed(a_creation("c1")))
            .saves(batch_stage::created)
            .expect(runs())
            .answer(a_run().finished(2).of(3))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a process that ended before the answer goes on with the same key")
    {
        engine_script(submits(created_before(22h)))
            .expect(create_with("key-1"))
            .answer(a_creation("c1"))
            .saves(batch_stage::created)
            .saves(batch_stage::starting)
            .expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("a key that is 23 h old is not used again: the collection is found by its name")
    {
        engine_script(submits(created_before(23h)))
            .expect(collections_of_this_name())
            .answer(collection_list{
                {a_collection("c9", at(-23h - 31s)), a_collection("c1", at(-23h - 29s))}, 0})
            .saves(batch_stage::created)
            .expect(runs())
            .answer(a_run().finished(2).of(3))
            .saves(batch_stage::running)
            .finishes()
            .check_as_written();
    }

    TEST_CASE("of several collections of the name, the newest is the one, others are passed over")
    {
        auto other = a_collection("c7", at());
        other.name = "tours of last year";
        engine_script(submits(created_before(30h)))
            .expect(collections_of_this_name())
            .answer(collection_list{
                {other,
                 a_collection("", at()),
                 a_collection("c4", {}),
                 a_collection("c2", at(-30h)),
                 a_collection("c1", at(-29h))},
                0})
            .saves(batch_stage::created)
            .expect(list_runs{{"c4"}, {}})
            .check_as_written();
        engine_script(submits(created_before(30h)))
            .expect(collections_of_this_name())
            .answer(collection_list{{a_collection("c2", at(-30h)), a_collection("c1", at(-29h))}, 0}
            )
            .saves(batch_stage::created)
            .expect(runs())
            .check_as_written();
    }

    TEST_CASE("stamps are compared on the server's clock, however wrong this machine's is")
    {
        for (const auto ahead : {2s, 600s, 86'400s, -2s, -600s, -86'400s}) {
            CAPTURE(ahead.count());
            auto setup = submits(created_before(30h));
            setup.clock.server_ahead = ahead;
            engine_script(setup)
                .expect(collections_of_this_name())
                .answer(collection_list{
                    {a_collection("c9", at(-30h + ahead - 31s)),
                     a_collection("c1", at(-30h + ahead - 29s))},
                    0})
                .saves(batch_stage::created)
                .expect(runs())
                .check_as_written();
        }
    }

    TEST_CASE("a collection that was never made is made with another key")
    {
        engine_script(submits(created_before(25h)))
            .expect(collections_of_this_name())
            .answer(collection_list{{a_collection("c0", at(-26h))}, 0})
            .saves(batch_stage::creating)
            .expect(create_with("key-1-again"))
            .answer(a_creation("c1"))
            .saves(batch_stage::created)
            .saves(batch_stage::starting)
            .expect(start())
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check_as_written();
    }

    TEST_CASE("another key fits the service, however long the first one is")
    {
        auto begin = created_before(25h);
        begin.idempotency_key = std::string(200, 'k');
        engine_script(submits(begin))
            .expect(collections_of_this_name())
            .answer(collection_list{})
            .saves(batch_stage::creating)
            .expect(create_with(std::string(194, 'k') + "-again"))
            .check_as_written();
    }

    TEST_CASE("a list of collections that cannot be read in full proves nothing")
    {
        engine_script(submits(created_before(25h)))
            .expect(collections_of_this_name())
            .answer(collection_list{{}, 1})
            .waits(250ms)
            .expect(collections_of_this_name())
            .answer(collection_list{{a_collection("c1", at(-25h))}, 1})
            .saves(batch_stage::created)
            .check_as_written();
    }

    TEST_CASE("a create that goes on failing past the age of its key turns to the name")
    {
        engine_script(submits(created_before(22h + 59min)))
            .expect(create_with("key-1"))
            .fails(errc::server_error, 1min)
            .waits(1min)
            .expect(collections_of_this_name())
            .check_as_written();
    }

    TEST_CASE("where every item was refused, nothing is started")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .answer(a_creation("c1", 1, 2))
            .saves(batch_stage::finished)
            .finishes()
            .check();
    }

    TEST_CASE("an answer without an id is none, and create is sent again")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .answer(a_creation(""))
            .waits(250ms)
            .expect(create_with("key-1"))
            .answer(replayed(a_creation("c1")))
            .saves(batch_stage::created)
            .expect(runs())
            .check_as_written();
    }

    TEST_CASE("a refusal ends the submission, nothing is sent again")
    {
        for (const auto ec :
             {errc::request_too_large,
              errc::quota_exceeded,
              errc::rejected,
              errc::unauthorized,
              errc::forbidden,
              errc::bad_request_item}) {
            CAPTURE(error_code(ec).message());
            engine_script(submits(a_new_batch(3)))
                .saves(batch_stage::creating)
                .expect(create_with("key-1"))
                .fails(ec)
                .finishes(ec)
                .check();
        }
    }

    TEST_CASE("a key that the service would not take is not sent")
    {
        for (const auto& key : {std::string(), std::string("a b"), std::string(201, 'k')}) {
            auto begin = a_new_batch(3);
            begin.idempotency_key = key;
            engine_script(submits(begin)).finishes(errc::bad_idempotency_key).check();
        }
    }

    TEST_CASE("what cannot be saved is not sent")
    {
        const auto broken = make_error_code(errc::checkpoint_in_use);
        engine_script(submits(a_new_batch(3))).saving_fails(broken).finishes(broken).check();
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .answer(a_creation("c1"))
            .saves(batch_stage::created)
            .saving_fails(broken)
            .finishes(broken)
            .check();
    }

    TEST_CASE("a stop ends it at once")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .stops(errc::deadline_exceeded)
            .finishes(errc::deadline_exceeded)
            .answer(a_creation("c1"))
            .finishes(errc::deadline_exceeded)
            .check();
    }

    TEST_CASE("the deadline ends it, whatever it waits for")
    {
        batch_rules rules;
        rules.poll.deadline = script_start + 10s;
        engine_script(submits(a_new_batch(3), rules))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .waits(10s)
            .finishes(errc::wait_timed_out)
            .check();
        engine_script(submits(a_new_batch(3), rules))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .fails(errc::throttled, 1min)
            .waits(10s)
            .finishes(errc::wait_timed_out)
            .check();
    }

    TEST_CASE("failures without an end are given up, with the last one as the reason")
    {
        batch_rules rules;
        rules.poll.stall_after = 2s;
        engine_script(submits(a_new_batch(3), rules))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .fails(errc::server_error, 1s)
            .waits(1s)
            .expect(create_with("key-1"))
            .fails(errc::pool_timeout, 1s)
            .waits(1s)
            .finishes(errc::pool_timeout)
            .check();
    }

    TEST_CASE("the silence of minutes is no failure")
    {
        engine_script(submits(a_new_batch(3)))
            .saves(batch_stage::creating)
            .expect(create_with("key-1"))
            .after(250s)
            .waits_for_event()
            .answer(a_creation("c1"))
            .saves(batch_stage::created)
            .saves(batch_stage::starting)
            .expect(start())
            .after(250s)
            .waits_for_event()
            .answer(started(a_run()))
            .saves(batch_stage::running)
            .finishes()
            .check();
    }

    TEST_CASE("an answer to a ticket that is not under way is ignored")
    {
        core::submission engine(a_new_batch(3), {});
        const auto now = script_clock().at(script_start);
        CHECK(engine.next(now) == core::action(core::save{}));
        engine.on_saved({});
        const auto create = std::get<core::exchange>(engine.next(now));
        const ticket other{99};
        engine.on_created(now, other, a_creation("c1"));
        engine.on_collections(now, other, {});
        engine.on_started(now, other, started(a_run()));
        engine.on_runs(now, other, {{a_run()}, {}, 0});
        engine.on_failure(now, other, {errc::rejected, {}, 0});
        CHECK(engine.next(now) == core::action(core::wait_for_event{}));
        engine.on_created(now, create.id, a_creation("c1"));
        CHECK_EQ(engine.state().stage, batch_stage::created);
    }

    TEST_CASE("a submission that is done asks for nothing")
    {
        auto begin = a_running_batch(3);
        begin.stage = batch_stage::finished;
        core::submission engine(begin, {});
        CHECK(engine.done());
        const auto now = script_clock().at(script_start);
        CHECK(engine.next(now) == core::action(core::wait_for_event{}));
        CHECK_FALSE(engine.started_run());
    }
}
