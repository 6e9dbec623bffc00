#include "server/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "server/connection.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// One thread runs the context and alone touches its sockets, so that these need no locks; others
/// may post to it.
constexpr int one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

using acceptor = asio::basic_socket_acceptor<tcp, executor>;

acceptor listen_on(const executor& where, const server_options& options)
{
    acceptor out{where};
    error_code ec;
    const auto address = asio::ip::make_address(options.address, ec);
    const tcp::endpoint endpoint{address, options.port};
    if (!ec) out.open(endpoint.protocol(), ec);
    if (!ec) out.set_option(acceptor::reuse_address{true}, ec);
    if (!ec) out.bind(endpoint, ec);
    if (!ec) out.listen(acceptor::max_listen_connections, ec);
    if (ec) {
        throw cannot_listen{
            "cannot listen on port " + std::to_string(options.port) + " of " + options.address +
            ": " + ec.message()};
    }
    return out;
}

class listener : public std::enable_shared_from_this<listener> {
public:
    listener(const executor& where, std::shared_ptr<server_state> state)
        : state_{std::move(state)}, acceptor_{listen_on(where, state_->options)}, pause_{where}
    {
    }

    tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

    void accept()
    {
        acceptor_.async_accept([self = shared_from_this()](error_code ec, tcp_socket socket) {
            if (self->state_->stopping) return;
            if (ec) return self->accept_later();
            const auto number = ++self->state_->counts.connections;
            std::make_shared<connection>(self->state_, std::move(socket), number)->start();
            self->accept();
        });
    }

    void close()
    {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }

private:
    // The process may be out of descriptors for a moment.
    void accept_later()
    {
        pause_.expires_after(std::chrono::milliseconds{10});
        pause_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec && !self->state_->stopping) self->accept();
        });
    }

    std::shared_ptr<server_state> state_;
    acceptor acceptor_;
    steady_timer pause_;
};

template <class Function>
void for_each_connection(const server_state& state, Function function)
{
    // Held while they are visited: what is done to them may make them leave the set.
    std::vector<std::shared_ptr<connection>> all;
    for (auto* each : state.connections)
        all.push_back(each->shared_from_this());
    for (const auto& each : all)
        function(*each);
}

}  // namespace

struct server::impl {
    impl(asio::io_context* callers, server_options options, handler handle)
        : own{callers ? nullptr : std::make_unique<asio::io_context>(one_thread)},
          context{callers ? *callers : *own}, state{std::make_shared<server_state>()}
    {
        state->options = std::move(options);
        state->handle = std::move(handle);
        state->clock = state->options.clock ? state->options.clock : service_clock::real();
        if (state->options.tls) state->tls = make_tls(*state->options.tls);
        door = std::make_shared<listener>(context.get_executor(), state);
        endpoint = door->endpoint();
        door->accept();
        clock_listener = state->clock->listen([this] { clock_moved(); });
        if (own) thread = std::thread{[this] { run(); }};
    }

    ~impl() { stop(); }

    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;

    void clock_moved() const
    {
        asio::post(context, [shared = state] {
            for_each_connection(*shared, [](connection& each) { each.clock_moved(); });
        });
    }

    void run()
    {
        const auto work = asio::make_work_guard(*own);
        while (!own->stopped()) {
            try {
                own->run();
            } catch (const std::exception&) {
                // Out of memory for one request, say: its connection is gone, the others live on.
            }
        }
    }

    void stop()
    {
        if (std::exchange(stopped, true)) return;
        state->clock->ignore(clock_listener);
        if (!own) return close_all();
        asio::post(*own, [this] {
            close_all();
            own->stop();
        });
        thread.join();
        // Destroys the handlers that have not run, and with them the connections.
        door.reset();
        own.reset();
    }

    void close_all() const
    {
        state->stopping = true;
        door->close();
        for_each_connection(*state, [](connection& each) { each.shut(); });
    }

    std::unique_ptr<asio::io_context> own;
    asio::io_context& context;
    std::shared_ptr<server_state> state;
    std::shared_ptr<listener> door;
    tcp::endpoint endpoint;
    std::uint64_t clock_listener = 0;
    std::thread thread;
    bool stopped = false;
};

server::server(server_options options, handler handle)
    : impl_{std::make_unique<impl>(nullptr, std::move(options), std::move(handle))}
{
}

server::server(asio::io_context& context, server_options options, handler handle)
    : impl_{std::make_unique<impl>(&context, std::move(options), std::move(handle))}
{
}

server::~server() = default;

std::uint16_t server::port() const noexcept
{
    return impl_->endpoint.port();
}

std::string server::base_url() const
{
    const auto address = impl_->endpoint.address();
    const auto text = address.to_string();
    return (impl_->state->tls ? "https://" : "http://") +
           (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port());
}

server_stats server::stats() const
{
    const auto& counts = impl_->state->counts;
    return {
        .connections = counts.connections,
        .open = counts.open,
        .most_open = counts.most_open,
        .handshakes = counts.handshakes,
        .failed_handshakes = counts.failed_handshakes,
        .requests = counts.requests,
        .refused_requests = counts.refused_requests,
        .bytes_received = counts.bytes_received,
        .bytes_sent = counts.bytes_sent,
        .idle_closes = counts.idle_closes,
    };
}

void server::clock_moved()
{
    impl_->clock_moved();
}

void server::stop()
{
    impl_->stop();
}

}  // namespace scrapingpros_mock
