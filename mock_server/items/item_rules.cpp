#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "items/item_checker.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::size_t custom_id_limit = 255;
constexpr std::size_t url_limit = 8192;

void check_url_and_custom_id(checker& in, const scenario& from, item& made)
{
    if (in.required("url") != nullptr)
        if (const auto url = in.text("url")) {
            made.url = *url;
            const bool limited =
                from.contract.length_limits == choice::length_limits::name_255_url_8192;
            if (limited && url->size() > url_limit)
                in.fail("url", "string_too_long", "String should have at most 8192 characters");
        }
    if (const auto custom_id = in.text("custom_id")) {
        if (code_points(*custom_id) > custom_id_limit)
            in.fail("custom_id", "string_too_long", "String should have at most 255 characters");
        // Servers before the column accept and forget it.
        if (!from.contract.predates(shipped::row_columns)) made.custom_id = *custom_id;
    }
}

/// The proxy asked for, if it is a word: `any` or a country.
std::optional<std::string_view> proxy_word(const json::value* use_proxy)
{
    if (use_proxy == nullptr) return std::nullopt;
    if (use_proxy->is_string()) return std_view(use_proxy->get_string());
    if (!use_proxy->is_object()) return std::nullopt;
    const json::value* inner = use_proxy->get_object().if_contains("proxy");
    if (inner == nullptr || !inner->is_string()) return std::nullopt;
    return std_view(inner->get_string());
}

void check_proxy(checker& in, const scenario& from, item& made)
{
    const json::value* asked = in.find("use_proxy");
    if (asked == nullptr) {
        made.proxy = from.contract.item_use_proxy_default == choice::item_use_proxy_default::any;
        return;
    }
    if (!asked->is_string() && !asked->is_object())
        return in.fail("use_proxy", "value_error", "Input should be a string or an object");
    const auto word = proxy_word(asked);
    if (!word || *word == "any" || from.approved_countries.contains(*word)) return;
    using enum choice::country_not_approved;
    if (from.contract.country_not_approved == invalid_item)
        in.fail(
            "use_proxy", "param_invalid", "Country proxy '" + std::string(*word) + "' not approved"
        );
    made.country_refused = from.contract.country_not_approved == job_failed;
}

void check_http_method(checker& in)
{
    const json::object* found = in.object("http_method");
    if (found == nullptr) return;
    checker method{*found, "http_method.", in.errors()};
    if (method.required("method") == nullptr) return;
    method.word("method", {"get", "post"});
    method.word("content_type", {"json", "form"});
    const json::value* payload = method.find("payload");
    if (payload != nullptr && !payload->is_object() && !payload->is_array())
        method.fail("payload", "value_error", "Input should be an object, an array or null");
    const auto url = method.text("url");
    if (url && !url->starts_with("http://") && !url->starts_with("https://"))
        method.fail("url", "value_error", "URL must begin with http:// or https://");
}

void check_extract(checker& in, item& made)
{
    const json::object* found = in.object("extract");
    if (found == nullptr) return;
    for (const auto& member : *found) {
        const std::string name(std_view(member.key()));
        item::extraction rule{name};
        if (member.value().is_object()) {
            checker selector{member.value().get_object(), "extract." + name + ".", in.errors()};
            selector.required_text("selector");
            selector.text("attribute");
            rule.multiple = selector.truth("multiple");
        } else if (!member.value().is_string()) {
            in.fail("extract." + name, "string_type", "Input should be a selector");
        }
        made.extract.push_back(std::move(rule));
    }
}

void check_network_capture(checker& in, item& made)
{
    const json::object* found = in.object("network_capture");
    if (found == nullptr) return;
    made.network_capture = true;
    checker capture{*found, "network_capture.", in.errors()};
    capture.texts("resource_types");
    capture.whole_number("listen_after_load_ms");
    capture.text("url_pattern");
}

struct action_rule {
    std::string_view type;
    std::array<std::string_view, 2> required;
};

constexpr std::array<action_rule, 9> action_rules{{
    {"click", {"selector", ""}},
    {"input", {"selector", "text"}},
    {"select", {"selector", "value"}},
    {"key-press", {"key", ""}},
    {"wait-for-selector", {"selector", "time"}},
    {"wait-for-timeout", {"time", ""}},
    {"evaluate", {"script", ""}},
    {"collect", {"extract", ""}},
    {"while", {"condition", "actions"}},
}};

void check_actions(checker&, bool inside_while, item&);

void check_action(checker& in, bool inside_while, item& made)
{
    const auto type = in.required("type") == nullptr ? std::nullopt : in.text("type");
    if (!type) return;
    const auto rule =
        std::find_if(action_rules.begin(), action_rules.end(), [&](const action_rule& r) {
            return r.type == *type;
        });
    if (rule == action_rules.end())
        return in.fail("type", "union_tag_invalid", "Input is no known action");
    if (*type == "while" && inside_while)
        return in.fail("type", "value_error", "while actions cannot be nested");
    for (const std::string_view name : rule->required)
        if (!name.empty()) in.required(name);
    for (const std::string_view name : {"selector", "text", "value", "key", "script"})
        in.text(name);
    for (const std::string_view name : {"time", "timeout", "max_iterations"})
        in.whole_number(name);
    if (*type == "wait-for-selector") in.word("state", {"visible", "attached", "hidden"});
    if (*type == "evaluate") ++made.evaluations;
    if (*type == "while") check_actions(in, true, made);
}

void check_actions(checker& in, bool inside_while, item& made)
{
    const json::array* found = in.array("actions");
    if (found == nullptr) return;
    for (std::size_t i = 0; i < found->size(); ++i) {
        const std::string where = "actions." + std::to_string(i);
        if (!(*found)[i].is_object()) {
            in.fail(where, "model_attributes_type", "Input should be an object");
            continue;
        }
        checker action{(*found)[i].get_object(), in.prefix() + where + ".", in.errors()};
        check_action(action, inside_while, made);
    }
}

void check_options(checker& in, item& made)
{
    made.markdown = in.word("format", {"html", "markdown"}) == "markdown";
    made.browser = in.truth("browser");
    made.screenshot = in.truth("screenshot");
    made.retry_on_block = in.truth("retry_on_block");
    in.word("browser_type", {"light", "heavy", "stealth", "auto", "flex"});
    in.text("language");
    in.word("window_size", {"desktop", "mobile", "any", ""});
    in.object("cookies");
    in.texts(
        "block_resources",
        {"image", "stylesheet", "font", "media", "script", "document", "xhr", "fetch"}
    );
    in.texts("block_requests");
    if (const json::object* headers = in.object("headers"))
        for (const auto& member : *headers)
            if (!member.value().is_string())
                in.fail(
                    "headers." + std::string(std_view(member.key())),
                    "string_type",
                    "Input should be a valid string"
                );
}

/// Members that make no sense without a browser (A16).
void check_browser_rules(checker& in, const scenario& from, const item& made)
{
    using enum choice::item_browser_rules;
    if (made.browser || from.contract.item_browser_rules == none) return;
    const auto refuse = [&](std::string_view name) {
        in.fail(name, "param_invalid", std::string(name) + " requires browser=true");
    };
    if (made.screenshot) refuse("screenshot");
    if (from.contract.item_browser_rules == screenshot_only) return;
    for (const std::string_view name :
         {"actions", "network_capture", "block_resources", "block_requests"}) {
        const json::value* found = in.find(name);
        const bool empty = found == nullptr || (found->is_array() && found->get_array().empty());
        if (!empty) refuse(name);
    }
}

void check_for_strangers(checker& in)
{
    static constexpr std::array<std::string_view, 19> known{
        "url",
        "custom_id",
        "format",
        "browser",
        "browser_type",
        "use_proxy",
        "screenshot",
        "actions",
        "language",
        "http_method",
        "headers",
        "window_size",
        "cookies",
        "extract",
        "network_capture",
        "retry_on_block",
        "block_resources",
        "block_requests",
        "browser_options"};
    for (const auto& member : in.members()) {
        const std::string_view name = std_view(member.key());
        if (std::find(known.begin(), known.end(), name) == known.end())
            in.fail(name, "extra_forbidden", "Extra inputs are not permitted");
    }
}

}  // namespace

std::vector<item_error> check_item(const json::value& element, const scenario& from, item& made)
{
    std::vector<item_error> errors;
    if (!element.is_object()) return {{"<root>", "not_a_dict", "Item must be an object"}};
    checker in{element.get_object(), "", errors};
    check_url_and_custom_id(in, from, made);
    check_options(in, made);
    check_proxy(in, from, made);
    check_http_method(in);
    check_extract(in, made);
    check_network_capture(in, made);
    check_actions(in, false, made);
    if (from.contract.item_unknown_member == choice::item_unknown_member::invalid_item)
        check_for_strangers(in);
    // The rules between members are asked only of items whose members are sound.
    if (errors.empty()) check_browser_rules(in, from, made);
    return errors;
}

std::optional<std::string> unapproved_country(const json::value& element, const scenario& from)
{
    if (!element.is_object()) return std::nullopt;
    const auto word = proxy_word(element.get_object().if_contains("use_proxy"));
    if (!word || *word == "any" || from.approved_countries.contains(*word)) return std::nullopt;
    return std::string(*word);
}

}  // namespace scrapingpros_mock
