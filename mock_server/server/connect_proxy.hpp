#ifndef SCRAPINGPROS_MOCK_CONNECT_PROXY_HPP
#define SCRAPINGPROS_MOCK_CONNECT_PROXY_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros_mock {

struct proxy_credentials {
    std::string user;
    std::string password;
};

struct proxy_options {
    /// Asked of every client; a wrong or missing one is answered with 407.
    std::optional<proxy_credentials> credentials{};
    /// Answer everything with this status, after the credentials were found right.
    std::optional<unsigned> refuse_with{};
    /// Whatever host and port a client asks for, it gets this port of 127.0.0.1.
    std::optional<std::uint16_t> everything_to{};
    /// 0: any free port.
    std::uint16_t port = 0;
};

struct proxy_stats {
    std::uint64_t connections = 0;
    /// CONNECT requests that were answered with 200.
    std::uint64_t tunnels = 0;
    /// Plain requests (`GET http://…`) that were passed on.
    std::uint64_t forwarded = 0;
    /// Requests answered by the proxy itself with anything else.
    std::uint64_t refused = 0;
    /// `host:port` of every CONNECT and plain request, granted or not, in the order they came.
    std::vector<std::string> targets;
};

/// A forward proxy on 127.0.0.1 for tests, with a thread of its own.
///
/// It never leaves the machine: a target that is neither loopback nor mapped by `everything_to` is
/// answered with 502. A plain request is passed on with `Connection: close`, one per connection.
class connect_proxy {
public:
    explicit connect_proxy(proxy_options options = {});
    ~connect_proxy();

    connect_proxy(const connect_proxy&) = delete;
    connect_proxy& operator=(const connect_proxy&) = delete;

    std::uint16_t port() const noexcept;
    /// `http://127.0.0.1:port`, without credentials.
    std::string url() const;
    proxy_stats stats() const;

    /// Closes everything and returns when nothing runs any more. May be called again.
    void stop();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace scrapingpros_mock

#endif
