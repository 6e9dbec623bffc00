#include "runs/polling_workload.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "runs/stock_workloads.hpp"
#include "runs/workload_recipe.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

std::string complaint(std::string_view text)
{
    try {
        read_workload(text);
    } catch (const bad_scenario& bad) {
        return bad.what();
    }
    return {};
}

std::string with_body(std::string_view members)
{
    return R"({"format":"scrapingpros-polling-workload/1",)" + std::string(members) + "}";
}

duration at_percent(const polling_workload& of, std::size_t percent)
{
    return of.jobs[std::min(of.jobs.size() - 1, of.jobs.size() * percent / 100)].completed;
}

/// A scenario whose every run plays that.
scenario playing(polling_workload what)
{
    scenario from = steady();
    from.jobs.plays = std::make_shared<const polling_workload>(std::move(what));
    return from;
}

constexpr const char* small_file = R"({
  "format": "scrapingpros-polling-workload/1", "name": "small", "seed": 5, "note": "by hand",
  "total": 4, "end": {"status": "completed", "at": 12.5},
  "visibility": {"flush_period": 5.0, "flush_phase": 1.7, "flush_drift": 0.0, "drain_at_end": true},
  "unknown_member": [1, 2],
  "jobs": [[1.0], [2.000001, 1, 5000], [2.5, 2], [12.0, 3, 0, 3.5]]
})";

}  // namespace

TEST_SUITE("mock.polling_workload")
{
    TEST_CASE("a file is read to the microsecond, written, and read as the same again")
    {
        const polling_workload read = read_workload(small_file);
        CHECK_EQ(read.name, "small");
        CHECK_EQ(read.total, 4);
        CHECK_EQ(read.end_at, 12'500ms);
        CHECK_EQ(read.flush_phase, 1'700ms);
        REQUIRE_EQ(read.jobs.size(), 4);
        CHECK_EQ(read.jobs[1].completed, 2'000'001us);
        CHECK_EQ(read.jobs[1].kind, polling_job::kinds::no_inline_body);
        CHECK_EQ(read.jobs[1].body_bytes, 5000);
        CHECK_EQ(read.jobs[3].kind, polling_job::kinds::timed_out);
        CHECK_EQ(read.jobs[3].delay, 3'500ms);
        CHECK_EQ(read_workload(write_workload(read)), read);
    }

    TEST_CASE("the hash is of what decides how the run goes")
    {
        const polling_workload one = read_workload(small_file);
        polling_workload other = one;
        other.name = "another";
        other.note.clear();
        other.seed = 77;
        CHECK_EQ(hash_of(one), hash_of(other));
        other.jobs[0].completed += 1us;
        CHECK_NE(hash_of(one), hash_of(other));
        CHECK_EQ(hash_of(one).size(), 64);
    }

    TEST_CASE("bad files are refused with their place")
    {
        CHECK_EQ(complaint("{}"), "$.format is missing");
        CHECK_NE(complaint(R"({"format":"scrapingpros-polling-workload/2"})"), "");
        CHECK_EQ(complaint(with_body(R"("name":"x")")), "$.jobs is missing");
        CHECK_EQ(
            complaint(with_body(R"("jobs":[[1],[0.5]])")),
            "$.jobs[1] ends before the job before it (sort the jobs by completed_s)"
        );
        for (const char* job :
             {"[]",
              "1",
              "[-1]",
              "[\"1\"]",
              "[1e300]",
              "[1,4]",
              "[1,-1]",
              "[1,0.5]",
              "[1,0,-1]",
              "[1,0,99999999999]",
              "[1,0,0,-1]",
              "null",
              "{}"}) {
            CAPTURE(job);
            CHECK_EQ(
                complaint(with_body("\"jobs\":[" + std::string(job) + "]")).find("$.jobs[0]"), 0
            );
        }
        CHECK_EQ(
            complaint(with_body(R"("jobs":[[5]],"end":{"status":"completed","at":4})")),
            "$.end.at lies before the last job's completion"
        );
        CHECK_NE(complaint(with_body(R"("jobs":[],"total":1,"end":{"status":"completed"})")), "");
        CHECK_NE(complaint(with_body(R"("jobs":[[1]],"total":0)")), "");
        CHECK_NE(complaint(with_body(R"("jobs":[],"end":{"status":"done"})")), "");
        CHECK_NE(complaint(with_body(R"("jobs":[],"generate":{})")), "");
        CHECK_NE(
            complaint(with_body(R"("total":-1,"generate":{"service":["lognormal",1,0.1]})")), ""
        );
        CHECK_NE(complaint(with_body(R"("total":1,"generate":{"service":["normal",1,0.1]})")), "");
        CHECK_NE(
            complaint(
                with_body(R"("total":1,"generate":{"workers":0,"service":["lognormal",1,0.1]})")
            ),
            ""
        );
        CHECK_EQ(complaint(with_body(R"("jobs":[])")), "");
    }

    TEST_CASE("the generator form expands to the same jobs for the same seed")
    {
        const std::string text = with_body(
            R"("name":"made","seed":3,"total":200,"generate":{"workers":10,)"
            R"("service":["mixed",0.7,["lognormal",1.6,0.4],["lognormal",12.0,0.5,60.0]],)"
            R"("stragglers":{"share":0.05,"alpha":1.3},"stalls":[[20,60]],)"
            R"("on_off":{"on":[2,5],"off":[3,4],"slow":0.5}})"
        );
        const polling_workload made = read_workload(text);
        CHECK_EQ(made.jobs.size(), 200);
        CHECK_EQ(made, read_workload(text));
        CHECK_GT(made.end_at, 60s);
        CHECK(std::is_sorted(made.jobs.begin(), made.jobs.end(), [](const auto& a, const auto& b) {
            return a.completed < b.completed;
        }));
        std::string other = text;
        other.replace(other.find("\"seed\":3"), 8, "\"seed\":4");
        CHECK_NE(hash_of(made), hash_of(read_workload(other)));
    }

    TEST_CASE("a run plays its file exactly")
    {
        peer client{playing(read_workload(small_file))};
        const std::string run = id_in(client.run_of(4));
        const auto job = [&](std::size_t i) { return *client.service.find_job(run, i); };
        CHECK_EQ(job(0).ended_at, start + 1s);
        CHECK_EQ(job(0).visible_at, start + 1'700ms);
        CHECK_EQ(job(1).visible_at, start + 6'700ms);
        CHECK_EQ(job(2).ends, outcome::worker_failed);
        CHECK_EQ(job(3).ends, outcome::worker_timeout);
        CHECK_EQ(job(3).visible_at, start + 12'450ms);  // drained 50 ms before the end
        CHECK_EQ(client.service.find_run(run, start)->terminal_at, start + 12'500ms);
    }

    TEST_CASE("a cancelled run ends with jobs that never finish")
    {
        polling_workload half = read_workload(small_file);
        half.total = 10;
        half.ends = run_status::cancelled;
        peer client{playing(half)};
        const std::string run = client.run_of(10);
        client.now += 12'500ms;
        const json::value seen = client.read(run);
        CHECK_EQ(seen.at("status"), "cancelled");
        CHECK_EQ(seen.at("total_requests"), 10);
        CHECK_EQ(client.rows(run, "limit=100").size(), 4);
    }

    TEST_CASE("fifty thousand jobs are written and loaded quickly")
    {
        const polling_workload big = *stock_workload("50k-mixed", 1);
        const std::string text = write_workload(big);
        const auto began = std::chrono::steady_clock::now();
        const polling_workload again = read_workload(text);
        const auto took = std::chrono::steady_clock::now() - began;
        MESSAGE(
            text.size(),
            " bytes: ",
            std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
            " ms"
        );
        CHECK(again == big);
    }
}

TEST_SUITE("mock.stock_workloads")
{
    struct expected {
        const char* name;
        std::int64_t p10, p50, last;  // milliseconds
    };

    // Medians over nine seeds (50k: three) of the tenth, the middle and the last completion in the
    // polling study's simulator, whose generator is another: floating point, other random numbers.
    constexpr expected simulated[] = {
        {"10-http", 2711, 3415, 5017},
        {"10-browser", 15453, 25710, 42593},
        {"10-slow", 255657, 477424, 869953},
        {"100-http", 4492, 11490, 19855},
        {"100-browser", 25488, 80911, 151942},
        {"100-straggler", 4055, 13778, 253031},
        {"100-one-late", 3415, 6867, 994966},
        {"1k-http", 6833, 20637, 39616},
        {"1k-browser", 48418, 153876, 311087},
        {"1k-stall", 28206, 498296, 703541},
        {"1k-burst", 50921, 268697, 928628},
        {"5k-bursts", 494794, 1927712, 3595000},
        {"10k-http", 21003, 89949, 177712},
        {"10k-browser-tail", 96347, 369775, 2494841},
        {"10k-stall", 53815, 329940, 1668029},
        {"50k-mixed", 63130, 273257, 1491940},
        {"50k-slow", 1371890, 6813657, 13651930},
    };

    std::int64_t median_ms(std::vector<duration> values)
    {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2].count() / 1000;
    }

    TEST_CASE("stock workloads have the shape of the simulator's")
    {
        for (const expected& each : simulated) {
            CAPTURE(each.name);
            const bool huge = std::string_view(each.name).starts_with("50k");
            std::vector<duration> p10;
            std::vector<duration> p50;
            std::vector<duration> last;
            for (std::uint64_t seed = 1; seed <= (huge ? 3 : 9); ++seed) {
                const polling_workload made = *stock_workload(each.name, seed);
                CHECK_EQ(made.total, made.jobs.size());
                p10.push_back(at_percent(made, 10));
                p50.push_back(at_percent(made, 50));
                last.push_back(made.jobs.back().completed);
            }
            // Small runs and the ends of long tails vary by themselves; with a thousand jobs the
            // middle does not.
            const bool small = std::string_view(each.name).starts_with("10");
            const bool disturbed = std::string_view(each.name).ends_with("stall") ||
                                   std::string_view(each.name).ends_with("burst");
            const std::int64_t tolerance = small || disturbed ? 40 : 10;
            const auto near = [&](std::int64_t made, std::int64_t wanted, std::int64_t percent) {
                CAPTURE(made);
                CAPTURE(wanted);
                CHECK_GE(made * 100, wanted * (100 - percent));
                CHECK_LE(made * (100 - percent), wanted * 100);
            };
            // The first completions wait for a queue of 2 to 15 s.
            near(median_ms(p10), each.p10, std::max<std::int64_t>(tolerance, 25));
            near(median_ms(p50), each.p50, tolerance);
            near(median_ms(last), each.last, 40);
        }
    }

    TEST_CASE("the service's bad days have theirs")
    {
        CHECK_EQ(stock_workload("empty", 1)->jobs.size(), 0);
        CHECK_EQ(stock_workload("tiny", 1)->jobs.size(), 1);
        CHECK_GT(stock_workload("seeding-slow", 1)->jobs.back().completed, 199s);
        const polling_workload outage = *stock_workload("outage-at-the-head", 1);
        CHECK_GT(at_percent(outage, 5), 600s);
        CHECK_LT(outage.jobs.back().completed, 700s);
        const polling_workload none = *stock_workload("all-fail", 1);
        CHECK(std::all_of(none.jobs.begin(), none.jobs.end(), [](const polling_job& job) {
            return job.kind == polling_job::kinds::failed;
        }));
        CHECK_FALSE(stock_workload("unknown", 1));

        scenario from;
        from.jobs = *stock_shape("soft-block-heavy", 1);
        peer client{from};
        const std::string run = id_in(client.run_of(100));
        std::size_t blocked = 0;
        for (std::size_t i = 0; i < 100; ++i)
            blocked += client.service.find_job(run, i)->ends == outcome::soft_block ? 1 : 0;
        CHECK_GT(blocked, 20);
        CHECK_LT(blocked, 60);
    }

    TEST_CASE("every stock workload is another for another seed, and can be played to its end")
    {
        for (const std::string_view name : stock_workload_names()) {
            CAPTURE(std::string(name));
            const polling_workload one = *stock_workload(name, 1);
            CHECK_EQ(hash_of(one), hash_of(*stock_workload(name, 1)));
            CHECK_NE(hash_of(one), hash_of(*stock_workload(name, 2)));
            if (one.jobs.empty() || one.jobs.size() > 1'000) continue;
            peer client{playing(one)};
            const std::string run = client.run_of(one.jobs.size());
            client.finish(run);
            CHECK_EQ(client.now, start + one.end_at);
            CHECK_EQ(client.read(run).at("status"), "completed");
        }
    }
}
