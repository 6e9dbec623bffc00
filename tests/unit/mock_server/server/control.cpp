#include "control/control.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "control/routes.hpp"
#include "server/sim.hpp"
#include "sim_client.hpp"

using namespace scrapingpros_mock;
namespace json = boost::json;

namespace {

const std::string v1 = "/__mock/v1";

/// A path of the document with something in the place of its parameters.
std::string filled(std::string_view path)
{
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '{') {
            out += path[i];
            continue;
        }
        const bool is_tenant = path.substr(i).starts_with("{tenant}");
        out += is_tenant ? "client_test" : "1";
        i = path.find('}', i);
    }
    return out;
}

}  // namespace

TEST_SUITE("mock_server.control")
{
    TEST_CASE("SRV-022: the OpenAPI document has each route of the router, and no other")
    {
        sim service;
        sim_client client{service};
        client.start_run(1);
        const json::value document = client.get(v1 + "/openapi.json");
        CHECK_EQ(document.at("openapi"), "3.1.0");
        std::set<std::string> in_document;
        for (const auto& [path, methods] : document.at("paths").as_object())
            for (const auto& [method, what] : methods.as_object()) {
                std::string upper(method);
                for (char& c : upper)
                    c = static_cast<char>(c - 'a' + 'A');
                in_document.insert(upper + " " + std::string(path));
                // Routed: whatever the answer is, it is not about the route.
                const response_plan got = client.send(upper, filled(path), "[]");
                CAPTURE(path);
                CAPTURE(upper);
                CHECK(got.body.find("E_NO_ROUTE") == std::string::npos);
                CHECK(got.body.find("E_METHOD") == std::string::npos);
                CHECK_NE(got.status, 500);
            }
        std::size_t expected = 0;
        for (const control_route& each : control_routes()) {
            const std::string path(each.path);
            const std::string method = std::string(each.method) + " ";
            CHECK(in_document.contains(method + v1 + path));
            ++expected;
            if (each.where != scope::of_tenant) continue;
            CHECK(in_document.contains(method + v1 + "/tenants/{tenant}" + path));
            ++expected;
        }
        CHECK_EQ(in_document.size(), expected);
    }

    TEST_CASE("SRV-022: each error code is reached by a request that deserves it")
    {
        scenario from;
        from.clock.mode = clock_mode::automatic;
        from.clock.max_real_block = std::chrono::milliseconds{0};
        sim service{from};
        sim_client client{service};
        std::set<std::string> reached;
        const auto refused =
            [&](std::string_view method, const std::string& target, std::string_view body = "") {
                const response_plan got = client.send(method, target, body);
                CHECK_GE(got.status, 400);
                const json::value told = json::parse(got.body);
                for (const char* member : {"code", "message", "path", "hint"})
                    CHECK(told.at(member).is_string());
                reached.insert(std::string(told.at("code").as_string()));
                return std::string(told.at("code").as_string());
            };
        CHECK_EQ(refused("GET", v1 + "/%ZZ"), "E_TARGET");
        CHECK_EQ(refused("GET", v1 + "/%ff"), "E_TARGET");
        CHECK_EQ(refused("GET", "/__mock/v2"), "E_NO_ROUTE");
        CHECK_EQ(refused("GET", v1 + "/nothing"), "E_NO_ROUTE");
        CHECK_EQ(refused("DELETE", v1 + "/ledger"), "E_METHOD");
        CHECK_EQ(refused("GET", v1 + "/journal?after=-1"), "E_QUERY");
        CHECK_EQ(refused("GET", v1 + "/journal?before=1"), "E_QUERY");
        CHECK_EQ(refused("GET", v1 + "/journal?after=1&after=2"), "E_QUERY");
        CHECK_EQ(refused("POST", v1 + "/clock/advance", "{"), "E_BODY");
        CHECK_EQ(refused("POST", v1 + "/clock/advance", R"({"buy":"5s"})"), "E_BODY");
        CHECK_EQ(refused("POST", v1 + "/clock/advance", R"({"by":"-5s"})"), "E_BODY");
        CHECK_EQ(refused("POST", v1 + "/clock/advance"), "E_BODY");
        CHECK_EQ(refused("GET", v1 + "/clock", "{}"), "E_BODY");
        CHECK_EQ(refused("PUT", v1 + "/switches", R"({"A38":"body_byte"})"), "E_BODY");
        CHECK_EQ(refused("POST", v1 + "/faults", R"([{"operation":"dance"}])"), "E_FAULT");
        // The third is refused, so that the first two are not there either.
        client.post(v1 + "/faults", R"([{"id":"first","on":"plans","do":"s:503"}])");
        const std::string wanted = R"([{"on":"health","do":"cut"},{"on":"run.get","do":"cut"},)"
                                   R"({"id":"first","on":"run.list","do":"cut"}])";
        CHECK_EQ(refused("POST", v1 + "/faults", wanted), "E_FAULT");
        CHECK_EQ(client.get(v1 + "/faults").at("faults").as_array().size(), 1);
        CHECK_EQ(refused("GET", v1 + "/tenants/nobody/ledger"), "E_NOT_FOUND");
        CHECK_EQ(refused("GET", v1 + "/runs/7"), "E_NOT_FOUND");
        CHECK_EQ(refused("POST", v1 + "/clock/sleep", R"({"name":"x","for":"1s"})"), "E_NOT_FOUND");
        CHECK_EQ(refused("POST", v1 + "/tenants", R"({"name":"client_test"})"), "E_EXISTS");
        CHECK_EQ(refused("POST", v1 + "/tenants", R"({"key":"test_token_a"})"), "E_EXISTS");
        CHECK_EQ(refused("DELETE", v1 + "/tenants/client_test"), "E_EXISTS");
        CHECK_EQ(refused("POST", v1 + "/shutdown"), "E_NOT_HERE");
        CHECK_EQ(refused("PUT", v1 + "/scenario", R"({"format":"other/1"})"), "E_SCENARIO");
        client.start_run(1);
        client.ask(200, "POST", v1 + "/runs/1/terminate");
        CHECK_EQ(refused("POST", v1 + "/runs/1/terminate"), "E_STATE");

        client.post(v1 + "/clock/join", R"({"name":"lonely"})");
        CHECK_EQ(refused("POST", v1 + "/clock/sleep", R"({"name":"lonely"})"), "E_CLOCK_DEADLOCK");
        client.post(v1 + "/clock/hold", R"({"name":"forgotten"})");
        const response_plan starved =
            client.send("POST", v1 + "/clock/sleep", R"({"name":"lonely","for":"1s"})");
        CHECK_EQ(starved.status, 409);
        CHECK(starved.body.find("lock 'forgotten'") != std::string::npos);
        CHECK_EQ(refused("POST", v1 + "/clock/next"), "E_CLOCK_STARVED");

        for (const error_code_text& each : control_error_codes())
            CHECK_MESSAGE(reached.contains(std::string(each.code)), std::string(each.code));
    }

    TEST_CASE("SRV-022: a misspelt member is refused with its place and a hint")
    {
        sim service;
        sim_client client{service};
        const json::value told = client.ask(400, "POST", v1 + "/clock/advance", R"({"bye":"5s"})");
        CHECK_EQ(told.at("path"), "$.bye");
        CHECK(told.at("hint").as_string().find("'by'") != json::string::npos);
    }

    TEST_CASE("SRV-013: an advance tells what it brought, and the clock what comes next")
    {
        sim service;
        sim_client client{service};
        client.start_run(20);
        const json::value before = client.get(v1 + "/clock");
        CHECK_EQ(before.at("mode"), "manual");
        CHECK(before.at("next_change").is_string());
        const json::value report = client.post(v1 + "/clock/advance", R"({"by":"24h"})");
        CHECK_EQ(report.at("changes").at("jobs_ended"), 20);
        CHECK_EQ(report.at("changes").at("rows_listed"), 20);
        CHECK_EQ(report.at("changes").at("runs_ended"), 1);
        CHECK_EQ(report.at("from"), before.at("now"));
        CHECK(report.at("next_change").is_null());
    }

    TEST_CASE("SRV-013: step by step, a run goes from change to change until all is still")
    {
        sim service;
        sim_client client{service};
        client.start_run(3);
        std::uint64_t ended = 0;
        std::uint64_t runs = 0;
        for (;;) {
            const response_plan step = client.send("POST", v1 + "/clock/next");
            if (step.status != 200) {
                CHECK(step.body.find("E_CLOCK_DEADLOCK") != std::string::npos);
                break;
            }
            const json::value changes = json::parse(step.body).at("changes");
            ended += changes.at("jobs_ended").to_number<std::uint64_t>();
            runs += changes.at("runs_ended").to_number<std::uint64_t>();
        }
        CHECK_EQ(ended, 3);
        CHECK_EQ(runs, 1);
    }

    TEST_CASE("a clock that goes by requests takes a script without sleeps to the end of its run")
    {
        clock_options how;
        how.mode = clock_mode::per_request;
        how.classes = {operation::get_run};
        scenario from;
        from.clock = how;
        sim service{from};
        sim_client client{service};
        const std::string run = client.start_run(5);
        const time_point begun = service.first()->clock().now();
        client.get(run + "/jobs");
        CHECK(service.first()->clock().now() == begun);
        std::size_t looks = 1;
        while (client.get(run).at("status") != "completed" && looks < 100)
            ++looks;
        CHECK_GT(looks, 5);
        CHECK_LT(looks, 30);

        how.step = std::chrono::hours{1};
        service.first()->clock().change_mode(how);
        const time_point before = service.first()->clock().now();
        client.get(run);
        CHECK(service.first()->clock().now() == before + std::chrono::hours{1});
    }

    TEST_CASE("switches change under way, and a run that has begun keeps its own")
    {
        sim service;
        sim_client client{service};
        const std::string run = client.start_run(1);
        client.ask(200, "PUT", v1 + "/switches", R"({"run_start_status":"200","A42":24})");
        CHECK_EQ(client.get(run).at("status"), "in_progress");
        const auto made = client.ask(
            201,
            "POST",
            "/v1/async/collections",
            R"({"name":"x","requests":[{"url":"https://a.example"}]})"
        );
        const std::string path =
            "/v1/async/collections/" + std::string(made.at("id").as_string()) + "/run";
        CHECK_EQ(client.send("POST", path).status, 200);
        CHECK_EQ(client.get(v1 + "/runs").at("runs").as_array().size(), 2);
    }

    TEST_CASE("runs are known by ordinal or id, with the whole future of their jobs")
    {
        sim service;
        sim_client client{service};
        client.start_run(4);
        const json::value all = client.get(v1 + "/runs");
        const json::value& one = all.at("runs").at(0);
        CHECK_EQ(one.at("status"), "in_progress");
        CHECK(one.at("terminal_at").is_string());
        const json::value by_ordinal = client.get(v1 + "/runs/1");
        const std::string id(one.at("id").as_string());
        CHECK_EQ(by_ordinal.at("id"), one.at("id"));
        CHECK_EQ(client.get(v1 + "/runs/" + id).at("jobs").as_array().size(), 4);
    }
}
