#ifndef SCRAPINGPROS_WIRE_ROUTES_HPP
#define SCRAPINGPROS_WIRE_ROUTES_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/secret.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/// Where the service is: a base URL taken apart.
struct service_address {
    endpoint to{};
    /// Put before every path; empty or `/…` without a slash at its end.
    std::string prefix{};

    friend bool operator==(const service_address&, const service_address&) = default;
};

/** Reads a base URL such as `https://api.scrapingpros.com`.

    An absolute http or https URL with a host; a path becomes the prefix; user information, a query
    or a fragment are `errc::bad_base_url`, as is everything else.
*/
SCRAPINGPROS_DECL result<service_address> parse_base_url(std::string_view url);

/** Turns a call into the request that performs it. The same call gives the same bytes every time.

    Ids are written as one path segment each, so no id leads to another route. `get_health`,
    `get_plans` and `fetch_body` go without the token; a `fetch_body` goes to the host in its URL.
    Creating and starting may be silent for minutes, which `silence` allows for.

    @par Errors
    `errc::bad_token`, `errc::bad_request_item` (raw JSON text that is not JSON, or text that is not
    UTF-8), `errc::bad_option` (an empty id, a `limit` of 0, a status without a spelling, a URL that
    cannot be fetched). `diag.place` and `diag.client_text` say where and why.
*/
SCRAPINGPROS_DECL result<http_request> encode(
    const call& c, const service_address& address, const secret& token, diagnostics& diag
);

SCRAPINGPROS_DECL result<http_request> encode(
    const call& c, const service_address& address, const secret& token
);

/// Method and path without prefix and query, for `diagnostics::route`. Of a `fetch_body` the host
/// only, because the rest may be a signature.
SCRAPINGPROS_DECL std::string route_name(const call& c);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/routes.ipp>
#endif

#endif
