// More than 400 lines: one rich file is read, written, damaged and explained.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdlib.h>

#include "runs/polling_workload.hpp"
#include "runs/stock_workloads.hpp"
#include "scenario/scenario_json.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

namespace fs = std::filesystem;

std::string scenario_with(std::string_view members)
{
    return R"({"format":"scrapingpros-scenario/1",)" + std::string(members) + "}";
}

std::string run_with(std::string_view members)
{
    return scenario_with(R"("runs":[{)" + std::string(members) + "}]");
}

std::string complaint(std::string_view text, const fs::path& folder = {})
{
    try {
        read_scenario(text, folder);
    } catch (const bad_scenario& bad) {
        return bad.what();
    }
    return {};
}

std::string file_text(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    REQUIRE(in);
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Has a little of everything.
constexpr const char* rich = R"({
  "format": "scrapingpros-scenario/1", "name": "rich", "seed": 18446744073709551615,
  "clock": {"mode": "per_request", "start": "2026-06-01T10:00:00.25Z", "step": "1.5s",
            "classes": ["get_run", "list_jobs"]},
  "contract": {"profile": "y2026_04_06",
               "switches": {"late_rows": "on", "content_ttl_hours": 24, "run_start_status": 200}},
  "tenants": [{"key": "t-a", "plan": "growth", "limits": {"in_flight": 8}},
              {"key": "t-b", "account": "client_b"}],
  "runs": [
    {"match": {"nth": 2}, "workload": "100-straggler"},
    {"match": {"nth": [3, 5]}, "progress": {"polls": 2, "jobs": 5}},
    {"workers": 200, "cold_start": "2s", "seeding": "1s", "seed_rows": "rate:500/s",
     "queue": {"dist": "lognormal", "p50": "2s", "p99": "30s"},
     "exec": {"dist": "lognormal", "p50": "6s", "p99": "40s", "cap": "90s"},
     "worker_time_limit": "100s",
     "stragglers": {"share": 0.02, "again": 0.4, "most": 2, "least": "10s", "alpha": 1.1,
                    "longest": "30m"},
     "stalls": [{"at": "30s", "for": "1m"}],
     "capacity": {"on": "2s..5s", "off": "20s..60s", "slow": 0.02},
     "outcomes": {"success": 0.95, "soft_block": 0.02, "failed": 0.02, "timeout": 0.01},
     "flush": {"period": "4s", "phase": "1700ms", "drift": "0..30ms", "drain_at_end": false},
     "terminal_lag": "0..1500ms",
     "inline": {"missing": 0.046, "malformed": 0.01}, "lost": 0.001,
     "body": {"dist": "pareto", "p50": "60KiB", "p99": "2MiB", "style": "hostile-utf8"},
     "jobs": [{"at": 17, "never_finish": true}, {"at": 18, "completed_at": null},
              {"at": "last", "exec": "900s", "outcome": "not_found", "invisible": "7s",
               "body": "3KiB", "inline": "missing", "lost_after": "1h"}]}],
  "targets": [{"url": "https://a.example/", "outcome": "success", "body": "<p>x</p>",
               "extracted_data": {"price": [1, 2.5, null]}},
              {"url": "https://a.example/i.png", "custom_id": "c", "body_base64": "iVBORw0KGgo=",
               "content_type": "image/png", "lost_after": "5m"}],
  "service": {"health": "degraded", "approved_countries": ["US", "AR"],
              "unresolvable_hosts": ["gone.example"], "old_collections": ["old"],
              "create_duration": "2s", "create_per_item": "100us", "credits_used": 12},
  "faults": [{"operation": "start_run", "nth": 1, "phase": "after",
              "effect": {"kind": "reset", "at": 0}}],
  "webhook": {"delivery": "send", "damage": ["body_bit"]},
  "expect": {"ledger": {"lost": 0}}
})";

}  // namespace

TEST_SUITE("mock.scenario_file")
{
    TEST_CASE("every member of a scenario arrives where it belongs")
    {
        const scenario read = read_scenario(rich);
        CHECK_EQ(read.seed, 18446744073709551615u);
        CHECK_EQ(read.clock.mode, clock_mode::per_request);
        CHECK_EQ(read.clock.start, start + 250ms);
        CHECK_EQ(read.clock.step, 1500ms);
        CHECK_EQ(read.clock.classes.size(), 2);
        CHECK(read.contract.late_rows);
        CHECK_EQ(read.contract.content_ttl_hours, 24);
        CHECK_EQ(read.contract.run_start_status, choice::run_start_status::s200);
        CHECK(read.contract.predates(shipped::verdict));
        CHECK_EQ(read.tokens.at("t-a"), "client_1");
        CHECK_EQ(read.tokens.at("t-b"), "client_b");
        CHECK_EQ(read.tokens.size(), 2);
        CHECK_EQ(read.plan.name, "growth");
        CHECK_EQ(read.plan.write_per_minute, 60);
        CHECK_EQ(read.tenants[0].limits_json, R"({"in_flight":8})");
        REQUIRE_EQ(read.runs.size(), 2);
        CHECK(read.runs[0].plays);
        CHECK_EQ(read.runs[1].progress, progress_mode::polls);
        CHECK_EQ(read.runs[1].jobs_per_step, 5);
        CHECK_EQ(&read.shape_of(0), &read.jobs);
        CHECK_EQ(&read.shape_of(1), &read.runs[0]);
        CHECK_EQ(&read.shape_of(4), &read.runs[1]);
        CHECK_EQ(&read.shape_of(5), &read.jobs);
        const run_shape& jobs = read.jobs;
        CHECK_EQ(jobs.slots, 200);
        CHECK_EQ(jobs.seeded_per_second, 500);
        CHECK_EQ(jobs.queue, spread{log_normal{2'000'000, 30'000'000, 0}});
        CHECK_EQ(jobs.execution, spread{log_normal{6'000'000, 40'000'000, 90'000'000}});
        CHECK_EQ(jobs.stragglers.of.parts, 20'000);
        CHECK_EQ(jobs.stragglers.alpha, 1'100);
        CHECK_EQ(jobs.outcomes.soft_block, 20'000);
        CHECK_EQ(jobs.outcomes.of, certain);
        CHECK_EQ(jobs.flush_phase, 1'700ms);
        CHECK_EQ(jobs.flush_drift.high, 30ms);
        CHECK_FALSE(jobs.drain_at_end);
        CHECK_EQ(jobs.inline_miss.parts, 46'000);
        CHECK_EQ(jobs.body_bytes, spread{pareto{61'440, 2'097'152, 0}});
        CHECK_EQ(jobs.style, body_style::hostile_utf8);
        REQUIRE_EQ(jobs.overrides.size(), 3);
        CHECK(jobs.overrides[0].never_finish);
        CHECK(jobs.overrides[1].no_completed_at);
        CHECK_EQ(jobs.overrides[2].at, job_override::last);
        CHECK_EQ(jobs.overrides[2].execution, 900s);
        CHECK_EQ(read.targets[0].extracted_data, R"({"price":[1,2.5E0,null]})");
        CHECK(read.targets[1].binary);
        CHECK_EQ(read.faults.size(), 1);
        CHECK_EQ(read.expect_json, R"({"ledger":{"lost":0}})");
    }

    TEST_CASE("the normal form reads as the same scenario and stays as it is")
    {
        const std::string once = write_scenario(read_scenario(rich));
        CHECK_EQ(write_scenario(read_scenario(once)), once);
        const std::string bare = write_scenario(read_scenario(scenario_with(R"("seed":1)")));
        CHECK_EQ(write_scenario(read_scenario(bare)), bare);
        CHECK_EQ(write_scenario(read_scenario(write_scenario(scenario{}))), write_scenario({}));
    }

    TEST_CASE("a profile and its switches are found again")
    {
        for (const char* profile : {"newest", "y2026_04_06", "adversarial"}) {
            const scenario read = read_scenario(scenario_with(
                R"("contract":{"profile":")" + std::string(profile) +
                R"(","switches":{"health_body":"with_components"}})"
            ));
            CHECK_NE(
                write_scenario(read).find("\"profile\":\"" + std::string(profile) + "\""),
                std::string::npos
            );
        }
        for (const switch_entry& each : known_switches())
            for (const std::string_view value : each.values) {
                CAPTURE(std::string(each.name));
                const scenario read = read_scenario(scenario_with(
                    R"("contract":{"switches":{")" + std::string(each.name) + R"(":")" +
                    std::string(value) + "\"}}"
                ));
                CHECK_EQ(read.contract.get(each.name), value);
                const scenario again = read_scenario(write_scenario(read));
                CHECK_EQ(again.contract.get(each.name), value);
            }
    }

    TEST_CASE("what is wrong is named with its path and what would help")
    {
        CHECK_EQ(complaint("[]"), "$ is no object");
        CHECK_EQ(complaint("{}"), "$.format is missing");
        CHECK_EQ(
            complaint(scenario_with(R"("sede":1)")), "$.sede is unknown (did you mean 'seed'?)"
        );
        CHECK_EQ(
            complaint(scenario_with(R"("contract":{"switches":{"late_row":"on"}})")),
            "$.contract.switches.late_row is no switch (did you mean 'late_rows'?)"
        );
        CHECK_EQ(
            complaint(scenario_with(R"("contract":{"switches":{"late_rows":"yes"}})")),
            "$.contract.switches.late_rows is no value of this switch (known: off, on)"
        );
        CHECK_EQ(
            complaint(scenario_with(R"("contract":{"switches":{"late_rows":true}})")),
            "$.contract.switches.late_rows is no value of a switch (a string or a whole number)"
        );
        CHECK_EQ(
            complaint(run_with(R"("queue":{"dist":"lognormal","p50":2,"p99":"3s"})")),
            "$.runs[0].queue.p50 is no duration (a string with a unit, like \"250ms\", \"5s\" or "
            "\"24h\")"
        );
        CHECK_EQ(
            complaint(run_with(R"("workload":"100-browsr")")),
            "$.runs[0].workload is no stock workload (did you mean '100-browser'?)"
        );
        CHECK_EQ(
            complaint(run_with(R"("outcomes":{"success":0.9,"failed":0.2})")),
            "$.runs[0].outcomes.success does not fit the others (0.8 is left)"
        );
        CHECK_EQ(
            complaint(scenario_with(R"("faults":[{"operation":"list_jobs","effect":{"kind":"x"}}])")
            )
                .find("$.faults[0].effect.kind "),
            0
        );
        CHECK_EQ(
            complaint(scenario_with(R"("clock":{"mode":"manual","scale":2})")),
            "$.clock.scale belongs to another mode (real)"
        );
        CHECK_EQ(
            complaint(scenario_with(R"("runs":[{},{"match":{"nth":1}}])")),
            "$.runs[0] hides the runs behind it (only the last one may do without 'match')"
        );
    }

    TEST_CASE("values out of their range are refused, each with its place")
    {
        const std::pair<const char*, const char*> table[] = {
            {R"("workers":0)", "$.runs[0].workers"},
            {R"("workers":-1)", "$.runs[0].workers"},
            {R"("workers":1000001)", "$.runs[0].workers"},
            {R"("workers":"5")", "$.runs[0].workers"},
            {R"("match":{})", "$.runs[0].match.nth"},
            {R"("match":{"nth":0})", "$.runs[0].match.nth"},
            {R"("match":{"nth":[2,1]})", "$.runs[0].match.nth"},
            {R"("match":{"nth":[1]})", "$.runs[0].match.nth"},
            {R"("progress":"fast")", "$.runs[0].progress"},
            {R"("progress":{"polls":0})", "$.runs[0].progress.polls"},
            {R"("progress":{"poll":1})", "$.runs[0].progress.poll"},
            {R"("seed_rows":"rate:0/s")", "$.runs[0].seed_rows"},
            {R"("seed_rows":"rate:/s")", "$.runs[0].seed_rows"},
            {R"("seed_rows":"/s")", "$.runs[0].seed_rows"},
            {R"("seed_rows":"rate:")", "$.runs[0].seed_rows"},
            {R"("seed_rows":"rate:1e9999/s")", "$.runs[0].seed_rows"},
            {R"("exec":{"dist":"normal"})", "$.runs[0].exec.dist"},
            {R"("exec":{"dist":"lognormal","p50":"0s","p99":"1s"})", "$.runs[0].exec.p50"},
            {R"("exec":{"dist":"lognormal","p50":"2s","p99":"1s"})", "$.runs[0].exec.p99"},
            {R"("exec":{"dist":"lognormal","p50":"1s"})", "$.runs[0].exec.p99"},
            {R"("exec":{"dist":"pareto","p50":"1s","p99":"2s","p90":"1s"})", "$.runs[0].exec.p90"},
            {R"("exec":{"dist":"quantiles","min":"2s","p50":"1s","p90":"3s","max":"4s"})",
             "$.runs[0].exec"},
            {R"("exec":"-1s")", "$.runs[0].exec"},
            {R"("stragglers":{})", "$.runs[0].stragglers.share"},
            {R"("stragglers":{"share":1.5})", "$.runs[0].stragglers.share"},
            {R"("stragglers":{"share":0.1,"alpha":0})", "$.runs[0].stragglers.alpha"},
            {R"("stalls":[{"at":"1s"}])", "$.runs[0].stalls[0].for"},
            {R"("stalls":[{"at":"1s","for":"31d"}])", "$.runs[0].stalls[0].for"},
            {R"("capacity":{"on":"0s","off":"1s","slow":0.1})", "$.runs[0].capacity.on"},
            {R"("outcomes":{"failed":0.6,"timeout":0.6})", "$.runs[0].outcomes"},
            {R"("flush":{"period":"1us"})", "$.runs[0].flush.period"},
            {R"("flush":{"period":"-1s"})", "$.runs[0].flush.period"},
            {R"("flush":{"drift":"3..1s"})", "$.runs[0].flush.drift"},
            {R"("body":{"dist":"pareto","p50":"1KiB","p99":"1GiB"})", "$.runs[0].body.p99"},
            {R"("body":{"style":"loud"})", "$.runs[0].body.style"},
            {R"("jobs":[{}])", "$.runs[0].jobs[0].at"},
            {R"("jobs":[{"at":-1}])", "$.runs[0].jobs[0].at"},
            {R"("jobs":[{"at":"first"}])", "$.runs[0].jobs[0].at"},
            {R"("jobs":[{"at":1,"completed_at":"2026-06-01"}])", "$.runs[0].jobs[0].completed_at"},
            {R"("workload":"../../secret.json")", "$.runs[0].workload"},
            {R"("workload":"/tmp/x.json")", "$.runs[0].workload"},
            {R"("workload":"x.json")", "$.runs[0].workload"},
            {R"("workload":"")", "$.runs[0].workload"},
            {R"("":1)", "$.runs[0]."},
        };
        for (const auto& [members, path] : table) {
            CAPTURE(members);
            CHECK_EQ(complaint(run_with(members)).rfind(std::string(path) + " ", 0), 0);
        }
        for (const char* members :
             {R"("seed":-1)",
              R"("seed":1.5)",
              R"("name":1)",
              R"("runs":{})",
              R"("faults":{})",
              R"("webhook":[])",
              R"("expect":1)",
              R"("tenants":[])",
              R"("tenants":[{}])",
              R"("tenants":[{"key":""}])",
              R"("tenants":[{"key":"a b"}])",
              R"("tenants":[{"key":"a"},{"key":"a"}])",
              R"("tenants":[{"key":"a","plan":"gold"}])",
              R"("clock":{})",
              R"("clock":{"mode":"real","scale":0})",
              R"("clock":{"mode":"real","scale":-1})",
              R"("clock":{"mode":"auto","start":"now"})",
              R"("clock":{"mode":"per_request","classes":["dance"]})",
              R"("content":{"folder":"x"})",
              R"("targets":[{}])",
              R"("targets":[{"url":"u","body":"a","body_base64":"YQ=="}])",
              R"("targets":[{"url":"u","body_base64":"?"}])"}) {
            CAPTURE(members);
            CHECK_NE(complaint(scenario_with(members)), "");
        }
    }

    TEST_CASE("an API key is in no complaint")
    {
        for (const char* tenants :
             {R"([{"key":"secret-key"},{"key":"secret-key"}])",
              R"([{"key":"secret-key "}])",
              R"([{"key":"secret-key","plan":"x"}])",
              R"([{"key":["secret-key"]}])"}) {
            const std::string said =
                complaint(scenario_with("\"tenants\":" + std::string(tenants)));
            CHECK_NE(said, "");
            CHECK_EQ(said.find("secret"), std::string::npos);
        }
    }

    TEST_CASE("validation names the first error of each part, not only the first of all")
    {
        const auto found = validate_scenario(R"({"format":"other","seed":-1,"sede":1,
            "runs":[{"workers":0},{"match":{"nth":1},"exec":5},{"match":{"nth":2}}],
            "expect":3})");
        std::vector<std::string> paths;
        for (const bad_scenario& each : found)
            paths.push_back(each.path);
        CHECK_EQ(
            paths,
            std::vector<std::string>{
                "$.sede", "$.format", "$.seed", "$.runs[0].workers", "$.runs[1].exec", "$.expect"}
        );
        CHECK(validate_scenario(rich).empty());
        CHECK_EQ(validate_scenario("{").size(), 1);
    }

    TEST_CASE("a run names a workload file that lies beside the scenario")
    {
        std::string name = (fs::temp_directory_path() / "mock_scenario_XXXXXX").string();
        REQUIRE_NE(mkdtemp(name.data()), nullptr);
        const fs::path folder{name};
        std::ofstream{folder / "small.json"} << write_workload(*stock_workload("10-http", 4));
        std::ofstream{folder / "bad.json"} << R"({"format":"x"})";
        std::ofstream{folder / "scenario.json"} << run_with(R"("workload":"small.json")");
        const scenario read = load_scenario(folder / "scenario.json");
        REQUIRE(read.jobs.plays);
        CHECK_EQ(hash_of(*read.jobs.plays), hash_of(*stock_workload("10-http", 4)));
        CHECK_EQ(
            complaint(run_with(R"("workload":"bad.json")"), folder)
                .find("$.runs[0].workload names a bad file: bad.json: $.format is unknown"),
            0
        );
        CHECK_NE(complaint(run_with(R"("workload":"none.json")"), folder), "");
        CHECK_THROWS_AS(load_scenario(folder / "none.json"), bad_scenario);
        CHECK_THROWS_AS(load_scenario(folder), bad_scenario);
        fs::remove_all(folder);
    }

    TEST_CASE("the shipped scenarios are right, and each run of theirs can be played")
    {
        std::size_t count = 0;
        for (const auto& entry :
             fs::directory_iterator{fs::path{SCRAPINGPROS_MOCK_DIR} / "scenarios"}) {
            if (entry.path().extension() != ".json") continue;
            CAPTURE(entry.path().filename().string());
            ++count;
            const scenario read = load_scenario(entry.path());
            CHECK_FALSE(read.name.empty());
            peer client{read};
            const std::string run = client.run_of(100);
            client.now += 1h;
            CHECK_EQ(client.get(run).status, 200);
        }
        CHECK_GE(count, 4);
    }

    TEST_CASE("the JSON Schema lists exactly the members that the loader knows")
    {
        const json::value schema =
            parse(file_text(fs::path{SCRAPINGPROS_MOCK_DIR} / "scenario" / "scenario.schema.json"));
        std::set<std::string> described;
        for (const auto& definition : schema.at("$defs").as_object())
            if (definition.value().as_object().contains("properties"))
                described.insert(std::string(definition.key()));
        described.insert("scenario");
        std::set<std::string> known;
        for (const known_object& each : scenario_objects()) {
            const std::string name{each.name};
            CAPTURE(name);
            known.insert(name);
            REQUIRE(described.contains(name));
            const json::value& object = name == "scenario" ? schema : schema.at("$defs").at(name);
            CHECK_EQ(object.at("additionalProperties"), false);
            std::set<std::string> listed;
            for (const auto& property : object.at("properties").as_object())
                listed.insert(std::string(property.key()));
            CHECK_EQ(listed, std::set<std::string>(each.members.begin(), each.members.end()));
        }
        CHECK_EQ(described, known);
    }
}
