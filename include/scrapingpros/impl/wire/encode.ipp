#ifndef SCRAPINGPROS_IMPL_WIRE_ENCODE_IPP
#define SCRAPINGPROS_IMPL_WIRE_ENCODE_IPP

#include <scrapingpros/impl/wire/item_writer.hpp>
#include <scrapingpros/impl/wire/json_document.hpp>
#include <scrapingpros/model/utf8.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <boost/json/serialize.hpp>

#include <cstddef>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0 {
namespace detail {

inline error_code refuse_text(diagnostics& diag, std::string place)
{
    diag.place = std::move(place);
    diag.client_text = "the text is not UTF-8";
    return errc::bad_request_item;
}

/// Appends a JSON string; names `member` if the text cannot be one.
inline error_code append_text(
    std::string& out, std::string_view text, const char* member, diagnostics& diag
)
{
    if (!count_code_points(text)) return refuse_text(diag, member);
    out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
    return {};
}

inline error_code append_raw(std::string& out, const raw_item& item, diagnostics& diag)
{
    diagnostics why;
    const auto parsed = parse_document(item.json, why);
    if (parsed) {
        out += item.json;
        return {};
    }
    diag.place.clear();
    diag.client_text = why.client_text;
    return errc::bad_request_item;
}

inline error_code append_request(std::string& out, const scrape_request& item, diagnostics& diag)
{
    boost::json::object object;
    diag.place.clear();
    if (const error_code ec = item_writer(object, diag).write(item)) return ec;
    const std::size_t start = out.size();
    out += boost::json::serialize(object);
    if (count_code_points(std::string_view(out).substr(start))) return {};
    for (const auto& [member, value] : object)
        if (!count_code_points(boost::json::serialize(value)))
            return refuse_text(diag, std::string(member));
    return refuse_text(diag, {});
}

inline error_code append_item(std::string& out, const request_item& item, diagnostics& diag)
{
    if (const auto* raw = std::get_if<raw_item>(&item)) return append_raw(out, *raw, diag);
    return append_request(out, std::get<scrape_request>(item), diag);
}

inline error_code append_items(
    std::string& out, const std::vector<request_item>& items, diagnostics& diag
)
{
    constexpr std::size_t sample = 1000;
    out += ",\"requests\":[";
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += ',';
        // A text that grows is there twice or three times over: room for items like those so far.
        if (i == sample) out.reserve(out.size() / sample * items.size() / 8 * 9);
        const error_code ec = append_item(out, items[i], diag);
        if (!ec) continue;
        const std::string item = "requests[" + std::to_string(i) + "]";
        diag.place = diag.place.empty() ? item : item + "." + diag.place;
        return ec;
    }
    out += ']';
    return {};
}

}  // namespace detail

result<std::string> encode_item(const request_item& item, diagnostics& diag)
{
    std::string out;
    if (const error_code ec = detail::append_item(out, item, diag)) return ec;
    return out;
}

result<std::string> encode_draft(const collection_draft& draft, diagnostics& diag)
{
    std::string out = "{\"name\":";
    error_code ec = detail::append_text(out, draft.name, "name", diag);
    if (!ec && !draft.requests.empty())
        ec = detail::append_items(out, draft.requests.items(), diag);
    if (!ec && draft.callback_url) {
        out += ",\"callback_url\":";
        ec = detail::append_text(out, *draft.callback_url, "callback_url", diag);
    }
    if (ec) return ec;
    out += '}';
    return out;
}

result<std::string> encode_update(
    std::string_view name,
    const std::optional<std::vector<request_item>>& requests,
    diagnostics& diag
)
{
    std::string out = "{\"name\":";
    error_code ec = detail::append_text(out, name, "name", diag);
    if (!ec && requests) ec = detail::append_items(out, *requests, diag);
    if (ec) return ec;
    out += '}';
    return out;
}

result<std::string> encode_callback(std::string_view callback_url, diagnostics& diag)
{
    std::string out = "{\"callback_url\":";
    if (const error_code ec = detail::append_text(out, callback_url, "callback_url", diag))
        return ec;
    out += '}';
    return out;
}

}  // namespace scrapingpros::inline v0

#endif
