#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fetch.hpp"
#include "raw_server.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What arrives at a server for that request.
std::string on_the_wire(http_request request, transport_options options = plain_options())
{
    std::string seen;
    raw_server server([&](raw_connection& connection) {
        seen = connection.read_request();
        connection.send(ok);
        connection.wait_for_end();
    });
    {
        asio::io_context context;
        auto transport = make_transport(context, std::move(options));
        request.to = get(server.port()).to;
        fetch one(transport, std::move(request));
        run(context);
        CHECK(one.is_complete());
    }
    server.stop();
    const auto port = seen.find(server.port());
    REQUIRE_NE(port, std::string::npos);
    return seen.replace(port, server.port().size(), "PORT");
}

}  // namespace

TEST_SUITE("net.beast_transport")
{
    TEST_CASE("a GET without a body is sent so")
    {
        auto request = get("", "/v1/x?a=b");
        request.headers.add("Authorization", "Bearer t");
        auto options = plain_options();
        options.accept_gzip = true;
        CHECK_EQ(
            on_the_wire(request, options),
            "GET /v1/x?a=b HTTP/1.1\r\n"
            "Host: 127.0.0.1:PORT\r\n"
            "Accept-Encoding: gzip, deflate\r\n"
            "User-Agent: scrapingpros-cpp/0.1.0\r\n"
            "Accept: */*\r\n"
            "Authorization: Bearer t\r\n"
            "\r\n"
        );
    }

    TEST_CASE("a POST always has a length, and the caller's own fields win")
    {
        auto request = get("", "/");
        request.method = http_method::post;
        request.headers.add("user-agent", "mine");
        request.headers.add("accept", "application/json");
        auto options = plain_options();
        options.accept_gzip = false;
        CHECK_EQ(
            on_the_wire(request, options),
            "POST / HTTP/1.1\r\n"
            "Host: 127.0.0.1:PORT\r\n"
            "user-agent: mine\r\n"
            "accept: application/json\r\n"
            "Content-Length: 0\r\n"
            "\r\n"
        );
    }

    TEST_CASE("small and large bodies arrive whole")
    {
        for (const std::size_t size : {1u, 8'192u, 8'193u, 3'000'000u}) {
            CAPTURE(size);
            auto request = get("", "/");
            request.method = http_method::post;
            request.body.assign(size, 'x');
            request.body.back() = 'y';
            const auto seen = on_the_wire(request);
            CHECK_EQ(seen.substr(seen.find("\r\n\r\n") + 4), request.body);
        }
    }

    TEST_CASE("large bodies arrive whole over TLS too")
    {
        std::string seen;
        scrapingpros_mock::test_ca authority;
        scrapingpros_mock::server server(
            {.tls = authority.issue(scrapingpros_mock::certificate_kind::good)},
            [&](const scrapingpros_mock::request& request) {
                seen = request.body;
                scrapingpros_mock::response_plan plan;
                plan.body = request.body;
                return plan;
            }
        );
        asio::io_context context;
        auto options = plain_options();
        options.tls.ca_pem = authority.ca_pem();
        auto transport = make_transport(context, options);
        auto request = get_tls(std::to_string(server.port()));
        request.method = http_method::post;
        for (int i = 0; i < 300'000; ++i)
            request.body += std::to_string(i);
        fetch one(transport, request, 100'000);
        run(context);
        CHECK(one.is_complete());
        server.stop();
        CHECK(seen == request.body);
        CHECK(one.body == request.body);
        CHECK_EQ(one.progress().body_bytes, request.body.size());
    }

    TEST_CASE("nothing completes within the call that starts it")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send(ok);
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        one.read_body = false;
        CHECK_EQ(one.completions, 0);
        run(context);
        CHECK_EQ(one.status, 200u);
        one.read();
        CHECK_EQ(one.reads, 0);
        run(context);
        CHECK_EQ(one.body, "ok");
        CHECK_EQ(one.reads, 2);
    }

    TEST_CASE("any status is a success, and fields keep their order and spelling")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nx-A: 1\r\nx-A: 2\r\n"
                            "Content-Length: 0\r\n\r\n");
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(one.status, 503u);
        REQUIRE_EQ(one.head.fields.size(), 4u);
        CHECK_EQ(one.head.fields.name(1), "x-A");
        CHECK_EQ(one.head.fields.value(2), "2");
    }

    TEST_CASE("progress tells how far an exchange came")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send(ok);
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        CHECK_EQ(transport.open().progress(), exchange_progress{});
        fetch one(transport, get(server.port()));
        CHECK_EQ(one.progress().phase, call_phase::connect);
        std::vector<call_phase> phases{call_phase::connect};
        context.restart();
        while (context.run_one() != 0)
            if (one.progress().phase != phases.back()) phases.push_back(one.progress().phase);
        CHECK_EQ(phases.size(), 4u);
        CHECK_EQ(phases.back(), call_phase::done);
        CHECK_EQ(one.progress().body_bytes, 2u);
        CHECK(one.progress().request_sent);
    }

    TEST_CASE("a host that does not answer is no request sent")
    {
        std::string port;
        {
            raw_server server([](raw_connection&) {});
            port = server.port();
        }
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(port));
        run(context);
        CHECK_EQ(one.ec, asio::error::connection_refused);
        CHECK_EQ(one.progress().phase, call_phase::connect);
        CHECK_FALSE(one.progress().request_sent);
        CHECK_EQ(transport.metrics(), transport_metrics{});
    }

    TEST_CASE("a name is resolved, and its addresses are tried in turn")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send(ok);
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        auto request = get(server.port());
        request.to.host = "localhost";
        fetch one(transport, request);
        CHECK_EQ(one.progress().phase, call_phase::resolve);
        run(context);
        CHECK(one.is_complete());
    }

    TEST_CASE("a request that would smuggle a field is not sent")
    {
        asio::io_context context;
        auto transport = make_transport(context);
        const auto refused = [&](const std::function<void(http_request&)>& change) {
            auto request = get("1");
            change(request);
            fetch one(transport, request);
            run(context);
            return one.ec == errc::bad_option && one.completions == 1;
        };
        CHECK(refused([](auto& r) { r.target = "/ HTTP/1.1\r\nX: y"; }));
        CHECK(refused([](auto& r) { r.target = ""; }));
        CHECK(refused([](auto& r) { r.headers.add("A", "b\r\nX: y"); }));
        CHECK(refused([](auto& r) { r.headers.add("A:", "b"); }));
        CHECK(refused([](auto& r) { r.to.host = "a\r\n"; }));
    }

    TEST_CASE("an interim response is not the answer")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
            );
            connection.send(ok);
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(one.status, 200u);
        CHECK_FALSE(one.head.fields.find("Link").has_value());
    }

    TEST_CASE("an exchange may outlive the handle it came from")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send(ok);
            connection.wait_for_end();
        });
        asio::io_context context;
        fetch one(make_transport(context), get(server.port()));
        run(context);
        CHECK(one.is_complete());
    }
}
