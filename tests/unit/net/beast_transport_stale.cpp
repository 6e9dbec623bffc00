#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <string>

#include "fetch.hpp"
#include "raw_server.hpp"
#include "server/server.hpp"
#include "server/test_ca.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A first connection that answers once and then goes bad as told; all others are good.
class aging_server : public raw_server {
public:
    enum class goes_bad { at_once, with_the_next_request };

    aging_server(goes_bad when, const std::function<void(raw_connection&)>& how)
        : raw_server([this, when, how](raw_connection& connection) {
              if (connection.ordinal() == 1) {
                  connection.read_request();
                  connection.send(ok);
                  if (when == goes_bad::with_the_next_request) connection.read_request();
                  how(connection);
                  went_bad_.set_value();
                  connection.wait_for_end();
                  return;
              }
              while (!connection.read_request().empty())
                  connection.send(ok);
          })
    {
    }
    ~aging_server() { stop(); }

    void wait_until_bad() { went_bad_.get_future().wait(); }

private:
    std::promise<void> went_bad_{};
};

struct way {
    const char* name;
    std::function<void(raw_connection&)> how;
};

const way ways[] = {
    {"FIN", [](raw_connection& connection) { connection.close(); }},
    {"RST", [](raw_connection& connection) { connection.reset(); }},
    {"half-close", [](raw_connection& connection) { connection.send_fin(); }},
};

}  // namespace

TEST_SUITE("net.beast_transport.stale")
{
    TEST_CASE("a connection that went bad while idle is not used")
    {
        for (const auto& [name, how] : ways) {
            CAPTURE(name);
            aging_server server(aging_server::goes_bad::at_once, how);
            asio::io_context context;
            auto transport = make_transport(context);
            fetch first(transport, get(server.port()));
            run(context);
            CHECK(first.is_complete());
            server.wait_until_bad();
            fetch second(transport, get(server.port()));
            run(context);
            CHECK(second.is_complete());
            CHECK_FALSE(second.progress().reused_connection);
            CHECK_EQ(transport.metrics().replayed, 0u);
            CHECK_EQ(transport.metrics().opened, 2u);
        }
    }

    TEST_CASE("an unasked answer on an idle connection is not taken for the next one's")
    {
        aging_server server(aging_server::goes_bad::at_once, [](raw_connection& connection) {
            connection.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch first(transport, get(server.port()));
        run(context);
        server.wait_until_bad();
        fetch second(transport, get(server.port()));
        run(context);
        CHECK_EQ(second.status, 200u);
        CHECK_EQ(second.body, "ok");
    }

    TEST_CASE("a request lost with a reused connection is sent again on a fresh one, once")
    {
        for (const auto& [name, how] : ways) {
            CAPTURE(name);
            aging_server server(aging_server::goes_bad::with_the_next_request, how);
            asio::io_context context;
            auto transport = make_transport(context);
            fetch first(transport, get(server.port()));
            run(context);
            fetch second(transport, get(server.port()));
            run(context);
            CHECK(second.is_complete());
            CHECK_EQ(second.completions, 1);
            CHECK_FALSE(second.progress().reused_connection);
            CHECK_EQ(transport.metrics().replayed, 1u);
            CHECK_EQ(transport.metrics().reused, 1u);
            CHECK_EQ(transport.metrics().opened, 2u);
        }
    }

    TEST_CASE("a large request lost with a reused connection is sent again whole")
    {
        aging_server server(aging_server::goes_bad::with_the_next_request, ways[1].how);
        asio::io_context context;
        auto transport = make_transport(context);
        fetch first(transport, get(server.port()));
        run(context);
        auto request = get(server.port());
        request.method = http_method::post;
        request.body.assign(3'000'000, 'x');
        fetch second(transport, request);
        run(context);
        CHECK(second.is_complete());
        CHECK_EQ(transport.metrics().replayed, 1u);
    }

    TEST_CASE("a request whose answer has begun is not sent again")
    {
        aging_server server(
            aging_server::goes_bad::with_the_next_request,
            [](raw_connection& connection) {
                connection.send("HTTP/1.1 20");
                connection.close();
            }
        );
        asio::io_context context;
        auto transport = make_transport(context);
        fetch first(transport, get(server.port()));
        run(context);
        fetch second(transport, get(server.port()));
        run(context);
        CHECK_EQ(second.ec, asio::error::eof);
        CHECK_EQ(second.status, 0u);
        CHECK(second.progress().reused_connection);
        CHECK_EQ(transport.metrics().replayed, 0u);
    }

    TEST_CASE("a request that must not arrive twice gets a fresh connection, and no second one")
    {
        std::atomic<int> requests = 0;
        raw_server server([&](raw_connection& connection) {
            while (!connection.read_request().empty()) {
                if (++requests == 2) return;
                connection.send(ok);
            }
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch first(transport, get(server.port()));
        run(context);
        CHECK(first.is_complete());
        CHECK_EQ(transport.metrics().idle, 1u);
        auto request = get(server.port());
        request.repeatable = false;
        fetch second(transport, request);
        run(context);
        CHECK_EQ(second.ec, asio::error::eof);
        CHECK_EQ(second.status, 0u);
        CHECK(second.progress().request_sent);
        CHECK_FALSE(second.progress().reused_connection);
        CHECK_EQ(server.connections(), 2u);
        CHECK_EQ(requests, 2);
        CHECK_EQ(transport.metrics().idle, 1u);
    }

    TEST_CASE("a fresh connection that is lost is an error, whatever the request")
    {
        raw_server server([](raw_connection& connection) { connection.read_request(); });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        run(context);
        CHECK_EQ(one.ec, asio::error::eof);
        CHECK_EQ(one.progress().phase, call_phase::head);
        CHECK(one.progress().request_sent);
        CHECK_EQ(server.connections(), 1u);
    }

    TEST_CASE("a server that closes idle connections at random is not noticed")
    {
        struct row {
            const char* name;
            scrapingpros_mock::idle_close_manner manner;
            bool tls;
        };
        const row rows[] = {
            {"FIN", scrapingpros_mock::idle_close_manner::fin, false},
            {"RST", scrapingpros_mock::idle_close_manner::rst, false},
            {"either", scrapingpros_mock::idle_close_manner::either, false},
            {"either, TLS", scrapingpros_mock::idle_close_manner::either, true},
        };
        scrapingpros_mock::test_ca authority;
        for (const auto& [name, manner, tls] : rows) {
            CAPTURE(name);
            scrapingpros_mock::server_options serving;
            if (tls) serving.tls = authority.issue(scrapingpros_mock::certificate_kind::good);
            serving.chaos = {.probability = 0.3, .manner = manner, .seed = 7};
            scrapingpros_mock::server server(serving, [](const scrapingpros_mock::request&) {
                scrapingpros_mock::response_plan plan;
                plan.body = "ok";
                return plan;
            });
            asio::io_context context;
            auto options = plain_options();
            options.tls.ca_pem = authority.ca_pem();
            auto transport = make_transport(context, options);
            auto request = get(std::to_string(server.port()));
            request.to.tls = tls;
            constexpr int count = 2000;
            int failures = 0;
            for (int i = 0; i < count; ++i) {
                fetch one(transport, request);
                run(context);
                if (!one.is_complete() || one.body != "ok") ++failures;
            }
            CHECK_EQ(failures, 0);
            const auto metrics = transport.metrics();
            CHECK_GT(metrics.reused, metrics.opened);
            MESSAGE(
                std::string(name),
                ": ",
                count,
                " requests, ",
                metrics.opened,
                " connections, ",
                server.stats().idle_closes,
                " closed by the server, ",
                metrics.replayed,
                " replays"
            );
        }
    }
}
