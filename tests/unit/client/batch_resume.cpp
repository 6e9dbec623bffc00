// Batches that are left and taken up again, and runs that somebody else has started.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

namespace {

/// A server that gives most results with the pages.
bool shows_bodies_in_pages()
{
    const auto contract = test::mock_profile();
    return contract == mock::switches::newest();
}

}  // namespace

TEST_SUITE("batch.resume")
{
    TEST_CASE("attached without a checkpoint, a finished run gives every outcome once")
    {
        client_fixture f;
        const auto at = f.finished_run(130);
        auto all = f.client().attach_batch(at);
        test::delivery_count count;
        CHECK_FALSE(drain(f, all, count));
        CHECK(equals_ledger(f, count, all.summary()));
        CHECK_EQ(count.size(), 130u);
        CHECK_FALSE(all.summary().refusals_known);
    }

    TEST_CASE(
        "attached again with its checkpoint, a run costs requests in proportion to what is left"
    )
    {
        std::vector<std::size_t> costs;
        std::string table;
        for (const std::size_t percent : {0u, 10u, 50u, 90u, 100u}) {
            CAPTURE(percent);
            client_fixture f;
            const auto at = f.finished_run(1000);
            memory_checkpoint_store store;
            test::delivery_count count;
            {
                auto first = f.client().attach_batch(at, {.checkpoint = store});
                const auto wanted = percent == 100 ? std::size_t(-1) : percent * 10;
                CHECK_FALSE(drain(f, first, count, wanted));
                CHECK_FALSE(first.close());
            }
            const auto before = f.wire.seen().size();
            auto rest = f.client().attach_batch(at, {.checkpoint = store});
            CHECK_FALSE(drain(f, rest, count));
            costs.push_back(f.wire.seen().size() - before);
            CHECK(equals_ledger(f, count, rest.summary()));
            table += "\n" + std::to_string(percent) +
                     " % delivered: " + std::to_string(costs.back()) + " requests for the rest";
        }
        MESSAGE(table);
        CHECK_EQ(costs.back(), 0u);
        if (shows_bodies_in_pages()) {
            CHECK_LT(costs[3], costs[2]);
            CHECK_LT(costs[2], costs[1]);
            CHECK_LE(costs[1], costs[0] + 1);  // when a look falls due is not the same in both
            CHECK_LE(costs[3] * 2, costs[0]);
        }
        // Elsewhere each of what is left may take a request of its own.
        CHECK_LE(costs[3], 100u + 15u);
    }

    TEST_CASE(
        "after a crash at any outcome, automatic mode repeats one at most and manual mode none"
    )
    {
        for (const auto mode : {acknowledgement::automatic, acknowledgement::manual})
            for (std::size_t taken = 0; taken <= 12; ++taken) {
                CAPTURE(taken);
                client_fixture f(test::server_with(mock::shipped::run_list));
                memory_checkpoint_store store;
                const batch_options how{.checkpoint = store, .acknowledge = mode};
                test::delivery_count count;
                const auto take = [&](batch& from, std::size_t at_most) {
                    for (std::size_t i = 0; i < at_most; ++i) {
                        const auto got = next(f, from);
                        CHECK_FALSE(got.ec);
                        if (!got.value) return;
                        ++count[got.value->job.id.value];
                        if (mode == acknowledgement::manual)
                            CHECK_FALSE(from.acknowledge(got.value->job.id));
                    }
                };
                {
                    auto first = f.client().submit_batch(draft_of(12), how);
                    take(first, taken);
                    // Not closed: the process has died.
                }
                auto second = f.client().submit_batch(draft_of(12), how);
                take(second, 1000);
                int repeated = 0;
                for (auto& [id, times] : count)
                    repeated += std::exchange(times, 1) - 1;
                const bool may_repeat = mode == acknowledgement::automatic && taken > 0;
                CHECK_EQ(repeated, may_repeat ? 1 : 0);
                CHECK(equals_ledger(f, count, second.summary()));
                CHECK_EQ(f.world.seen().summary().runs_started, 1u);
            }
    }

    TEST_CASE("the refused items are still known after the batch is taken up again")
    {
        client_fixture f(test::server_with(mock::shipped::invalid_items));
        memory_checkpoint_store store;
        auto draft = draft_of(3);
        draft.requests.push_back(scrape_request{.url = "http://10.0.0.1/"});
        {
            auto first = f.client().submit_batch(draft, {.checkpoint = store});
            test::delivery_count ignored;
            drain(f, first, ignored, 1);
        }
        const auto again = f.client().resume_batch({.checkpoint = store});
        CHECK(again.summary().refusals_known);
        CHECK_EQ(again.summary().blocked, 1u);
        CHECK_EQ(again.summary().submitted, 4u);
        CHECK_EQ(again.snapshot().created->blocked_urls.at(0).url, "http://10.0.0.1/");
    }

    TEST_CASE("a run that is not there ends the batch")
    {
        client_fixture f;
        auto all = f.client().attach_batch({{"no-such"}, {"run"}});
        CHECK_EQ(next(f, all).ec, errc::not_found);
    }
}
