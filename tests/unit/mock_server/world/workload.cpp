#include "runs/workload.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "support.hpp"

using namespace mock_test;

namespace {

/// The futures of all jobs of a run of so many items.
std::vector<job_view> futures(scenario from, std::size_t jobs)
{
    peer client{std::move(from)};
    const std::string run = id_in(client.run_of(jobs));
    std::vector<job_view> all;
    for (std::size_t i = 0; i < jobs; ++i)
        all.push_back(*client.service.find_job(run, i));
    return all;
}

run_view run_of(scenario from, std::size_t jobs)
{
    peer client{std::move(from)};
    const std::string run = client.run_of(jobs);
    return *client.service.find_run(id_in(run), client.now);
}

}  // namespace

TEST_SUITE("mock.workload")
{
    TEST_CASE("no more jobs are at work than there are slots, and none of them idles")
    {
        const auto jobs = futures(steady(2s, 3), 8);
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            const auto wave = static_cast<int>(i / 3);
            CHECK_EQ(jobs[i].started_at, start + 900ms + wave * 2s);
            CHECK_EQ(jobs[i].ended_at, jobs[i].started_at + 2s);
        }
    }

    TEST_CASE("rows come with the flush after the end, the rest before the status turns")
    {
        const auto jobs = futures(steady(2s, 1), 3);
        CHECK_EQ(jobs[0].ended_at, start + 2900ms);
        CHECK_EQ(jobs[0].visible_at, start + 5s);
        CHECK_EQ(jobs[1].visible_at, start + 5s);
        const run_view run = run_of(steady(2s, 1), 3);
        CHECK_GT(jobs[2].visible_at, jobs[2].ended_at);
        CHECK_LT(jobs[2].visible_at, run.terminal_at);
        CHECK_LT(run.terminal_at, start + 7s);
        CHECK_EQ(run.all_visible_at, run.terminal_at);
    }

    TEST_CASE("a late flush shows the last rows up to a period after the status (A27)")
    {
        const run_view run = run_of(with({{"A27", "late"}}), 3);
        CHECK_EQ(run.terminal_at, start + 2950ms);
        CHECK_EQ(run.all_visible_at, start + 5s);
    }

    TEST_CASE("late rows become visible behind rows with greater stamps (A28)")
    {
        scenario from = with({{"A28", "on"}});
        from.jobs.execution = quantiles::of(200ms, 2s, 6s, 9s);
        const auto jobs = futures(from, 300);
        std::size_t overtaken = 0;
        for (const job_view& each : jobs)
            overtaken += std::any_of(
                             jobs.begin(),
                             jobs.end(),
                             [&](const job_view& other) {
                                 return other.visible_at<each.visible_at&& * other.completed_at> *
                                        each.completed_at;
                             }
                         )
                             ? 1
                             : 0;
        CHECK_GT(overtaken, 20);
        for (const job_view& each : jobs) {
            const auto skew = time_point{*each.completed_at} - each.ended_at;
            CHECK_LE(std::chrono::abs(skew), run_future::clock_skew + 1ms);
        }
    }

    TEST_CASE("bursts share a stamp and are split over two flushes (A29)")
    {
        scenario from = with({{"A29", "bursts"}});
        from.jobs.execution = quantiles::of(200ms, 2s, 6s, 9s);
        const auto jobs = futures(from, 100);
        std::map<std::chrono::milliseconds, std::vector<time_point>> by_stamp;
        for (const job_view& each : jobs)
            by_stamp[*each.completed_at].push_back(each.visible_at);
        std::size_t split_ones = 0;
        for (const auto& [stamp, visible] : by_stamp) {
            const auto [first, last] = std::minmax_element(visible.begin(), visible.end());
            split_ones += *first != *last ? 1 : 0;
        }
        CHECK_LE(by_stamp.size(), 20);
        CHECK_GT(split_ones, 10);
    }

    TEST_CASE("each way to end has its share, drawn from the seed")
    {
        scenario from = steady();
        from.jobs.outcomes = {100, 100, 100, 100, 100};
        from.jobs.slots = 1000;
        std::map<outcome, std::size_t> counts;
        for (const job_view& each : futures(from, 2000))
            ++counts[each.ends];
        for (const auto& [how, number] : counts) {
            const std::size_t expected = how == outcome::ok ? 1000 : 200;
            CHECK_GT(number, expected * 3 / 4);
            CHECK_LT(number, expected * 5 / 4);
        }
        CHECK_EQ(counts.size(), 6);
        from.seed = 2;
        std::map<outcome, std::size_t> others;
        for (const job_view& each : futures(from, 2000))
            ++others[each.ends];
        CHECK_NE(counts, others);
    }

    TEST_CASE("the same scenario plays the same run, however often it is asked")
    {
        const auto history = [](bool curious) {
            peer client{scenario::lifelike()};
            const std::string run = client.run_of(50);
            std::string told;
            for (int i = 0; i < 10; ++i) {
                client.now += 3s;
                if (curious)
                    for (int j = 0; j < 5; ++j)
                        client.rows(run, "limit=7");
                told += client.get(run).body + client.get(run + "/jobs?limit=1000").body;
            }
            return told;
        };
        CHECK_EQ(history(false), history(true));
    }

    TEST_CASE("a run of fifty thousand jobs is planned and counted quickly")
    {
        scenario from = scenario::lifelike();
        from.jobs.slots = 500;
        peer client{from};
        const std::string id = client.create(items(50'000));
        const auto began = std::chrono::steady_clock::now();
        const std::string run = client.start_run(id);
        for (int i = 0; i < 1000; ++i) {
            client.now += 100ms;
            client.get(run.substr(0, run.rfind('/')) + "?status_filter=in_progress");
        }
        CHECK_LT(std::chrono::steady_clock::now() - began, 10s);
    }
}
