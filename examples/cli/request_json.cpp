#include "request_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "exit_code.hpp"

namespace cli {
namespace {

namespace json = boost::json;
namespace sp = scrapingpros;

std::string text_in(const json::value& value, std::string_view name, const std::string& place)
{
    if (!value.is_string())
        throw bad_input(place + ": " + std::string(name) + ": a string is wanted");
    return std::string(value.get_string());
}

bool truth_in(const json::value& value, std::string_view name, const std::string& place)
{
    if (!value.is_bool())
        throw bad_input(place + ": " + std::string(name) + ": true or false is wanted");
    return value.get_bool();
}

sp::body_format format_in(std::string_view text, const std::string& place)
{
    if (text == "html") return sp::body_format::html;
    if (text == "markdown") return sp::body_format::markdown;
    throw bad_input(place + ": format: html or markdown is wanted");
}

bool* flag_of(sp::scrape_request& of, std::string_view name)
{
    if (name == "browser") return &of.browser;
    if (name == "screenshot") return &of.screenshot;
    if (name == "retry_on_block") return &of.retry_on_block;
    return nullptr;
}

void set(
    sp::scrape_request& to,
    std::string_view name,
    const json::value& value,
    const std::string& place
)
{
    if (name == "url")
        to.url = text_in(value, name, place);
    else if (value.is_null())
        return;  // the same as none (contract section 4)
    else if (name == "custom_id")
        to.custom_id = text_in(value, name, place);
    else if (name == "format")
        to.format = format_in(text_in(value, name, place), place);
    else if (bool* flag = flag_of(to, name))
        *flag = truth_in(value, name, place);
    else
        to.extra_json.emplace(name, json::serialize(value));
}

}  // namespace

sp::scrape_request request_from_json(std::string_view text, const std::string& place)
{
    json::error_code ec;
    const auto value = json::parse(text, ec);
    if (ec) throw bad_input(place + ": not JSON: " + ec.message());
    const auto* members = value.if_object();
    if (!members) throw bad_input(place + ": a JSON object is wanted");
    sp::scrape_request out;
    for (const auto& [name, member] : *members)
        set(out, std::string_view(name.data(), name.size()), member, place);
    if (!members->contains("url")) throw bad_input(place + ": the member url is missing");
    return out;
}

bool set_from_text(
    sp::scrape_request& to,
    std::string_view column,
    const std::string& text,
    const std::string& place
)
{
    if (column == "url") {
        to.url = text;
    } else if (bool* flag = flag_of(to, column)) {
        if (text != "true" && text != "false" && !text.empty())
            throw bad_input(place + ": " + std::string(column) + ": true or false is wanted");
        *flag = text == "true";
    } else if (column == "custom_id") {
        if (!text.empty()) to.custom_id = text;
    } else if (column == "format") {
        if (!text.empty()) to.format = format_in(text, place);
    } else if (column == "language") {
        to.language = text;
    } else {
        return false;
    }
    return true;
}

}  // namespace cli
