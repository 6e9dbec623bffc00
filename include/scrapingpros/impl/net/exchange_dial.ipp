#ifndef SCRAPINGPROS_IMPL_NET_EXCHANGE_DIAL_IPP
#define SCRAPINGPROS_IMPL_NET_EXCHANGE_DIAL_IPP

#include <scrapingpros/impl/net/exchange_state.ipp>

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace scrapingpros::inline v0::detail {

SCRAPINGPROS_DECL void exchange_state::acquire()
{
    step_ = step::queue;
    progress_.phase = call_phase::queued;
    const auto now = steady().now();
    if (core_->acquire(*pool_, *this, now)) return;
    queue_work_.emplace(asio::prefer(core_->executor, asio::execution::outstanding_work.tracked));
    core_->watch->set(
        *this, core_->options.pool_timeout ? now + *core_->options.pool_timeout : (instant::max)()
    );
}

SCRAPINGPROS_DECL void exchange_state::on_idle(std::shared_ptr<channel> idle)
{
    queue_work_.reset();
    channel_ = std::move(idle);
    channel_->serve(this);
    progress_.reused_connection = true;
    ++core_->metrics.reused;
    start_request();
}

SCRAPINGPROS_DECL void exchange_state::on_room()
{
    queue_work_.reset();
    channel_ = std::make_shared<channel>(core_->executor);
    channel_->serve(this);
    core_->buffers.lend_to(channel_->received);
    progress_.reused_connection = false;
    const auto& proxy = *pool_->proxy;
    phase_due_ = steady().now() + core_->options.connect_timeout;
    core_->watch->set(*this, phase_due_);
    resolve(proxy ? endpoint{false, proxy->host, proxy->port} : pool_->to);
}

/// Decimal text to a port; 0 if it is none.
inline std::uint16_t port_number(std::string_view text) noexcept
{
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, failure] = std::from_chars(text.data(), end, port);
    return failure == std::errc() && at == end ? port : std::uint16_t{0};
}

SCRAPINGPROS_DECL void exchange_state::resolve(const endpoint& whom)
{
    step_ = step::resolve;
    progress_.phase = call_phase::resolve;
    const auto port = port_number(whom.port);
    if (port == 0) return complete_later(errc::bad_base_url);
    addresses_.clear();
    next_address_ = 0;
    error_code not_numeric;
    const auto address = asio::ip::make_address(whom.host, not_numeric);
    if (!not_numeric) {
        addresses_.emplace_back(address, port);
        return connect_next({});
    }
    resolver_.emplace(core_->executor);
    // The look-up itself cannot be interrupted: it may end long after this exchange.
    auto self = std::static_pointer_cast<exchange_state>(shared_from_this());
    resolver_->async_resolve(
        whom.host,
        whom.port,
        asio::ip::tcp::resolver::numeric_service,
        [weak = std::weak_ptr(self)](error_code ec, asio::ip::tcp::resolver::results_type found) {
            const auto live = weak.lock();
            if (!live || live->step_ != step::resolve || live->asked_ != asked::head ||
                live->completing_)
                return;
            for (const auto& each : found)
                live->addresses_.push_back(each.endpoint());
            live->connect_next(ec);
        }
    );
}

SCRAPINGPROS_DECL void exchange_state::connect_next(error_code last)
{
    const auto left = static_cast<int>(addresses_.size() - next_address_);
    if (left == 0) return complete(last ? last : asio::error::host_not_found);
    step_ = step::connect;
    progress_.phase = call_phase::connect;
    // An address that does not answer leaves time for those after it.
    const auto now = steady().now();
    core_->watch->set(*this, now + (phase_due_ - now) / left);
    channel_->connect(addresses_[next_address_++]);
}

SCRAPINGPROS_DECL void exchange_state::connected()
{
    resolver_.reset();
    set_due(core_->options.handshake_timeout);
    const auto& proxy = *pool_->proxy;
    if (pool_->to.tls && proxy) return open_tunnel(*proxy);
    if (pool_->to.tls) return start_tls();
    ++core_->metrics.opened;
    start_request();
}

SCRAPINGPROS_DECL void exchange_state::open_tunnel(const proxy_address& proxy)
{
    step_ = step::tunnel;
    progress_.phase = call_phase::handshake;
    const auto where = authority(pool_->to, true);
    tunnel_ = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
    tunnel_ += "User-Agent: " + core_->options.user_agent + "\r\n";
    if (!proxy.authorization.empty())
        tunnel_.append("Proxy-Authorization: ").append(proxy.authorization.expose()).append("\r\n");
    tunnel_ += "\r\n";
    written_ = 0;
    channel_->write_some(tunnel_, {});
}

SCRAPINGPROS_DECL void exchange_state::on_tunnel_written(error_code ec, std::size_t n)
{
    if (ec) return complete(ec);
    written_ += n;
    if (written_ < tunnel_.size())
        return channel_->write_some(std::string_view(tunnel_).substr(written_), {});
    step_ = step::tunnel_reply;
    reader_.emplace(core_->options.max_head_bytes, memory_->fields);
    channel_->read_some();
}

SCRAPINGPROS_DECL void exchange_state::read_tunnel_reply(error_code ec)
{
    if (ec) return complete(ec);
    while (reader_->read_head(channel_->received, ec)) {
        const auto status = reader_->status();
        if (status / 100 == 1) {
            reader_.emplace(core_->options.max_head_bytes, memory_->fields);
            continue;
        }
        if (status == 407) return complete(errc::proxy_unauthorized);
        // Bytes after the head cannot be the endpoint's: it speaks when it is spoken to.
        const bool is_open = status / 100 == 2 && channel_->received.empty();
        return is_open ? start_tls() : complete(errc::proxy_refused);
    }
    if (ec) return complete(ec);
    channel_->read_some();
}

SCRAPINGPROS_DECL void exchange_state::start_tls()
{
    step_ = step::shake;
    progress_.phase = call_phase::handshake;
    error_code ec;
    auto session = core_->make_session(pool_->to.host, ec);
    if (!session) return complete_later(ec);
    channel_->start_tls(std::move(session));
}

}  // namespace scrapingpros::inline v0::detail

#endif
