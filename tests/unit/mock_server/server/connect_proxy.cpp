#include "server/connect_proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "raw_client.hpp"
#include "server/server.hpp"

using namespace scrapingpros_mock;

namespace {

response_plan echo(const request& what)
{
    response_plan plan;
    plan.body = what.method + " " + what.target + "\n";
    for (const auto& field : what.headers)
        plan.body += field.name + "=" + field.value + "\n";
    plan.body += what.body;
    return plan;
}

std::string connect_to(const std::string& authority, const std::string& more = "")
{
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + more + "\r\n";
}

std::string status_line(const read_result& response)
{
    return response.bytes.substr(0, response.bytes.find("\r\n"));
}

constexpr auto established = "HTTP/1.1 200 Connection established";

}  // namespace

TEST_SUITE("mock_server.connect_proxy")
{
    TEST_CASE("a tunnel carries bytes both ways and is counted")
    {
        const server origin{{}, echo};
        const connect_proxy subject;
        const auto authority = "127.0.0.1:" + std::to_string(origin.port());
        raw_client client{subject.port()};
        CHECK_EQ(status_line(client.exchange(connect_to(authority))), established);
        for (const auto* target : {"/1", "/2"}) {
            const auto response = client.exchange(get(target));
            CHECK_EQ(body_of(response.bytes), std::string{"GET "} + target + "\nHost=127.0.0.1\n");
        }
        const auto stats = subject.stats();
        CHECK_EQ(stats.tunnels, 1);
        CHECK_EQ(stats.refused, 0);
        CHECK(stats.targets == std::vector{authority});
        CHECK_EQ(origin.stats().connections, 1);
    }

    TEST_CASE("any name can be mapped to a port")
    {
        const server origin{{}, echo};
        const connect_proxy subject{{.everything_to = origin.port()}};
        raw_client client{subject.port()};
        client.exchange(connect_to("api.example.test:443"));
        CHECK_NE(client.exchange(get("/")).bytes, "");
        CHECK_EQ(subject.stats().targets.at(0), "api.example.test:443");
    }

    TEST_CASE("a target outside of this machine is not gone to")
    {
        const connect_proxy subject;
        for (const auto* authority : {"api.example.test:443", "192.0.2.1:80", "nonsense"}) {
            raw_client client{subject.port()};
            CHECK_EQ(
                status_line(client.exchange(connect_to(authority))), "HTTP/1.1 502 Bad Gateway"
            );
        }
        CHECK_EQ(subject.stats().refused, 3);
    }

    TEST_CASE("a target that refuses connections is a 502")
    {
        server gone{{}, echo};
        gone.stop();
        const connect_proxy subject{{.everything_to = gone.port()}};
        raw_client client{subject.port()};
        CHECK_EQ(
            status_line(client.exchange(connect_to("localhost:1"))), "HTTP/1.1 502 Bad Gateway"
        );
        CHECK_EQ(subject.stats().tunnels, 0);
    }

    TEST_CASE("credentials are asked for and checked")
    {
        const server origin{{}, echo};
        const connect_proxy subject{
            {.credentials = proxy_credentials{"user", "pass"}, .everything_to = origin.port()}};
        for (const auto* wrong : {"", "Proxy-Authorization: Basic dXNlcjp3cm9uZw==\r\n"}) {
            raw_client client{subject.port()};
            const auto response = client.exchange(connect_to("a.test:443", wrong));
            CHECK_EQ(status_line(response), "HTTP/1.1 407 Proxy Authentication Required");
            CHECK_NE(
                response.bytes.find("\r\nProxy-Authenticate: Basic realm="), std::string::npos
            );
        }
        raw_client client{subject.port()};
        const auto response =
            client.exchange(connect_to("a.test:443", "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n")
            );
        CHECK_EQ(status_line(response), established);
        CHECK_EQ(subject.stats().refused, 2);
        CHECK_EQ(subject.stats().tunnels, 1);
    }

    TEST_CASE("a proxy can be told to refuse")
    {
        const connect_proxy subject{{.refuse_with = 502}};
        raw_client client{subject.port()};
        CHECK_EQ(
            status_line(client.exchange(connect_to("127.0.0.1:1"))), "HTTP/1.1 502 Bad Gateway"
        );
    }

    TEST_CASE("a plain request is passed on in the form that origins expect")
    {
        const server origin{{}, echo};
        const connect_proxy subject{{.everything_to = origin.port()}};
        raw_client client{subject.port()};
        client.send("POST http://api.example.test/v1/x?y=1 HTTP/1.1\r\nHost: api.example.test\r\n"
                    "Proxy-Authorization: Basic dXNlcjpwYXNz\r\nProxy-Connection: keep-alive\r\n"
                    "Connection: keep-alive\r\nContent-Length: 4\r\n\r\nbody");
        const auto got = client.read_to_end();
        CHECK_EQ(
            body_of(got.bytes),
            "POST /v1/x?y=1\nHost=api.example.test\nContent-Length=4\nConnection=close\nbody"
        );
        CHECK_EQ(subject.stats().forwarded, 1);
        CHECK_EQ(subject.stats().targets.at(0), "api.example.test:80");
    }

    TEST_CASE("a reset of the origin resets the client")
    {
        const server origin{{}, [](const request&) {
                                response_plan plan;
                                plan.ending = wire_ending::reset;
                                return plan;
                            }};
        const connect_proxy subject{{.everything_to = origin.port()}};
        raw_client client{subject.port()};
        client.exchange(connect_to("a.test:80"));
        client.send(get("/"));
        CHECK(client.read_to_end().end == read_end::reset);
    }

    TEST_CASE("a proxy stops with tunnels open")
    {
        const server origin{{}, echo};
        connect_proxy subject{{.everything_to = origin.port()}};
        raw_client silent{subject.port()};
        raw_client tunnelled{subject.port()};
        tunnelled.exchange(connect_to("a.test:80"));
        subject.stop();
        CHECK(is_refused(subject.port()));
    }
}
