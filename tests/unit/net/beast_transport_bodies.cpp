#include <scrapingpros/net/beast_transport.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/http/error.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#ifdef SCRAPINGPROS_HAS_ZLIB
#include <zlib.h>
#endif

#include "fetch.hpp"
#include "raw_server.hpp"

using namespace scrapingpros;
using namespace scrapingpros_test;

namespace {

enum class then { close, reset, keep };

/// What a client makes of these bytes.
struct outcome {
    error_code ec;
    std::string body;
    std::size_t idle;
};

outcome reading(
    const std::string& bytes,
    then what = then::keep,
    std::size_t buffer_size = 1000,
    transport_options options = plain_options()
)
{
    raw_server server([&](raw_connection& connection) {
        connection.read_request();
        connection.send(bytes);
        if (what == then::reset) connection.reset();
        if (what == then::keep) connection.wait_for_end();
    });
    asio::io_context context;
    auto transport = make_transport(context, std::move(options));
    fetch one(transport, get(server.port()), buffer_size);
    run(context);
    CHECK_EQ(one.completions, 1);
    CHECK_EQ(one.progress().body_bytes, one.body.size());
    CHECK_EQ(transport.metrics().in_use, 0u);
    return {one.ec, one.body, transport.metrics().idle};
}

std::string response(std::string_view fields, std::string_view body)
{
    return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

#ifdef SCRAPINGPROS_HAS_ZLIB
std::string compressed(std::string_view text, int window_bits)
{
    ::z_stream z{};
    REQUIRE_EQ(
        ::deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK
    );
    std::string out(::deflateBound(&z, text.size()) + 32, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    CHECK_EQ(::deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    ::deflateEnd(&z);
    return out;
}

constexpr int gzip_format = 15 + 16;
constexpr int zlib_format = 15;
constexpr int bare_format = -15;

std::string coded(std::string_view coding, const std::string& body)
{
    return response(
        "Content-Encoding: " + std::string(coding) +
            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
        body
    );
}
#endif

std::string counting(int up_to)
{
    std::string text;
    for (int i = 0; i < up_to; ++i)
        text += std::to_string(i) + ",";
    return text;
}

}  // namespace

TEST_SUITE("net.beast_transport.bodies")
{
    TEST_CASE("a body with a length ends there, and the connection is kept")
    {
        for (const std::size_t buffer_size : {1u, 3u, 1000u}) {
            const auto got =
                reading(response("Content-Length: 6\r\n", "abcdef"), then::keep, buffer_size);
            CHECK_EQ(got.ec, asio::error::eof);
            CHECK_EQ(got.body, "abcdef");
            CHECK_EQ(got.idle, 1u);
        }
    }

    TEST_CASE("statuses without a body end with their head")
    {
        for (const char* status : {"204 No Content", "304 Not Modified"}) {
            const auto got = reading("HTTP/1.1 " + std::string(status) + "\r\n\r\n");
            CHECK_EQ(got.ec, asio::error::eof);
            CHECK_EQ(got.body, "");
            CHECK_EQ(got.idle, 1u);
        }
    }

    TEST_CASE("a chunked body is put together, extensions and trailers are passed over")
    {
        const auto bytes = response(
            "Transfer-Encoding: chunked\r\n",
            "3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nX-Trailer: 1\r\n\r\n"
        );
        for (const std::size_t buffer_size : {1u, 2u, 7u, 1000u}) {
            CAPTURE(buffer_size);
            const auto got = reading(bytes, then::keep, buffer_size);
            CHECK_EQ(got.ec, asio::error::eof);
            CHECK_EQ(got.body, "abc0123456789abcdef");
            CHECK_EQ(got.idle, 1u);
        }
    }

    TEST_CASE("a body with neither length nor chunks ends with the connection")
    {
        const auto got = reading(response("", "abc"), then::close);
        CHECK_EQ(got.ec, asio::error::eof);
        CHECK_EQ(got.body, "abc");
        CHECK_EQ(got.idle, 0u);
        CHECK_EQ(reading(response("", "abc"), then::reset).ec, errc::incomplete_body);
    }

    TEST_CASE("a body cut short is an error, whatever the way")
    {
        const std::string length = response("Content-Length: 10\r\n", "abc");
        const std::string chunk = response("Transfer-Encoding: chunked\r\n", "5\r\nabc");
        const std::string no_end = response("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n");
        for (const auto& bytes : {length, chunk, no_end}) {
            for (const auto how : {then::close, then::reset}) {
                const auto got = reading(bytes, how);
                CHECK_EQ(got.ec, errc::incomplete_body);
                CHECK_EQ(got.body, "abc");
                CHECK_EQ(got.idle, 0u);
            }
        }
    }

    TEST_CASE("a head cut short is no body cut short")
    {
        CHECK_EQ(reading("HTTP/1.1 200 O", then::close).ec, asio::error::eof);
        CHECK_EQ(reading("", then::close).ec, asio::error::eof);
        CHECK_EQ(reading("", then::reset).ec, asio::error::connection_reset);
    }

    TEST_CASE("a connection is not kept when either side says so")
    {
        const auto idle = [](std::string_view head) {
            return reading(std::string(head) + "Content-Length: 2\r\n\r\nok").idle;
        };
        CHECK_EQ(idle("HTTP/1.1 200 OK\r\n"), 1u);
        CHECK_EQ(idle("HTTP/1.1 200 OK\r\nConnection: close\r\n"), 0u);
        CHECK_EQ(idle("HTTP/1.1 200 OK\r\nConnection: CLOSE\r\n"), 0u);
        CHECK_EQ(idle("HTTP/1.0 200 OK\r\n"), 0u);
        CHECK_EQ(idle("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"), 1u);
        CHECK_EQ(idle("HTTP/1.1 429 Too Many\r\n"), 1u);
        CHECK_EQ(idle("HTTP/1.1 500 Oops\r\n"), 1u);
        CHECK_EQ(idle("HTTP/1.1 101 Switching\r\n"), 0u);
    }

    TEST_CASE("bytes after the body make the connection useless, not the body")
    {
        const auto got = reading(response("Content-Length: 2\r\n", "okHTTP/1.1 200 OK\r\n\r\n"));
        CHECK_EQ(got.ec, asio::error::eof);
        CHECK_EQ(got.body, "ok");
        CHECK_EQ(got.idle, 0u);
    }

    TEST_CASE("a head over the limit is refused, however it is cut")
    {
        auto options = plain_options();
        options.max_head_bytes = 2000;
        options.read_buffer_bytes = 4000;
        const std::string line(100, 'x');
        std::string fields;
        for (int i = 0; i < 15; ++i)
            fields += "A: " + line + "\r\n";
        const auto read = [&](const std::string& more) {
            return reading(
                       response(fields + more + "Content-Length: 2\r\n", "ok"),
                       then::keep,
                       1000,
                       options
            )
                .ec;
        };
        CHECK_EQ(read(""), asio::error::eof);
        CHECK_EQ(read("B: " + std::string(500, 'x') + "\r\n"), errc::head_too_large);
        CHECK_EQ(read("B: " + std::string(9000, 'x') + "\r\n"), errc::head_too_large);
        CHECK_EQ(read(fields + fields + fields), errc::head_too_large);
        CHECK_EQ(
            reading(std::string(9000, 'x'), then::keep, 1000, options).ec, errc::head_too_large
        );
    }

    TEST_CASE("what is not HTTP is refused with the parser's reason")
    {
        CHECK_EQ(reading("SMTP ready\r\n\r\n").ec, boost::beast::http::error::bad_version);
        CHECK_EQ(
            reading(response("Content-Length: -1\r\n", "")).ec,
            boost::beast::http::error::bad_content_length
        );
        CHECK_EQ(
            reading(response("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "")).ec,
            boost::beast::http::error::bad_transfer_encoding
        );
        const auto got = reading(response("Transfer-Encoding: chunked\r\n", "2\r\nok\r\nzz\r\n"));
        CHECK_EQ(got.ec, boost::beast::http::error::bad_chunk);
    }

    TEST_CASE("a chunk's line without an end is refused")
    {
        auto options = plain_options();
        options.max_head_bytes = options.read_buffer_bytes = 4000;
        const auto bytes =
            response("Transfer-Encoding: chunked\r\n", "2;" + std::string(9000, 'x'));
        CHECK_EQ(reading(bytes, then::keep, 1000, options).ec, errc::malformed_response);
    }

    TEST_CASE("a head and a body that arrive byte by byte are read like any other")
    {
        const auto bytes = response(
            "Transfer-Encoding: chunked\r\nX-Field: value\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        );
        raw_server server([&](raw_connection& connection) {
            connection.read_request();
            for (const char c : bytes)
                connection.send({&c, 1});
            connection.wait_for_end();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        fetch one(transport, get(server.port()));
        run(context);
        CHECK(one.is_complete());
        CHECK_EQ(one.body, "abcde");
        CHECK_EQ(one.head.fields.find("X-Field"), "value");
    }

    TEST_CASE("a long body passes through a small buffer, and reading nothing costs nothing")
    {
        const auto text = counting(100'000);
        auto options = plain_options();
        options.max_head_bytes = options.read_buffer_bytes = 4096;
        const auto got = reading(
            response("Content-Length: " + std::to_string(text.size()) + "\r\n", text),
            then::keep,
            5000,
            options
        );
        CHECK_EQ(got.ec, asio::error::eof);
        CHECK(got.body == text);
        CHECK_EQ(got.idle, 1u);
    }

    TEST_CASE("an early refusal is read although the request could not be sent to its end")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_head();
            connection.send(
                "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nsplit"
            );
            connection.send_fin();
            connection.read_some();
        });
        asio::io_context context;
        auto transport = make_transport(context);
        auto request = get(server.port());
        request.method = http_method::post;
        request.body.assign(30'000'000, 'x');
        fetch one(transport, request);
        run(context);
        CHECK_EQ(one.status, 413u);
        CHECK_EQ(one.body, "split");
        CHECK_EQ(transport.metrics().idle, 0u);
    }

    TEST_CASE("after the end, and after a failure, every read says so again")
    {
        raw_server server([](raw_connection& connection) {
            connection.read_request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
            if (connection.ordinal() == 1) connection.send("k");
        });
        asio::io_context context;
        auto transport = make_transport(context);
        for (const auto end :
             {error_code(asio::error::eof), make_error_code(errc::incomplete_body)}) {
            fetch one(transport, get(server.port()));
            run(context);
            CHECK_EQ(one.ec, end);
            one.ec = {};
            one.read();
            run(context);
            CHECK_EQ(one.ec, end);
        }
    }

#ifdef SCRAPINGPROS_HAS_ZLIB
    TEST_CASE("gzip and both kinds of deflate are decoded, through buffers of any size")
    {
        const auto text = counting(5000);
        const std::pair<const char*, int> kinds[] = {
            {"gzip", gzip_format},
            {"x-gzip", gzip_format},
            {"GZip", gzip_format},
            {"deflate", zlib_format},
            {"deflate", bare_format},
        };
        for (const auto& [coding, format] : kinds) {
            for (const std::size_t buffer_size : {7u, 1000u, 100'000u}) {
                CAPTURE(coding);
                CAPTURE(buffer_size);
                const auto got =
                    reading(coded(coding, compressed(text, format)), then::keep, buffer_size);
                CHECK_EQ(got.ec, asio::error::eof);
                CHECK(got.body == text);
                CHECK_EQ(got.idle, 1u);
            }
        }
    }

    TEST_CASE("gzip in chunks, in several members, and until the connection ends")
    {
        const auto body = compressed("hello ", gzip_format) + compressed("world", gzip_format);
        std::string chunks;
        for (const char c : body)
            chunks += std::string("1\r\n") + c + "\r\n";
        const auto chunked = reading(response(
            "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"
        ));
        CHECK_EQ(chunked.ec, asio::error::eof);
        CHECK_EQ(chunked.body, "hello world");
        const auto to_end = reading(response("Content-Encoding: gzip\r\n", body), then::close);
        CHECK_EQ(to_end.ec, asio::error::eof);
        CHECK_EQ(to_end.body, "hello world");
    }

    TEST_CASE("a small answer that unpacks to a huge one comes in pieces of the caller's size")
    {
        const auto body = compressed(std::string(20'000'000, 'a'), gzip_format);
        CHECK_LT(body.size(), 30'000u);
        const auto got = reading(coded("gzip", body), then::keep, 10'000);
        CHECK_EQ(got.ec, asio::error::eof);
        CHECK_EQ(got.body.size(), 20'000'000u);
    }

    TEST_CASE("a coding that ends too early is an incomplete body, a damaged one is malformed")
    {
        const auto whole = compressed(counting(5000), gzip_format);
        const auto half = reading(coded("gzip", whole.substr(0, whole.size() / 2)));
        CHECK_EQ(half.ec, errc::incomplete_body);
        CHECK_FALSE(half.body.empty());
        CHECK_EQ(reading(coded("gzip", "this is no gzip")).ec, errc::malformed_response);
        auto damaged = whole;
        damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
        CHECK_EQ(reading(coded("gzip", damaged)).ec, errc::malformed_response);
    }

    TEST_CASE("an empty body has no coding to end")
    {
        CHECK_EQ(reading(coded("gzip", "")).ec, asio::error::eof);
    }
#endif

    TEST_CASE("a coding that was not offered is refused, and identity is none")
    {
        CHECK_EQ(
            reading(response("Content-Encoding: br\r\nContent-Length: 2\r\n", "ok")).ec,
            errc::malformed_response
        );
        CHECK_EQ(
            reading(response("Content-Encoding: identity\r\nContent-Length: 2\r\n", "ok")).body,
            "ok"
        );
    }
}
