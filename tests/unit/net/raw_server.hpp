#ifndef SCRAPINGPROS_TESTS_UNIT_NET_RAW_SERVER_HPP
#define SCRAPINGPROS_TESTS_UNIT_NET_RAW_SERVER_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace scrapingpros_test {

/// The server's end of one connection. All calls block, on the connection's own thread.
class raw_connection {
public:
    raw_connection(boost::asio::ip::tcp::socket socket, unsigned ordinal)
        : socket_(std::move(socket)), ordinal_(ordinal)
    {
    }

    /// Which connection of the server it is, from 1.
    unsigned ordinal() const noexcept { return ordinal_; }

    /// Head and body (by its Content-Length) of the next request; empty if the peer has gone.
    std::string read_request()
    {
        const auto head_end = read_until("\r\n\r\n");
        if (head_end == 0) return {};
        std::size_t length = 0;
        static constexpr std::string_view name = "Content-Length: ";
        if (const auto at = received_.find(name); at < head_end)
            std::from_chars(
                received_.data() + at + name.size(), received_.data() + head_end, length
            );
        while (received_.size() < head_end + length && receive()) {
        }
        auto request = received_.substr(0, head_end + length);
        received_.erase(0, request.size());
        return request;
    }
    /// Only the head, whatever follows.
    std::string read_head()
    {
        const auto head_end = read_until("\r\n\r\n");
        auto head = received_.substr(0, head_end);
        received_.erase(0, head_end);
        return head;
    }
    /// Whatever comes first.
    std::string read_some()
    {
        receive();
        return std::exchange(received_, {});
    }
    void send(std::string_view bytes)
    {
        boost::system::error_code ignored;
        boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), ignored);
    }
    /// Nothing more from here; still reading.
    void send_fin()
    {
        boost::system::error_code ignored;
        socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }
    void close()
    {
        const std::lock_guard lock(closing_);
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
    void reset()
    {
        boost::system::error_code ignored;
        socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
        close();
    }
    /// Reads and forgets until the peer or the server closes.
    void wait_for_end()
    {
        while (receive())
            received_.clear();
    }
    /// Reads nothing, so that the peer's writes come to a halt, until the peer resets the
    /// connection or the server stops.
    void stall()
    {
        boost::system::error_code ignored;
        socket_.wait(boost::asio::ip::tcp::socket::wait_error, ignored);
    }
    /// Wakes the connection's thread out of whatever it waits for.
    void interrupt()
    {
        const std::lock_guard lock(closing_);
        boost::system::error_code ignored;
        if (socket_.is_open())
            socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    }

private:
    std::size_t read_until(std::string_view what)
    {
        for (;;) {
            const auto at = received_.find(what);
            if (at != std::string::npos) return at + what.size();
            if (!receive()) return 0;
        }
    }
    bool receive()
    {
        boost::system::error_code ec;
        const auto n = socket_.read_some(boost::asio::buffer(piece_), ec);
        received_.append(piece_.data(), n);
        return !ec;
    }

    boost::asio::ip::tcp::socket socket_;
    std::mutex closing_{};
    unsigned ordinal_;
    std::string received_{};
    std::array<char, 4096> piece_{};
};

/// A server on 127.0.0.1 that does with each connection what the test says, on a thread of its own.
class raw_server {
public:
    explicit raw_server(std::function<void(raw_connection&)> serve)
        : serve_(std::move(serve)),
          acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
          port_(std::to_string(acceptor_.local_endpoint().port())), thread_([this] { accept(); })
    {
    }
    raw_server(const raw_server&) = delete;
    raw_server& operator=(const raw_server&) = delete;
    ~raw_server() { stop(); }

    const std::string& port() const noexcept { return port_; }
    unsigned connections() const
    {
        const std::lock_guard lock(mutex_);
        return static_cast<unsigned>(served_.size());
    }

    /// Breaks what is open and waits for the threads.
    void stop()
    {
        if (!thread_.joinable()) return;
        // Portable Asio cannot wake a blocking accept; a last connection does.
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        boost::asio::ip::tcp::socket last(context_);
        boost::system::error_code ignored;
        last.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
        for (auto& each : served_) {
            each.connection->interrupt();
            each.thread.join();
        }
    }

private:
    struct served {
        std::unique_ptr<raw_connection> connection;
        std::thread thread{};
    };

    void accept()
    {
        for (;;) {
            boost::asio::ip::tcp::socket socket(context_);
            boost::system::error_code ec;
            acceptor_.accept(socket, ec);
            const std::lock_guard lock(mutex_);
            if (ec || stopped_) return;
            const auto ordinal = static_cast<unsigned>(served_.size() + 1);
            served_.push_back({std::make_unique<raw_connection>(std::move(socket), ordinal)});
            auto& connection = *served_.back().connection;
            served_.back().thread = std::thread([this, &connection] {
                serve_(connection);
                connection.close();
            });
        }
    }

    std::function<void(raw_connection&)> serve_;
    boost::asio::io_context context_{};
    boost::asio::ip::tcp::acceptor acceptor_;
    std::string port_;
    mutable std::mutex mutex_{};
    std::list<served> served_{};
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace scrapingpros_test

#endif
