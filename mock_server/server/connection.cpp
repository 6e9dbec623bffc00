#include "server/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <exception>
#include <sys/socket.h>
#include <utility>

namespace scrapingpros_mock {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t head_limit = 64 * 1024;

}  // namespace

connection::connection(std::shared_ptr<server_state> state, tcp_socket socket, std::uint64_t number)
    : state_{std::move(state)}, number_{number}, socket_{std::move(socket)},
      timer_{socket_.get_executor()}
{
    state_->connections.insert(this);
    const auto open = ++state_->counts.open;
    if (open > state_->counts.most_open) state_->counts.most_open = open;
}

connection::~connection()
{
    state_->connections.erase(this);
    --state_->counts.open;
}

template <class Buffers, class Handler>
void connection::async_read(const Buffers& buffers, Handler handler)
{
    if (tls_)
        tls_->async_read_some(buffers, std::move(handler));
    else
        socket_.async_read_some(buffers, std::move(handler));
}

template <class Buffer, class Handler>
void connection::async_write_all(Buffer buffer, Handler handler)
{
    if (tls_)
        asio::async_write(*tls_, buffer, std::move(handler));
    else
        asio::async_write(socket_, buffer, std::move(handler));
}

void connection::start()
{
    error_code ignored;
    const auto& options = state_->options;
    arrival_plan plan{.lane = options.on_arrival};
    if (options.arriving) plan = options.arriving(number_);
    switch (plan.lane) {
    case arrival::normal: break;
    case arrival::closed: return shut();
    case arrival::reset: return reset_now();
    case arrival::ignored: return discard_until_peer_leaves(false);
    }
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    if (state_->tls)
        begin_tls(plan.tls);
    else
        await_request();
}

// ---- requests --------------------------------------------------------------------------------

void connection::await_request()
{
    parser_.emplace();
    parser_->header_limit(head_limit);
    parser_->body_limit(state_->options.max_body);
    parser_->eager(true);
    between_requests_ = true;
    continue_sent_ = false;
    if (input_.size() > 0)
        parse();
    else if (responses_ == 0 || !plan_idle_close())
        read_more();
}

void connection::read_more()
{
    // An idle connection keeps little memory; a body is read in large pieces.
    const std::size_t piece = parser_->is_header_done() ? 64 * 1024 : 8 * 1024;
    async_read(input_.prepare(piece), [self = shared_from_this()](error_code ec, std::size_t size) {
        self->on_bytes(ec, size);
    });
}

void connection::on_bytes(error_code ec, std::size_t size)
{
    ++timer_epoch_;  // too late to close the connection as idle
    if (ec) return on_end_of_input(ec);
    state_->counts.bytes_received += size;
    input_.commit(size);
    parse();
}

void connection::on_end_of_input(error_code ec)
{
    const bool ended = ec == asio::error::eof || ec == asio::ssl::error::stream_truncated;
    if (ended && !between_requests_)
        refuse(400, "the request ended early");
    else
        shut();
}

void connection::parse()
{
    between_requests_ = false;
    error_code ec;
    while (input_.size() > 0 && !parser_->is_done() && !ec) {
        const auto used = parser_->put(input_.data(), ec);
        input_.consume(used);
        if (used == 0) break;
    }
    if (ec == http::error::body_limit) return refuse(413, "the request body is too large");
    if (ec && ec != http::error::need_more) return refuse(400, "bad request: " + ec.message());
    if (parser_->is_done()) return answer();
    if (parser_->is_header_done() && !continue_sent_ &&
        boost::beast::iequals(parser_->get()[http::field::expect], "100-continue"))
        return grant_continue();
    read_more();
}

void connection::grant_continue()
{
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    continue_sent_ = true;
    async_write_all(
        asio::buffer(text),
        [self = shared_from_this()](error_code ec, std::size_t size) {
            self->state_->counts.bytes_sent += size;
            if (ec)
                self->shut();
            else
                self->read_more();
        }
    );
}

// ---- responses -------------------------------------------------------------------------------

void connection::take_request()
{
    auto& message = parser_->get();
    request_.method = message.method_string();
    request_.target = message.target();
    request_.connection = number_;
    request_.on_connection = ++requests_;
    std::size_t count = 0;
    for (const auto& field : message) {
        if (count == request_.headers.size()) request_.headers.emplace_back();
        request_.headers[count].name = field.name_string();
        request_.headers[count].value = field.value();
        ++count;
    }
    request_.headers.resize(count);
    request_.body = std::move(message.body());
}

void connection::answer()
{
    const auto& message = parser_->get();
    if (message.version() == 11 && message.find(http::field::host) == message.end())
        return refuse(400, "bad request: no Host");
    form_ = {.keep_alive = message.keep_alive(), .head_only = message.method() == http::verb::head};
    take_request();
    const std::uint64_t order = ++state_->counts.requests;
    try {
        exchange_ = state_->handle(request_);
    } catch (const std::exception& error) {
        exchange_ = refusal(500, error.what());
    }
    exchange_.order = order;
    untold_ = true;
    sent_ = 0;
    await_plan();
}

service_clock& connection::clock() const
{
    return exchange_.owner ? *exchange_.owner->shared_clock() : *state_->clock;
}

void connection::await_plan()
{
    if (exchange_.later) {
        const auto seen = clock().look_at(exchange_.wakes_with);
        // Where only a jump of the clock can bring the time, the timer does no more than keep the
        // connection alive.
        if (seen.state == service_clock::wait_state::waiting)
            return after(seen.ask_again.value_or(1h), [this] { clock_moved(); });
        exchange_.plan = std::exchange(exchange_.later, nullptr)(seen.state);
    }
    begin();
}

void connection::begin()
{
    watched_ = exchange_.plan.faulted || exchange_.plan.delay > duration{0};
    if (exchange_.plan.delay <= duration{0}) return send();
    wait_for(exchange_.plan.delay);
}

void connection::wait_for(duration time)
{
    due_ = clock().now() + time;
    if (exchange_.ticket.id() != 0) clock().wait_until(exchange_.ticket.id(), *due_);
    wait_for_turn();
}

void connection::wait_for_turn()
{
    const auto rest = clock().real_time_until(*due_);
    if (rest && *rest <= 0ns) {
        due_.reset();
        return script_.steps.empty() ? send() : next_step();
    }
    after(rest.value_or(1h), [this] { wait_for_turn(); });
}

void connection::clock_moved()
{
    if (due_)
        wait_for_turn();
    else if (exchange_.later)
        await_plan();
}

void connection::send()
{
    ++timer_epoch_;
    script_ = write_plan(exchange_.plan, form_);
    if (state_->options.replying)
        state_->options.replying(request_, form_, exchange_, script_.bytes);
    step_ = step_sent_ = sent_ = 0;
    if (!script_.steps.empty()) return next_step();
    sent_ = send_at_once();
    if (sent_ == script_.bytes.size()) return end();
    async_write_all(
        asio::buffer(script_.bytes) + sent_,
        [self = shared_from_this()](error_code ec, std::size_t size) {
            self->state_->counts.bytes_sent += size;
            self->sent_ += size;
            if (ec) return self->over(exchange_end::cause::client_left), self->shut();
            self->end();
        }
    );
}

/// Most responses fit into the socket's buffer, and need no event to say so. Not while the next
/// request is here already: each of a pipeline would be answered from within the one before.
std::size_t connection::send_at_once()
{
    if (tls_ || input_.size() > 0) return 0;
    const auto sent = ::send(
        socket_.native_handle(),
        script_.bytes.data(),
        script_.bytes.size(),
        MSG_DONTWAIT | MSG_NOSIGNAL
    );
    if (sent <= 0) return 0;
    state_->counts.bytes_sent += static_cast<std::size_t>(sent);
    return static_cast<std::size_t>(sent);
}

void connection::end()
{
    ++responses_;
    const bool gone = untold_ && watched_ && client_is_gone();
    over(gone ? exchange_end::cause::client_left : exchange_end::cause::complete);
    const bool close = script_.close;
    script_ = {};
    if (close) return close_politely();
    await_request();
}

void connection::over(exchange_end::cause how)
{
    if (!std::exchange(untold_, false)) return;
    // Gives its ticket back at the end, when the world knows.
    const exchange over = std::exchange(exchange_, {});
    if (state_->options.finished) state_->options.finished(over.plan.ordinal, {sent_, how});
    if (over.owner && over.plan.ordinal != 0) over.owner->ended(over.plan.ordinal, {sent_, how});
}

void connection::refuse(unsigned status, std::string_view detail)
{
    ++state_->counts.refused_requests;
    script_ = write_plan(refusal(status, detail), {.keep_alive = false});
    async_write_all(
        asio::buffer(script_.bytes),
        [self = shared_from_this()](error_code ec, std::size_t size) {
            self->state_->counts.bytes_sent += size;
            if (ec) return self->shut();
            // Closing while bytes of the request are unread would reset the connection, and the
            // client might never see why.
            error_code ignored;
            self->socket_.shutdown(asio::socket_base::shutdown_send, ignored);
            self->discard_until_peer_leaves(true);
        }
    );
}

}  // namespace scrapingpros_mock
