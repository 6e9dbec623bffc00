#ifndef SCRAPINGPROS_MOCK_CONNECTION_HPP
#define SCRAPINGPROS_MOCK_CONNECTION_HPP

// Private to the server: one connection, and what all connections of a server share.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "server/plan_writer.hpp"
#include "server/server.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

using boost::system::error_code;

// The concrete executor throughout: the type-erased one costs more than parsing a small request.
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor>;
using steady_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    executor>;

class connection;

boost::asio::ssl::context make_tls(const certificate& pair);

// Outlives the server where a caller's context still holds handlers.
struct server_state {
    server_options options;
    server::handler handle;
    std::shared_ptr<service_clock> clock;
    std::optional<boost::asio::ssl::context> tls;
    /// The contexts of bad connections, made when the first of a kind comes.
    std::map<tls_fault, boost::asio::ssl::context> bad_tls;

    bool stopping = false;
    std::unordered_set<connection*> connections;

    struct {
        std::atomic<std::uint64_t> connections, open, most_open, handshakes, failed_handshakes,
            requests, refused_requests, bytes_received, bytes_sent, idle_closes;
    } counts{};
};

class connection : public std::enable_shared_from_this<connection> {
public:
    connection(std::shared_ptr<server_state> state, tcp_socket socket, std::uint64_t number);
    ~connection();

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void start();
    // Looks again whether the delay of the plan is over, if there is one.
    void clock_moved();
    // Closes at once; every pending operation ends.
    void shut();

private:
    using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using tls_stream = boost::asio::ssl::stream<tcp_socket&>;

    // What comes before HTTP.
    void begin_tls(tls_fault fault);
    void spoil_handshake(tls_fault fault);
    boost::asio::ssl::context& tls_context(tls_fault fault);

    // The reading half: bytes until a request is whole.
    void await_request();
    void read_more();
    void on_bytes(error_code ec, std::size_t size);
    void parse();
    void grant_continue();
    void on_end_of_input(error_code ec);

    // The answering half: plan, delay, bytes, ending.
    void answer();
    void take_request();
    void await_plan();
    void begin();
    void wait_for_turn();
    // The clock of the exchange that is going on.
    service_clock& clock() const;
    void send();
    std::size_t send_at_once();
    void next_step();
    void send_piece();
    void wait_for(duration time);
    void end();
    void over(exchange_end::cause how);
    void end_as_planned();
    bool client_is_gone();
    void refuse(unsigned status, std::string_view detail);

    // The ways to go.
    void reset_when_drained(int checks);
    void reset_now();
    void close_politely();
    void discard_until_peer_leaves(bool bounded);
    void discard();
    bool plan_idle_close();
    void close_idle();

    template <class Buffers, class Handler>
    void async_read(const Buffers& buffers, Handler handler);
    template <class Buffer, class Handler>
    void async_write_all(Buffer buffer, Handler handler);
    template <class Handler>
    void after(std::chrono::nanoseconds wait, Handler handler);

    const std::shared_ptr<server_state> state_;
    const std::uint64_t number_;
    tcp_socket socket_;
    std::optional<tls_stream> tls_;
    steady_timer timer_;

    boost::beast::flat_buffer input_;
    std::optional<parser> parser_;
    bool between_requests_ = true;
    bool continue_sent_ = false;

    // Reused from request to request, with the memory that it has.
    request request_;
    response_form form_;
    exchange exchange_;
    // The end of the exchange has not been told yet.
    bool untold_ = false;
    // Who has gone meanwhile is looked for: the plan waits, or does damage.
    bool watched_ = false;
    wire_script script_;
    std::optional<time_point> due_;
    // Of the script that is being executed.
    std::size_t step_ = 0;
    std::size_t step_sent_ = 0;
    std::size_t sent_ = 0;

    bool leaves_silently_ = false;
    std::uint64_t requests_ = 0;
    std::uint64_t responses_ = 0;
    // Wakes the timer's handler in vain when the connection has gone on to something else.
    std::uint64_t timer_epoch_ = 0;
};

template <class Handler>
void connection::after(std::chrono::nanoseconds wait, Handler handler)
{
    timer_.expires_after(wait);
    timer_.async_wait([self = shared_from_this(), epoch = ++timer_epoch_, handler](error_code
                      ) mutable {
        if (epoch == self->timer_epoch_) handler();
    });
}

}  // namespace scrapingpros_mock

#endif
