#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>

#include "support.hpp"

using namespace mock_test;

namespace {

using counters = std::array<std::int64_t, 3>;

counters counters_in(const json::value& run)
{
    return {
        run.at("success_requests").to_number<std::int64_t>(),
        run.at("failed_requests").to_number<std::int64_t>(),
        run.at("timeout_requests").to_number<std::int64_t>()};
}

std::int64_t sum_of(const counters& all)
{
    return all[0] + all[1] + all[2];
}

std::uint32_t below(std::minstd_rand& chance, std::uint32_t limit)
{
    return static_cast<std::uint32_t>(chance() % limit);
}

/// A run of any kind, by the number of the walk.
scenario any_scenario(std::minstd_rand& chance)
{
    scenario from;
    from.seed = below(chance, 1'000'000);
    run_shape& jobs = from.jobs;
    jobs.slots = 1 + below(chance, 30);
    jobs.execution = log_normal{1'000'000 + below(chance, 3'000'000), 20'000'000, 0};
    jobs.queue = quantiles::of(0s, 1s, 3s, duration{below(chance, 20'000'000)});
    jobs.outcomes = {
        .not_found = below(chance, 100),
        .server_error = below(chance, 100),
        .soft_block = below(chance, 200),
        .worker_failed = below(chance, 200),
        .worker_timeout = below(chance, 200),
    };
    jobs.worker_time_limit = 30s;
    jobs.flush_period = duration{below(chance, 8'000'000)};
    jobs.flush_drift = {0ms, duration{below(chance, 100'000)}};
    jobs.terminal_lag = {0ms, 1500ms};
    jobs.seeded_per_second = below(chance, 3) == 0 ? 10 : 0;
    if (below(chance, 3) == 0) jobs.stalls = {{10s, 45s}};
    if (below(chance, 3) == 0) jobs.stragglers.of = 100;
    if (below(chance, 4) == 0) jobs.capacity = on_off_capacity{{2s, 5s}, {5s, 20s}, 50'000};
    if (below(chance, 3) == 0) from.contract.set("A27", "late");
    if (below(chance, 3) == 0) from.contract.set("A25", "present");
    if (below(chance, 3) == 0) from.contract.set("A28", "on");
    return from;
}

struct rows_seen {
    std::int64_t completed = 0;
    std::int64_t usable = 0;
    std::int64_t terminal = 0;
};

rows_seen count_rows(peer& client, const std::string& run)
{
    rows_seen seen;
    for (const json::value& row : client.rows(run, "limit=100")) {
        seen.completed += row.at("status") == "completed" ? 1 : 0;
        seen.terminal += row.at("status") == "processing" ? 0 : 1;
        seen.usable += row.at("is_success") == true ? 1 : 0;
    }
    return seen;
}

}  // namespace

TEST_SUITE("mock.srv_004")
{
    TEST_CASE("SRV-004: on random walks counters never fall, fit their total and end final")
    {
        for (std::uint32_t walk = 1; walk <= 40; ++walk) {
            CAPTURE(walk);
            std::minstd_rand chance{walk};
            peer client{any_scenario(chance)};
            const std::size_t total = 1 + below(chance, 90);
            const std::string run = client.run_of(total);
            const time_point end =
                client.service.find_run(id_in(run), client.now)->all_visible_at + 30s;
            counters last{};
            std::string final_text;
            while (client.now < end) {
                const json::value seen = client.read(run);
                const counters now = counters_in(seen);
                for (std::size_t i = 0; i < 3; ++i)
                    REQUIRE_GE(now[i], last[i]);  // I3
                last = now;
                REQUIRE_LE(sum_of(now), static_cast<std::int64_t>(total));
                const bool over = seen.at("status") != "in_progress";
                if (over) {
                    REQUIRE_EQ(sum_of(now), static_cast<std::int64_t>(total));  // I2
                    json::object text = seen.as_object();
                    text.erase("all_jobs_persisted");
                    if (!final_text.empty()) REQUIRE_EQ(json::serialize(text), final_text);
                    final_text = json::serialize(text);
                } else {
                    REQUIRE(final_text.empty());
                }
                const rows_seen rows = count_rows(client, run);
                REQUIRE_LE(rows.terminal, sum_of(now));   // V1
                REQUIRE_LE(rows.usable, rows.completed);  // I4
                REQUIRE_LE(rows.usable, now[0]);          // I1, rows behind
                client.now += duration{below(chance, 4'000'000)};
            }
            const rows_seen rows = count_rows(client, run);
            CHECK_FALSE(final_text.empty());
            CHECK_EQ(rows.usable, last[0]);
            CHECK_EQ(rows.terminal, static_cast<std::int64_t>(total));
            CHECK_GE(rows.completed, last[0]);
        }
    }

    TEST_CASE("SRV-004: A67, counters fall once when the store restarts, and are right at the end")
    {
        scenario from = with({{"A67", "may_fall_once"}});
        from.jobs.slots = 3;
        peer client{from};
        const std::string run = client.run_of(60);
        const time_point end = client.service.find_run(id_in(run), client.now)->terminal_at;
        std::int64_t last = 0;
        std::size_t falls = 0;
        for (; client.now < end; client.now += 250ms) {
            const std::int64_t now = sum_of(counters_in(client.read(run)));
            falls += now < last ? 1 : 0;
            last = now;
        }
        CHECK_EQ(falls, 1);
        client.now = end;
        CHECK_EQ(sum_of(counters_in(client.read(run))), 60);
    }
}
