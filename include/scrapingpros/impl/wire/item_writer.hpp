#ifndef SCRAPINGPROS_IMPL_WIRE_ITEM_WRITER_HPP
#define SCRAPINGPROS_IMPL_WIRE_ITEM_WRITER_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/wire/json_document.hpp>
#include <scrapingpros/model/scrape_request.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0::detail {

constexpr std::string_view spelling(browser_kind k) noexcept
{
    switch (k) {
    case browser_kind::light: return "light";
    case browser_kind::heavy: return "heavy";
    case browser_kind::stealth: return "stealth";
    case browser_kind::auto_: return "auto";
    case browser_kind::flex: return "flex";
    }
    return "";
}

constexpr std::string_view spelling(window_kind k) noexcept
{
    switch (k) {
    case window_kind::desktop: return "desktop";
    case window_kind::mobile: return "mobile";
    case window_kind::any: return "any";
    }
    return "";
}

constexpr std::string_view spelling(resource_kind k) noexcept
{
    switch (k) {
    case resource_kind::image: return "image";
    case resource_kind::stylesheet: return "stylesheet";
    case resource_kind::font: return "font";
    case resource_kind::media: return "media";
    case resource_kind::script: return "script";
    case resource_kind::document: return "document";
    case resource_kind::xhr: return "xhr";
    case resource_kind::fetch: return "fetch";
    }
    return "";
}

constexpr std::string_view spelling(element_state s) noexcept
{
    switch (s) {
    case element_state::visible: return "visible";
    case element_state::attached: return "attached";
    case element_state::hidden: return "hidden";
    }
    return "";
}

inline boost::json::value json_text(std::string_view text)
{
    return boost::json::string(text.data(), text.size());
}

inline boost::json::array json_texts(const std::vector<std::string>& texts)
{
    boost::json::array out;
    out.reserve(texts.size());
    for (const auto& text : texts)
        out.push_back(json_text(text));
    return out;
}

inline boost::json::object json_texts(const std::map<std::string, std::string>& texts)
{
    boost::json::object out;
    for (const auto& [name, text] : texts)
        out[name] = json_text(text);
    return out;
}

/// Whole seconds as an integer, others with a fraction.
inline boost::json::value json_seconds(milliseconds span)
{
    const std::int64_t count = span.count();
    if (count % 1000 == 0) return count / 1000;
    return static_cast<double>(count) / 1000;
}

inline boost::json::object json_rules(const extract_rules& rules)
{
    boost::json::object out;
    for (const auto& [name, rule] : rules) {
        boost::json::value& value = out[name] = json_text(rule.selector);
        if (!rule.attribute && !rule.multiple) continue;
        boost::json::object object{{"selector", json_text(rule.selector)}};
        if (rule.attribute) object["attribute"] = json_text(*rule.attribute);
        if (rule.multiple) object["multiple"] = true;
        value = std::move(object);
    }
    return out;
}

/// One step as an object.
struct action_writer {
    using object = boost::json::object;

    object operator()(const click_action& a) const
    {
        object out{{"type", "click"}, {"selector", json_text(a.selector)}};
        if (a.wait_for_navigation) out["wait_for_navigation"] = true;
        if (a.optional) out["optional"] = true;
        return out;
    }
    object operator()(const input_action& a) const
    {
        return {
            {"type", "input"}, {"selector", json_text(a.selector)}, {"text", json_text(a.text)}};
    }
    object operator()(const select_action& a) const
    {
        return {
            {"type", "select"}, {"selector", json_text(a.selector)}, {"value", json_text(a.value)}};
    }
    object operator()(const key_press_action& a) const
    {
        return {{"type", "key-press"}, {"key", json_text(a.key)}};
    }
    object operator()(const wait_for_selector_action& a) const
    {
        object out{{"type", "wait-for-selector"}, {"selector", json_text(a.selector)}};
        if (a.time) out["time"] = a.time->count();
        if (a.state) out["state"] = json_text(spelling(*a.state));
        return out;
    }
    object operator()(const wait_for_timeout_action& a) const
    {
        return {{"type", "wait-for-timeout"}, {"time", a.time.count()}};
    }
    object operator()(const evaluate_action& a) const
    {
        object out{{"type", "evaluate"}, {"script", json_text(a.script)}};
        if (a.timeout) out["timeout"] = a.timeout->count();
        return out;
    }
    object operator()(const collect_action& a) const
    {
        return {{"type", "collect"}, {"extract", json_rules(a.extract)}};
    }
    object operator()(const while_action& a) const
    {
        const bool visible = a.condition == loop_condition::selector_visible;
        object condition{
            {"type", visible ? "selector-visible" : "selector-invisible"},
            {"selector", json_text(a.selector)}};
        boost::json::array steps;
        for (const auto& step : a.actions)
            steps.push_back(std::visit(*this, step));
        object out{
            {"type", "while"}, {"condition", std::move(condition)}, {"actions", std::move(steps)}};
        if (a.max_iterations) out["max_iterations"] = *a.max_iterations;
        return out;
    }
};

struct proxy_writer {
    boost::json::value operator()(const no_proxy&) const { return nullptr; }
    boost::json::value operator()(const any_proxy&) const { return "any"; }
    boost::json::value operator()(const country_proxy& p) const { return json_text(p.code); }
    boost::json::value operator()(const retrying_proxy& p) const
    {
        boost::json::object out{{"proxy", json_text(p.proxy)}};
        if (p.max_retries) out["max_retries"] = *p.max_retries;
        if (p.delay) out["delay_seconds"] = json_seconds(*p.delay);
        if (p.backoff_factor) out["backoff_factor"] = *p.backoff_factor;
        return out;
    }
};

/// Writes the members of one item, in the contract's order, into an empty object.
class item_writer {
public:
    item_writer(boost::json::object& out, diagnostics& diag) : out_(out), diag_(diag) {}

    error_code write(const scrape_request& r)
    {
        out_["url"] = json_text(r.url);
        if (r.custom_id) out_["custom_id"] = json_text(*r.custom_id);
        if (r.format == body_format::markdown) out_["format"] = "markdown";
        if (r.browser) out_["browser"] = true;
        if (r.browser_type) out_["browser_type"] = json_text(spelling(*r.browser_type));
        if (r.use_proxy) out_["use_proxy"] = std::visit(proxy_writer{}, *r.use_proxy);
        if (r.screenshot) out_["screenshot"] = true;
        if (!r.actions.empty()) write_actions(r.actions);
        if (!r.language.empty()) out_["language"] = json_text(r.language);
        if (const auto* post = std::get_if<target_post>(&r.http_method))
            if (const error_code ec = write_post(*post)) return ec;
        if (!r.headers.empty()) out_["headers"] = json_texts(r.headers);
        if (r.window_size) out_["window_size"] = json_text(spelling(*r.window_size));
        if (!r.cookies.empty()) out_["cookies"] = json_texts(r.cookies);
        if (!r.extract.empty()) out_["extract"] = json_rules(r.extract);
        if (r.network_capture) write_capture(*r.network_capture);
        if (r.retry_on_block) out_["retry_on_block"] = true;
        if (!r.block_resources.empty()) write_resources(r.block_resources);
        if (!r.block_requests.empty()) out_["block_requests"] = json_texts(r.block_requests);
        return write_extra(r.extra_json);
    }

private:
    void write_actions(const std::vector<browser_action>& actions)
    {
        boost::json::array steps;
        for (const auto& step : actions)
            steps.push_back(std::visit(action_writer{}, step));
        out_["actions"] = std::move(steps);
    }

    error_code write_post(const target_post& post)
    {
        boost::json::object method{{"method", "post"}};
        if (post.payload_json) {
            auto payload = parse_part("http_method.payload", *post.payload_json);
            if (!payload) return payload.error();
            method["payload"] = std::move(*payload);
        }
        if (post.url) method["url"] = json_text(*post.url);
        if (post.content_type == payload_type::form) method["content_type"] = "form";
        out_["http_method"] = std::move(method);
        return {};
    }

    void write_capture(const network_capture_options& capture)
    {
        boost::json::object options;
        if (!capture.resource_types.empty())
            options["resource_types"] = json_texts(capture.resource_types);
        if (capture.listen_after_load)
            options["listen_after_load_ms"] = capture.listen_after_load->count();
        if (capture.url_pattern) options["url_pattern"] = json_text(*capture.url_pattern);
        out_["network_capture"] = std::move(options);
    }

    void write_resources(const std::vector<resource_kind>& kinds)
    {
        boost::json::array names;
        for (const auto kind : kinds)
            names.push_back(json_text(spelling(kind)));
        out_["block_resources"] = std::move(names);
    }

    error_code write_extra(const std::map<std::string, std::string>& members)
    {
        for (const auto& [name, json] : members) {
            auto value = parse_part(name, json);
            if (!value) return value.error();
            out_[name] = std::move(*value);
        }
        return {};
    }

    result<boost::json::value> parse_part(std::string_view place, std::string_view json)
    {
        diagnostics why;
        auto parsed = parse_document(json, why);
        if (parsed) return parsed;
        diag_.place = place;
        diag_.client_text = why.client_text;
        return errc::bad_request_item;
    }

    boost::json::object& out_;
    diagnostics& diag_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
