#ifndef SCRAPINGPROS_IMPL_NET_BEAST_TRANSPORT_IPP
#define SCRAPINGPROS_IMPL_NET_BEAST_TRANSPORT_IPP

#include <scrapingpros/impl/net/exchange.ipp>
#include <scrapingpros/impl/net/exchange_dial.ipp>
#include <scrapingpros/impl/net/exchange_transfer.ipp>
#include <scrapingpros/net/beast_transport.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

/// Which option is out of its range; empty if none is.
inline std::string_view find_bad_option(const transport_options& options)
{
    using std::chrono::hours;
    const auto is_bad = [](milliseconds time) {
        return time.count() <= 0 || time > hours(24 * 365);
    };
    if (is_bad(options.connect_timeout)) return "connect_timeout";
    if (is_bad(options.handshake_timeout)) return "handshake_timeout";
    if (is_bad(options.silence)) return "silence";
    if (options.pool_timeout && is_bad(*options.pool_timeout)) return "pool_timeout";
    if (options.idle_age.count() < 0 || options.idle_age > hours(24 * 365)) return "idle_age";
    if (options.max_connections == 0) return "max_connections";
    if (options.read_buffer_bytes < 1024 || options.read_buffer_bytes > (std::size_t{1} << 30U))
        return "read_buffer_bytes";
    if (options.max_head_bytes < 1024 || options.max_head_bytes > options.read_buffer_bytes)
        return "max_head_bytes";
    if (options.user_agent.find_first_of("\r\n") != std::string::npos) return "user_agent";
    if (options.tls.certificate_file.empty() != options.tls.key_file.empty())
        return "tls.certificate_file, tls.key_file";
    if (options.proxy.mode == proxy_mode::explicit_url &&
        parse_proxy(options.proxy.url.expose()).has_error())
        return "proxy.url";
    return {};
}

/// The variables as they are now: another thread may change the environment later.
inline environment_lookup environment_snapshot()
{
    std::map<std::string, std::string, std::less<>> seen;
    for (const char* name :
         {"http_proxy",
          "https_proxy",
          "HTTPS_PROXY",
          "all_proxy",
          "ALL_PROXY",
          "no_proxy",
          "NO_PROXY"})
        if (auto value = process_environment(name)) seen.emplace(name, std::move(*value));
    return [seen = std::move(seen)](std::string_view name) -> std::optional<std::string> {
        const auto at = seen.find(name);
        return at == seen.end() ? std::nullopt : std::optional(at->second);
    };
}

}  // namespace detail

SCRAPINGPROS_DECL beast_exchange::beast_exchange(std::shared_ptr<detail::exchange_state> state
) noexcept
    : state_(std::move(state))
{
}

SCRAPINGPROS_DECL beast_exchange::~beast_exchange()
{
    if (state_) state_->abandon();
}

SCRAPINGPROS_DECL beast_exchange& beast_exchange::operator=(beast_exchange&& other) noexcept
{
    if (this == &other) return *this;
    if (state_) state_->abandon();
    state_ = std::move(other.state_);
    return *this;
}

SCRAPINGPROS_DECL void beast_exchange::async_send(const http_request& request, send_handler handler)
{
    state_->send(request, std::move(handler));
}

SCRAPINGPROS_DECL void beast_exchange::async_read_some(
    boost::asio::mutable_buffer buffer, read_handler handler
)
{
    state_->read(buffer, std::move(handler));
}

SCRAPINGPROS_DECL exchange_progress beast_exchange::progress() const noexcept
{
    return state_->progress();
}

SCRAPINGPROS_DECL beast_transport::beast_transport(std::shared_ptr<detail::transport_core> core
) noexcept
    : core_(std::move(core))
{
}

SCRAPINGPROS_DECL boost::asio::any_io_executor beast_transport::get_executor() const
{
    return core_->executor;
}

SCRAPINGPROS_DECL beast_exchange beast_transport::open()
{
    return beast_exchange(std::make_shared<detail::exchange_state>(core_));
}

SCRAPINGPROS_DECL transport_metrics beast_transport::metrics() const
{
    return core_->metrics;
}

SCRAPINGPROS_DECL void beast_transport::close_idle()
{
    core_->close_idle();
}

SCRAPINGPROS_DECL result<beast_transport> make_beast_transport(
    boost::asio::any_io_executor executor, transport_options options, diagnostics& diag
)
{
    if (const auto bad = detail::find_bad_option(options); !bad.empty()) {
        diag.place = bad;
        diag.client_text = "the transport cannot work with this value";
        return errc::bad_option;
    }
    error_code ec;
    auto context = detail::make_tls_context(options.tls, ec, diag);
    if (!context) return ec;
    return beast_transport(std::make_shared<detail::transport_core>(
        std::move(executor), std::move(options), std::move(context), detail::environment_snapshot()
    ));
}

}  // namespace scrapingpros::inline v0

#endif
