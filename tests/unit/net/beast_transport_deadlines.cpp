#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <list>
#include <string>

#include "fetch.hpp"
#include "raw_server.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20ms;

/// A port of this machine on which connections are neither accepted nor refused.
class full_listener {
public:
    full_listener()
    {
        acceptor_.open(asio::ip::tcp::v4());
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
        acceptor_.listen(0);
        for (int i = 0; i < 4; ++i) {
            auto& each = fillers_.emplace_back(context_);
            each.async_connect(acceptor_.local_endpoint(), [](error_code) {});
        }
        context_.poll();
    }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

private:
    asio::io_context context_{};
    asio::ip::tcp::acceptor acceptor_{context_};
    std::list<asio::ip::tcp::socket> fillers_{};
};

/// How an exchange ends with a server that does that.
void check_timeout(
    const std::function<void(raw_connection&)>& serve,
    const std::function<void(transport_options&)>& configure,
    const std::function<void(http_request&)>& change,
    errc expected,
    call_phase phase
)
{
    raw_server server(serve);
    asio::io_context context;
    auto options = plain_options();
    options.proxy.url = secret("http://127.0.0.1:" + server.port());
    configure(options);
    auto transport = make_transport(context, options);
    auto request = get(server.port());
    change(request);
    fetch one(transport, request);
    run(context);
    CHECK_EQ(one.ec, expected);
    CHECK_EQ(one.ec, cond::transient);
    CHECK_EQ(one.progress().phase, phase);
    CHECK_EQ(one.progress().request_sent, phase >= call_phase::write);
    CHECK_EQ(transport.metrics().in_use, 0u);
    CHECK_EQ(transport.metrics().idle, 0u);
}

void say_nothing(raw_connection& connection)
{
    connection.wait_for_end();
}
void short_silence(transport_options& options)
{
    options.silence = soon;
}
void short_handshake(transport_options& options)
{
    options.handshake_timeout = soon;
}
void change_nothing(http_request&) {}

}  // namespace

TEST_SUITE("net.beast_transport.deadlines")
{
    TEST_CASE("a connection that is not answered times out")
    {
        const full_listener listener;
        asio::io_context context;
        auto options = plain_options();
        options.connect_timeout = soon;
        auto transport = make_transport(context, options);
        fetch one(transport, get(listener.port()));
        run(context);
        CHECK_EQ(one.ec, errc::connect_timeout);
        CHECK_EQ(one.progress().phase, call_phase::connect);
        CHECK_FALSE(one.progress().request_sent);
    }

    TEST_CASE("handshakes that come to a halt time out")
    {
        check_timeout(
            say_nothing,
            short_handshake,
            [](http_request& request) { request.to.tls = true; },
            errc::handshake_timeout,
            call_phase::handshake
        );
        check_timeout(
            say_nothing,
            [](transport_options& options) {
                short_handshake(options);
                options.proxy.mode = proxy_mode::explicit_url;
            },
            [](http_request& request) {
                request.to = {true, "example.invalid", "443"};
            },
            errc::handshake_timeout,
            call_phase::handshake
        );
    }

    TEST_CASE("a server that takes no more of the request times out")
    {
        check_timeout(
            [](raw_connection& connection) { connection.stall(); },
            short_silence,
            [](http_request& request) { request.body.assign(64'000'000, 'x'); },
            errc::silence_timeout,
            call_phase::write
        );
    }

    TEST_CASE("a server that does not answer times out")
    {
        check_timeout(
            say_nothing, short_silence, change_nothing, errc::silence_timeout, call_phase::head
        );
    }

    TEST_CASE("a request may have a patience of its own")
    {
        check_timeout(
            say_nothing,
            [](transport_options&) {},
            [](http_request& request) { request.silence = soon; },
            errc::silence_timeout,
            call_phase::head
        );
    }

    TEST_CASE("a body that comes to a halt times out")
    {
        check_timeout(
            [](raw_connection& connection) {
                connection.read_request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                connection.wait_for_end();
            },
            short_silence,
            change_nothing,
            errc::silence_timeout,
            call_phase::body
        );
    }

    TEST_CASE("a wait in line times out, and the others go on")
    {
        std::promise<void> answer;
        const auto answered = answer.get_future().share();
        raw_server server([&](raw_connection& connection) {
            while (!connection.read_request().empty()) {
                answered.wait();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        asio::io_context context;
        auto options = plain_options();
        options.max_connections = 1;
        options.pool_timeout = soon;
        auto transport = make_transport(context, options);
        fetch first(transport, get(server.port()));
        fetch second(transport, get(server.port()));
        while (!second.ec)
            REQUIRE_EQ(context.run_one(), 1u);
        CHECK_EQ(second.ec, errc::pool_timeout);
        CHECK_EQ(second.progress().phase, call_phase::queued);
        CHECK_FALSE(first.ec);
        answer.set_value();
        fetch third(transport, get(server.port()));
        run(context);
        CHECK(first.is_complete());
        CHECK(third.is_complete());
        CHECK_EQ(transport.metrics().waiting, 0u);
    }

    TEST_CASE("no deadline runs while nobody reads")
    {
        std::promise<void> go_on;
        std::promise<void> sent;
        raw_server server([&](raw_connection& connection) {
            connection.read_request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
            go_on.get_future().wait();
            connection.send("def");
            sent.set_value();
            connection.wait_for_end();
        });
        asio::io_context context;
        auto options = plain_options();
        options.silence = 200ms;
        auto transport = make_transport(context, options);
        fetch one(transport, get(server.port()));
        one.read_body = false;
        run(context);
        CHECK_EQ(one.status, 200u);
        asio::steady_timer longer(context, 300ms);
        longer.async_wait([](error_code) {});
        run(context);
        go_on.set_value();
        sent.get_future().wait();
        one.read();
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(one.body, "abcdef");
    }

    TEST_CASE("one exchange's deadline does not end another")
    {
        raw_server silent(say_nothing);
        raw_server speaking([](raw_connection& connection) {
            while (!connection.read_request().empty())
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        asio::io_context context;
        auto transport = make_transport(context);
        std::list<fetch> late;
        for (int i = 0; i < 5; ++i) {
            auto request = get(silent.port());
            request.silence = milliseconds(5 * (5 - i));
            late.emplace_back(transport, request);
        }
        auto patient = get(silent.port());
        patient.silence = 10min;
        fetch waits(transport, patient);
        fetch good(transport, get(speaking.port()));
        while (late.front().completions == 0)
            REQUIRE_EQ(context.run_one(), 1u);
        for (const auto& each : late)
            CHECK_EQ(each.ec, errc::silence_timeout);
        CHECK(good.is_complete());
        CHECK_EQ(waits.completions, 0);
        waits.exchange.reset();
        run(context);
    }
}
