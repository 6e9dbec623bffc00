// Waiting for a run, and finding a submit whose answer was lost.

#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

mock::scenario slow(mock::scenario s = test::any_server())
{
    s.jobs.execution = mock::quantiles::always(mock::duration(60s));
    return s;
}

/// The same with a run list.
mock::scenario slow_with_list()
{
    return slow(test::server_with(mock::shipped::run_list));
}

test::outcome<run> wait(
    client_fixture& f, const collection_id& id, std::optional<milliseconds> timeout
)
{
    auto api = f.client();
    return f.run<run>([&](auto h) { api.async_run_and_wait({id, {}}, timeout, h); });
}

}  // namespace

TEST_SUITE("client.waits")
{
    TEST_CASE("a large run is polled by the run list and read whole once, at its end")
    {
        client_fixture f(slow_with_list());
        const auto got = wait(f, f.make_collection(101), std::nullopt);
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value.status, run_status::completed);
        CHECK_EQ(got.value.job_ids.size(), 101u);
        CHECK_EQ(f.world.seen().summary().get_run, 1u);
        CHECK_GT(f.world.seen().summary().list_runs, 2u);
        CHECK_EQ(f.world.seen().summary().list_jobs, 0u);
    }

    TEST_CASE("a small run is polled by itself: its end needs no second look")
    {
        client_fixture f(slow_with_list());
        const auto got = wait(f, f.make_collection(3), std::nullopt);
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value.job_ids.size(), 3u);
        CHECK_LT(f.world.seen().summary().get_run, 20u);  // official_status_interval: 30
        // A server may keep its counters null until the end (A23), and so hide that the run is small.
        if (test::mock_profile().run_nulls) return;
        CHECK_GT(f.world.seen().summary().get_run, 2u);
        CHECK_EQ(f.world.seen().summary().list_runs, 0u);
    }

    TEST_CASE("the wait ends on its deadline with a last look, and the run goes on")
    {
        client_fixture f(slow());
        const auto id = f.make_collection(3);
        const auto begun = f.clock.elapsed();
        diagnostics diag;
        auto api = f.client().with_diagnostics(diag);
        const auto got = f.run<run>([&](auto h) { api.async_run_and_wait({id, {}}, 12s, h); });
        CHECK_EQ(got.ec, errc::wait_timed_out);
        CHECK_FALSE(got.value.id.value.empty());
        CHECK_EQ(got.value.status, run_status::in_progress);
        const auto took = (f.clock.elapsed() - begun) / 1ms;
        CHECK_LE(took, 12'000);
        CHECK_GE(took, 11'990);
        CHECK_GE((f.wire.seen().back().when - f.wire.seen().front().when) / 1ms, 11'990);
        CHECK_EQ(diag.place, "run " + got.value.id.value);
        // The run was not touched: waiting again sees its end.
        const auto later = f.run<run>([&](auto h) {
            f.client().async_wait_run({id, got.value.id}, std::nullopt, h);
        });
        CHECK_EQ(later.value.status, run_status::completed);
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    }

    TEST_CASE("looks that fail do not end the wait")
    {
        client_fixture f(slow_with_list());
        f.fault(
            {.on = mock::operation::list_runs, .when = {2, 20}, .effect = mock::effect::status{503}}
        );
        const auto got = wait(f, f.make_collection(101), std::nullopt);
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value.status, run_status::completed);
    }

    TEST_CASE("a refusal ends the wait and keeps what was last seen")
    {
        client_fixture f(slow_with_list());
        f.fault(
            {.on = mock::operation::list_runs,
             .when = mock::occurrence::every(),
             .effect = mock::effect::status{401}}
        );
        const auto got = wait(f, f.make_collection(101), std::nullopt);
        CHECK_EQ(got.ec, errc::unauthorized);
        CHECK_FALSE(got.value.id.value.empty());
    }

    TEST_CASE("a server without a run list is polled by the run itself")
    {
        client_fixture f(slow_with_list());
        f.fault(
            {.on = mock::operation::list_runs,
             .when = mock::occurrence::every(),
             .effect = mock::effect::status{404}}
        );
        const auto got = wait(f, f.make_collection(101), std::nullopt);
        CHECK_EQ(got.value.status, run_status::completed);
        CHECK_EQ(f.world.seen().summary().list_runs, 1u);
        CHECK_GT(f.world.seen().summary().get_run, 2u);
    }

    TEST_CASE("failed and cancelled runs are ends too")
    {
        for (const auto as : {mock::run_end::failed, mock::run_end::cancelled}) {
            client_fixture f(slow());
            f.fault({.on = mock::operation::start_run, .effect = mock::effect::end_run{as, 5s}});
            const auto got = wait(f, f.make_collection(2), std::nullopt);
            CHECK_FALSE(got.ec);
            CHECK_EQ(
                got.value.status,
                as == mock::run_end::failed ? run_status::failed : run_status::cancelled
            );
        }
    }

    TEST_CASE("each run polls on its own copy of the interval policy, and hears what it needs")
    {
        struct counting {
            std::vector<std::uint32_t>* quiet;
            std::uint64_t announced;
            int calls = 0;
            milliseconds next_delay(const poll_observation& seen)
            {
                if (++calls == 1) quiet->push_back(1000);
                quiet->push_back(seen.quiet_looks);
                CHECK_EQ(seen.total_jobs, announced);
                return 20s;
            }
        };
        std::vector<std::uint32_t> quiet;
        client_fixture f(slow());
        // A server may keep its counters null until the end (A23).
        const std::uint64_t announced = test::mock_profile().run_nulls ? 0 : 1;
        auto api = f.client_with(
            f.policies().with_poll_interval(counting{&quiet, announced}), f.options()
        );
        const auto id = f.make_collection(1);
        for (int i = 0; i < 2; ++i)
            f.run<run>([&](auto h) { api.async_run_and_wait({id, {}}, std::nullopt, h); });
        CHECK_EQ(std::count(quiet.begin(), quiet.end(), 1000u), 2);
        CHECK_NE(std::find(quiet.begin(), quiet.end(), 2u), quiet.end());
    }

    TEST_CASE("a recent submit is found by its exact name with its run under way")
    {
        client_fixture f(slow_with_list());
        const auto id = f.make_collection(1);
        auto api = f.client();
        using found = std::optional<recent_submit>;
        const auto find = [&](std::string name, std::optional<timestamp> since) {
            return f.run<found>([&](auto h) { api.async_find_recent(name, since, h); });
        };
        CHECK_FALSE(find("fix", std::nullopt).value);
        auto got = find("fixture", f.clock.server_now());
        REQUIRE(got.value);
        CHECK_EQ(got.value->collection.id, id);
        CHECK_FALSE(got.value->latest_run);
        const auto started = f.run<start_outcome>([&](auto h) {
            api.async_start_run({id, {}}, h);
        });
        got = find("fixture", std::nullopt);
        REQUIRE(got.value->latest_run);
        CHECK_EQ(got.value->latest_run->id, started.value.started_run->id);
        CHECK_FALSE(find("fixture", f.clock.server_now() + 1h).value);
    }

    TEST_CASE("filters that an old server ignores are applied again")
    {
        mock::scenario s = slow(test::newest_server());
        s.contract = mock::switches::y2026_04_06();
        client_fixture f(s);
        f.make_collection(1);
        auto api = f.client();
        const auto got = f.run<std::optional<recent_submit>>([&](auto h) {
            api.async_find_recent("other", std::nullopt, h);
        });
        CHECK_FALSE(got.ec);
        CHECK_FALSE(got.value);
    }
}
