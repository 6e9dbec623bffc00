// One GET again and again over some kept connections, each waiting for its reply: the load for
// benchmarks/mock.py. Prints a JSON line; fails if a reply is not 200 or not of the first one's size.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

struct load {
    std::string request;
    std::uint64_t left = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t replies = 0;
};

class client {
public:
    client(asio::io_context& context, const tcp::endpoint& to, load& work)
        : socket_(context), work_(work)
    {
        socket_.connect(to);
        socket_.set_option(tcp::no_delay{true});
    }

    void next()
    {
        if (work_.left == 0) return;
        --work_.left;
        asio::async_write(socket_, asio::buffer(work_.request), [this](auto error, std::size_t) {
            if (error) throw std::runtime_error{"write: " + error.message()};
            read();
        });
    }

private:
    void read()
    {
        parser_.emplace();
        http::async_read(socket_, buffer_, *parser_, [this](auto error, std::size_t size) {
            if (error) throw std::runtime_error{"read: " + error.message()};
            const std::uint64_t body = parser_->get().body().size();
            if (parser_->get().result_int() != 200) throw std::runtime_error{"not a 200"};
            if (work_.replies == 0) work_.body_bytes = body;
            if (work_.body_bytes != body) throw std::runtime_error{"a body of another size"};
            work_.bytes += size;
            ++work_.replies;
            next();
        });
    }

    tcp::socket socket_;
    load& work_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::response_parser<http::string_body>> parser_;
};

}  // namespace

int main(int argc, char** argv)
{
    std::uint16_t port = 0;
    std::uint64_t requests = 50'000;
    std::size_t connections = 8;
    std::string target = "/";
    std::string token = "none";
    CLI::App app{"The same GET again and again."};
    app.add_option("--port", port)->required();
    app.add_option("--requests", requests);
    app.add_option("--connections", connections);
    app.add_option("--target", target);
    app.add_option("--token", token);
    CLI11_PARSE(app, argc, argv);
    try {
        load work;
        work.left = requests;
        work.request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " +
                       token + "\r\nAccept: */*\r\nUser-Agent: mock_load\r\n\r\n";
        asio::io_context context{1};
        std::vector<std::unique_ptr<client>> clients;
        for (std::size_t i = 0; i < connections; ++i)
            clients.push_back(std::make_unique<client>(
                context, tcp::endpoint{asio::ip::address_v4::loopback(), port}, work
            ));
        const auto start = std::chrono::steady_clock::now();
        for (const auto& each : clients)
            each->next();
        context.run();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::printf(
            "{\"replies\": %llu, \"bytes\": %llu, \"body_bytes\": %llu, \"seconds\": %.6f}\n",
            static_cast<unsigned long long>(work.replies),
            static_cast<unsigned long long>(work.bytes),
            static_cast<unsigned long long>(work.body_bytes),
            took.count()
        );
        return work.replies == requests ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
