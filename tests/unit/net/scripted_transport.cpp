#include "scripted_transport.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

using namespace scrapingpros;
using namespace scrapingpros_test;
namespace asio = boost::asio;

namespace {

/// Sends one request and reads to the end.
struct reader {
    explicit reader(scripted_transport script) : exchange(script.open())
    {
        exchange->async_send(
            request,
            asio::bind_cancellation_slot(
                signal.slot(),
                [this](error_code ec, http_response_head answer) {
                    ++completions;
                    head = std::move(answer);
                    end = ec;
                    if (!ec) read();
                }
            )
        );
    }
    void read()
    {
        exchange->async_read_some(
            asio::buffer(buffer),
            asio::bind_cancellation_slot(
                signal.slot(),
                [this](error_code ec, std::size_t n) {
                    body.append(buffer.data(), n);
                    body += '|';
                    end = ec;
                    if (!ec) read();
                }
            )
        );
    }

    http_request request{};
    std::optional<scripted_exchange> exchange;
    asio::cancellation_signal signal{};
    int completions = 0;
    std::array<char, 4> buffer{};
    http_response_head head{};
    std::string body{};
    error_code end{};
};

}  // namespace

TEST_SUITE("support.scripted_transport")
{
    TEST_CASE("answers come in the order of the script, bodies in pieces that fit")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(answer(200, "abcdefg")).then(answer(404));
        reader first(script);
        reader second(script);
        CHECK_EQ(first.completions, 0);
        context.run();
        CHECK_EQ(first.head.status, 200u);
        CHECK_EQ(first.body, "abcd|efg||");
        CHECK_EQ(first.end, asio::error::eof);
        CHECK_EQ(first.exchange->progress().phase, call_phase::done);
        CHECK_EQ(second.head.status, 404u);
        CHECK_EQ(second.body, "|");
        CHECK_EQ(script.unused_answers(), 0u);
    }

    TEST_CASE("a failure names its phase, and says from which on the request was sent")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(failure(asio::error::connection_refused, call_phase::connect));
        script.then(failure(asio::error::connection_reset, call_phase::head));
        reader first(script);
        reader second(script);
        context.run();
        CHECK_EQ(first.end, asio::error::connection_refused);
        CHECK_EQ(first.exchange->progress().phase, call_phase::connect);
        CHECK_FALSE(first.exchange->progress().request_sent);
        CHECK_EQ(second.end, asio::error::connection_reset);
        CHECK(second.exchange->progress().request_sent);
    }

    TEST_CASE("a body is cut after its pieces")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(answer(200, "abcdef").in_pieces_of(3).cut());
        reader one(script);
        context.run();
        CHECK_EQ(one.body, "abc|def||");
        CHECK_EQ(one.end, errc::incomplete_body);
    }

    TEST_CASE("what is held waits for release")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(answer(200, "a").held_before_head()).then(answer(200, "b").held_before_end());
        reader head(script);
        reader end(script);
        context.run();
        CHECK_EQ(head.completions, 0);
        CHECK_EQ(end.body, "b|");
        CHECK_EQ(script.held(), 2u);
        CHECK(script.release());
        CHECK(script.release());
        CHECK_FALSE(script.release());
        context.restart();
        context.run();
        CHECK_EQ(head.body, "a||");
        CHECK_EQ(end.body, "b||");
    }

    TEST_CASE("a held operation is cancelled, or aborted by the exchange's end, and only once")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        script.then(answer(200).held_before_head()).then(answer(200).held_before_head());
        reader cancelled(script);
        reader destroyed(script);
        context.run();
        cancelled.signal.emit(asio::cancellation_type::terminal);
        destroyed.exchange.reset();
        CHECK_EQ(cancelled.completions, 0);
        script.release();
        script.release();
        context.restart();
        context.run();
        CHECK_EQ(cancelled.end, asio::error::operation_aborted);
        CHECK_EQ(cancelled.completions, 1);
        CHECK_EQ(destroyed.end, asio::error::operation_aborted);
        CHECK_EQ(destroyed.completions, 1);
        CHECK_EQ(script.open_exchanges(), 1u);
    }

    TEST_CASE("a request beyond the script is an error, unless there is an answer for all")
    {
        asio::io_context context;
        scripted_transport script(context.get_executor());
        CHECK_THROWS_AS(reader{script}, std::logic_error);
        script.otherwise([](const http_request&) { return answer(503); });
        reader one(script);
        context.run();
        CHECK_EQ(one.head.status, 503u);
    }
}
