#ifndef SCRAPINGPROS_NET_PROXY_OPTIONS_HPP
#define SCRAPINGPROS_NET_PROXY_OPTIONS_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/secret.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

enum class proxy_mode {
    /// Every connection goes to the endpoint itself, whatever the environment says.
    none,
    /// `https_proxy` or `HTTPS_PROXY` for https endpoints, `http_proxy` (in lower case only: the
    /// other spelling can be set by a CGI request) for http ones, `all_proxy` or `ALL_PROXY` for
    /// both; exceptions in `no_proxy` or `NO_PROXY`. Loopback endpoints never go through a proxy.
    environment,
    /// The proxy named in the options; exceptions in the options' `no_proxy`.
    explicit_url,
};

/** Which proxy to go through. https endpoints are reached by a tunnel (CONNECT), with TLS to the
    endpoint inside it; http ones by requests in absolute form. The endpoint's name is resolved by
    the proxy.
*/
struct proxy_options {
    proxy_mode mode = proxy_mode::environment;
    /// `http://user:password@host:port`; user and password percent-encoded, both optional, as is
    /// `http://`. The port is 80 if none is given. Only for `explicit_url`.
    secret url{};
    /** Endpoints reached without the proxy, separated by commas: `*`, a host, a domain with or
       without a dot in front (itself and all below it), an address, a network (`10.0.0.0/8`); each
       but
        `*` and networks may end with a port. Only for `explicit_url`.
    */
    std::string no_proxy{};
};

/// A proxy, taken apart.
struct proxy_address {
    std::string host{};
    std::string port{};
    /// Of the `Proxy-Authorization` header, `Basic …`; empty without user and password.
    secret authorization{};
};

/// Looks up an environment variable; empty if it is not set.
using environment_lookup = std::function<std::optional<std::string>(std::string_view)>;

/// The variables of this process. Not safe while another thread changes them.
std::optional<std::string> process_environment(std::string_view name);

/// Reads a proxy's URL. Fails with `errc::bad_option` for another scheme than http and for
/// nonsense.
result<proxy_address> parse_proxy(std::string_view url);

/// Whether `to` is among the exceptions of a `no_proxy` list.
bool bypasses_proxy(const endpoint& to, std::string_view no_proxy);

/// The proxy for connections to `to`; none: directly. Pure, `lookup` aside.
result<std::optional<proxy_address>> select_proxy(
    const endpoint& to, const proxy_options& options, const environment_lookup& lookup
);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/net/proxy_options.ipp>
#endif

#endif
