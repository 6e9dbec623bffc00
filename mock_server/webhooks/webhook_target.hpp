#ifndef SCRAPINGPROS_MOCK_WEBHOOK_TARGET_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_TARGET_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros_mock {

/// Where a callback URL points.
struct webhook_target {
    bool tls = false;
    std::string host;       ///< without brackets
    std::string authority;  ///< as the Host header wants it
    std::uint16_t port = 0;
    std::string path;  ///< with the query, from the slash on
    /// 127.0.0.0/8, ::1 or the word localhost. Other spellings of these are not, nor is a name that
    /// would resolve to one: nothing is resolved to find out.
    bool loopback = false;
    bool is_name = false;  ///< and not an address
};

/// Nothing if the text is no http or https URL, has no host, a port of 0 or a user in it.
std::optional<webhook_target> parse_webhook_url(std::string_view);

/// Without user and query, which may hold a receiver's secrets.
std::string url_for_records(std::string_view url);

}  // namespace scrapingpros_mock

#endif
