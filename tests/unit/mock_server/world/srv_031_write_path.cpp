// The service's write path, played once more in the plainest way that the contract's part 9.5 and
// its switches allow: a table, a buffer, a clock that goes from flush to flush. Only the moments
// when the workers end are taken from the world under test.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "runs/workload.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

struct ended_job {
    std::string id;
    time_point at;
    bool answered = false;  ///< completed, not failed or timed out
    bool usable = false;
};

struct naive_options {
    duration period{5s};
    bool drains = true;
    bool every_fifth_late = false;  ///< A29: the fourth of five is written one flush later
};

class naive_service {
public:
    naive_service(std::vector<ended_job> jobs, naive_options how)
        : jobs_(std::move(jobs)), how_(how)
    {
        std::stable_sort(jobs_.begin(), jobs_.end(), [](const auto& a, const auto& b) {
            return a.at < b.at;
        });
        turned = jobs_.back().at + 50ms;
        play();
    }

    std::size_t counted(time_point t) const
    {
        return static_cast<std::size_t>(
            std::count_if(jobs_.begin(), jobs_.end(), [&](const auto& job) { return job.at <= t; })
        );
    }

    std::set<std::string> table(time_point t) const
    {
        std::set<std::string> rows;
        for (const auto& [id, since] : written)
            if (since <= t) rows.insert(id);
        return rows;
    }

    time_point turned;
    std::map<std::string, time_point> written;

private:
    void play()
    {
        std::vector<std::pair<std::string, int>> buffer;  // and flushes that pass it by
        std::size_t next = 0;
        const duration since = start.time_since_epoch();
        time_point flush = time_point{since / how_.period * how_.period};
        while (next < jobs_.size() || !buffer.empty()) {
            flush += how_.period;
            for (; next < jobs_.size() && jobs_[next].at < flush; ++next)
                buffer.emplace_back(jobs_[next].id, how_.every_fifth_late && next % 5 == 3 ? 1 : 0);
            const bool over = how_.drains && flush >= turned - 10ms;
            const time_point at = over ? turned - 10ms : flush;
            std::erase_if(buffer, [&](auto& row) {
                if (!over && row.second-- > 0) return false;
                written[row.first] = at;
                return true;
            });
        }
    }

    std::vector<ended_job> jobs_;
    naive_options how_;
};

scenario busy()
{
    scenario from;
    from.seed = 31;
    from.jobs.slots = 7;
    from.jobs.execution = quantiles::of(200ms, 1s, 4s, 9s);
    from.jobs.outcomes = {.soft_block = 100, .worker_failed = 100, .worker_timeout = 50};
    from.jobs.worker_time_limit = 11s;
    return from;
}

/// A run of 120 jobs of that scenario, watched at random moments.
class watch {
public:
    explicit watch(scenario from) : client(std::move(from)), run(client.run_of(120)), moments(7)
    {
        for (std::size_t i = 0; i < 120; ++i) {
            const job_view job = *client.service.find_job(id_in(run), i);
            jobs.push_back({job.id, job.ended_at, is_completed(job.ends), job.ends == outcome::ok});
        }
    }

    /// Calls `look` at moments half a second apart in the middle until after the end.
    template <class Look>
    void each_moment(Look look)
    {
        const time_point end =
            client.service.find_run(id_in(run), client.now)->all_visible_at + 12s;
        while (client.now < end) {
            look(client.now);
            client.now += duration{static_cast<int>(moments() % 1'000'000)};
        }
    }

    std::uint64_t counted()
    {
        const json::value seen = client.read(run);
        std::uint64_t sum = 0;
        for (const char* name : {"success_requests", "failed_requests", "timeout_requests"})
            sum += seen.at(name).to_number<std::uint64_t>();
        return sum;
    }

    std::set<std::string> listed(const std::string& filter = "")
    {
        std::set<std::string> ids;
        for (const json::value& row : client.rows(run, "limit=50" + filter))
            CHECK(ids.insert(text_of(row.at("job_public_id"))).second);
        return ids;
    }

    peer client;
    std::string run;
    std::vector<ended_job> jobs;
    std::minstd_rand moments;
};

scenario busy_with(std::initializer_list<std::pair<const char*, const char*>> set)
{
    scenario from = busy();
    for (const auto& [name, value] : set)
        from.contract.set(name, value);
    return from;
}

constexpr const char* terminal_rows = "&status_filter=completed,failed,timeout";

}  // namespace

TEST_SUITE("mock.srv_031")
{
    TEST_CASE("SRV-031: counters lead, rows come in bursts at the flush, drained before the status")
    {
        watch seen{busy()};
        const naive_service model{seen.jobs, {}};
        bool led = false;
        std::set<std::size_t> sizes;
        seen.each_moment([&](time_point now) {
            const auto rows = seen.listed();
            CHECK_EQ(rows, model.table(now));
            CHECK_EQ(seen.counted(), model.counted(now));
            led = led || rows.size() < model.counted(now);
            sizes.insert(rows.size());
            const bool over = seen.client.read(seen.run).at("status") == "completed";
            CHECK_EQ(over, now >= model.turned);
            if (over) CHECK_EQ(rows.size(), 120);
        });
        CHECK(led);
        // As many sizes as there were flushes, not as many as jobs.
        CHECK_LT(sizes.size(), 20);
        CHECK_GT(sizes.size(), 5);
    }

    TEST_CASE("SRV-031: with another period the bursts are others")
    {
        scenario from = busy();
        from.jobs.flush_period = 2s;
        watch seen{from};
        const naive_service model{seen.jobs, {.period = 2s}};
        seen.each_moment([&](time_point now) { CHECK_EQ(seen.listed(), model.table(now)); });
    }

    TEST_CASE("SRV-031: A27 late, the last rows come with the flush after the status")
    {
        watch seen{busy_with({{"A27", "late"}})};
        const naive_service model{seen.jobs, {.drains = false}};
        bool window = false;
        seen.each_moment([&](time_point now) {
            const auto rows = seen.listed();
            CHECK_EQ(rows, model.table(now));
            const bool over = seen.client.read(seen.run).at("status") == "completed";
            CHECK_EQ(over, now >= model.turned);
            window = window || (over && rows.size() < 120);
        });
        CHECK(window);
    }

    TEST_CASE("SRV-031: A25 present, unfinished jobs have rows that say processing")
    {
        watch seen{busy_with({{"A25", "present"}})};
        const naive_service model{seen.jobs, {}};
        const time_point seeded = start + seen.client.service.made_from().jobs.seeding;
        seen.each_moment([&](time_point now) {
            CHECK_EQ(seen.listed().size(), now >= seeded ? 120 : 0);
            CHECK_EQ(seen.listed(terminal_rows), model.table(now));
        });
    }

    TEST_CASE("SRV-031: A26, when all jobs are said to be persisted")
    {
        const auto says = [](const char* value, bool seeded, bool over) {
            watch seen{busy_with({{"A26", value}})};
            const naive_service model{seen.jobs, {}};
            const time_point seeded_at = start + seen.client.service.made_from().jobs.seeding;
            seen.each_moment([&](time_point now) {
                const json::value flag = seen.client.read(seen.run).at("all_jobs_persisted");
                CHECK_EQ(flag, (seeded && now >= seeded_at) || (over && now >= model.turned));
            });
        };
        says("at_end", false, true);
        says("after_seeding", true, true);
        says("always_false", false, false);
        watch null{busy_with({{"A26", "null"}})};
        CHECK(null.client.read(null.run).at("all_jobs_persisted").is_null());
        watch absent{busy_with({{"A26", "absent"}})};
        CHECK_FALSE(absent.client.read(absent.run).as_object().contains("all_jobs_persisted"));
    }

    TEST_CASE("SRV-031: A28, a part of the rows comes two flushes late behind greater stamps")
    {
        watch seen{busy_with({{"A28", "on"}})};
        const naive_service model{seen.jobs, {}};
        const time_point drained = model.turned - 10ms;
        std::map<std::string, time_point> expected;
        std::size_t late = 0;
        std::size_t skewed = 0;
        for (std::size_t i = 0; i < seen.jobs.size(); ++i) {
            const job_view job = *seen.client.service.find_job(id_in(seen.run), i);
            const time_point plain = model.written.at(job.id);
            const time_point shifted = std::min(plain + 10s, drained);
            CHECK((job.visible_at == plain || job.visible_at == shifted));
            late += job.visible_at > plain ? 1 : 0;
            const auto skew = time_point{*job.completed_at} - job.ended_at;
            CHECK_LE(std::chrono::abs(skew), 2s + 1ms);
            skewed += std::chrono::abs(skew) > 100ms ? 1 : 0;
            expected[job.id] = job.visible_at;
        }
        CHECK_GT(late, 3);
        CHECK_LT(late, 30);
        CHECK_GT(skewed, 60);
        seen.each_moment([&](time_point now) {
            std::set<std::string> rows;
            for (const auto& [id, since] : expected)
                if (since <= now) rows.insert(id);
            CHECK_EQ(seen.listed(), rows);
        });
    }

    TEST_CASE("SRV-031: A29, five jobs share a stamp and one of them is written a flush later")
    {
        watch seen{busy_with({{"A29", "bursts"}})};
        const naive_service model{seen.jobs, {.every_fifth_late = true}};
        seen.each_moment([&](time_point now) { CHECK_EQ(seen.listed(), model.table(now)); });
        std::map<std::string, std::size_t> stamps;
        for (const json::value& row : seen.client.rows(seen.run, "limit=50"))
            ++stamps[text_of(row.at("completed_at"))];
        CHECK_EQ(stamps.size(), 24);
        for (const auto& [stamp, jobs] : stamps)
            CHECK_EQ(jobs, 5);
    }

    TEST_CASE(
        "SRV-031: A30, rows without a stamp are listed at their time and outside of stamp order"
    )
    {
        for (const char* value : {"volatile_row", "failed_and_timeout"}) {
            CAPTURE(value);
            watch seen{busy_with({{"A30", value}})};
            const naive_service model{seen.jobs, {}};
            seen.each_moment([&](time_point now) { CHECK_EQ(seen.listed(), model.table(now)); });
            std::size_t null_stamps = 0;
            for (const json::value& row : seen.client.rows(seen.run, "limit=50")) {
                if (!row.at("completed_at").is_null()) continue;
                ++null_stamps;
                const bool completed = row.at("status") == "completed";
                CHECK_EQ(completed, std::string_view(value) == "volatile_row");
            }
            CHECK_GT(null_stamps, 3);
            CHECK_EQ(seen.listed("&order_by=completed_at").size(), 120 - null_stamps);
        }
    }

    TEST_CASE("SRV-031: A68, a result can be read up to two seconds after its row")
    {
        const auto delays = [](const char* value) {
            watch seen{busy_with({{"A68", value}})};
            const naive_service model{seen.jobs, {}};
            std::map<std::string, time_point> first;
            std::vector<duration> found;
            const time_point end = model.turned + 3s;
            for (; seen.client.now < end; seen.client.now += 100ms)
                for (const ended_job& job : seen.jobs) {
                    if (first.contains(job.id) || model.written.at(job.id) > seen.client.now)
                        continue;
                    const auto reply = seen.client.get(seen.run + "/jobs/" + job.id + "/result");
                    if (reply.status != 200) continue;
                    first[job.id] = seen.client.now;
                    found.push_back(seen.client.now - model.written.at(job.id));
                }
            CHECK_EQ(first.size(), 120);
            std::sort(found.begin(), found.end());
            return found;
        };
        CHECK_LT(delays("at_once").back(), 100ms);
        const auto delayed = delays("delayed");
        CHECK_LE(delayed.back(), 2100ms);
        CHECK_GT(delayed[60], 600ms);
        CHECK_LT(delayed[60], 1500ms);
    }
}
