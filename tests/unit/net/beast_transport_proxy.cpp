#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "fetch.hpp"
#include "raw_server.hpp"
#include "server/connect_proxy.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;

namespace {

const scrapingpros_mock::test_ca& authority()
{
    static const scrapingpros_mock::test_ca ca;
    return ca;
}

struct origin : scrapingpros_mock::server {
    explicit origin(bool tls)
        : server(
              [&] {
                  scrapingpros_mock::server_options options;
                  if (tls)
                      options.tls = authority().issue(scrapingpros_mock::certificate_kind::good);
                  return options;
              }(),
              [](const scrapingpros_mock::request& request) {
                  scrapingpros_mock::response_plan plan;
                  plan.body = request.target;
                  if (request.find("Proxy-Authorization")) plan.body = "leaked";
                  return plan;
              }
          )
    {
    }
};

transport_options through(std::uint16_t port, const std::string& credentials = {})
{
    auto options = plain_options();
    options.tls.ca_pem = authority().ca_pem();
    options.proxy.mode = proxy_mode::explicit_url;
    options.proxy.url = secret("http://" + credentials + "127.0.0.1:" + std::to_string(port));
    return options;
}

http_request asking(
    const scrapingpros_mock::server& server, bool tls, std::string host = "localhost"
)
{
    auto request = get(std::to_string(server.port()), "/path");
    request.to.tls = tls;
    request.to.host = std::move(host);
    return request;
}

/// Sets a variable for as long as it lives.
struct variable {
    variable(const char* n, const std::string& value) : name(n) { ::setenv(n, value.c_str(), 1); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;
    ~variable() { ::unsetenv(name); }

    const char* name;
};

}  // namespace

TEST_SUITE("net.beast_transport.proxy")
{
    TEST_CASE("https goes through a tunnel that is kept, with the name left to the proxy")
    {
        origin server(true);
        scrapingpros_mock::connect_proxy proxy;
        asio::io_context context;
        auto transport = make_transport(context, through(proxy.port()));
        for (int i = 0; i < 3; ++i) {
            fetch one(transport, asking(server, true));
            run(context);
            CHECK_MESSAGE(one.is_complete(), one.ec.message());
            CHECK_EQ(one.body, "/path");
            CHECK_EQ(one.progress().reused_connection, i > 0);
        }
        const auto stats = proxy.stats();
        CHECK_EQ(stats.tunnels, 1u);
        REQUIRE_EQ(stats.targets.size(), 1u);
        CHECK_EQ(stats.targets[0], "localhost:" + std::to_string(server.port()));
    }

    TEST_CASE("http goes through the proxy in absolute form")
    {
        origin server(false);
        scrapingpros_mock::connect_proxy proxy;
        asio::io_context context;
        auto transport = make_transport(context, through(proxy.port()));
        fetch one(transport, asking(server, false));
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(one.status, 200u);
        CHECK_EQ(proxy.stats().forwarded, 1u);
    }

    TEST_CASE("credentials are shown to the proxy and to nobody else")
    {
        for (const bool tls : {true, false}) {
            origin server(tls);
            scrapingpros_mock::connect_proxy proxy(
                {.credentials = scrapingpros_mock::proxy_credentials{"me", "p@ss:word"}}
            );
            asio::io_context context;
            auto transport = make_transport(context, through(proxy.port(), "me:p%40ss%3Aword@"));
            fetch one(transport, asking(server, tls));
            run(context);
            CHECK(one.is_complete());
            if (tls) CHECK_EQ(one.body, "/path");
            CHECK_EQ(server.stats().requests, 1u);
        }
    }

    TEST_CASE("a proxy that wants other credentials says so, for both kinds of endpoint")
    {
        for (const bool tls : {true, false}) {
            for (const char* credentials : {"", "me:wrong@"}) {
                origin server(tls);
                scrapingpros_mock::connect_proxy proxy(
                    {.credentials = scrapingpros_mock::proxy_credentials{"me", "right"}}
                );
                asio::io_context context;
                auto transport = make_transport(context, through(proxy.port(), credentials));
                fetch one(transport, asking(server, tls));
                run(context);
                CHECK_EQ(one.ec, errc::proxy_unauthorized);
                CHECK_EQ(one.status, 0u);
                CHECK_EQ(server.stats().connections, 0u);
                CHECK_EQ(transport.metrics().idle, 0u);
            }
        }
    }

    TEST_CASE("a proxy that refuses the tunnel is told apart from the endpoint")
    {
        for (const unsigned status : {403u, 502u, 301u}) {
            scrapingpros_mock::connect_proxy proxy({.refuse_with = status});
            origin server(true);
            asio::io_context context;
            auto transport = make_transport(context, through(proxy.port()));
            fetch one(transport, asking(server, true));
            run(context);
            CHECK_EQ(one.ec, errc::proxy_refused);
            CHECK_EQ(one.progress().phase, call_phase::handshake);
            CHECK_FALSE(one.progress().request_sent);
        }
    }

    TEST_CASE("a proxy's answer that is not one, or more than one, opens no tunnel")
    {
        const std::pair<const char*, error_code> rows[] = {
            {"HTTP/1.1 200 OK\r\n\r\nsurplus", make_error_code(errc::proxy_refused)},
            {"HTTP/1.1 200", asio::error::eof},
            {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n\r\n",
             make_error_code(errc::proxy_refused)},
        };
        for (const auto& [answer, expected] : rows) {
            CAPTURE(answer);
            raw_server proxy([&](raw_connection& connection) {
                connection.read_request();
                connection.send(answer);
                connection.send_fin();
                connection.wait_for_end();
            });
            asio::io_context context;
            const auto port = static_cast<std::uint16_t>(std::stoi(proxy.port()));
            auto transport = make_transport(context, through(port));
            fetch one(transport, get_tls("443", "example.invalid"));
            run(context);
            CHECK_EQ(one.ec, expected);
        }
    }

    TEST_CASE("the certificate behind the tunnel is checked against the endpoint's name")
    {
        origin server(true);
        scrapingpros_mock::connect_proxy proxy({.everything_to = server.port()});
        asio::io_context context;
        auto transport = make_transport(context, through(proxy.port()));
        fetch one(transport, asking(server, true, "api.example"));
        run(context);
        CHECK(is_tls_error(one.ec));
        CHECK_EQ(proxy.stats().targets.at(0), "api.example:" + std::to_string(server.port()));
    }

    TEST_CASE("a proxy that cannot be reached is no endpoint that cannot be reached, but as final")
    {
        std::uint16_t port = 0;
        {
            scrapingpros_mock::connect_proxy proxy;
            port = proxy.port();
        }
        origin server(true);
        asio::io_context context;
        auto transport = make_transport(context, through(port));
        fetch one(transport, asking(server, true));
        run(context);
        CHECK_EQ(one.ec, asio::error::connection_refused);
        CHECK_EQ(server.stats().connections, 0u);
    }

    TEST_CASE("an exception is reached without the proxy")
    {
        origin server(true);
        scrapingpros_mock::connect_proxy proxy;
        auto options = through(proxy.port());
        options.proxy.no_proxy = "localhost:" + std::to_string(server.port());
        asio::io_context context;
        auto transport = make_transport(context, options);
        fetch direct(transport, asking(server, true));
        fetch tunnelled(transport, asking(server, true, "127.0.0.1"));
        run(context);
        CHECK(direct.is_complete());
        CHECK(tunnelled.is_complete());
        CHECK_EQ(proxy.stats().tunnels, 1u);
    }

    TEST_CASE("the environment is read when the transport is made")
    {
        origin server(true);
        scrapingpros_mock::connect_proxy proxy({.everything_to = server.port()});
        asio::io_context context;
        auto options = plain_options();
        options.proxy.mode = proxy_mode::environment;
        options.tls.verify = tls_verify::danger_accept_any_certificate;
        std::optional<variable> set(std::in_place, "https_proxy", proxy.url());
        auto transport = make_transport(context, options);
        set.reset();
        fetch one(transport, asking(server, true, "api.example"));
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(proxy.stats().tunnels, 1u);
    }

    TEST_CASE("a proxy of the environment that we cannot speak to is an error, not a way around it")
    {
        asio::io_context context;
        auto options = plain_options();
        options.proxy.mode = proxy_mode::environment;
        const variable set("https_proxy", "socks5://127.0.0.1:1");
        auto transport = make_transport(context, options);
        fetch one(transport, get_tls("443", "api.example"));
        run(context);
        CHECK_EQ(one.ec, errc::bad_option);
    }
}
