#include "mock.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "raw_client.hpp"
#include "tls_client.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::string authorized(
    const mock_service& mock,
    std::string_view method,
    std::string_view target,
    std::string_view body = ""
)
{
    std::string out{method};
    out.append(" ").append(target).append(" HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer ");
    out.append(mock.token()).append("\r\nContent-Type: application/json\r\nContent-Length: ");
    return out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

json::value call(
    raw_client& client,
    const mock_service& mock,
    std::string_view method,
    std::string_view target,
    std::string_view body = ""
)
{
    const auto text = body_of(client.exchange(authorized(mock, method, target, body)).bytes);
    CAPTURE(text);
    boost::system::error_code ec;
    auto out = json::parse(text, ec);
    REQUIRE_FALSE(ec);
    return out;
}

// Starts a run of one job and returns its path.
std::string start_run(raw_client& client, const mock_service& mock)
{
    const std::string collections = "/v1/async/collections";
    const auto created = call(
        client,
        mock,
        "POST",
        collections,
        R"({"name": "n", "requests": [{"url": "https://shop.example.com/1"}]})"
    );
    const auto collection = collections + "/" + std::string{created.at("id").as_string()};
    const auto run = call(client, mock, "POST", collection + "/run");
    return collection + "/runs/" + std::string{run.at("run_id").as_string()};
}

std::string status_of(raw_client& client, const mock_service& mock, const std::string& run)
{
    return std::string{call(client, mock, "GET", run).at("status").as_string()};
}

}  // namespace

TEST_SUITE("mock_server.mock")
{
    TEST_CASE("the service answers over HTTP with the world's own answers")
    {
        mock_service mock;
        CHECK_EQ(mock.base_url(), "http://127.0.0.1:" + std::to_string(mock.port()));
        raw_client client{mock.port()};
        const auto response = client.exchange(get("/v1/health"));
        CHECK(response.bytes.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(client.exchange(get("/v1/async/collections")).bytes.starts_with("HTTP/1.1 401 "));
        CHECK_EQ(mock.stats().requests, 2);
        CHECK_EQ(mock.with_world([](world& w) { return w.requests().total(); }), 2);
    }

    TEST_CASE("a run goes through its life as the test moves the clock")
    {
        mock_service mock{{.clock = service_clock::manual(scenario{}.start)}};
        raw_client client{mock.port()};
        const auto run = start_run(client, mock);
        CHECK_EQ(status_of(client, mock, run), "in_progress");
        CHECK_EQ(status_of(client, mock, run), "in_progress");
        mock.clock().advance(1h);
        CHECK_EQ(status_of(client, mock, run), "completed");
        CHECK_EQ(mock.with_world([](world& w) { return w.seen().summary().runs_started; }), 1);
    }

    TEST_CASE("a client that trusts the root reaches the service over TLS")
    {
        mock_service mock{{.tls = certificate_kind::good}};
        CHECK_EQ(mock.base_url(), "https://127.0.0.1:" + std::to_string(mock.port()));
        const auto got =
            tls_exchange(mock.port(), mock.ca_pem(), get("/v1/health", "Connection: close\r\n"));
        CHECK(got.reply.starts_with("HTTP/1.1 200 OK\r\n"));
    }

    TEST_CASE("a fault meets its request on the wire")
    {
        mock_service mock;
        const auto fault_number = mock.add_fault(
            {.on = operation::health, .when = occurrence::nth(2), .effect = effect::reset{10}}
        );
        raw_client client{mock.port()};
        client.exchange(get("/v1/health"));
        CHECK_EQ(mock.fault_hits(fault_number), 0);
        client.send(get("/v1/health"));
        const auto got = client.read_to_end();
        CHECK_EQ(got.bytes, "HTTP/1.1 2");
        CHECK(got.end == read_end::reset);
        CHECK_EQ(mock.fault_hits(fault_number), 1);
    }

    TEST_CASE("a service that goes down comes back on the same port with the same world")
    {
        mock_service mock;
        const auto port = mock.port();
        std::string run;
        {
            raw_client client{port};
            run = start_run(client, mock);
            mock.go_down();
            CHECK_EQ(client.exchange(get("/v1/health")).bytes, "");
            CHECK(is_refused(port));
        }
        mock.come_back();
        CHECK_EQ(mock.port(), port);
        raw_client client{port};
        CHECK_EQ(status_of(client, mock, run), "in_progress");
        CHECK_EQ(mock.stats().connections, 2);
        CHECK_EQ(mock.stats().requests, 3);
    }

    TEST_CASE("several services live side by side and stop more than once")
    {
        mock_service one;
        mock_service other;
        CHECK_NE(one.port(), other.port());
        one.stop();
        one.stop();
        CHECK(is_refused(one.port()));
        CHECK_NE(raw_client{other.port()}.exchange(get("/v1/health")).bytes, "");
    }
}
