#ifndef SCRAPINGPROS_IMPL_WIRE_DECODE_IPP
#define SCRAPINGPROS_IMPL_WIRE_DECODE_IPP

#include <scrapingpros/impl/wire/json_document.hpp>
#include <scrapingpros/impl/wire/reply_members.hpp>
#include <scrapingpros/wire/decode.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

/// A body that is one object, read by the `read_members` of its type.
template <class T>
result<T> decode_object(std::string_view body, diagnostics& diag)
{
    const auto document = parse_document(body, diag);
    if (!document) return document.error();
    T out;
    json_reader in(*document, diag);
    read_members(in, out);
    if (!in.error()) return out;
    diag.set_server_text(body);
    return in.error();
}

inline error_code not_a_list(std::string_view body, std::string place, diagnostics& diag)
{
    diag.place = std::move(place);
    diag.client_text = "not a JSON array";
    diag.set_server_text(body);
    return errc::malformed_response;
}

/// A body that is an array of objects. Those that cannot be read are counted and noted.
template <class List>
result<List> decode_list(std::string_view body, diagnostics& diag)
{
    auto document = parse_document(body, diag);
    if (!document) return document.error();
    if (!document->is_array()) return not_a_list(body, {}, diag);
    const boost::json::value wrapped{{"", std::move(*document)}};
    List out;
    out.unreadable = json_reader(wrapped, diag).objects("", out.items);
    return out;
}

}  // namespace detail

result<creation> decode_creation(std::string_view body, diagnostics& diag)
{
    auto out = decode_update(body, diag);
    if (!out || !out->id.value.empty()) return out;
    diag.place = "id";
    diag.client_text = "missing, or of another type";
    diag.set_server_text(body);
    return errc::malformed_response;
}

result<creation> decode_update(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<creation>(body, diag);
}

result<collection> decode_collection(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<collection>(body, diag);
}

result<collection_list> decode_collection_list(std::string_view body, diagnostics& diag)
{
    return detail::decode_list<collection_list>(body, diag);
}

result<run> decode_run(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<run>(body, diag);
}

result<run_list> decode_run_list(std::string_view body, diagnostics& diag)
{
    const auto document = detail::parse_document(body, diag);
    if (!document) return document.error();
    detail::json_reader in(*document, diag);
    const auto* items = in.find("items");
    if (!items || !items->is_array()) return detail::not_a_list(body, "items", diag);
    run_list out;
    in.optional("total", out.total);
    out.unreadable = in.objects("items", out.items);
    return out;
}

result<health> decode_health(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<health>(body, diag);
}

result<plan_list> decode_plans(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<plan_list>(body, diag);
}

result<raw_document> decode_document(std::string_view body, diagnostics& diag)
{
    const auto document = detail::parse_document(body, diag);
    if (!document) return document.error();
    if (document->is_object() || document->is_array()) return raw_document{std::string(body)};
    diag.client_text = "neither a JSON object nor an array";
    diag.set_server_text(body);
    return errc::malformed_response;
}

result<webhook_event> decode_webhook_event(std::string_view body, diagnostics& diag)
{
    return detail::decode_object<webhook_event>(body, diag);
}

result<std::vector<network_request>> decode_network_requests(
    std::string_view json, diagnostics& diag
)
{
    auto list = detail::decode_list<detail::item_list<network_request>>(json, diag);
    if (!list) return list.error();
    return std::move(list->items);
}

std::optional<bool> read_replayed(const http_fields& fields) noexcept
{
    const auto value = fields.find("Idempotency-Replayed");
    if (value == "true") return true;
    if (value == "false") return false;
    return {};
}

}  // namespace scrapingpros::inline v0

#endif
