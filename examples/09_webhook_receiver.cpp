// Waits for the webhook of a run, on a port of 127.0.0.1: the argument, or any free one. The secret
// is SP_WEBHOOK_SECRET. Give a collection the URL that is printed as its callback_url. Ends with the
// first genuine run.completed. A program that goes on would tell runs apart by their id, since a
// webhook may come twice, and poll as well, since it may never come. Prints:
//
//     listening on http://127.0.0.1:<port>/
//     401 the webhook lacks its signature or its time stamp at X-SP-Signature: no such header
//     204 run.completed: run <id> is completed, 2 usable of 2

#include <scrapingpros/webhook.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace sp = scrapingpros;
using asio::ip::tcp;

sp::webhook_verifier make_verifier(const char* secret)
{
    // tag::verifier[]
    // The scheme is what the bundled mock does, and a guess about the service: see webhook_scheme.
    const sp::webhook_scheme scheme{.cover = sp::webhook_cover::stamp_and_body};
    std::vector<sp::secret> secrets;  // the new one and the old one while you change it
    secrets.emplace_back(secret);
    return {scheme, std::move(secrets), std::chrono::minutes(5)};
    // end::verifier[]
}

/// Answers, and prints what came of it. True if a run has ended.
bool look_at(
    const http::request<http::string_body>& request,
    const sp::webhook_verifier& verifier,
    http::response<http::empty_body>& answer
)
{
    // tag::read[]
    sp::http_fields headers;
    for (const auto& field : request)
        headers.add(field.name_string(), field.value());
    sp::diagnostics details;
    const auto event = verifier.read(request.body(), headers, sp::steady().server_now(), details);
    // end::read[]
    answer.result(event ? http::status::no_content : http::status::unauthorized);
    std::cout << answer.result_int() << ' ';
    if (!event) {
        std::cout << describe(event.error(), details) << std::endl;
        return false;
    }
    std::cout << event->event << ": run " << event->target.run.value << " is " << event->status_text
              << ", " << event->success_requests.value_or(0) << " usable of "
              << event->total_requests.value_or(0) << std::endl;
    return event->event == "run.completed";
}

asio::awaitable<void> serve(
    tcp::socket socket, const sp::webhook_verifier& verifier, asio::io_context& context
)
{
    beast::tcp_stream stream(std::move(socket));
    stream.expires_after(std::chrono::seconds(30));
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    // Beast's own limit is 1 MB; the ids of 50,000 jobs are 2 MB.
    parser.body_limit(std::uint64_t(16) << 20);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);

    http::response<http::empty_body> answer(http::status::method_not_allowed, 11);
    const bool is_post = parser.get().method() == http::verb::post;
    const bool has_ended = is_post && look_at(parser.get(), verifier, answer);
    answer.keep_alive(false);
    answer.prepare_payload();
    // The sender waits for this and tries again without it: it comes before any work.
    co_await http::async_write(stream, answer, asio::use_awaitable);
    stream.socket().shutdown(tcp::socket::shutdown_send);
    // Here a client would read the run: the webhook says that it is time, and no more.
    if (has_ended) context.stop();
}

asio::awaitable<void> listen(
    tcp::acceptor acceptor, const sp::webhook_verifier& verifier, asio::io_context& context
)
{
    for (;;) {
        tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
        const auto report = [](std::exception_ptr failure) {
            try {
                if (failure) std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                std::cerr << "a connection failed: " << error.what() << '\n';
            }
        };
        asio::co_spawn(context, serve(std::move(socket), verifier, context), report);
    }
}

int main(int argc, char** argv)
{
    try {
        const char* secret = std::getenv("SP_WEBHOOK_SECRET");
        if (!secret || !*secret) throw std::invalid_argument("SP_WEBHOOK_SECRET is not set");
        const std::string port = argc > 1 ? argv[1] : "0";
        if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos ||
            std::stoi(port) > 65535)
            throw std::invalid_argument("not a port: " + port);

        const auto verifier = make_verifier(secret);
        asio::io_context context;
        const auto number = static_cast<unsigned short>(std::stoi(port));
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), number});
        std::cout << "listening on http://127.0.0.1:" << acceptor.local_endpoint().port() << '/'
                  << std::endl;
        asio::co_spawn(
            context,
            listen(std::move(acceptor), verifier, context),
            [](std::exception_ptr failure) {
                if (failure) std::rethrow_exception(failure);
            }
        );
        context.run();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
