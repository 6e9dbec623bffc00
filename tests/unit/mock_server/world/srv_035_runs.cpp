#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "support.hpp"

// The list of runs, which is the light way to look, and the run object, which is the heavy one.

using namespace mock_test;

namespace {

std::vector<std::string> ids_in(const json::value& list, const char* member)
{
    std::vector<std::string> ids;
    for (const json::value& each : list.as_array())
        ids.push_back(text_of(each.at(member)));
    return ids;
}

std::string cut(const std::string& body, std::string_view from, std::string_view to)
{
    const std::size_t at = body.find(from);
    REQUIRE_NE(at, body.npos);
    return body.substr(at, body.find(to, at) - at);
}

}  // namespace

TEST_SUITE("mock.runs.list")
{
    TEST_CASE("SRV-035: runs are listed newest first, filtered by status, all of them")
    {
        scenario from = steady();
        from.faults = {
            make_fault(
                operation::start_run,
                effect::end_run{run_end::failed, 1s},
                fault_phase::before,
                occurrence::nth(2)
            ),
            make_fault(
                operation::start_run,
                effect::end_run{run_end::cancelled, 1s},
                fault_phase::before,
                occurrence::nth(3)
            )};
        peer client{from};
        const std::string collection = client.create(items(3));
        const std::string other = client.run_of(1);
        std::vector<std::string> started;
        for (int i = 0; i < 150; ++i) {
            started.insert(started.begin(), id_in(client.start_run(collection)));
            client.now += 100ms;
        }
        const std::string list = "/v1/async/collections/" + collection + "/runs";
        const auto listed = [&](const std::string& query) {
            const json::value seen = client.read(list + query);
            const auto ids = ids_in(seen.at("items"), "run_id");
            CHECK_EQ(seen.at("total").to_number<std::size_t>(), ids.size());
            return ids;
        };
        // There are no pages: 150 runs are one list, in which the other collection has no part.
        CHECK_EQ(listed(""), started);
        std::vector<std::string> by_status;
        for (const char* word : {"in_progress", "completed", "failed", "cancelled"}) {
            const json::value seen = client.read(list + "?status_filter=" + word);
            for (const json::value& run : seen.at("items").as_array())
                CHECK_EQ(text_of(run.at("status")), word);
            const auto ids = listed(std::string("?status_filter=") + word);
            CHECK_FALSE(ids.empty());
            CHECK(std::is_sorted(ids.begin(), ids.end(), [&](const auto& a, const auto& b) {
                return std::find(started.begin(), started.end(), a) <
                       std::find(started.begin(), started.end(), b);
            }));
            by_status.insert(by_status.end(), ids.begin(), ids.end());
        }
        CHECK_EQ(by_status.size(), 150);
        CHECK_EQ(std::set(by_status.begin(), by_status.end()).size(), 150);
        client.now += 1h;
        CHECK_EQ(listed("?status_filter=in_progress").size(), 0);
        CHECK_EQ(listed("?status_filter=completed").size(), 148);
        CHECK_EQ(client.get(list + "?status_filter=done").status, 400);
    }

    TEST_CASE("SRV-035: a listed run has no job ids, lean or full (A22)")
    {
        for (const char* how : {"lean", "full"}) {
            CAPTURE(std::string(how));
            peer client{with({{"A22", how}})};
            const std::string run = client.run_of(5);
            const auto item = [&] {
                const json::value list = client.read(run.substr(0, run.rfind('/')));
                return list.at("items").at(0).as_object();
            };
            for (int look = 0; look < 2; ++look) {
                CHECK_FALSE(item().contains("job_ids"));
                const bool full = std::string(how) == "full";
                for (const char* heavy : {"success_criterion", "failed_jobs", "all_jobs_persisted"})
                    CHECK_EQ(item().contains(heavy), full);
                // All that both show is the same.
                const json::object whole = client.read(run).as_object();
                for (const auto& member : item())
                    CHECK_EQ(member.value(), whole.at(member.key()));
                client.finish(run);
            }
        }
    }

    TEST_CASE("SRV-035: a run of 50,000 jobs tells all their ids at every status, its listing none")
    {
        for (const bool whole : {true, false}) {
            scenario from = steady(20s, 5'000);
            if (!whole)
                from.faults = {
                    make_fault(operation::start_run, effect::end_run{run_end::cancelled, 30s})};
            peer client{from};
            const std::string run = client.run_of(50'000);
            const auto submitted = client.service.find_run(id_in(run), client.now)->job_ids;
            const auto told = [&] {
                const response_plan plan = client.get(run);
                CHECK_GT(plan.body.size(), 1'900'000);
                std::vector<std::string> ids;
                const std::string list = cut(plan.body, R"("job_ids":[)", "]");
                for (std::size_t at = list.find('[') + 2; at < list.size(); at += 39)
                    ids.push_back(list.substr(at, 36));
                return ids;
            };
            const auto at_start = told();
            CHECK_EQ(at_start.size(), 50'000);
            CHECK((at_start != submitted));
            CHECK(
                (std::set(at_start.begin(), at_start.end()) ==
                 std::set(submitted.begin(), submitted.end()))
            );
            client.now += 25s;
            CHECK((told() == at_start));
            client.now += 1h;
            CHECK_NE(
                client.get(run).body.find(
                    whole ? R"("status":"completed")" : R"("status":"cancelled")"
                ),
                std::string::npos
            );
            CHECK((told() == at_start));
            CHECK_LT(client.get(run.substr(0, run.rfind('/'))).body.size(), 1'000);
        }
    }
}
