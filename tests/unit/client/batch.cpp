// Histories of a batch from its submit to its last outcome, against the mock's own account.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

namespace {

test::outcome<batch_summary> for_each(
    client_fixture& f, batch& all, std::function<bool(const job_outcome&)> take
)
{
    return f.run<batch_summary>([&](auto h) { all.async_for_each(take, std::move(h)); });
}

}  // namespace

TEST_SUITE("batch")
{
    TEST_CASE("530 pages are submitted once and each outcome comes once")
    {
        client_fixture f;
        auto api = f.client();
        auto all = api.submit_batch(draft_of(530));
        CHECK(f.wire.seen().empty());
        test::delivery_count count;
        CHECK_FALSE(drain(f, all, count));
        const auto end = all.summary();
        MESSAGE(
            count.size() << " delivered, " << end.left.jobs.size() << " left, "
                         << f.wire.seen().size() << " requests"
        );
        CHECK(equals_ledger(f, count, end));
        CHECK_EQ(f.world.seen().summary().create, 1u);
        CHECK_EQ(f.world.seen().summary().start_run, 1u);
        CHECK_EQ(end.submitted, 530u);
        CHECK_EQ(end.queued, 530u);
        CHECK(end.left.empty());
        CHECK_EQ(end.stage, batch_stage::finished);
        // It stays at its end, and asks for nothing.
        const auto requests = f.wire.seen().size();
        CHECK_FALSE(next(f, all).value);
        CHECK_EQ(f.wire.seen().size(), requests);
    }

    TEST_CASE("what was submitted is accounted for, the refused items included")
    {
        client_fixture f(test::server_with(mock::shipped::invalid_items));
        auto draft = draft_of(4);
        draft.requests.push_back(draft.requests.front());
        draft.requests.push_back(scrape_request{.url = "http://10.0.0.1/"});
        auto all = f.client().submit_batch(draft);
        test::delivery_count count;
        CHECK_FALSE(drain(f, all, count));
        const auto end = all.summary();
        CHECK(end.refusals_known);
        CHECK_EQ(end.submitted, 6u);
        CHECK_EQ(end.queued, 4u);
        CHECK_EQ(end.blocked, 1u);
        CHECK_EQ(end.duplicates, 1u);
        CHECK_EQ(end.invalid, 0u);
        const auto& c = end.counts;
        CHECK_EQ(
            end.queued,
            c.usable + c.not_usable + c.undecided + c.failed + c.timed_out + end.left.jobs.size()
        );
        REQUIRE(all.snapshot().created);
        CHECK_EQ(all.snapshot().created->blocked_urls.size(), 1u);
    }

    TEST_CASE("leaving early and going on later loses nothing, whichever way outcomes are taken")
    {
        client_fixture f;
        auto all = f.client().submit_batch(draft_of(12));
        test::delivery_count count;
        int taken = 0;
        const auto early = for_each(f, all, [&](const job_outcome& item) {
            ++count[item.job.id.value];
            return ++taken < 5;
        });
        CHECK_FALSE(early.ec);
        CHECK_EQ(taken, 5);
        CHECK_FALSE(drain(f, all, count, 3));
        const auto rest = for_each(f, all, [&](const job_outcome& item) {
            ++count[item.job.id.value];
            return true;
        });
        CHECK_FALSE(rest.ec);
        CHECK(equals_ledger(f, count, rest.value));
        CHECK_EQ(rest.value.counts, all.summary().counts);
    }

    TEST_CASE("what a callback threw at comes again first, and its exception is kept")
    {
        client_fixture f;
        memory_checkpoint_store store;
        auto all = f.client().submit_batch(draft_of(6), {.checkpoint = store});
        test::delivery_count count;
        std::string thrown_at;
        const auto broken = for_each(f, all, [&](const job_outcome& item) {
            if (count.size() == 2) {
                thrown_at = item.job.id.value;
                throw std::runtime_error("disk full");
            }
            ++count[item.job.id.value];
            return true;
        });
        CHECK_EQ(broken.ec, errc::consumer_failed);
        REQUIRE(all.exception());
        CHECK_THROWS_WITH(std::rethrow_exception(all.exception()), "disk full");
        CHECK_FALSE(store.load()->value().settled.contains({thrown_at}));
        CHECK_EQ(store.load()->value().settled.size(), 2u);

        const auto again = next(f, all);
        REQUIRE(again.value);
        CHECK_EQ(again.value->job.id.value, thrown_at);
        ++count[thrown_at];
        CHECK_FALSE(drain(f, all, count));
        CHECK(equals_ledger(f, count, all.summary()));
    }

    TEST_CASE("in automatic mode an outcome is taken when the next one is asked for, or at close")
    {
        client_fixture f;
        memory_checkpoint_store store;
        const auto stored = [&] { return store.load()->value().settled.size(); };
        auto all = f.client().submit_batch(draft_of(4), {.checkpoint = store});
        test::delivery_count count;
        drain(f, all, count, 2);
        CHECK_EQ(stored(), 1u);
        CHECK_EQ(all.progress().unacknowledged, 1u);
        CHECK_FALSE(all.close());
        CHECK_EQ(stored(), 2u);
        // It is over for this object, and not for the next one.
        CHECK_EQ(next(f, all).ec, boost::asio::error::operation_aborted);
        auto rest = f.client().resume_batch({.checkpoint = store});
        CHECK_FALSE(drain(f, rest, count));
        CHECK(equals_ledger(f, count, rest.summary()));
    }

    TEST_CASE("in manual mode only what was acknowledged is stored, in any order, at once")
    {
        client_fixture f;
        memory_checkpoint_store store;
        const batch_options how{.checkpoint = store, .acknowledge = acknowledgement::manual};
        std::vector<job_id> given;
        test::delivery_count safe;
        {
            auto all = f.client().submit_batch(draft_of(8), how);
            while (const auto got = next(f, all).value)
                given.push_back(got->job.id);
            CHECK_EQ(given.size(), 8u);
            CHECK(store.load()->value().settled.empty());
            for (const std::size_t i : {6u, 1u, 3u}) {
                CHECK_FALSE(all.acknowledge(given[i]));
                ++safe[given[i].value];
                CHECK(store.load()->value().settled.contains(given[i]));
            }
            CHECK_FALSE(all.acknowledge({"of nobody"}));
            CHECK_EQ(store.load()->value().settled.size(), 3u);
        }
        auto rest = f.client().submit_batch(draft_of(8), how);
        while (const auto got = next(f, rest).value) {
            ++safe[got->job.id.value];
            CHECK_FALSE(rest.acknowledge(got->job.id));
        }
        CHECK(equals_ledger(f, safe, rest.summary()));
        CHECK_EQ(store.load()->value().stage, batch_stage::finished);
    }

    TEST_CASE("a consumer that stops taking stops the reading")
    {
        client_fixture f(test::server_with(mock::shipped::inline_results));
        auto all = f.client().submit_batch(draft_of(250));
        test::delivery_count count;
        for (int i = 0; i < 5; ++i) {
            CHECK_FALSE(drain(f, all, count, 1));
            const auto requests = f.wire.seen().size();
            // What is under way comes to its end, and nothing follows; one row is held at most.
            do {
                f.context.restart();
                f.context.poll();
            } while (f.clock.advance_to_next());
            f.clock.skip(10min);
            CHECK_EQ(f.wire.seen().size(), requests);
            CHECK_LE(all.stats().rows, count.size() + 1);
        }
        CHECK_FALSE(drain(f, all, count));
        CHECK(equals_ledger(f, count, all.summary()));
    }

    TEST_CASE("a second operation at once is refused, and the first is not touched")
    {
        client_fixture f;
        auto all = f.client().submit_batch(draft_of(2));
        std::optional<error_code> first;
        std::optional<error_code> second;
        all.async_next([&](error_code ec, auto) { first = ec; });
        all.async_submit([&](error_code ec, auto) { second = ec; });
        run_virtual(f.context, f.clock, [&] { return first && second; });
        CHECK_FALSE(*first);
        CHECK_EQ(*second, boost::asio::error::already_started);
    }

    TEST_CASE("progress counts what was delivered")
    {
        client_fixture f;
        auto all = f.client().submit_batch(draft_of(20));
        CHECK_EQ(all.progress().stage, batch_stage::creating);
        const auto target = f.run<run_ref>([&](auto h) { all.async_submit(h); });
        REQUIRE_FALSE(target.ec);
        CHECK_EQ(target.value.run.value, f.world.run_ids().at(0));
        CHECK_EQ(all.progress().stage, batch_stage::running);
        test::delivery_count count;
        drain(f, all, count, 10);
        const auto half = all.progress();
        CHECK_EQ(half.delivered, 10u);
        CHECK_EQ(half.total, 20u);
        CHECK(half.eta);
        drain(f, all, count);
        CHECK_EQ(all.progress().delivered, count.size());
    }

    TEST_CASE("the filter leaves out what is not usable, and the summary counts it")
    {
        mock::scenario s = test::any_server();
        s.jobs.outcomes.not_found = 500;
        client_fixture f(s);
        auto all =
            f.client().submit_batch(draft_of(20), {.poll = {.wanted = outcome_filter::usable}});
        std::size_t usable = 0;
        while (const auto got = next(f, all).value) {
            CHECK_NE(got->verdict.value, judgement::not_usable);
            ++usable;
        }
        const auto end = all.summary();
        CHECK_LT(usable, 20u);
        CHECK_EQ(usable + end.counts.filtered + end.left.jobs.size(), 20u);
    }

    TEST_CASE("moving a batch into another ends the other's operation")
    {
        client_fixture f;
        auto one = f.client().submit_batch(draft_of(2));
        std::optional<error_code> ended;
        one.async_next([&](error_code ec, auto) { ended = ec; });
        f.context.poll();
        one = f.client().submit_batch(draft_of(2, "another"));
        run_virtual(f.context, f.clock, [&] { return ended.has_value(); });
        CHECK_EQ(*ended, boost::asio::error::operation_aborted);
        test::delivery_count count;
        CHECK_FALSE(drain(f, one, count));
        CHECK_EQ(count.size(), 2u);
    }
}
