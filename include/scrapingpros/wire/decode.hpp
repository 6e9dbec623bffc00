#ifndef SCRAPINGPROS_WIRE_DECODE_HPP
#define SCRAPINGPROS_WIRE_DECODE_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/model/service.hpp>
#include <scrapingpros/model/webhook_event.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/** Decoders of the small replies, body in, value out.

    Null and absent mean the same. Unknown members are ignored, unknown words kept as text. An
    optional member of another type counts as absent and is named in `diag.place` although the
    decoding succeeds. Ids are required, nothing else is; in lists an element that cannot be read is
    counted, not fatal. A body that is no JSON, or JSON of another shape (a maintenance page), is
    `errc::malformed_response` with the place in `diag`.
*/
SCRAPINGPROS_DECL result<creation> decode_creation(std::string_view body, diagnostics& diag);

/// As `decode_creation`, but the caller knows the id already, so it may be missing.
SCRAPINGPROS_DECL result<creation> decode_update(std::string_view body, diagnostics& diag);

SCRAPINGPROS_DECL result<collection> decode_collection(std::string_view body, diagnostics& diag);

SCRAPINGPROS_DECL result<collection_list> decode_collection_list(
    std::string_view body, diagnostics& diag
);

/// Also the answer to a start.
SCRAPINGPROS_DECL result<run> decode_run(std::string_view body, diagnostics& diag);

SCRAPINGPROS_DECL result<run_list> decode_run_list(std::string_view body, diagnostics& diag);

SCRAPINGPROS_DECL result<health> decode_health(std::string_view body, diagnostics& diag);

SCRAPINGPROS_DECL result<plan_list> decode_plans(std::string_view body, diagnostics& diag);

/// Billing and metrics: any JSON object or array, kept as text.
SCRAPINGPROS_DECL result<raw_document> decode_document(std::string_view body, diagnostics& diag);

/// The payload of a webhook. Its signature is not looked at here.
SCRAPINGPROS_DECL result<webhook_event> decode_webhook_event(
    std::string_view body, diagnostics& diag
);

/// Reads `job_result::network_requests_json`; elements without a URL are left out.
SCRAPINGPROS_DECL result<std::vector<network_request>> decode_network_requests(
    std::string_view json, diagnostics& diag
);

/// Reads `Idempotency-Replayed`; empty without it.
SCRAPINGPROS_DECL std::optional<bool> read_replayed(const http_fields& fields) noexcept;

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/decode.ipp>
#endif

#endif
