#ifndef SCRAPINGPROS_IMPL_NET_PROXY_OPTIONS_IPP
#define SCRAPINGPROS_IMPL_NET_PROXY_OPTIONS_IPP

#include <scrapingpros/net/proxy_options.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

inline std::string lower_case(std::string_view text)
{
    std::string lower(text);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return lower;
}

inline std::string_view without_blanks(std::string_view text)
{
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`, or a bare IPv6 address.
struct host_and_port {
    std::string_view host{};
    std::string_view port{};
};

inline std::optional<host_and_port> split_port(std::string_view text)
{
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return {};
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return {};
        return host_and_port{text.substr(1, close - 1), rest.empty() ? rest : rest.substr(1)};
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
        return host_and_port{text, {}};
    return host_and_port{text.substr(0, colon), text.substr(colon + 1)};
}

inline bool is_port(std::string_view text) noexcept
{
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, failure] = std::from_chars(text.data(), end, port);
    return failure == std::errc() && at == end && port != 0;
}

/// None if `%` is not followed by two digits.
inline std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned byte = 0;
        const auto digits = text.substr(i + 1, 2);
        const auto [at, failure] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (failure != std::errc() || digits.size() != 2 || at != digits.data() + 2) return {};
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

inline std::string base64(std::string_view text)
{
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k)
            three =
                three << 8U | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > text.size() ? '=' : digits[three >> (18U - 6U * k) & 63U];
    }
    return out;
}

using address_bytes = std::array<unsigned char, 16>;

/// An address in IPv6 form; IPv4 ones are mapped, so that both spellings meet.
inline std::optional<address_bytes> to_bytes(std::string_view text)
{
    namespace ip = boost::asio::ip;
    boost::system::error_code ec;
    const auto address = ip::make_address(std::string(text), ec);
    if (ec) return {};
    if (address.is_v6()) return address.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

inline bool in_network(const address_bytes& host, std::string_view base, std::string_view bits)
{
    unsigned count = 0;
    const auto* const end = bits.data() + bits.size();
    const auto [at, failure] = std::from_chars(bits.data(), end, count);
    const auto network = to_bytes(base);
    if (failure != std::errc() || at != end || !network) return false;
    if (base.find(':') == std::string_view::npos) count += 96;
    if (count > 128) return false;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned mask = 0x80U >> i % 8;
        if (((host[i / 8] ^ (*network)[i / 8]) & mask) != 0) return false;
    }
    return true;
}

inline bool matches_exception(const endpoint& to, std::string_view entry)
{
    if (entry == "*") return true;
    const auto host_address = to_bytes(to.host);
    if (const auto slash = entry.find('/'); slash != std::string_view::npos)
        return host_address &&
               in_network(*host_address, entry.substr(0, slash), entry.substr(slash + 1));
    const auto parts = split_port(entry);
    if (!parts || (!parts->port.empty() && parts->port != to.port)) return false;
    if (const auto address = to_bytes(parts->host)) return host_address == address;
    auto domain = lower_case(parts->host);
    if (domain.starts_with("*.")) domain.erase(0, 1);
    auto host = lower_case(to.host);
    if (host.ends_with('.')) host.pop_back();
    if (domain.starts_with('.')) domain.erase(0, 1);
    if (domain.empty() || host_address) return false;
    return host == domain || host.ends_with("." + domain);
}

inline bool is_loopback(const endpoint& to)
{
    const auto host = lower_case(to.host);
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address(to.host, ec);
    return !ec && address.is_loopback();
}

inline std::string first_set(
    const environment_lookup& lookup, std::initializer_list<std::string_view> names
)
{
    for (const auto name : names)
        if (auto value = lookup(name); value && !value->empty()) return *value;
    return {};
}

}  // namespace detail

SCRAPINGPROS_DECL std::optional<std::string> process_environment(std::string_view name)
{
    const char* value = std::getenv(std::string(name).c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
}

SCRAPINGPROS_DECL result<proxy_address> parse_proxy(std::string_view url)
{
    if (const auto at = url.find("://"); at != std::string_view::npos) {
        if (detail::lower_case(url.substr(0, at)) != "http") return errc::bad_option;
        url.remove_prefix(at + 3);
    }
    url = url.substr(0, url.find('/'));
    proxy_address proxy;
    if (const auto at = url.rfind('@'); at != std::string_view::npos) {
        const auto colon = (std::min)(url.find(':'), at);
        const auto user = detail::percent_decoded(url.substr(0, colon));
        const auto password =
            detail::percent_decoded(url.substr(0, at).substr((std::min)(colon + 1, at)));
        if (!user || !password || user->find(':') != std::string::npos) return errc::bad_option;
        proxy.authorization = secret("Basic " + detail::base64(*user + ":" + *password));
        url.remove_prefix(at + 1);
    }
    const auto parts = detail::split_port(url);
    if (!parts || parts->host.empty() ||
        parts->host.find_first_of(" \t\r\n?#") != std::string_view::npos)
        return errc::bad_option;
    proxy.host = parts->host;
    proxy.port = parts->port.empty() ? "80" : parts->port;
    if (!detail::is_port(proxy.port)) return errc::bad_option;
    return proxy;
}

SCRAPINGPROS_DECL bool bypasses_proxy(const endpoint& to, std::string_view no_proxy)
{
    while (!no_proxy.empty()) {
        const auto comma = (std::min)(no_proxy.find(','), no_proxy.size());
        const auto entry = detail::without_blanks(no_proxy.substr(0, comma));
        if (!entry.empty() && detail::matches_exception(to, entry)) return true;
        no_proxy.remove_prefix((std::min)(comma + 1, no_proxy.size()));
    }
    return false;
}

SCRAPINGPROS_DECL result<std::optional<proxy_address>> select_proxy(
    const endpoint& to, const proxy_options& options, const environment_lookup& lookup
)
{
    std::optional<proxy_address> direct;
    if (options.mode == proxy_mode::none) return direct;
    std::string url(options.url.expose());
    std::string no_proxy = options.no_proxy;
    if (options.mode == proxy_mode::environment) {
        if (detail::is_loopback(to)) return direct;
        url = to.tls ? detail::first_set(lookup, {"https_proxy", "HTTPS_PROXY"})
                     : detail::first_set(lookup, {"http_proxy"});
        if (url.empty()) url = detail::first_set(lookup, {"all_proxy", "ALL_PROXY"});
        if (url.empty()) return direct;
        no_proxy = detail::first_set(lookup, {"no_proxy", "NO_PROXY"});
    }
    if (bypasses_proxy(to, no_proxy)) return direct;
    const auto proxy = parse_proxy(url);
    if (proxy.has_error()) return proxy.error();
    return std::optional(*proxy);
}

}  // namespace scrapingpros::inline v0

#endif
