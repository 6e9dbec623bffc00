#ifndef SCRAPINGPROS_EXAMPLES_PLAIN_HTTP_HPP
#define SCRAPINGPROS_EXAMPLES_PLAIN_HTTP_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

/// What came back, or why nothing did.
struct reply {
    scrapingpros::error_code ec{};
    unsigned status = 0;
    scrapingpros::http_fields fields{};
    std::string body{};
};

/// One request on a connection of its own.
inline reply send_over_http(const scrapingpros::http_request& what)
{
    namespace beast = boost::beast;
    namespace http = boost::beast::http;
    reply got;
    try {
        boost::asio::io_context context;
        beast::tcp_stream stream(context);
        boost::asio::ip::tcp::resolver resolver(context);
        stream.connect(resolver.resolve(what.to.host, what.to.port));

        const auto verb = http::string_to_verb(std::string(to_string(what.method)));
        http::request<http::string_body> out(verb, what.target, 11, what.body);
        out.set(http::field::host, what.to.host);
        out.set(http::field::connection, "close");
        for (std::size_t i = 0; i < what.headers.size(); ++i)
            out.set(std::string(what.headers.name(i)), std::string(what.headers.value(i)));
        out.prepare_payload();
        http::write(stream, out);

        beast::flat_buffer buffer;
        http::response_parser<http::string_body> in;
        in.body_limit(std::numeric_limits<std::uint64_t>::max());
        http::read(stream, buffer, in);
        got.status = in.get().result_int();
        for (const auto& field : in.get())
            got.fields.add(
                std::string_view(field.name_string().data(), field.name_string().size()),
                std::string_view(field.value().data(), field.value().size())
            );
        got.body = std::move(in.get().body());
    } catch (const boost::system::system_error& error) {
        got.ec = error.code();
    }
    return got;
}

#endif
