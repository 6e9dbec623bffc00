#ifndef SCRAPINGPROS_WIRE_ERROR_BODY_HPP
#define SCRAPINGPROS_WIRE_ERROR_BODY_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/refusal.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/// What a reply that is not a success says.
struct error_reply {
    error_code code{};
    /// Only of the result route, and only from servers that type their 404s.
    std::optional<result_refusal> refusal{};
    /// The service's own words, at most 1024 bytes, of any content.
    std::string server_text{};
    /// The member that a validator complained of (`body.name`); empty if it named none.
    std::string place{};

    friend bool operator==(const error_reply&, const error_reply&) = default;
};

/** Reads an error reply. Never fails: a body of any form, none included, gives a code.

    The code comes from the status and, on the result route, from `error_code`; never from prose,
    with one exception: a 429 to a write that says `quota` is `errc::quota_exceeded`, which waiting
    does not cure (contract 12). A 429 to a read is always `errc::throttled`, so that paid results
    can still be read. A 409 is `errc::conflict` on create only and `errc::rejected` elsewhere; a
    410 is an expired result on the result route. 408 counts as a failure of the server's.
*/
SCRAPINGPROS_DECL error_reply
decode_error(unsigned status, const call& c, const http_fields& fields, std::string_view body);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/error_body.ipp>
#endif

#endif
