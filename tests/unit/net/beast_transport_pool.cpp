#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "fetch.hpp"
#include "raw_server.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;
using namespace std::chrono_literals;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

void keep_answering(raw_connection& connection)
{
    while (!connection.read_request().empty())
        connection.send(ok);
}

transport_options with_connections(std::size_t count)
{
    auto options = plain_options();
    options.max_connections = count;
    return options;
}

}  // namespace

TEST_SUITE("net.beast_transport.pool")
{
    TEST_CASE("a connection serves one exchange after the other")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context);
        for (int i = 0; i < 20; ++i) {
            fetch one(transport, get(server.port()));
            run(context);
            CHECK(one.is_complete());
            CHECK_EQ(one.progress().reused_connection, i > 0);
        }
        CHECK_EQ(transport.metrics(), transport_metrics{.opened = 1, .reused = 19, .idle = 1});
        CHECK_EQ(server.connections(), 1u);
    }

    TEST_CASE("exchanges beyond the limit wait in line")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(3));
        std::list<fetch> all;
        for (int i = 0; i < 50; ++i)
            all.emplace_back(transport, get(server.port()));
        CHECK_EQ(transport.metrics(), transport_metrics{.in_use = 3, .waiting = 47});
        CHECK_EQ(all.back().progress().phase, call_phase::queued);
        run(context);
        for (const auto& one : all)
            CHECK(one.is_complete());
        CHECK_EQ(transport.metrics(), transport_metrics{.opened = 3, .reused = 47, .idle = 3});
        CHECK_EQ(server.connections(), 3u);
    }

    TEST_CASE("each endpoint has connections of its own")
    {
        raw_server first(keep_answering);
        raw_server second(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(1));
        fetch a(transport, get(first.port()));
        fetch b(transport, get(second.port()));
        CHECK_EQ(transport.metrics().in_use, 2u);
        run(context);
        CHECK(a.is_complete());
        CHECK(b.is_complete());
        CHECK_EQ(transport.metrics().idle, 2u);
    }

    TEST_CASE("who waits gets the place of a connection that is closed")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            if (connection.ordinal() % 2 == 1) connection.send(ok);
        });
        asio::io_context context;
        auto transport = make_transport(context, with_connections(1));
        std::list<fetch> all;
        for (int i = 0; i < 6; ++i) {
            auto request = get(server.port());
            request.repeatable = false;
            all.emplace_back(transport, request);
        }
        run(context);
        int good = 0;
        for (const auto& one : all) {
            CHECK_EQ(one.completions, 1);
            good += one.is_complete() && one.status == 200 ? 1 : 0;
        }
        CHECK_EQ(good, 3);
        CHECK_EQ(server.connections(), 6u);
        CHECK_EQ(transport.metrics().in_use, 0u);
    }

    TEST_CASE("who waits for a fresh connection gets one when another is given back")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(1));
        fetch first(transport, get(server.port()));
        auto request = get(server.port());
        request.repeatable = false;
        fetch second(transport, request);
        fetch third(transport, get(server.port()));
        run(context);
        CHECK(first.is_complete());
        CHECK(second.is_complete());
        CHECK_FALSE(second.progress().reused_connection);
        CHECK(third.progress().reused_connection);
        CHECK_EQ(server.connections(), 2u);
        CHECK_EQ(transport.metrics().idle, 1u);
    }

    TEST_CASE("a fresh connection takes the place of the one that was idle longest")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(2));
        std::list<fetch> two;
        two.emplace_back(transport, get(server.port()));
        two.emplace_back(transport, get(server.port()));
        run(context);
        auto request = get(server.port());
        request.repeatable = false;
        fetch one(transport, request);
        CHECK_EQ(transport.metrics().idle, 1u);
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(transport.metrics().idle, 2u);
        CHECK_EQ(server.connections(), 3u);
    }

    TEST_CASE("a wait in line is cancelled without a trace")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(1));
        fetch first(transport, get(server.port()));
        fetch cancelled(transport, get(server.port()));
        fetch destroyed(transport, get(server.port()));
        fetch last(transport, get(server.port()));
        CHECK_EQ(transport.metrics().waiting, 3u);
        cancelled.signal.emit(asio::cancellation_type::terminal);
        destroyed.exchange.reset();
        CHECK_EQ(transport.metrics().waiting, 1u);
        CHECK_EQ(cancelled.completions, 0);
        run(context);
        CHECK_EQ(cancelled.ec, asio::error::operation_aborted);
        CHECK_EQ(destroyed.ec, asio::error::operation_aborted);
        CHECK(first.is_complete());
        CHECK(last.is_complete());
    }

    TEST_CASE("a connection that is idle for longer than the age is not used again")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto options = plain_options();
        options.idle_age = 0ms;
        auto transport = make_transport(context, options);
        for (int i = 0; i < 3; ++i) {
            fetch one(transport, get(server.port()));
            run(context);
            CHECK(one.is_complete());
        }
        CHECK_EQ(transport.metrics().opened, 3u);
        CHECK_EQ(transport.metrics().idle, 1u);
    }

    TEST_CASE("idle connections are closed on request and with the transport")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        {
            auto transport = make_transport(context);
            fetch one(transport, get(server.port()));
            run(context);
            transport.close_idle();
            CHECK_EQ(transport.metrics().idle, 0u);
            fetch two(transport, get(server.port()));
            run(context);
            CHECK_EQ(transport.metrics().opened, 2u);
        }
        CHECK_EQ(server.connections(), 2u);
    }

    TEST_CASE("an exchange that is not read to its end gives up its connection")
    {
        raw_server server([](raw_connection& connection) {
            while (!connection.read_request().empty())
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\nbeginning");
        });
        asio::io_context context;
        auto transport = make_transport(context);
        {
            fetch one(transport, get(server.port()));
            one.read_body = false;
            run(context);
            CHECK_EQ(one.status, 200u);
            CHECK_EQ(transport.metrics().in_use, 1u);
        }
        CHECK_EQ(transport.metrics(), transport_metrics{.opened = 1});
    }

    TEST_CASE("a transport at rest keeps no context running")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        run(context);
        CHECK_EQ(transport.metrics().idle, 1u);
        context.restart();
        CHECK_EQ(context.poll(), 0u);
        CHECK(context.stopped());
    }

    TEST_CASE("the next exchange may begin in the handler of the one before")
    {
        raw_server server(keep_answering);
        asio::io_context context;
        auto transport = make_transport(context, with_connections(1));
        struct chain {
            beast_transport& transport;
            http_request request;
            std::unique_ptr<beast_exchange> exchange{};
            char buffer[100]{};
            int done = 0;

            void begin()
            {
                exchange = std::make_unique<beast_exchange>(transport.open());
                exchange->async_send(request, [this](error_code ec, http_response_head) {
                    REQUIRE_FALSE(ec);
                    read();
                });
            }
            void read()
            {
                exchange->async_read_some(asio::buffer(buffer), [this](error_code ec, std::size_t) {
                    if (!ec) return read();
                    CHECK_EQ(ec, asio::error::eof);
                    if (++done < 100) begin();
                });
            }
        } all{transport, get(server.port())};
        all.begin();
        run(context);
        CHECK_EQ(all.done, 100);
        CHECK_EQ(server.connections(), 1u);
    }
}
