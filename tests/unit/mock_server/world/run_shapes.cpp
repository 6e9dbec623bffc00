#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "runs/polling_workload.hpp"
#include "runs/stock_workloads.hpp"
#include "runs/workload.hpp"
#include "scenario/scenario_json.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

/// A run's future without a service around it.
struct played {
    explicit played(scenario with, std::size_t jobs, std::uint64_t ordinal = 0)
        : from(std::move(with)), run({&from, draws{from.seed, "client_test"}, ordinal, start},
                                     std::make_shared<const std::vector<item>>(jobs))
    {
    }
    played(const played&) = delete;
    played& operator=(const played&) = delete;

    const job_future& job(std::size_t i) const { return run.jobs()[i]; }
    duration ended(std::size_t i) const { return job(i).ended - start; }

    scenario from;
    run_future run;
};

}  // namespace

TEST_SUITE("mock.run_shapes")
{
    TEST_CASE("each run of an account takes the first shape that matches its place")
    {
        scenario from = steady(7s);
        from.runs.resize(2);
        from.runs[0].match = {2, 2};
        from.runs[0].execution = quantiles::always(1s);
        from.runs[1].match = {2, 3};
        from.runs[1].execution = quantiles::always(3s);
        const duration expected[] = {7s, 1s, 3s, 7s};
        for (std::uint64_t nth = 0; nth < 4; ++nth) {
            const played run{from, 1, nth};
            CHECK_EQ(run.job(0).ended - run.job(0).started, expected[nth]);
        }
    }

    TEST_CASE("jobs are seeded at a rate, wait in the queue and meet workers that are still cold")
    {
        scenario from = steady(2s, 100);
        from.jobs.seeding = 1s;
        from.jobs.seeded_per_second = 2;
        played seeded{from, 5};
        for (std::size_t i = 0; i < 5; ++i)
            CHECK_EQ(seeded.job(i).started, start + 1s + i * 500ms);
        CHECK_EQ(seeded.run.seeded(), start + 3s);

        from.jobs.queue = quantiles::always(10s);
        CHECK_EQ(played(from, 5).job(0).started, start + 11s);

        from.jobs.queue = quantiles::always(0);
        from.jobs.seeded_per_second = 0;
        from.jobs.cold_start = 60s;
        played cold{from, 100};
        std::size_t warm_early = 0;
        for (std::size_t i = 0; i < 100; ++i) {
            CHECK_GE(cold.job(i).started, start + 1s);
            CHECK_LE(cold.job(i).started, start + 61s);
            warm_early += cold.job(i).started < start + 31s ? 1 : 0;
        }
        // Two-second jobs go to the workers that are up: far more than half start in the first half.
        CHECK_GT(warm_early, 80);
    }

    TEST_CASE("a standstill holds up what was under way and all that follows")
    {
        scenario from = steady(2s, 1);
        from.jobs.seeding = 0s;
        from.jobs.stalls = {{5s, 60s}};
        const played run{from, 4};
        CHECK_EQ(run.ended(0), 2s);
        CHECK_EQ(run.ended(1), 4s);
        CHECK_EQ(run.ended(2), 66s);
        CHECK_EQ(run.ended(3), 68s);
    }

    TEST_CASE("on-off capacity stretches the work of a slow window and no other")
    {
        scenario from = steady(1s, 1);
        from.jobs.seeding = 0s;
        from.jobs.capacity = on_off_capacity{{4s, 4s}, {20s, 20s}, 100'000};
        const played run{from, 8};
        CHECK_EQ(run.ended(2), 3s);
        // The window begins at 4 s and does two seconds of work in twenty.
        CHECK_EQ(run.ended(4), 14s);
        CHECK_EQ(run.ended(5), 24s);
        CHECK_EQ(run.ended(6), 25s);
    }

    TEST_CASE("stragglers wait off the workers and hold up nobody else")
    {
        scenario from = steady(1s, 1);
        from.jobs.seeding = 0s;
        from.jobs.stragglers.of = {200, 1000};
        const played run{from, 500};
        std::size_t late = 0;
        for (std::size_t i = 0; i < 500; ++i) {
            const duration plain = std::chrono::seconds{i + 1};
            CHECK_GE(run.ended(i), plain);
            if (run.ended(i) == plain) continue;
            ++late;
            CHECK_GE(run.ended(i), plain + 16s);  // the shortest back-off and another attempt
        }
        CHECK_GT(late, 60);
        CHECK_LT(late, 140);
    }

    TEST_CASE("flushes keep their phase and period, and drift only ever later")
    {
        scenario from = steady(100ms, 1);
        from.jobs.seeding = 0s;
        from.jobs.flush_phase = 1'700ms;
        from.jobs.flush_period = 3s;
        {
            const played run{from, 100};
            for (const job_future& job : run.run.jobs()) {
                if (job.visible == run.run.terminal() - 10ms) continue;  // drained at the end
                CHECK_EQ((job.visible - start - 1'700ms) % duration{3s}, 0us);
                CHECK_GT(job.visible, job.ended);
                CHECK_LE(job.visible, job.ended + 3s);
            }
        }
        from.jobs.flush_drift = {0ms, 30ms};
        const played drifting{from, 2000};
        const duration last = drifting.job(drifting.run.by_end()[1900]).visible - start - 1'700ms;
        CHECK_GT(last % duration{3s}, 0us);
        CHECK_LT(last % duration{3s}, 65 * 30ms);
    }

    TEST_CASE("a flush period of zero lists each row at once")
    {
        scenario from = steady(2s, 3);
        from.jobs.flush_period = 0s;
        const played run{from, 50};
        for (const job_future& job : run.run.jobs())
            CHECK_EQ(job.visible, job.ended);
    }

    TEST_CASE("the status may lag, and what is buffered is drained right before it")
    {
        scenario from = steady(2s, 3);
        from.jobs.terminal_lag = {700ms, 1500ms};
        const played run{from, 50};
        const time_point last = run.job(run.run.by_end().back()).ended;
        CHECK_GE(run.run.terminal(), last + 750ms);
        CHECK_LE(run.run.terminal(), last + 1550ms);
        CHECK_EQ(run.run.all_visible(), run.run.terminal());
        from.jobs.drain_at_end = false;
        from.jobs.flush_period = 60s;
        const played undrained{from, 50};
        CHECK_EQ(undrained.run.all_visible(), start + 60s);
        CHECK_LT(undrained.run.terminal(), start + 40s);
    }

    TEST_CASE("single jobs are overridden by their place, the last one by that word")
    {
        scenario from = steady(2s, 100);
        from.jobs.overrides = {
            {.at = 3, .execution = 50s, .ends = outcome::soft_block, .body_bytes = 77},
            {.at = 4, .no_completed_at = true, .invisible = 12s, .inline_miss = true},
            {.at = job_override::last, .execution = 90s, .lost_after = 30s},
            {.at = 999, .never_finish = true},
        };
        const played run{from, 10};
        CHECK_EQ(run.job(3).execution, 50s);
        CHECK_EQ(run.job(3).ends, outcome::soft_block);
        CHECK_EQ(run.job(3).body_bytes, 77);
        CHECK(run.job(4).no_stamp);
        CHECK(run.job(4).inline_miss);
        CHECK_GE(run.job(4).visible, run.job(4).ended + 12s);
        CHECK_LE(run.job(4).visible, run.job(4).ended + 17s);
        CHECK_EQ(run.job(9).ended, start + 90'900ms);
        CHECK_EQ(run.job(9).lost_at, run.job(9).ended + 30s);
        CHECK_EQ(run.job(5).execution, 2s);
    }

    TEST_CASE("a run with a job that never ends is in progress for ever")
    {
        scenario from = steady(2s);
        from.jobs.overrides = {{.at = 1, .never_finish = true}};
        peer client{from};
        const std::string run = client.run_of(3);
        client.now += std::chrono::days{30};
        const json::value seen = client.read(run);
        CHECK_EQ(seen.at("status"), "in_progress");
        CHECK_EQ(seen.at("success_requests"), 2);
        CHECK_EQ(client.rows(run, "limit=10").size(), 2);
    }

    TEST_CASE("an instant run is done when it starts")
    {
        scenario from = steady(60s);
        from.jobs.progress = progress_mode::instant;
        peer client{from};
        const std::string run = client.run_of(30);
        CHECK_EQ(client.read(run).at("status"), "completed");
        CHECK_EQ(client.rows(run, "limit=10").size(), 30);
    }

    TEST_CASE("progress by polls ends jobs at every n-th status read, whatever the clock does")
    {
        scenario from = steady(60s);
        from.jobs.progress = progress_mode::polls;
        from.jobs.polls_per_step = 2;
        from.jobs.jobs_per_step = 4;
        peer client{from};
        const std::string run = client.run_of(10);
        std::vector<std::int64_t> seen;
        std::string status;
        for (int i = 0; i < 7; ++i) {
            const json::value state = client.read(run);
            seen.push_back(state.at("success_requests").to_number<std::int64_t>());
            status = text_of(state.at("status"));
            CHECK_EQ(client.rows(run, "limit=100").size(), static_cast<std::size_t>(seen.back()));
        }
        CHECK_EQ(seen, std::vector<std::int64_t>{0, 4, 4, 8, 8, 10, 10});
        CHECK_EQ(status, "completed");
    }

    TEST_CASE("damaged inline results have the share and the forms that a run asks for")
    {
        scenario from = steady(1s, 2000);
        from.jobs.inline_damaged = {100, 1000};
        peer client{from};
        const std::string run = client.run_of(1000);
        client.finish(run);
        std::size_t odd = 0;
        for (const json::value& row : client.rows(run, "include_results=true&limit=100")) {
            const json::value& result = row.at("result");
            const json::object* whole = result.if_object();
            odd += whole == nullptr || !whole->contains("message") ? 1 : 0;
        }
        CHECK_GT(odd, 60);
        CHECK_LT(odd, 140);
    }

    TEST_CASE("what the mock brings along draws the same when its scenario is read again")
    {
        scenario heavy;
        heavy.jobs = *stock_shape("soft-block-heavy", heavy.seed);
        for (const scenario& from : {scenario::lifelike(), heavy}) {
            const played first{from, 2'000};
            const played again{read_scenario(write_scenario(from)), 2'000};
            std::size_t unusual = 0;
            for (std::size_t i = 0; i < 2'000; ++i) {
                CAPTURE(i);
                REQUIRE_EQ(first.job(i).ends, again.job(i).ends);
                REQUIRE_EQ(first.job(i).inline_miss, again.job(i).inline_miss);
                REQUIRE_EQ(first.job(i).ended, again.job(i).ended);
                unusual += first.job(i).ends != outcome::ok ? 1 : 0;
            }
            CHECK_GT(unusual, 20);
        }
    }

    TEST_CASE("hostile bodies are valid UTF-8 and the same text whichever way they are read")
    {
        scenario from = steady();
        from.jobs.style = body_style::hostile_utf8;
        from.jobs.body_bytes = quantiles::always(50'000);
        peer client{from};
        const std::string run = client.run_of(2);
        client.finish(run);
        const auto rows = client.rows(run, "include_results=true&limit=100");
        const std::string id = client.service.find_job(id_in(run), 0)->id;
        const json::value single = client.read(run + "/jobs/" + id + "/result");
        CHECK_GT(text_of(single.at("html")).size(), 49'000);
        CHECK_NE(text_of(single.at("html")).find('\0'), std::string::npos);
        for (const json::value& row : rows)
            if (row.at("job_public_id") == json::string_view(id))
                CHECK_EQ(row.at("result").at("html"), single.at("html"));
    }

    TEST_CASE("fifty thousand jobs are planned in milliseconds and in 150 bytes each")
    {
        CHECK_LE(sizeof(job_future) + 5 * sizeof(std::uint32_t) + sizeof(run_counts), 150);
        scenario from = scenario::lifelike();
        from.jobs.slots = 500;
        from.jobs.execution = log_normal{6'000'000, 40'000'000, 0};
        from.jobs.flush_drift = {0ms, 30ms};
        from.jobs.stragglers.of = {3, 1000};
        const auto began = std::chrono::steady_clock::now();
        const played run{from, 50'000};
        const auto took = std::chrono::steady_clock::now() - began;
        MESSAGE(
            "50,000 jobs: ",
            std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
            " ms"
        );
        CHECK_EQ(run.run.rows_at(run.run.all_visible()), 50'000);
    }

    TEST_CASE("hostile parameters neither overflow nor hang")
    {
        scenario from = steady(longest_duration, 1);
        from.jobs.queue = quantiles::always(longest_duration);
        from.jobs.stalls.assign(1000, {0s, std::chrono::days{30}});
        from.jobs.capacity =
            on_off_capacity{{0us, 0us}, {std::chrono::days{30}, std::chrono::days{30}}, 0};
        from.jobs.flush_period = 10ms;
        from.jobs.flush_drift = {0us, 1us};
        from.jobs.stragglers.of = {1000, 1000};
        from.jobs.stragglers.again = {1000, 1000};
        from.jobs.stragglers.alpha = 1;
        from.jobs.stragglers.longest = std::chrono::days{30};
        const played run{from, 300};
        CHECK_GT(run.run.terminal(), start + longest_duration);
        CHECK_LT(run.run.terminal(), start + 20 * longest_duration);
        CHECK_EQ(run.run.by_end().size(), 300);
        const played none{from, 0};
        CHECK_EQ(none.run.status_at(start), run_status::completed);
    }
}
