#include "items/ssrf.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace urls = boost::urls;

/// Browsers and the service take spaces, letters beyond ASCII and the like in a URL; the grammar
/// does not. Such bytes are encoded, after which a strict parser can judge the rest.
std::string encode_strangers(std::string_view url)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    static constexpr std::string_view strangers = " \"<>\\^`{|}";
    std::string out;
    out.reserve(url.size());
    for (const char c : url) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7F && strangers.find(c) == strangers.npos) {
            out += c;
            continue;
        }
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

struct ipv4_block {
    std::uint32_t base;
    unsigned bits;
};

bool is_private(std::uint32_t address)
{
    static constexpr std::array<ipv4_block, 7> blocks{{
        {0x00000000u, 8},   // this network
        {0x0A000000u, 8},   // 10/8
        {0x64400000u, 10},  // 100.64/10
        {0x7F000000u, 8},   // loop-back
        {0xA9FE0000u, 16},  // link-local
        {0xAC100000u, 12},  // 172.16/12
        {0xC0A80000u, 16},  // 192.168/16
    }};
    for (const ipv4_block& each : blocks)
        if ((address ^ each.base) >> (32 - each.bits) == 0) return true;
    return false;
}

bool is_private(const urls::ipv6_address& address)
{
    const auto bytes = address.to_bytes();
    if (address.is_loopback() || address.is_unspecified()) return true;
    if (address.is_v4_mapped())
        return is_private(
            std::uint32_t{bytes[12]} << 24 | std::uint32_t{bytes[13]} << 16 |
            std::uint32_t{bytes[14]} << 8 | bytes[15]
        );
    return (bytes[0] & 0xFE) == 0xFC || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80);
}

bool is_internal_name(std::string_view host)
{
    for (const std::string_view name : {"localhost", "internal", "local"}) {
        if (same_ignoring_case(host, name)) return true;
        if (host.size() > name.size() && host[host.size() - name.size() - 1] == '.' &&
            same_ignoring_case(host.substr(host.size() - name.size()), name))
            return true;
    }
    return false;
}

bool is_bad_port(const urls::url_view& url)
{
    if (!url.has_port() || url.port().empty()) return false;
    return url.port_number() == 0;  // also what does not fit 16 bits
}

std::optional<refusal> refuse_host(const urls::url_view& url, const scenario& from)
{
    static constexpr const char* inside = "URL resolved to a private or internal IP.";
    if (url.host_type() == urls::host_type::ipv4 && is_private(url.host_ipv4_address().to_uint()))
        return refusal{"private_ip", inside};
    if (url.host_type() == urls::host_type::ipv6 && is_private(url.host_ipv6_address()))
        return refusal{"private_ip", inside};
    const std::string host = url.host();
    if (is_internal_name(host)) return refusal{"blocked_hostname", "Hostname is not allowed."};
    if (from.unresolvable_hosts.contains(host))
        return refusal{"dns_failed", "Hostname could not be resolved."};
    return std::nullopt;
}

}  // namespace

bool has_scheme(std::string_view url)
{
    const std::size_t at = url.find("://");
    if (at == url.npos || at == 0) return false;
    return url.substr(0, at).find_first_of("/?#") == url.npos;
}

std::optional<refusal> refuse_url(std::string_view text, const scenario& from)
{
    const std::string encoded = encode_strangers(text);
    const auto parsed = urls::parse_uri(encoded);
    if (!parsed) return refusal{"malformed_url", "URL could not be parsed."};
    const urls::url_view& url = *parsed;
    if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https)
        return refusal{"invalid_protocol", "Only http and https URLs are accepted."};
    if (url.host().empty()) return refusal{"malformed_url", "URL has no host."};
    // What was encoded so that a path may hold it makes no host.
    if (url.host().find_first_of(" \"<>\\^`{|}") != std::string::npos)
        return refusal{"malformed_url", "Host is not valid."};
    if (is_bad_port(url)) return refusal{"invalid_port", "Port is out of range."};
    return refuse_host(url, from);
}

std::string normalised_url(std::string_view text)
{
    const std::string encoded = encode_strangers(text);
    const auto parsed = urls::parse_uri(encoded);
    if (!parsed) return std::string(text);
    urls::url url = *parsed;
    url.remove_fragment();
    url.set_path_absolute(true);  // an empty path means the root
    url.normalize();
    return std::string(std_view(url.buffer()));
}

std::optional<host_and_path> parts_of(std::string_view text)
{
    const std::string encoded = encode_strangers(text);
    const auto parsed = urls::parse_uri(encoded);
    if (!parsed) return std::nullopt;
    return host_and_path{parsed->host(), parsed->path()};
}

}  // namespace scrapingpros_mock
