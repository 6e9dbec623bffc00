#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "mock.hpp"
#include "raw_client.hpp"
#include "server/sim.hpp"
#include "server/tenant.hpp"
#include "sim_client.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;
namespace json = boost::json;

TEST_SUITE("mock_server.tenants")
{
    TEST_CASE("a fresh tenant has a key, a world and a clock of its own")
    {
        sim service;
        sim_client first{service};
        const std::string run = first.start_run(2);
        const json::value made = first.ask(201, "POST", "/__mock/v1/tenants", "{}");
        sim_client other{service, std::string(made.at("key").as_string())};
        CHECK_NE(other.token, first.token);
        CHECK_EQ(other.send("GET", run).status, 404);
        CHECK_EQ(other.send("GET", "/v1/async/collections").body, "[]");
        const std::string name(made.at("name").as_string());
        first.post("/__mock/v1/tenants/" + name + "/clock/advance", R"({"by":"1h"})");
        CHECK_EQ(first.get(run).at("status"), "in_progress");
    }

    TEST_CASE("a fault of one tenant never meets another's request")
    {
        sim service;
        sim_client first{service};
        const json::value made = first.ask(201, "POST", "/__mock/v1/tenants", R"({"name":"b"})");
        first.post(
            "/__mock/v1/tenants/b/faults",
            R"([{"operation":"any","nth":"every","effect":{"kind":"status","code":500}}])"
        );
        CHECK_EQ(first.send("GET", "/v1/async/collections").status, 200);
        sim_client other{service, std::string(made.at("key").as_string())};
        CHECK_EQ(other.send("GET", "/v1/async/collections").status, 500);
    }

    TEST_CASE("the accounts of a scenario are tenants, each with all of its keys")
    {
        scenario from;
        from.tokens = {{"a1", "a"}, {"a2", "a"}, {"b1", "b"}};
        sim service{from};
        const std::string run = sim_client{service, "a1"}.start_run(1);
        CHECK_EQ(sim_client{service, "a2"}.send("GET", run).status, 200);
        CHECK_EQ(sim_client{service, "b1"}.send("GET", run).status, 404);
        CHECK_EQ(sim_client{service, "c1"}.send("GET", run).status, 401);
        CHECK_EQ(sim_client{service, ""}.send("GET", "/v1/health").status, 200);
        CHECK_EQ(service.host().all().size(), 2);
    }

    TEST_CASE("a mock without any key refuses everybody, and is there all the same")
    {
        scenario from;
        from.tokens.clear();
        sim service{from};
        CHECK_EQ(sim_client{service, "x"}.send("GET", "/v1/async/collections").status, 401);
        CHECK_EQ(sim_client{service, ""}.send("GET", "/v1/health").status, 200);
    }

    TEST_CASE("a tenant put anew forgets what it was, and a removed one is a stranger")
    {
        sim service;
        sim_client client{service};
        const std::string run = client.start_run(1);
        client.ask(200, "PUT", "/__mock/v1/tenants/client_test", R"({"switches":{"A9":"200"}})");
        CHECK_EQ(client.send("GET", run).status, 404);
        const json::value made = client.ask(
            200,
            "PUT",
            "/__mock/v1/tenants/b",
            R"({"key":"kb","clock":{"mode":"real","scale":100}})"
        );
        CHECK_EQ(made.at("clock"), "real");
        sim_client other{service, "kb"};
        CHECK_EQ(other.send("GET", "/v1/async/collections").status, 200);
        client.ask(200, "DELETE", "/__mock/v1/tenants/b");
        CHECK_EQ(other.send("GET", "/v1/async/collections").status, 401);
        CHECK_EQ(client.send("DELETE", "/__mock/v1/tenants/b").status, 404);
    }

    TEST_CASE("SRV-015: 200 tenants advance at once, and each sees its own time and runs only")
    {
        sim service;
        std::vector<std::shared_ptr<tenant>> all;
        for (int i = 0; i < 200; ++i)
            all.push_back(service.host().add({}));
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t i = t; i < all.size(); i += 4) {
                    sim_client client{service, all[i]->key()};
                    const time_point begun = all[i]->clock().now();
                    const std::size_t jobs = 1 + i % 5;
                    const std::string run = client.start_run(jobs);
                    all[i]->clock().advance(std::chrono::minutes(i));
                    const json::value seen = client.get(run);
                    const bool total = seen.at("total_requests").to_number<std::size_t>() == jobs;
                    const bool time = all[i]->clock().now() == begun + std::chrono::minutes(i);
                    const bool mine =
                        all[i]->with_world([](world& w) { return w.run_ids().size(); }) == 1;
                    if (!total || !time || !mine) ++wrong;
                }
            });
        for (std::thread& each : threads)
            each.join();
        CHECK_EQ(wrong, 0);
    }

    TEST_CASE("two clients on one automatic clock sleep to their times over HTTP")
    {
        scenario from;
        from.clock.mode = clock_mode::automatic;
        mock_service mock{{.scenario = from}};
        raw_client a{mock.port()};
        raw_client b{mock.port()};
        const auto post = [](std::string_view path, std::string_view body) {
            return "POST /__mock/v1/clock/" + std::string(path) +
                   " HTTP/1.1\r\nHost: mock\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + std::string(body);
        };
        a.exchange(post("join", R"({"name":"a"})"));
        a.exchange(post("join", R"({"name":"b"})"));
        a.send(post("sleep", R"({"name":"a","until":"2026-06-01T10:00:05Z"})"));
        const auto early =
            b.exchange(post("sleep", R"({"name":"b","until":"2026-06-01T10:00:03Z"})"));
        CHECK(early.bytes.find("10:00:03.000000Z") != std::string::npos);
        b.exchange(post("leave", R"({"name":"b"})"));
        CHECK(a.read_response().bytes.find("10:00:05.000000Z") != std::string::npos);
    }

    TEST_CASE("a reply that waits in service time lets an automatic clock go on")
    {
        scenario from;
        from.create_duration = 1h;
        from.clock.mode = clock_mode::automatic;
        mock_service mock{{.scenario = from}};
        raw_client client{mock.port()};
        const std::string body = R"({"name":"n","requests":[{"url":"https://a.example"}]})";
        const auto made = client.exchange(
            "POST /v1/async/collections HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer " +
            mock.token() + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body
        );
        CHECK(made.bytes.starts_with("HTTP/1.1 201"));
        CHECK(mock.clock().now() == from.start + 1h);
    }

    TEST_CASE("wire and sim write the same bytes")
    {
        mock_service mock{{.clock = service_clock::manual(scenario{}.start)}};
        sim service;
        raw_client client{mock.port()};
        for (const char* target :
             {"/v1/health", "/v1/plans", "/v1/async/collections", "/nothing"}) {
            request what;
            what.method = "GET";
            what.target = target;
            what.headers = {{"Authorization", "Bearer test_token_a"}};
            const auto wire = client.exchange(
                "GET " + what.target +
                " HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer test_token_a\r\n\r\n"
            );
            CHECK_EQ(wire.bytes, service.exchange_bytes(what).bytes);
        }
    }
}
