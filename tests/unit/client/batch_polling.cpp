// How a batch waits: hints, shared budgets, strategies, observers.

#include <scrapingpros/batch.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
using test::draft_of;
namespace mock = scrapingpros_mock;

namespace {

mock::scenario ten_minutes()
{
    mock::scenario s = test::server_with(mock::shipped::run_list);
    s.jobs.execution = mock::quantiles::always(mock::duration(600s));
    return s;
}

/// Hands out a first outcome with looks as rare as the engine allows, and `hint` after 15 minutes; how
/// long it took.
instant::duration first_outcome_after(const std::function<void(batch&, const run_ref&)>& hint)
{
    client_fixture f(ten_minutes());
    auto api = f.client_with(f.policies().with_poll_interval(fixed_interval{1h}), f.options());
    auto all = api.submit_batch(draft_of(2));
    const auto target = f.run<run_ref>([&](auto h) { all.async_submit(h); }).value;
    const auto begun = f.clock.elapsed();
    f.clock.async_wait(f.context.get_executor(), f.clock.now() + 15min, [&](error_code) {
        hint(all, target);
    });
    CHECK(next(f, all).value);
    return f.clock.elapsed() - begun;
}

struct counts_looks {
    std::vector<std::uint64_t>* totals;
    void on_poll(const poll_event& e) const { totals->push_back(e.total_jobs); }
};

/// Looks at pages only, every two seconds.
struct pages_only {
    int* asked;
    poll_decision first(const poll_view& seen) { return after_tick(seen); }
    poll_decision after_page(const poll_view& seen) { return {.when = seen.now}; }
    poll_decision after_tick(const poll_view& seen)
    {
        ++*asked;
        return {.when = seen.now + 2s, .what = read_kind::inline_page};
    }
};

}  // namespace

TEST_SUITE("batch.polling")
{
    TEST_CASE("a webhook about the run collapses the wait, and so does refresh")
    {
        const auto without = first_outcome_after([](batch&, const run_ref&) {});
        CHECK_GE(without, 20min);
        const auto hooked = first_outcome_after([](batch& all, const run_ref& target) {
            CHECK(all.on_webhook({.event = "run.completed", .target = target}));
        });
        CHECK_GE(hooked, 15min);
        CHECK_LT(hooked, 16min);
        const auto refreshed =
            first_outcome_after([](batch& all, const run_ref&) { all.refresh(); });
        CHECK_EQ(refreshed, hooked);
    }

    TEST_CASE("a webhook about something else changes nothing")
    {
        const auto other = first_outcome_after([](batch& all, const run_ref& target) {
            CHECK_FALSE(all.on_webhook({.target = {target.collection, {"another"}}}));
            CHECK_FALSE(all.on_webhook({.target = {{"another"}, target.run}}));
            CHECK_FALSE(all.on_webhook({}));
        });
        CHECK_GE(other, 20min);
    }

    TEST_CASE("hints before, between and after operations are harmless")
    {
        client_fixture f;
        auto all = f.client().submit_batch(draft_of(3));
        CHECK_FALSE(all.on_webhook({.target = {{"c"}, {"r"}}}));
        all.refresh();
        test::delivery_count count;
        while (!drain(f, all, count, 1) && count.size() < 3)
            all.refresh();
        CHECK_FALSE(drain(f, all, count));
        all.refresh();
        CHECK(equals_ledger(f, count, all.summary()));
    }

    TEST_CASE("two batches of one account share 30 reads a minute, and neither starves")
    {
        client_fixture f;
        const token_bucket budget({.per_minute = 30, .burst = 1}, {.per_minute = 30, .burst = 1});
        auto api = f.client_with(f.policies().with_rate_limit(budget), f.options());
        test::delivery_count counts[2];
        std::optional<error_code> ended[2];
        std::size_t other_had = 0;
        auto one = api.submit_batch(draft_of(40, "one"));
        auto two = api.submit_batch(draft_of(40, "two"));
        batch* all[] = {&one, &two};
        for (int i = 0; i < 2; ++i)
            all[i]->async_for_each(
                [&, i](const job_outcome& item) { ++counts[i][item.job.id.value]; },
                [&, i](error_code ec, batch_summary) {
                    if (!ended[1 - i]) other_had = counts[1 - i].size();
                    ended[i] = ec;
                }
            );
        run_virtual(f.context, f.clock, [&] { return ended[0] && ended[1]; });
        CHECK_FALSE(*ended[0]);
        CHECK_FALSE(*ended[1]);
        CHECK_EQ(counts[0].size() + one.summary().left.jobs.size(), 40u);
        CHECK_EQ(counts[1].size() + two.summary().left.jobs.size(), 40u);
        MESSAGE("when one was through the other had " << other_had << " of 40");
        CHECK_GE(other_had, 10u);
        CHECK_EQ(f.world.seen().summary().runs_started, 2u);
    }

    TEST_CASE("a strategy in the interval's slot is asked, and a look is told to the observer")
    {
        mock::scenario s = ten_minutes();
        s.contract =
            mock::switches::newest();  // one that shows all rows to those who read only pages
        client_fixture f(s);
        int asked = 0;
        std::vector<std::uint64_t> totals;
        auto api = f.client_with(
            f.policies()
                .with_poll_interval(pages_only{&asked})
                .with_observer(counts_looks{&totals}),
            f.options()
        );
        auto all = api.submit_batch(draft_of(4));
        test::delivery_count count;
        CHECK_FALSE(drain(f, all, count));
        CHECK(equals_ledger(f, count, all.summary()));
        CHECK_GT(asked, 100);
        CHECK_GT(all.stats().inline_pages, 100u);
        CHECK_GT(totals.size(), 100u);
        CHECK_EQ(totals.back(), 4u);
        // Waiting for the end alone needs an interval, and takes the official one.
        const auto over = f.run<run>([&](auto h) {
            api.async_wait_run(all.summary().target.value(), std::nullopt, h);
        });
        CHECK_EQ(over.value.status, run_status::completed);
    }
}
