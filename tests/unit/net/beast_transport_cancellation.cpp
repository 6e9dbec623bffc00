#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fetch.hpp"
#include "raw_server.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;

namespace {

void say_nothing(raw_connection& connection)
{
    connection.wait_for_end();
}

/// Where an exchange can be waiting, and how to get it there.
struct point {
    const char* name;
    call_phase phase;
    std::function<void(raw_connection&)> server = say_nothing;
    std::function<void(http_request&)> change = [](http_request&) {};
    bool through_proxy = false;
    bool in_body = false;
};

const point points[] = {
    {.name = "resolve",
     .phase = call_phase::resolve,
     .change = [](http_request& request) { request.to.host = "localhost"; }},
    {.name = "connect", .phase = call_phase::connect},
    {.name = "proxy",
     .phase = call_phase::handshake,
     .change =
         [](http_request& request) {
             request.to = {true, "example.invalid", "443"};
         },
     .through_proxy = true},
    {.name = "TLS",
     .phase = call_phase::handshake,
     .change = [](http_request& request) { request.to.tls = true; }},
    {.name = "write",
     .phase = call_phase::write,
     .server = [](raw_connection& connection) { connection.stall(); },
     .change = [](http_request& request) { request.body.assign(64'000'000, 'x'); }},
    {.name = "head", .phase = call_phase::head},
    {.name = "body",
     .phase = call_phase::body,
     .server =
         [](raw_connection& connection) {
             connection.read_request();
             connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
             connection.wait_for_end();
         },
     .in_body = true},
};

/// An exchange that waits at its point, with nothing else left to happen.
struct waiting {
    explicit waiting(const point& at) : server(at.server)
    {
        auto options = plain_options();
        if (at.through_proxy)
            options.proxy = {
                .mode = proxy_mode::explicit_url,
                .url = secret("http://127.0.0.1:" + server.port())};
        transport.emplace(make_transport(*context, options));
        auto request = get(server.port());
        at.change(request);
        one.emplace(*transport, request);
        context->restart();
        while (one->progress().phase != at.phase || one->body.empty() == at.in_body)
            REQUIRE_EQ(context->run_one(), 1u);
        if (at.phase > call_phase::connect) context->poll();
        CHECK_EQ(one->progress().phase, at.phase);
    }

    raw_server server;
    std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
    std::optional<beast_transport> transport{};
    std::optional<fetch> one{};
};

void check_aborted(waiting& w)
{
    CHECK_EQ(w.one->ec, error_code());  // not from within the call that ends it
    run(*w.context);                    // returns: no event is needed any more
    CHECK_EQ(w.one->ec, asio::error::operation_aborted);
    CHECK_EQ(w.one->completions, 1);
    CHECK_EQ(w.transport->metrics().in_use, 0u);
    CHECK_EQ(w.transport->metrics().idle, 0u);
}

}  // namespace

TEST_SUITE("net.beast_transport.cancellation")
{
    TEST_CASE("a cancelled operation completes at once, wherever it waits")
    {
        for (const auto& at : points) {
            CAPTURE(at.name);
            waiting w(at);
            w.one->signal.emit(asio::cancellation_type::terminal);
            check_aborted(w);
        }
    }

    TEST_CASE("an exchange destroyed under way completes its operation")
    {
        for (const auto& at : points) {
            CAPTURE(at.name);
            waiting w(at);
            w.one->exchange.reset();
            check_aborted(w);
        }
    }

    TEST_CASE("an exchange may be cancelled more than once, then destroyed")
    {
        for (const auto& at : points) {
            CAPTURE(at.name);
            waiting w(at);
            w.one->signal.emit(asio::cancellation_type::terminal);
            w.one->signal.emit(asio::cancellation_type::all);
            w.one->exchange.reset();
            w.one->signal.emit(asio::cancellation_type::terminal);
            check_aborted(w);
            w.one->signal.emit(asio::cancellation_type::terminal);
        }
    }

    TEST_CASE("a cancellation that is not terminal is not supported and changes nothing")
    {
        waiting w(points[5]);
        w.one->signal.emit(asio::cancellation_type::total);
        w.one->signal.emit(asio::cancellation_type::partial);
        w.context->poll();
        CHECK_EQ(w.one->completions, 0);
        w.one->signal.emit(asio::cancellation_type::terminal);
        check_aborted(w);
    }

    TEST_CASE("a context that is destroyed takes waiting exchanges with it")
    {
        for (const auto& at : points) {
            CAPTURE(at.name);
            waiting w(at);
            w.one.reset();
            w.transport.reset();
            w.context.reset();
        }
    }

    TEST_CASE("a cancelled exchange harms no other")
    {
        raw_server server([](raw_connection& connection) {
            while (!connection.read_request().empty())
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        asio::io_context context;
        auto transport = make_transport(context);
        for (int steps = 0; steps < 12; ++steps) {
            CAPTURE(steps);
            fetch victim(transport, get(server.port()));
            fetch other(transport, get(server.port()));
            context.restart();
            for (int i = 0; i < steps; ++i)
                context.poll_one();
            victim.signal.emit(asio::cancellation_type::terminal);
            run(context);
            CHECK_EQ(victim.completions, 1);
            const bool ended = victim.is_complete() || victim.ec == asio::error::operation_aborted;
            CHECK(ended);
            CHECK(other.is_complete());
            CHECK_EQ(other.body, "ok");
            CHECK_EQ(transport.metrics().in_use, 0u);
        }
    }
}
