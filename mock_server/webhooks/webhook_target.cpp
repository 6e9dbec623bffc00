#include "webhooks/webhook_target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <arpa/inet.h>
#include <array>
#include <cstddef>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace urls = boost::urls;

std::string text_of(urls::string_view text)
{
    return std::string(text.data(), text.size());
}

std::optional<std::uint16_t> port_of(const urls::url_view& url, bool tls)
{
    if (!url.has_port() || url.port().empty()) return static_cast<std::uint16_t>(tls ? 443 : 80);
    const auto port = number_in<std::uint16_t>({url.port().data(), url.port().size()});
    return port == std::uint16_t{0} ? std::nullopt : port;
}

bool is_loopback(const urls::url_view& url)
{
    if (url.host_type() == urls::host_type::ipv4) return url.host_ipv4_address().is_loopback();
    if (url.host_type() == urls::host_type::ipv6) return url.host_ipv6_address().is_loopback();
    return same_ignoring_case(text_of(url.encoded_host()), "localhost");
}

/// Boost 1.81 reads http://127.0.0.1.example/ as the address 127.0.0.1 and the rest as its path.
bool is_cut_short(const urls::url_view& url)
{
    const std::string target = text_of(url.encoded_target());
    return !target.empty() && !target.starts_with('/') && !target.starts_with('?');
}

}  // namespace

std::optional<webhook_target> parse_webhook_url(std::string_view text)
{
    const auto parsed = urls::parse_uri({text.data(), text.size()});
    if (!parsed) return std::nullopt;
    const urls::url_view& url = *parsed;
    const bool tls = url.scheme_id() == urls::scheme::https;
    if (!tls && url.scheme_id() != urls::scheme::http) return std::nullopt;
    const auto port = port_of(url, tls);
    if (!port || url.has_userinfo() || url.encoded_host().empty() || is_cut_short(url))
        return std::nullopt;
    webhook_target out;
    out.tls = tls;
    out.host = text_of(url.encoded_host());
    out.authority = text_of(url.encoded_host_and_port());
    out.port = *port;
    out.path = text_of(url.encoded_target());
    if (!out.path.starts_with('/')) out.path.insert(0, "/");
    if (out.host.starts_with('[')) out.host = out.host.substr(1, out.host.size() - 2);
    out.loopback = is_loopback(url);
    out.is_name = url.host_type() == urls::host_type::name;
    return out;
}

std::string url_for_records(std::string_view text)
{
    const auto parsed = urls::parse_uri({text.data(), text.size()});
    if (!parsed || !parsed->has_authority()) return "(no URL)";
    return text_of(parsed->scheme()) + "://" + text_of(parsed->encoded_host_and_port()) +
           text_of(parsed->encoded_path());
}

}  // namespace scrapingpros_mock
