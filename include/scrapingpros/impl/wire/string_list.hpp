#ifndef SCRAPINGPROS_IMPL_WIRE_STRING_LIST_HPP
#define SCRAPINGPROS_IMPL_WIRE_STRING_LIST_HPP

#include <scrapingpros/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0::detail {

inline std::vector<std::string> strings_of(const boost::json::array& array)
{
    std::vector<std::string> out;
    for (const auto& element : array)
        if (const auto* text = element.if_string()) out.emplace_back(text->data(), text->size());
    return out;
}

constexpr std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Reads a list that arrives as JSON text or, failing that, as comma-separated text.
inline std::vector<std::string> read_string_list(std::string_view text)
{
    error_code not_json;
    const auto parsed = boost::json::parse({text.data(), text.size()}, not_json);
    if (!not_json && parsed.is_array()) return strings_of(parsed.get_array());
    if (!not_json && parsed.is_null()) return {};
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view part = trimmed(text.substr(0, comma));
        if (!part.empty()) out.emplace_back(part);
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    }
    return out;
}

/// Reads a list in any of its forms; all else gives no elements.
inline std::vector<std::string> read_string_list(const boost::json::value& from)
{
    if (const auto* array = from.if_array()) return strings_of(*array);
    if (const auto* text = from.if_string())
        return read_string_list(std::string_view(text->data(), text->size()));
    return {};
}

}  // namespace scrapingpros::inline v0::detail

#endif
