#include "webhooks/webhook_exchange.hpp"

// g++ 12 at -O1 takes Asio's coroutine frames for mismatched, which they are not.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webhooks/webhook_target.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_answer = 1'000'000;
constexpr std::size_t chunk_size = 100;
constexpr std::size_t most_chunks = 1'000;

webhook_error error_of(const error_code& ec, webhook_error otherwise)
{
    if (ec == beast::error::timeout) return webhook_error::timed_out;
    if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
        return webhook_error::reset;
    if (ec == http::error::end_of_stream || ec == http::error::partial_message ||
        ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
        return webhook_error::closed;
    return otherwise;
}

http::request<http::empty_body> head_of(const webhook_attempt& attempt, const webhook_target& to)
{
    http::request<http::empty_body> head{http::verb::post, to.path, 11};
    head.set(http::field::host, to.authority);
    for (const header& each : attempt.headers)
        head.insert(each.name, each.value);
    if (attempt.chunked)
        head.set(http::field::transfer_encoding, "chunked");
    else
        head.set(http::field::content_length, std::to_string(attempt.body.size()));
    head.set(http::field::connection, "close");
    return head;
}

template <class Stream>
asio::awaitable<error_code> write_chunks(Stream& stream, const std::string& body)
{
    const std::size_t size = std::max(chunk_size, body.size() / most_chunks + 1);
    for (std::size_t at = 0; at < body.size(); at += size) {
        const auto chunk = http::make_chunk(asio::const_buffer{
            body.data() + at, std::min(size, body.size() - at)});
        const auto [ec, written] = co_await asio::async_write(stream, chunk, as_result);
        if (ec) co_return ec;
    }
    const auto last = http::make_chunk_last();
    const auto [ec, written] = co_await asio::async_write(stream, last, as_result);
    co_return ec;
}

template <class Stream>
asio::awaitable<error_code> write_request(
    Stream& stream, const webhook_attempt& attempt, const webhook_target& to
)
{
    const auto head = head_of(attempt, to);
    http::request_serializer<http::empty_body> serializer{head};
    const auto [ec, written] = co_await http::async_write_header(stream, serializer, as_result);
    if (ec) co_return ec;
    if (attempt.chunked) {
        const error_code failed = co_await write_chunks(stream, attempt.body);
        co_return failed;
    }
    const auto body = asio::buffer(attempt.body);
    const auto [body_ec, size] = co_await asio::async_write(stream, body, as_result);
    co_return body_ec;
}

/// The status has been said: how its body ends is the receiver's affair. It is read so that the
/// receiver may finish, and kept nowhere.
template <class Stream>
asio::awaitable<void> discard_body(
    Stream& stream, beast::flat_buffer& input, http::response_parser<http::buffer_body>& parser
)
{
    std::array<char, 16 * 1024> sink;
    for (std::size_t total = 0; !parser.is_done() && total < most_answer; total += sink.size()) {
        parser.get().body().data = sink.data();
        parser.get().body().size = sink.size();
        const auto [ec, size] = co_await http::async_read(stream, input, parser, as_result);
        if (ec && ec != http::error::need_buffer) co_return;
    }
}

template <class Stream>
asio::awaitable<void> read_answer(Stream& stream, webhook_outcome& into)
{
    beast::flat_buffer input;
    for (;;) {
        http::response_parser<http::buffer_body> parser;
        parser.body_limit(boost::none);
        const auto [ec, size] = co_await http::async_read_header(stream, input, parser, as_result);
        if (ec) {
            into.error = error_of(ec, webhook_error::bad_response);
            co_return;
        }
        if (parser.get().result_int() / 100 == 1) continue;
        into.status = parser.get().result_int();
        co_await discard_body(stream, input, parser);
        co_return;
    }
}

template <class Stream>
asio::awaitable<void> talk(
    Stream& stream, const webhook_attempt& attempt, const webhook_target& to, webhook_outcome& into
)
{
    const error_code unsent = co_await write_request(stream, attempt, to);
    // A receiver may answer, and close, before it has read everything.
    if (unsent != beast::error::timeout) co_await read_answer(stream, into);
    if (unsent && into.status == 0) into.error = error_of(unsent, webhook_error::reset);
}

asio::awaitable<void> talk_tls(
    webhook_line& line,
    beast::tcp_stream& plain,
    const webhook_attempt& attempt,
    const webhook_target& to,
    webhook_outcome& into
)
{
    beast::ssl_stream<beast::tcp_stream&> stream{plain, line.tls};
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification{to.host});
    if (to.is_name) SSL_set_tlsext_host_name(stream.native_handle(), to.host.c_str());
    const auto [ec] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
    if (ec)
        into.error = error_of(ec, webhook_error::tls_failed);
    else
        co_await talk(stream, attempt, to, into);
}

asio::awaitable<std::vector<tcp::endpoint>> endpoints_of(const webhook_target& to)
{
    std::vector<tcp::endpoint> found;
    error_code not_an_address;
    const auto address = asio::ip::make_address(to.host, not_an_address);
    if (!not_an_address) {
        found.emplace_back(address, to.port);
    } else if (to.loopback) {
        found.emplace_back(asio::ip::address_v4::loopback(), to.port);
        found.emplace_back(asio::ip::address_v6::loopback(), to.port);
    } else {
        tcp::resolver resolver{co_await asio::this_coro::executor};
        const std::string port = std::to_string(to.port);
        const auto [ec, results] = co_await resolver.async_resolve(to.host, port, as_result);
        for (const auto& each : results)
            found.push_back(each.endpoint());
    }
    co_return found;
}

asio::awaitable<void> contact(
    webhook_line& line,
    const webhook_attempt& attempt,
    const webhook_target& to,
    webhook_outcome& into
)
{
    const auto endpoints = co_await endpoints_of(to);
    if (endpoints.empty()) {
        into.error = webhook_error::unresolved;
        co_return;
    }
    beast::tcp_stream stream{co_await asio::this_coro::executor};
    stream.expires_after(line.options.exchange_limit);
    const auto [ec, endpoint] = co_await stream.async_connect(endpoints, as_result);
    if (ec) {
        const bool late = ec == beast::error::timeout;
        into.error = late ? webhook_error::timed_out : webhook_error::connect_failed;
        co_return;
    }
    into.connection = ++line.connections;
    error_code ignored;
    stream.socket().set_option(tcp::no_delay{true}, ignored);
    if (to.tls)
        co_await talk_tls(line, stream, attempt, to, into);
    else
        co_await talk(stream, attempt, to, into);
}

}  // namespace

asio::awaitable<webhook_outcome> post_webhook(
    std::shared_ptr<webhook_line> line, std::shared_ptr<const webhook_attempt> attempt
)
{
    webhook_outcome outcome;
    const auto begun = std::chrono::steady_clock::now();
    const auto to = parse_webhook_url(attempt->url);
    if (!to)
        outcome.error = webhook_error::bad_url;
    else if (!to->loopback && !line->options.allow_remote_callbacks)
        outcome.error = webhook_error::refused_target;
    else
        co_await contact(*line, *attempt, *to, outcome);
    outcome.took = std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - begun);
    co_return outcome;
}

}  // namespace scrapingpros_mock
