#ifndef SCRAPINGPROS_IMPL_WIRE_JSON_DOCUMENT_HPP
#define SCRAPINGPROS_IMPL_WIRE_JSON_DOCUMENT_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/result.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0::detail {

/// Nesting that any document of the service may have. Nothing in the contract comes near it.
inline constexpr std::size_t max_json_depth = 64;

inline boost::json::parse_options json_options()
{
    boost::json::parse_options options;
    options.max_depth = max_json_depth;
    return options;
}

/// Parses a whole small document. Strict JSON, UTF-8 checked.
inline result<boost::json::value> parse_document(std::string_view text, diagnostics& diag)
{
    error_code not_json;
    auto parsed = boost::json::parse({text.data(), text.size()}, not_json, {}, json_options());
    if (!not_json) return parsed;
    diag.client_text = text.empty() ? "the body is empty" : "no JSON: " + not_json.message();
    diag.set_server_text(text);
    return errc::malformed_response;
}

}  // namespace scrapingpros::inline v0::detail

#endif
