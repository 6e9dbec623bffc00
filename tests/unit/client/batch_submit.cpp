// The submit of a batch: at most one collection and one run, whatever is lost on the way.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

namespace {

test::outcome<run_ref> submit(client_fixture& f, batch& all)
{
    return f.run<run_ref>([&](auto h) { all.async_submit(std::move(h)); });
}

mock::fault on(
    mock::operation where,
    mock::fault_effect what,
    mock::fault_phase phase = mock::fault_phase::after
)
{
    return {.on = where, .phase = phase, .effect = std::move(what)};
}

std::string header_of(const test::seen_request& seen, const std::string& name)
{
    for (const auto& field : seen.what.headers)
        if (field.name == name) return field.value;
    return {};
}

/// Fails from the given write on.
struct failing_store {
    int writes_left = 0;
    error_code ec = make_error_code(boost::system::errc::no_space_on_device);
    result<std::optional<checkpoint>> load() { return std::optional<checkpoint>(); }
    error_code save(const checkpoint&) { return writes_left-- > 0 ? error_code() : ec; }
    error_code append(const settled_job&) { return writes_left-- > 0 ? error_code() : ec; }
};

struct unreadable_store {
    result<std::optional<checkpoint>> load() { return errc::checkpoint_unreadable; }
    error_code save(const checkpoint&)
    {
        FAIL("what could not be read must not be overwritten");
        return {};
    }
    error_code append(const settled_job&) { return save({}); }
};

}  // namespace

TEST_SUITE("batch.submit")
{
    TEST_CASE("a create silent for 250 s and a start silent for 250 s take one attempt each")
    {
        client_fixture f(test::server_with(mock::shipped::run_list));
        f.fault(on(mock::operation::create, mock::effect::delay{250s}));
        f.fault(on(mock::operation::start_run, mock::effect::delay{250s}));
        auto all = f.client().submit_batch(draft_of(2000));
        const auto begun = f.clock.elapsed();
        const auto got = submit(f, all);
        CHECK_FALSE(got.ec);
        CHECK_GE(f.clock.elapsed() - begun, 500s);
        CHECK_EQ(f.wire.seen().size(), 2u);
        CHECK_EQ(f.world.seen().summary().collections_created, 1u);
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    }

    TEST_CASE("a lost answer to create is asked for again with the same key and body")
    {
        client_fixture f(test::server_with(mock::shipped::run_list));
        f.fault(on(mock::operation::create, mock::effect::lose_reply{}));
        auto all = f.client().submit_batch(draft_of(3));
        CHECK_FALSE(submit(f, all).ec);
        CHECK_EQ(f.world.seen().summary().collections_created, 1u);
        const auto& sent = f.wire.seen();
        REQUIRE_GE(sent.size(), 2u);
        CHECK_EQ(sent[0].what.body, sent[1].what.body);
        CHECK_EQ(header_of(sent[0], "Idempotency-Key"), header_of(sent[1], "Idempotency-Key"));
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    }

    TEST_CASE("a lost answer to start is looked for and never repeated")
    {
        client_fixture f(test::server_with(mock::shipped::run_list));
        f.fault(on(mock::operation::start_run, mock::effect::lose_reply{}));
        auto all = f.client().submit_batch(draft_of(3));
        const auto got = submit(f, all);
        CHECK_FALSE(got.ec);
        CHECK_EQ(f.world.seen().summary().start_run, 1u);
        CHECK_EQ(got.value.run.value, f.world.run_ids().at(0));
    }

    TEST_CASE("413 ends the batch and names what was sent and where to split it")
    {
        client_fixture f;
        f.fault(
            {.on = mock::operation::create,
             .when = mock::occurrence::every(),
             .phase = mock::fault_phase::before,
             .effect = mock::effect::status{413}}
        );
        diagnostics diag;
        auto all = f.client().with_diagnostics(diag).submit_batch(draft_of(9));
        CHECK_EQ(submit(f, all).ec, errc::request_too_large);
        const auto bytes = f.wire.seen().at(0).what.body.size();
        CHECK_EQ(
            diag.client_text,
            "sent 9 items in " + std::to_string(bytes) +
                " bytes; split into batches of 5 items or fewer"
        );
        CHECK_EQ(all.last_failure(), diag);
        CHECK_EQ(diag.http_status, 413u);
        // It stays so, and the service is not asked again.
        CHECK_EQ(next(f, all).ec, errc::request_too_large);
        CHECK_EQ(f.wire.seen().size(), 1u);
    }

    TEST_CASE(
        "bad items, options and checkpoints end every operation, and nothing is sent or stored"
    )
    {
        struct row {
            std::string what;
            errc expected;
            std::string place;
            std::function<batch(client_fixture&, memory_checkpoint_store)> make;
        };
        const auto stored_as = [](std::string name, std::uint64_t items) {
            checkpoint c;
            c.name = std::move(name);
            c.submitted = items;
            c.idempotency_key = "stored-key";
            return c;
        };
        const std::vector<row> rows{
            {"a URL without host",
             errc::bad_request_item,
             "requests[1].url",
             [](client_fixture& f, auto store) {
                 auto draft = draft_of(2);
                 std::get<scrape_request>(draft.requests[1]).url = "ftp://x/";
                 return f.client().submit_batch(draft, {.checkpoint = store});
             }},
            {"a raw item that is no JSON",
             errc::bad_request_item,
             "requests[2]",
             [](client_fixture& f, auto store) {
                 auto draft = draft_of(2);
                 draft.requests.push_back(raw_item{"{\"url\":"});
                 return f.client().submit_batch(draft, {.checkpoint = store});
             }},
            {"a time-out of nothing",
             errc::bad_option,
             "timeout",
             [](client_fixture& f, auto store) {
                 return f.client().submit_batch(draft_of(2), {.checkpoint = store, .timeout = 0ms});
             }},
            {"a store with nothing in it",
             errc::checkpoint_missing,
             "checkpoint",
             [](client_fixture& f, auto store) {
                 return f.client().resume_batch({.checkpoint = store});
             }},
            {"the checkpoint of a batch of another name",
             errc::checkpoint_mismatch,
             "checkpoint",
             [&](client_fixture& f, auto store) {
                 store.save(stored_as("other", 2));
                 return f.client().submit_batch(draft_of(2), {.checkpoint = store});
             }},
            {"the checkpoint of a batch of another size",
             errc::checkpoint_mismatch,
             "checkpoint",
             [&](client_fixture& f, auto store) {
                 store.save(stored_as("batch", 3));
                 return f.client().submit_batch(draft_of(2), {.checkpoint = store});
             }},
            {"the checkpoint of a submit with another key",
             errc::checkpoint_mismatch,
             "checkpoint",
             [&](client_fixture& f, auto store) {
                 store.save(stored_as("batch", 2));
                 return f.client().submit_batch(
                     draft_of(2), {.checkpoint = store, .key = make_idempotency_key("mine").value()}
                 );
             }},
            {"the checkpoint of another run",
             errc::checkpoint_mismatch,
             "checkpoint",
             [&](client_fixture& f, auto store) {
                 auto c = stored_as("batch", 2);
                 c.stage = batch_stage::running;
                 c.target = run_ref{{"c"}, {"r"}};
                 store.save(c);
                 return f.client().attach_batch({{"c"}, {"r2"}}, {.checkpoint = store});
             }},
        };
        for (const auto& r : rows) {
            CAPTURE(r.what);
            client_fixture f;
            memory_checkpoint_store store;
            auto all = r.make(f, store);
            const auto before = store.load().value();
            CHECK_EQ(next(f, all).ec, r.expected);
            CHECK_EQ(submit(f, all).ec, r.expected);
            CHECK_EQ(all.last_failure().place, r.place);
            CHECK_FALSE(all.acknowledge({"j"}));
            CHECK_FALSE(all.close());
            CHECK(f.wire.seen().empty());
            CHECK(store.load().value() == before);
        }
    }

    TEST_CASE("a store that cannot be read is not overwritten")
    {
        client_fixture f;
        auto all = f.client().submit_batch(draft_of(2), {.checkpoint = unreadable_store{}});
        CHECK_EQ(next(f, all).ec, errc::checkpoint_unreadable);
        auto more = f.client().attach_batch({{"c"}, {"r"}}, {.checkpoint = unreadable_store{}});
        CHECK_EQ(next(f, more).ec, errc::checkpoint_unreadable);
        CHECK(f.wire.seen().empty());
    }

    TEST_CASE("a store that cannot be written ends the batch before the next step is taken")
    {
        for (int writes = 0; writes < 6; ++writes) {
            CAPTURE(writes);
            client_fixture f(test::server_with(mock::shipped::run_list));
            auto all = f.client().submit_batch(draft_of(5), {.checkpoint = failing_store{writes}});
            test::delivery_count count;
            CHECK_EQ(
                drain(f, all, count), make_error_code(boost::system::errc::no_space_on_device)
            );
            CHECK_EQ(all.last_failure().place, "checkpoint");
            // Writes: before create, after it, before start, after it, then a step for each outcome.
            CHECK_EQ(f.world.seen().summary().create, writes >= 1 ? 1u : 0u);
            CHECK_EQ(f.world.seen().summary().start_run, writes >= 3 ? 1u : 0u);
            CHECK_LE(count.size(), writes >= 4 ? std::size_t(writes - 3) : 0u);
        }
    }

    TEST_CASE("keys differ from batch to batch whatever the seed, and a given key is sent as it is")
    {
        client_fixture f;
        std::set<std::string> keys;
        for (int i = 0; i < 20; ++i) {
            auto all = f.client().submit_batch(draft_of(1));
            const auto key = all.snapshot().idempotency_key;
            CHECK_EQ(key.size(), 36u);
            CHECK_EQ(key[14], '4');
            CHECK(make_idempotency_key(key).has_value());
            keys.insert(key);
        }
        CHECK_EQ(keys.size(), 20u);
        auto mine = f.client().submit_batch(
            draft_of(1), {.key = make_idempotency_key("order-4711").value()}
        );
        CHECK_FALSE(submit(f, mine).ec);
        CHECK_EQ(header_of(f.wire.seen().at(0), "Idempotency-Key"), "order-4711");
    }

    TEST_CASE("a batch submitted again with its store is taken up and not made a second time")
    {
        client_fixture f(test::server_with(mock::shipped::run_list));
        memory_checkpoint_store store;
        test::delivery_count count;
        for (int process = 0; process < 4; ++process) {
            auto all = f.client().submit_batch(draft_of(10), {.checkpoint = store});
            if (process == 0) CHECK_FALSE(submit(f, all).ec);
            if (process == 1) drain(f, all, count, 4);
            if (process == 1) CHECK_FALSE(all.close());
            if (process > 1) CHECK_FALSE(drain(f, all, count));
        }
        CHECK(equals_ledger(f, count));
        CHECK_EQ(f.world.seen().summary().create, 1u);
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    }

    TEST_CASE("a refused token ends the batch with the service's words")
    {
        client_fixture f;
        auto o = f.options();
        o.token = secret("of_nobody");
        auto all = f.client_with(f.policies(), o).submit_batch(draft_of(1));
        CHECK_EQ(submit(f, all).ec, errc::unauthorized);
        CHECK_EQ(all.last_failure().http_status, 401u);
        CHECK_EQ(all.last_failure().server_text.find("of_nobody"), std::string::npos);
    }
}
