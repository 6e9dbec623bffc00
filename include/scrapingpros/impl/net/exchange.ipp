#ifndef SCRAPINGPROS_IMPL_NET_EXCHANGE_IPP
#define SCRAPINGPROS_IMPL_NET_EXCHANGE_IPP

#include <scrapingpros/impl/net/exchange_state.ipp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

template <class Handler>
void exchange_state::begin(asked what, const Handler& handler)
{
    asked_ = what;
    core_->watch->begin();
    auto executor = asio::get_associated_executor(handler, core_->completion_executor);
    if (executor != core_->completion_executor)
        abroad_.emplace(asio::prefer(executor, asio::execution::outstanding_work.tracked));
    slot_ = asio::get_associated_cancellation_slot(handler);
    if (!slot_.is_connected()) return;
    slot_.assign([this](asio::cancellation_type type) {
        if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none)
            on_cancel();
    });
}

SCRAPINGPROS_DECL void exchange_state::send(const http_request& request, send_handler handler)
{
    begin(asked::head, handler);
    on_head_.swap(handler);  // its move assignment is broken in Asio 1.26: it wraps itself for ever
    request_ = &request;
    silence_ = request.silence.value_or(core_->options.silence);
    pool_ = &core_->pool_of(request.to);
    if (pool_->proxy.has_error()) return complete_later(pool_->proxy.error());
    if (!write_head()) return complete_later(errc::bad_option);
    acquire();
}

SCRAPINGPROS_DECL void exchange_state::read(asio::mutable_buffer buffer, read_handler handler)
{
    begin(asked::piece, handler);
    on_piece_.swap(handler);
    if (end_ || buffer.size() == 0) return complete_later(end_);
    buffer_ = buffer;
    error_code ec;
    const auto n = fill(ec);
    if (n > 0) return complete_later({}, n);
    if (!ec && lost_) ec = end_of_body();
    if (ec) return complete_later(ec);
    read_more();
}

SCRAPINGPROS_DECL void exchange_state::on_channel(error_code ec, std::size_t n)
{
    switch (step_) {
    case step::connect: return ec ? connect_next(ec) : connected();
    case step::tunnel: return on_tunnel_written(ec, n);
    case step::tunnel_reply: return read_tunnel_reply(ec);
    case step::shake:
        if (ec) return complete(ec);
        ++core_->metrics.opened;
        return start_request();
    case step::write: return on_written(ec, n);
    case step::head: return read_head(ec);
    case step::body: lost_ = ec; return on_body();
    case step::idle:
    case step::queue:
    case step::resolve: return;
    }
}

SCRAPINGPROS_DECL void exchange_state::on_due()
{
    switch (step_) {
    case step::queue: return complete(errc::pool_timeout);
    case step::connect:
        if (next_address_ < addresses_.size()) return connect_next(errc::connect_timeout);
        return complete(errc::connect_timeout);
    case step::idle:
    case step::resolve: return complete(errc::connect_timeout);
    case step::tunnel:
    case step::tunnel_reply:
    case step::shake: return complete(errc::handshake_timeout);
    case step::write:
    case step::head:
    case step::body: return complete(errc::silence_timeout);
    }
}

SCRAPINGPROS_DECL void exchange_state::on_cancel()
{
    if (asked_ == asked::nothing || completing_) return;
    complete_later(asio::error::operation_aborted);
}

SCRAPINGPROS_DECL void exchange_state::abandon()
{
    on_cancel();
    drop_connection();
}

SCRAPINGPROS_DECL void exchange_state::drop_connection()
{
    core_->watch->clear(*this);
    resolver_.reset();
    queue_work_.reset();
    if (step_ == step::queue) core_->give_up(*pool_, *this);
    if (!channel_) return;
    core_->release(*pool_, std::exchange(channel_, nullptr), false, steady().now());
}

SCRAPINGPROS_DECL void exchange_state::set_due(milliseconds from_now)
{
    core_->watch->set(*this, steady().now() + from_now);
}

/// Completes from the executor, not from within the caller's call.
SCRAPINGPROS_DECL void exchange_state::complete_later(error_code ec, std::size_t n)
{
    completing_ = true;
    if (ec) drop_connection();
    core_->watch->clear(*this);
    auto self = std::static_pointer_cast<exchange_state>(shared_from_this());
    core_->later.execute([self = std::move(self), ec, n] { self->complete(ec, n); });
}

/// Calls the handler here, or wherever it wants to run.
template <class Handler, class Value>
void hand_over(
    const std::optional<asio::any_completion_executor>& abroad,
    Handler handler,
    error_code ec,
    Value value
)
{
    if (!abroad) return std::move(handler)(ec, std::move(value));
    abroad->execute([h = std::move(handler), ec, v = std::move(value)]() mutable {
        std::move(h)(ec, std::move(v));
    });
}

SCRAPINGPROS_DECL void exchange_state::complete(error_code ec, std::size_t n)
{
    if (ec) {
        end_ = ec;
        drop_connection();
    }
    progress_.body_bytes += n;
    core_->watch->clear(*this);
    if (slot_.is_connected()) slot_.clear();
    completing_ = false;
    core_->watch->end();
    const auto core = core_;
    const auto abroad = std::exchange(abroad_, std::nullopt);
    // The handler is owned by what calls it: none is left in this object by then.
    if (std::exchange(asked_, asked::nothing) == asked::head)
        hand_over(abroad, std::move(on_head_), ec, std::move(head_));
    else
        hand_over(abroad, std::move(on_piece_), ec, n);
    core->watch->settle();
}

}  // namespace scrapingpros::inline v0::detail

#endif
