// Webhooks of a whole mock: sent by each tenant's clock, with nobody's help.

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>

#include "mock.hpp"
#include "raw_client.hpp"
#include "server/server.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;

namespace {

std::string post(const mock_service& mock, std::string_view target, std::string_view body)
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer " +
           mock.token() + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

std::string member(const std::string& json, const std::string& name)
{
    const auto begin = json.find("\"" + name + "\":\"") + name.size() + 4;
    return json.substr(begin, json.find('"', begin) - begin);
}

/// Starts a run of one job that tells the receiver of its end; returns the answer.
std::string start_run(const mock_service& mock, raw_client& client, const server& receiver)
{
    const std::string made = client
                                 .exchange(post(
                                     mock,
                                     "/v1/async/collections",
                                     R"({"name":"n","callback_url":")" + receiver.base_url() +
                                         R"(/hook","requests":[{"url":"https://a.example"}]})"
                                 ))
                                 .bytes;
    return client.exchange(post(mock, "/v1/async/collections/" + member(made, "id") + "/run", ""))
        .bytes;
}

}  // namespace

TEST_SUITE("mock_server.webhook_dispatcher")
{
    TEST_CASE("an automatic clock takes a run to its end and delivers its webhook")
    {
        std::promise<std::string> arrived;
        server receiver{{}, [&](const request& what) {
                            arrived.set_value(what.body);
                            return response_plan{};
                        }};
        scenario from;
        from.clock.mode = clock_mode::automatic;
        mock_service mock{{.scenario = from}};
        raw_client client{mock.port()};
        const std::string started = start_run(mock, client, receiver);
        CHECK(started.starts_with("HTTP/1.1 201"));
        const std::string body = arrived.get_future().get();
        CHECK_NE(body.find(member(started, "run_id")), std::string::npos);
        CHECK(mock.clock().now() > from.start + 1s);
    }

    TEST_CASE("with a clock that stands still nothing is sent until the test moves it")
    {
        std::promise<void> arrived;
        server receiver{{}, [&](const request&) {
                            arrived.set_value();
                            return response_plan{};
                        }};
        mock_service mock{{.clock = service_clock::manual(scenario{}.start)}};
        raw_client client{mock.port()};
        start_run(mock, client, receiver);
        CHECK_EQ(receiver.stats().requests, 0);
        mock.clock().advance(1h);
        arrived.get_future().get();
        CHECK_EQ(receiver.stats().requests, 1);
    }
}
