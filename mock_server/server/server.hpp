#ifndef SCRAPINGPROS_MOCK_SERVER_HPP
#define SCRAPINGPROS_MOCK_SERVER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "clock/clock.hpp"
#include "server/exchange.hpp"
#include "server/plan_writer.hpp"
#include "server/test_ca.hpp"
#include "types.hpp"

namespace boost::asio {
class io_context;
}

namespace scrapingpros_mock {

/// How a connection is closed behind the client's back.
enum class idle_close_manner { fin, rst, either };

/// Closes kept connections between two requests, at random, as servers, balancers and firewalls do.
/// The draws depend on the seed, the connection's number and the response's, and on nothing else.
struct idle_close {
    /// Chance after each response that leaves its connection open.
    double probability = 0.0;
    idle_close_manner manner = idle_close_manner::either;
    /// The close comes after a real time drawn from 0 to this, unless the next request is faster.
    std::chrono::milliseconds longest_wait{0};
    std::uint64_t seed = 1;
};

struct server_options {
    std::string address = "127.0.0.1";
    /// 0: any free port.
    std::uint16_t port = 0;
    /// What to show to TLS clients; none: plain HTTP.
    std::optional<certificate> tls{};
    /// Longest request body; a longer one is answered with 413.
    std::size_t max_body = std::size_t{256} << 20U;
    idle_close chaos{};
    arrival on_arrival = arrival::normal;
    /// Asked for each connection, by its number from 1, instead of `on_arrival`; runs on the
    /// server's thread, as all functions here do.
    std::function<arrival_plan(std::uint64_t connection)> arriving{};
    /// Makes what a connection with a bad certificate shows; asked once for each kind.
    std::function<certificate(certificate_kind)> bad_certificate{};
    /// Told when a plan of the handler is over on the wire, in the order of the ends. Not told of
    /// what is under way when the server stops.
    std::function<void(std::uint64_t ordinal, const exchange_end&)> finished{};
    /// Told the bytes of each reply of the handler when they are known, before the first is sent.
    std::function<void(const request&, response_form, const exchange&, std::string_view bytes)>
        replying{};
    /// Measures the delays of plans; none: real time.
    std::shared_ptr<service_clock> clock{};
};

struct server_stats {
    std::uint64_t connections = 0;
    std::uint64_t open = 0;
    std::uint64_t most_open = 0;
    std::uint64_t handshakes = 0;
    std::uint64_t failed_handshakes = 0;
    /// Requests that were read whole and given to the handler.
    std::uint64_t requests = 0;
    /// Requests that the server refused itself.
    std::uint64_t refused_requests = 0;
    /// HTTP bytes, after TLS.
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    /// Connections that `idle_close` closed.
    std::uint64_t idle_closes = 0;
};

/// The address cannot be listened on: port taken, not ours, no such address.
class cannot_listen : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An HTTP/1.1 server that does to each response what its plan says, to the byte.
///
/// A plan's `close` after a complete response is polite, over TLS with close_notify; an ending that
/// is not `complete` is not: FIN or RST come without it. A reset waits until the peer's system has
/// taken all bytes before it, so that they are not lost on the way.
///
/// Requests are answered one after another on a single thread. The handler runs on that thread; if
/// it throws, the answer is 500 with the exception's text.
class server {
public:
    using handler = std::function<exchange(const request&)>;

    /// Listens and serves on a thread of its own.
    server(server_options options, handler handle);
    /// Listens and serves on the caller's context, which one thread at a time may run. The server
    /// is stopped and destroyed on that thread, or while none runs.
    server(boost::asio::io_context& context, server_options options, handler handle);
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:port`, without a slash at the end.
    std::string base_url() const;
    server_stats stats() const;

    /// Looks again at responses that wait for a clock: call it when one that the options do not
    /// name has jumped. From any thread.
    void clock_moved();

    /// Closes everything and returns when nothing runs any more. May be called again.
    void stop();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace scrapingpros_mock

#endif
