#ifndef SCRAPINGPROS_IMPL_NET_TRANSPORT_CORE_IPP
#define SCRAPINGPROS_IMPL_NET_TRANSPORT_CORE_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/impl/net/channel.ipp>
#include <scrapingpros/impl/net/deadline_watch.ipp>
#include <scrapingpros/impl/net/idle_stack.hpp>
#include <scrapingpros/impl/net/tls_context.ipp>
#include <scrapingpros/net/transport_options.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/require.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// Someone who needs a connection and gets it later.
class pool_client {
public:
    /// Whether only a connection that has served nobody will do.
    virtual bool wants_fresh() const noexcept = 0;
    virtual void on_idle(std::shared_ptr<channel> idle) = 0;
    /// There is room for one more connection; to be opened by the client.
    virtual void on_room() = 0;

protected:
    ~pool_client() = default;
};

/// The connections to one endpoint.
struct connection_pool {
    endpoint to{};
    result<std::optional<proxy_address>> proxy{std::nullopt};
    /// The header fields that every request to it has.
    std::string common_fields{};
    std::size_t common_lines = 0;

    /// Idle ones, those in use and those being set up.
    std::size_t open = 0;
    idle_stack<std::shared_ptr<channel>> idle{};
    std::deque<pool_client*> waiting{};
};

/// What an exchange writes and reads heads with; kept for the next one, for its allocations.
struct exchange_memory {
    std::string out{};
    http_fields fields{};
};

/// What the exchanges of a transport share.
struct transport_core {
    transport_core(
        asio::any_io_executor ex,
        transport_options opts,
        ssl_context_ptr context,
        environment_lookup lookup
    )
        : executor(std::move(ex)), options(std::move(opts)), tls(std::move(context)),
          environment(std::move(lookup)), completion_executor(std::nothrow, executor),
          later((asio::require)(executor, asio::execution::blocking.never)),
          watch(std::make_shared<deadline_watch>(executor)), buffers(options.read_buffer_bytes)
    {
    }
    ~transport_core() { close_idle(); }
    transport_core(const transport_core&) = delete;
    transport_core& operator=(const transport_core&) = delete;

    connection_pool& pool_of(const endpoint& to);
    /// Calls `who` back, at once or when there is a connection for it; whether at once.
    bool acquire(connection_pool& pool, pool_client& who, instant now);
    void give_up(connection_pool& pool, pool_client& who) noexcept;
    void release(connection_pool& pool, std::shared_ptr<channel> used, bool reusable, instant now);
    void close_idle() noexcept;
    std::unique_ptr<tls_session> make_session(const std::string& host, error_code& ec);
    std::unique_ptr<exchange_memory> take_memory();
    void give_back(std::unique_ptr<exchange_memory> memory);

    asio::any_io_executor executor;
    transport_options options;
    ssl_context_ptr tls;
    environment_lookup environment;
    /// The executor as handlers name it, and for what must not run at once. Made once: every change
    /// of an erased executor's properties costs hundreds of instructions.
    asio::any_completion_executor completion_executor;
    asio::any_io_executor later;
    std::shared_ptr<deadline_watch> watch;
    buffer_store buffers;
    transport_metrics metrics{};

private:
    std::shared_ptr<channel> take_idle(connection_pool& pool);
    void drop_expired(instant now) noexcept;
    void drop(connection_pool& pool, channel& idle) noexcept;

    std::map<endpoint, connection_pool> pools_;
    std::vector<std::unique_ptr<exchange_memory>> memory_;
    bool has_system_roots_ = false;
};

/// `host:port` of a `Host` field or a CONNECT target.
inline std::string authority(const endpoint& to, bool with_port)
{
    const bool v6 = to.host.find(':') != std::string::npos;
    auto text = v6 ? "[" + to.host + "]" : to.host;
    return with_port ? text + ":" + to.port : text;
}

inline bool has_default_port(const endpoint& to)
{
    return to.port == (to.tls ? "443" : "80");
}

SCRAPINGPROS_DECL connection_pool& transport_core::pool_of(const endpoint& to)
{
    const auto [at, is_new] = pools_.try_emplace(to);
    auto& pool = at->second;
    if (!is_new) return pool;
    pool.to = to;
    pool.proxy = select_proxy(to, options.proxy, environment);
    const auto add = [&pool](std::string_view name, std::string_view value) {
        pool.common_fields.append(name).append(": ").append(value).append("\r\n");
        ++pool.common_lines;
    };
    add("Host", authority(to, !has_default_port(to)));
    if (options.accept_gzip) add("Accept-Encoding", "gzip, deflate");
    if (!to.tls && pool.proxy.has_value() && *pool.proxy && !(*pool.proxy)->authorization.empty())
        add("Proxy-Authorization", (*pool.proxy)->authorization.expose());
    return pool;
}

SCRAPINGPROS_DECL void transport_core::drop(connection_pool& pool, channel& idle) noexcept
{
    idle.close();
    --pool.open;
    --metrics.idle;
}

SCRAPINGPROS_DECL void transport_core::drop_expired(instant now) noexcept
{
    for (auto& [to, pool] : pools_)
        while (auto old = pool.idle.take_expired(now, options.idle_age))
            drop(pool, **old);
}

SCRAPINGPROS_DECL std::shared_ptr<channel> transport_core::take_idle(connection_pool& pool)
{
    while (auto idle = pool.idle.take()) {
        buffers.lend_to((*idle)->received);
        if ((*idle)->tls()) buffers.lend_to((*idle)->tls()->received);
        if ((*idle)->is_quiet()) {
            --metrics.idle;
            return *idle;
        }
        drop(pool, **idle);
    }
    return nullptr;
}

SCRAPINGPROS_DECL bool transport_core::acquire(connection_pool& pool, pool_client& who, instant now)
{
    drop_expired(now);
    if (!who.wants_fresh()) {
        if (auto idle = take_idle(pool)) {
            ++metrics.in_use;
            who.on_idle(std::move(idle));
            return true;
        }
    } else if (pool.open >= options.max_connections) {
        if (auto oldest = pool.idle.take_oldest()) drop(pool, **oldest);
    }
    if (pool.open < options.max_connections) {
        ++pool.open;
        ++metrics.in_use;
        who.on_room();
        return true;
    }
    pool.waiting.push_back(&who);
    ++metrics.waiting;
    return false;
}

SCRAPINGPROS_DECL void transport_core::give_up(connection_pool& pool, pool_client& who) noexcept
{
    const auto at = std::find(pool.waiting.begin(), pool.waiting.end(), &who);
    if (at == pool.waiting.end()) return;
    pool.waiting.erase(at);
    --metrics.waiting;
}

SCRAPINGPROS_DECL void transport_core::release(
    connection_pool& pool, std::shared_ptr<channel> used, bool reusable, instant now
)
{
    used->serve(nullptr);
    if (!reusable) used->close();
    buffers.take_from(used->received);
    if (used->tls()) buffers.take_from(used->tls()->received);
    if (pool.waiting.empty()) {
        --metrics.in_use;
        reusable ? void(++metrics.idle) : void(--pool.open);
        if (reusable) pool.idle.put(std::move(used), now);
        return;
    }
    // Handed on within `in_use`: nobody may come in between.
    auto& next = *pool.waiting.front();
    pool.waiting.pop_front();
    --metrics.waiting;
    if (reusable && !next.wants_fresh()) {
        buffers.lend_to(used->received);
        if (used->tls()) buffers.lend_to(used->tls()->received);
        return next.on_idle(std::move(used));
    }
    used->close();
    next.on_room();
}

SCRAPINGPROS_DECL std::unique_ptr<tls_session> transport_core::make_session(
    const std::string& host, error_code& ec
)
{
    // Reading them takes tens of milliseconds, which a transport that never speaks TLS is spared. A
    // system without roots is no error here: the handshake will say so.
    if (options.tls.verify == tls_verify::peer_and_host && options.tls.system_roots &&
        !std::exchange(has_system_roots_, true))
        ::SSL_CTX_set_default_verify_paths(tls.get());
    auto session = tls_session::make(tls.get(), host, ec);
    if (session) buffers.lend_to(session->received);
    return session;
}

SCRAPINGPROS_DECL std::unique_ptr<exchange_memory> transport_core::take_memory()
{
    if (memory_.empty()) return std::make_unique<exchange_memory>();
    auto taken = std::move(memory_.back());
    memory_.pop_back();
    taken->out.clear();
    taken->fields.clear();
    return taken;
}

SCRAPINGPROS_DECL void transport_core::give_back(std::unique_ptr<exchange_memory> memory)
{
    if (memory) memory_.push_back(std::move(memory));
}

SCRAPINGPROS_DECL void transport_core::close_idle() noexcept
{
    for (auto& [to, pool] : pools_)
        while (auto idle = pool.idle.take())
            drop(pool, **idle);
}

}  // namespace scrapingpros::inline v0::detail

#endif
