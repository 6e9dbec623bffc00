#ifndef SCRAPINGPROS_WIRE_ENCODE_HPP
#define SCRAPINGPROS_WIRE_ENCODE_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

// Bodies of the three calls that have one. Members at their default are left out, null members
// too; items keep their order; equal values give equal bytes. Text that is not UTF-8 and raw JSON
// that is not JSON are `errc::bad_request_item`, and `diag.place` names item and member.

/// One element of `requests`.
SCRAPINGPROS_DECL result<std::string> encode_item(const request_item& item, diagnostics& diag);

/// The body of a create call. One item is held as a document at a time, so 50,000 are fine.
SCRAPINGPROS_DECL result<std::string> encode_draft(
    const collection_draft& draft, diagnostics& diag
);

/// The body of an update call; without a list of items it renames.
SCRAPINGPROS_DECL result<std::string> encode_update(
    std::string_view name,
    const std::optional<std::vector<request_item>>& requests,
    diagnostics& diag
);

/// The body of a start call that overrides the collection's callback.
SCRAPINGPROS_DECL result<std::string> encode_callback(
    std::string_view callback_url, diagnostics& diag
);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/encode.ipp>
#endif

#endif
