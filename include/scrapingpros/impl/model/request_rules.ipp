#ifndef SCRAPINGPROS_IMPL_MODEL_REQUEST_RULES_IPP
#define SCRAPINGPROS_IMPL_MODEL_REQUEST_RULES_IPP

#include <scrapingpros/model/request_rules.hpp>
#include <scrapingpros/model/utf8.hpp>

#include <unordered_set>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0 {
namespace detail {

enum class url_form { good, missing, bare_host, bad_scheme, bad_characters };

constexpr bool starts_with_no_case(std::string_view text, std::string_view lower) noexcept
{
    if (text.size() < lower.size()) return false;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
    }
    return true;
}

/// `www.example.com/a`, `localhost:8080`; not `mailto:x`, `//host` or `/path`.
constexpr bool looks_like_bare_host(std::string_view text) noexcept
{
    const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    if (authority.empty() || authority.front() == '.') return false;
    const auto colon = authority.find(':');
    if (colon == 0) return false;
    if (colon == std::string_view::npos) return true;
    const std::string_view port = authority.substr(colon + 1);
    return !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr url_form form_of(std::string_view url) noexcept
{
    if (url.find_first_not_of(" \t\r\n") == std::string_view::npos) return url_form::missing;
    for (const char c : url)
        if ((c >= 0 && c <= ' ') || c == '\x7f') return url_form::bad_characters;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!starts_with_no_case(url, scheme)) continue;
        const std::string_view rest = url.substr(scheme.size());
        const bool has_host = looks_like_bare_host(rest) || rest.find_first_of("[@") == 0 ||
                              rest.substr(0, rest.find_first_of("/?#")).find('@') != rest.npos;
        return has_host ? url_form::good : url_form::bad_scheme;
    }
    return looks_like_bare_host(url) ? url_form::bare_host : url_form::bad_scheme;
}

constexpr bool is_header_name(std::string_view name) noexcept
{
    constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return !name.empty() && name.find_first_not_of(token) == std::string_view::npos;
}

/// Walks through a request and notes what breaks a rule.
class rule_checker {
public:
    explicit rule_checker(const validation_options& options) : options_(options) {}

    void item(const scrape_request& r);
    void draft(const collection_draft& d);

    std::vector<request_problem> take() { return std::move(problems_); }
    bool full() const noexcept { return problems_.size() >= options_.max_problems; }
    void at_item(std::optional<std::size_t> index) { index_ = index; }
    void add(
        std::string field,
        request_rule rule,
        std::string message,
        problem_level level = problem_level::error
    );

private:
    void text(std::string field, std::string_view value);
    void required(std::string field, std::string_view value);
    void time(std::string field, std::optional<milliseconds> value);
    void url(std::string field, std::string_view value, request_rule bad_scheme);
    void needs_browser(const scrape_request& r);
    void headers(const scrape_request& r);
    void proxy(const scrape_request& r);
    void extract(const std::string& field, const extract_rules& rules);
    void network_capture(const network_capture_options& options);

    const validation_options& options_;
    std::optional<std::size_t> index_{};
    std::vector<request_problem> problems_{};

    friend struct action_checker;
};

/// The rules of one step; `field` is its path.
struct action_checker {
    rule_checker& to;
    std::string field;

    void operator()(const click_action& a) const { to.required(field + ".selector", a.selector); }
    void operator()(const input_action& a) const
    {
        to.required(field + ".selector", a.selector);
        to.text(field + ".text", a.text);
    }
    void operator()(const select_action& a) const
    {
        to.required(field + ".selector", a.selector);
        to.text(field + ".value", a.value);
    }
    void operator()(const key_press_action& a) const { to.required(field + ".key", a.key); }
    void operator()(const wait_for_selector_action& a) const
    {
        to.required(field + ".selector", a.selector);
        to.time(field + ".time", a.time);
    }
    void operator()(const wait_for_timeout_action& a) const { to.time(field + ".time", a.time); }
    void operator()(const evaluate_action& a) const
    {
        to.required(field + ".script", a.script);
        to.time(field + ".timeout", a.timeout);
    }
    void operator()(const collect_action& a) const
    {
        if (a.extract.empty()) to.required(field + ".extract", {});
        to.extract(field + ".extract", a.extract);
    }
    void operator()(const while_action& a) const
    {
        to.required(field + ".condition.selector", a.selector);
        for (std::size_t i = 0; i < a.actions.size(); ++i)
            std::visit(action_checker{to, field + ".actions." + std::to_string(i)}, a.actions[i]);
    }
};

inline void rule_checker::add(
    std::string field, request_rule rule, std::string message, problem_level level
)
{
    if (level == problem_level::off || full()) return;
    problems_.push_back({index_, std::move(field), rule, level, std::move(message)});
}

inline void rule_checker::text(std::string field, std::string_view value)
{
    if (!count_code_points(value))
        add(std::move(field), request_rule::not_utf8, "the text is not UTF-8");
}

inline void rule_checker::required(std::string field, std::string_view value)
{
    if (value.empty())
        add(std::move(field), request_rule::member_missing, "must not be empty");
    else
        text(std::move(field), value);
}

inline void rule_checker::time(std::string field, std::optional<milliseconds> value)
{
    if (value && value->count() < 0)
        add(std::move(field), request_rule::negative_time, "must not be negative");
}

inline void rule_checker::url(std::string field, std::string_view value, request_rule bad_scheme)
{
    if (!count_code_points(value))
        return add(std::move(field), request_rule::not_utf8, "the text is not UTF-8");
    switch (form_of(value)) {
    case url_form::good: return;
    case url_form::missing:
        return add(std::move(field), request_rule::url_missing, "there is no URL");
    case url_form::bad_characters:
        return add(
            std::move(field),
            request_rule::url_characters,
            "the URL holds white space or control characters"
        );
    case url_form::bare_host:
        if (bad_scheme == request_rule::url_scheme)
            return add(
                std::move(field),
                request_rule::url_bare_host,
                "the URL has no scheme; the server may refuse it",
                options_.bare_host
            );
        [[fallthrough]];
    case url_form::bad_scheme:
        return add(std::move(field), bad_scheme, "the URL is not http or https with a host");
    }
}

inline void rule_checker::needs_browser(const scrape_request& r)
{
    if (r.browser) return;
    const auto if_used = [this](bool used, const char* member, problem_level level) {
        if (used)
            add(member, request_rule::needs_browser, std::string(member) + " needs browser", level);
    };
    if_used(r.screenshot, "screenshot", problem_level::error);
    if_used(!r.actions.empty(), "actions", options_.browser_rules);
    if_used(r.network_capture.has_value(), "network_capture", options_.browser_rules);
    if_used(!r.block_resources.empty(), "block_resources", options_.browser_rules);
    if_used(!r.block_requests.empty(), "block_requests", options_.browser_rules);
}

inline void rule_checker::headers(const scrape_request& r)
{
    constexpr std::string_view breaks("\r\n\0", 3);
    const auto value = [&](std::string field, const std::string& v) {
        if (v.find_first_of(breaks) != v.npos)
            add(std::move(field),
                request_rule::header_value,
                "a line break or NUL would start another header");
        else
            text(std::move(field), v);
    };
    for (const auto& [name, v] : r.headers) {
        if (!is_header_name(name))
            add("headers", request_rule::header_name, "HTTP does not allow this header name");
        else
            value("headers." + name, v);
    }
    for (const auto& [name, v] : r.cookies) {
        value("cookies", name);
        value("cookies." + name, v);
    }
}

inline void rule_checker::proxy(const scrape_request& r)
{
    if (!r.use_proxy) return;
    if (const auto* country = std::get_if<country_proxy>(&*r.use_proxy))
        required("use_proxy", country->code);
    if (const auto* retrying = std::get_if<retrying_proxy>(&*r.use_proxy)) {
        required("use_proxy.proxy", retrying->proxy);
        time("use_proxy.delay_seconds", retrying->delay);
    }
}

inline void rule_checker::extract(const std::string& field, const extract_rules& rules)
{
    for (const auto& [name, rule] : rules) {
        text(field, name);
        required(field + "." + name, rule.selector);
        if (rule.attribute) text(field + "." + name + ".attribute", *rule.attribute);
    }
}

inline void rule_checker::network_capture(const network_capture_options& capture)
{
    for (const auto& type : capture.resource_types)
        required("network_capture.resource_types", type);
    time("network_capture.listen_after_load_ms", capture.listen_after_load);
    if (capture.url_pattern) text("network_capture.url_pattern", *capture.url_pattern);
}

inline void rule_checker::item(const scrape_request& r)
{
    url("url", r.url, request_rule::url_scheme);
    if (r.custom_id) {
        const auto length = count_code_points(*r.custom_id);
        if (!length) text("custom_id", *r.custom_id);
        if (length && *length > 255)
            add("custom_id",
                request_rule::custom_id_length,
                std::to_string(*length) + " characters, at most 255 are allowed");
    }
    needs_browser(r);
    headers(r);
    proxy(r);
    text("language", r.language);
    for (std::size_t i = 0; i < r.actions.size(); ++i)
        std::visit(action_checker{*this, "actions." + std::to_string(i)}, r.actions[i]);
    if (const auto* post = std::get_if<target_post>(&r.http_method))
        if (post->url) url("http_method.url", *post->url, request_rule::post_url_scheme);
    extract("extract", r.extract);
    if (r.network_capture) network_capture(*r.network_capture);
    for (const auto& part : r.block_requests)
        required("block_requests", part);
}

/// What the service takes two items for the same by: the URL and whether, and which, custom id.
inline std::string dedup_key(const scrape_request& r)
{
    return r.custom_id ? r.url + '\n' + *r.custom_id : r.url;
}

inline void rule_checker::draft(const collection_draft& d)
{
    if (d.name.empty())
        add("name", request_rule::name_missing, "the collection has no name", problem_level::warning
        );
    text("name", d.name);
    if (d.callback_url) url("callback_url", *d.callback_url, request_rule::url_scheme);
    if (d.requests.empty())
        add("requests", request_rule::no_items, "the collection has no items", options_.no_items);
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < d.requests.size() && !full(); ++i) {
        const auto* request = std::get_if<scrape_request>(&d.requests[i]);
        if (!request) continue;
        at_item(i);
        item(*request);
        if (options_.duplicates != problem_level::off && !seen.insert(dedup_key(*request)).second)
            add("url",
                request_rule::duplicate,
                "the same url and custom_id occurred before",
                options_.duplicates);
    }
}

}  // namespace detail

std::vector<request_problem> validate(
    const scrape_request& request, const validation_options& options
)
{
    detail::rule_checker checker(options);
    checker.item(request);
    return checker.take();
}

std::vector<request_problem> validate(
    const collection_draft& draft, const validation_options& options
)
{
    detail::rule_checker checker(options);
    checker.draft(draft);
    return checker.take();
}

bool has_errors(const std::vector<request_problem>& problems) noexcept
{
    for (const auto& problem : problems)
        if (problem.level == problem_level::error) return true;
    return false;
}

std::string place_of(const request_problem& problem)
{
    if (!problem.item) return problem.field;
    return "requests[" + std::to_string(*problem.item) + "]." + problem.field;
}

}  // namespace scrapingpros::inline v0

#endif
