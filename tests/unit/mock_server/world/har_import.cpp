#include "scenario/har_import.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include "runs/polling_workload.hpp"
#include "scenario/scenario_json.hpp"
#include "support.hpp"
#include "time_text.hpp"

using namespace mock_test;

namespace {

/// Records what a client and the service say to each other.
class recorder {
public:
    explicit recorder(scenario from) : client(std::move(from)) {}

    response_plan call(const std::string& method, const std::string& target)
    {
        const response_plan plan = client.send(method, target);
        json::object response{{"status", plan.status}, {"headers", headers_of(plan)}};
        response["content"] = json::object{{"mimeType", "application/json"}, {"text", plan.body}};
        json::array sent{
            {{"name", "Authorization"}, {"value", "Bearer secret-token"}},
            {{"name", "Cookie"}, {"value", "session=secret-cookie"}},
            {{"name", "X-Company"}, {"value", "secret-company"}},
        };
        entries.push_back(json::object{
            {"startedDateTime", iso_seconds(client.now) + "Z"},
            {"time", 12},
            {"request",
             json::object{
                 {"method", method},
                 {"url", "https://api.scrapingpros.com" + target},
                 {"headers", sent},
                 {"cookies", json::array{}}}},
            {"response", response}});
        return plan;
    }

    std::string archive() const
    {
        return json::serialize(json::object{
            {"log", json::object{{"version", "1.2"}, {"entries", entries}}}});
    }

    peer client;
    json::array entries;

private:
    static json::array headers_of(const response_plan& plan)
    {
        json::array out;
        for (const header& each : plan.headers)
            out.push_back(json::object{{"name", each.name}, {"value", each.value}});
        out.push_back(json::object{{"name", "Set-Cookie"}, {"value", "secret-cookie"}});
        return out;
    }
};

std::string complaint(std::string_view text)
{
    try {
        import_har(text);
    } catch (const bad_scenario& bad) {
        return bad.what();
    }
    return {};
}

std::string one_entry(std::string_view entry)
{
    return R"({"log":{"entries":[)" + std::string(entry) + "]}}";
}

/// A client that polls a run of 30 jobs to its end, with one 503 and one 429 on the way.
recorder recorded_run()
{
    scenario from = steady(2s, 5);
    from.jobs.outcomes = {.worker_failed = 200};
    from.faults = parse_faults(
        R"([{"operation":"get_run","nth":2,"effect":{"kind":"status","code":503}},
            {"operation":"list_jobs","nth":3,"effect":{"kind":"throttle","retry_after":"7"}}])"
    );
    recorder tape{from};
    const std::string id = tape.client.create(items(30));
    const auto started = tape.call("POST", "/v1/async/collections/" + id + "/run");
    const std::string run =
        "/v1/async/collections/" + id + "/runs/" + text_of(parse(started.body).at("run_id"));
    for (int i = 0; i < 6; ++i) {
        tape.client.now += 5s;
        tape.call("GET", run);
        tape.call("GET", run + "/jobs?limit=100&include_results=true");
    }
    return tape;
}

}  // namespace

TEST_SUITE("mock.har_import")
{
    TEST_CASE("recorded traffic becomes a scenario that plays the same run")
    {
        recorder tape = recorded_run();
        const har_import made = import_har(tape.archive());
        REQUIRE_EQ(made.workloads.size(), 1);
        const polling_workload run = read_workload(made.workloads[0].text);
        REQUIRE_EQ(run.jobs.size(), 30);
        CHECK_EQ(run.ends, run_status::completed);

        // The same ends, to the millisecond of the stamps, and the same failures.
        std::vector<duration> expected;
        std::size_t failures = 0;
        const std::string id = tape.client.service.run_ids().front();
        for (std::size_t i = 0; i < 30; ++i) {
            const job_view job = *tape.client.service.find_job(id, i);
            expected.push_back(job.ended_at - start);
            failures += job.ends == outcome::worker_failed ? 1 : 0;
        }
        std::sort(expected.begin(), expected.end());
        for (std::size_t i = 0; i < 30; ++i)
            CHECK_LT(std::chrono::abs(expected[i] - run.jobs[i].completed), 1ms);
        CHECK_EQ(
            static_cast<std::size_t>(std::count_if(
                run.jobs.begin(),
                run.jobs.end(),
                [](const polling_job& job) { return job.kind == polling_job::kinds::failed; }
            )),
            failures
        );

        json::object without_files = parse(made.scenario).as_object();
        CHECK_EQ(without_files.at("runs").as_array().size(), 1);
        without_files.erase("runs");
        const scenario read = read_scenario(json::serialize(without_files));
        REQUIRE_EQ(read.faults.size(), 2);
        peer again{read};
        CHECK_EQ(again.get("/v1/async/collections").status, 200);
    }

    TEST_CASE("nothing of the record that identifies anybody is kept")
    {
        recorder tape = recorded_run();
        const har_import made = import_har(tape.archive());
        std::string kept = made.scenario + made.report;
        for (const auto& file : made.workloads)
            kept += file.name + file.text;
        const std::string run = tape.client.service.run_ids().front();
        const std::string job = tape.client.service.find_job(run, 0)->id;
        for (const std::string& secret :
             {std::string("secret"),
              run,
              job,
              std::string("shop.example"),
              std::string("Bearer"),
              std::string("<html>"),
              std::string("2026")}) {
            CAPTURE(secret);
            CHECK_EQ(kept.find(secret), std::string::npos);
        }
        const json::value report = parse(made.report);
        CHECK_EQ(report.at("headers_dropped").at("authorization"), 13);
        CHECK_EQ(report.at("headers_dropped").at("cookie"), 13);
        CHECK_EQ(report.at("headers_dropped").at("set-cookie"), 13);
        CHECK_EQ(report.at("entries"), 13);
        CHECK_EQ(report.at("jobs"), 30);
    }

    TEST_CASE("traffic of other servers is left out and counted")
    {
        const har_import made = import_har(one_entry(
            R"({"startedDateTime":"2026-06-01T10:00:00.000+02:00",
                "request":{"method":"GET","url":"https://other.example/","headers":[]},
                "response":{"status":500,"headers":[],"content":{}}})"
        ));
        CHECK_EQ(parse(made.report).at("not_of_this_api"), 1);
        CHECK_EQ(read_scenario(made.scenario).faults.size(), 0);
    }

    TEST_CASE("a broken archive is a typed error with its place")
    {
        CHECK_EQ(complaint("").find("$ is no JSON"), 0);
        CHECK_EQ(complaint("[]"), "$ is no object");
        CHECK_EQ(complaint("{}"), "$.log is missing");
        CHECK_EQ(complaint(R"({"log":{"entries":{}}})"), "$.log.entries is no array");
        CHECK_EQ(complaint(one_entry("1")), "$.log.entries[0] is no object");
        CHECK_EQ(complaint(one_entry("{}")), "$.log.entries[0].request is missing");
        const auto with_status = [](const char* status) {
            return complaint(one_entry(
                R"({"startedDateTime":"2026-06-01T10:00:00Z","request":{"method":"GET","url":"u"},
                    "response":{"status":)" +
                std::string(status) + "}}"
            ));
        };
        CHECK_EQ(with_status("200"), "");
        CHECK_EQ(with_status("0"), "");
        for (const char* bad : {"\"200\"", "99999999999999999999", "-2", "null"})
            CHECK_EQ(with_status(bad).find("$.log.entries[0].response.status "), 0);
        CHECK_EQ(complaint(R"({"log":{"entries":[]}})"), "");
    }

    TEST_CASE("hostile bodies in the record are left out")
    {
        for (const char* content :
             {R"({"text":"{"})",
              R"({"text":"null"})",
              R"({"text":"[1]"})",
              R"({"text":5})",
              "7",
              R"({"text":"????","encoding":"base64"})",
              R"({"text":"{\"items\":[{\"job_public_id\":1},7,null,{\"completed_at\":1e300}]}"})",
              R"({"text":"{\"id\":{},\"total_requests\":-5,\"created_at\":-1}"})",
              R"({"text":"{\"run_id\":\"r\",\"total_requests\":9000000000000,\"status\":\"cancelled\",\"created_at\":1e308}"})"}) {
            CAPTURE(content);
            for (const char* path : {"", "/jobs"}) {
                const har_import made = import_har(one_entry(
                    R"({"startedDateTime":"2026-06-01T10:00:00Z",
                        "request":{"method":"GET","url":"/v1/async/collections/c/runs/r)" +
                    std::string(path) + R"("},"response":{"status":200,"content":)" +
                    std::string(content) + "}}"
                ));
                for (const auto& file : made.workloads)
                    CHECK_LE(read_workload(file.text).jobs.size(), 1);
            }
        }
    }
}
