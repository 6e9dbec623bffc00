#ifndef SCRAPINGPROS_NET_TRANSPORT_OPTIONS_HPP
#define SCRAPINGPROS_NET_TRANSPORT_OPTIONS_HPP

#include <scrapingpros/net/proxy_options.hpp>
#include <scrapingpros/net/tls_options.hpp>
#include <scrapingpros/time.hpp>
#include <scrapingpros/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace scrapingpros::inline v0 {

#ifdef SCRAPINGPROS_HAS_ZLIB
inline constexpr bool has_gzip = true;
#else
inline constexpr bool has_gzip = false;
#endif

/// How a transport treats its connections. All times must be positive, `idle_age` may be zero.
struct transport_options {
    /// For resolving the name and for all of its addresses together.
    milliseconds connect_timeout = std::chrono::seconds(10);
    /// For TLS and for the proxy's tunnel together.
    milliseconds handshake_timeout = std::chrono::seconds(10);
    /// Longest time in which the peer neither takes nor sends a byte while it is waited for; a
    /// request may set its own.
    milliseconds silence = std::chrono::seconds(60);
    /// Longest wait for a free connection; none: as long as it takes.
    std::optional<milliseconds> pool_timeout = std::chrono::seconds(30);
    /// A connection that was idle for longer is not used again. To be below the server's own limit.
    milliseconds idle_age = std::chrono::seconds(55);
    /// Connections to one endpoint, idle ones included.
    std::size_t max_connections = 16;
    /// Longest head of a response; from 1 KiB to `read_buffer_bytes`.
    std::size_t max_head_bytes = 64 * std::size_t{1024};
    /// What is read ahead of the caller, at most; a connection in use has one such buffer, a TLS
    /// connection two.
    std::size_t read_buffer_bytes = 64 * std::size_t{1024};
    std::string user_agent = std::string("scrapingpros-cpp/") + version_text;
    /// Offer the server to compress bodies. They are decoded in any case, where zlib is.
    bool accept_gzip = has_gzip;
    tls_options tls{};
    proxy_options proxy{};
};

/// What a transport did and holds; all endpoints together.
struct transport_metrics {
    /// Connections set up, failed attempts not counted.
    std::uint64_t opened = 0;
    /// Exchanges that began on a connection which had served before.
    std::uint64_t reused = 0;
    /// Exchanges begun again because the reused connection turned out to be dead.
    std::uint64_t replayed = 0;
    /// Connections waiting for their next exchange.
    std::size_t idle = 0;
    /// Connections that serve an exchange or are being set up.
    std::size_t in_use = 0;
    /// Exchanges waiting for a connection.
    std::size_t waiting = 0;

    friend bool operator==(const transport_metrics&, const transport_metrics&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
