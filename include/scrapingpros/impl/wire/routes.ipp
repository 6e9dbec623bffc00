#ifndef SCRAPINGPROS_IMPL_WIRE_ROUTES_IPP
#define SCRAPINGPROS_IMPL_WIRE_ROUTES_IPP

#include <scrapingpros/impl/wire/header_value.hpp>
#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/wire/encode.hpp>
#include <scrapingpros/wire/routes.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0 {
namespace detail {

/// Longest silence after a call that makes the server work through every item.
inline constexpr milliseconds long_silence = std::chrono::minutes(10);

/// Everything but letters, digits and `-._~` as `%XX`, so the text stays one segment or one value.
inline std::string percent_encode(std::string_view text)
{
    return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

/// An id as a segment must be one: not empty, and nothing that paths resolve away.
inline bool is_segment(std::string_view id) noexcept
{
    return !id.empty() && id != "." && id != "..";
}

class query_writer {
public:
    void add(std::string_view key, std::string_view value)
    {
        text_ += text_.empty() ? '?' : '&';
        text_.append(key).append("=").append(percent_encode(value));
    }
    void add_if(std::string_view key, const std::optional<std::string>& value)
    {
        if (value) add(key, std::string_view(*value));
    }

    std::string take() { return std::move(text_); }

private:
    std::string text_{};
};

/// Method and path of each call. The only place that spells paths.
struct path_of_call {
    static constexpr const char* root = "/v1/async/collections";

    static std::string of(const collection_id& id)
    {
        return root + ('/' + percent_encode(id.value));
    }
    static std::string of(const run_ref& target)
    {
        return of(target.collection) + "/runs/" + percent_encode(target.run.value);
    }

    std::string operator()(const create_collection&) const { return root; }
    std::string operator()(const list_collections&) const { return root; }
    std::string operator()(const get_collection& c) const { return of(c.id); }
    std::string operator()(const update_collection& c) const { return of(c.id); }
    std::string operator()(const delete_collection& c) const { return of(c.id); }
    std::string operator()(const start_run& c) const { return of(c.collection) + "/run"; }
    std::string operator()(const list_runs& c) const { return of(c.collection) + "/runs"; }
    std::string operator()(const get_run& c) const { return of(c.target); }
    std::string operator()(const list_jobs& c) const { return of(c.target) + "/jobs"; }
    std::string operator()(const get_result& c) const
    {
        return of(c.target) + "/jobs/" + percent_encode(c.job.value) + "/result";
    }
    std::string operator()(const get_health&) const { return "/v1/health"; }
    std::string operator()(const get_plans&) const { return "/v1/plans"; }
    std::string operator()(const get_billing&) const { return "/v1/sync/billing"; }
    std::string operator()(const get_metrics&) const { return "/v1/sync/metrics"; }
    std::string operator()(const get_client_metrics&) const { return "/v1/sync/client-metrics"; }
    std::string operator()(const fetch_body&) const { return {}; }
};

struct method_of_call {
    http_method operator()(const create_collection&) const noexcept { return http_method::post; }
    http_method operator()(const start_run&) const noexcept { return http_method::post; }
    http_method operator()(const update_collection&) const noexcept { return http_method::put; }
    http_method operator()(const delete_collection&) const noexcept { return http_method::delete_; }
    template <class Read>
    http_method operator()(const Read&) const noexcept
    {
        return http_method::get;
    }
};

/// The first member of a call whose value cannot be put into a request; empty if there is none.
struct bad_member_of_call {
    static const char* of(const collection_id& id)
    {
        return is_segment(id.value) ? "" : "collection";
    }
    static const char* of(const run_ref& target)
    {
        if (!is_segment(target.collection.value)) return "collection";
        return is_segment(target.run.value) ? "" : "run";
    }

    const char* operator()(const get_collection& c) const { return of(c.id); }
    const char* operator()(const update_collection& c) const { return of(c.id); }
    const char* operator()(const delete_collection& c) const { return of(c.id); }
    const char* operator()(const start_run& c) const { return of(c.collection); }
    const char* operator()(const list_runs& c) const
    {
        return c.status_filter == run_status::unknown ? "status_filter" : of(c.collection);
    }
    const char* operator()(const get_run& c) const { return of(c.target); }
    const char* operator()(const list_jobs& c) const
    {
        if (c.limit < 1 || c.limit > 1000) return "limit";
        for (const auto status : c.statuses)
            if (status == job_status::unknown) return "statuses";
        return of(c.target);
    }
    const char* operator()(const get_result& c) const
    {
        return is_segment(c.job.value) ? of(c.target) : "job";
    }
    const char* operator()(const get_billing& c) const
    {
        return c.month && !c.month->ok() ? "month" : "";
    }
    template <class Other>
    const char* operator()(const Other&) const
    {
        return "";
    }
};

/// Queries. The only place that spells their keys, in the order the official client sends them.
struct query_of_call {
    std::string operator()(const list_collections& c) const
    {
        query_writer query;
        query.add_if("name", c.name);
        query.add_if("name_prefix", c.name_prefix);
        if (c.since) query.add("since", format_timestamp_utc(*c.since));
        return query.take();
    }
    std::string operator()(const list_runs& c) const
    {
        query_writer query;
        if (c.status_filter) query.add("status_filter", to_string(*c.status_filter));
        return query.take();
    }
    std::string operator()(const list_jobs& c) const
    {
        query_writer query;
        query.add("limit", std::to_string(c.limit));
        query.add_if("cursor", c.cursor);
        std::string statuses;
        for (const auto status : c.statuses)
            statuses.append(statuses.empty() ? "" : ",").append(to_string(status));
        if (!statuses.empty()) query.add("status_filter", statuses);
        query.add("order_by", c.order_by == job_order::id ? "id" : "completed_at");
        query.add("order_dir", c.order_dir == sort_direction::ascending ? "asc" : "desc");
        if (c.completed_since)
            query.add("since_completed_at", format_timestamp(*c.completed_since));
        if (c.results == inline_results::include) query.add("include_results", "true");
        return query.take();
    }
    std::string operator()(const get_billing& c) const
    {
        query_writer query;
        // A stamp of the first of the month starts with the month.
        if (c.month)
            query.add("month", format_timestamp(std::chrono::sys_days(*c.month / 1)).substr(0, 7));
        if (c.detail == billing_detail::urls) query.add("detail", "urls");
        return query.take();
    }
    template <class Other>
    std::string operator()(const Other&) const
    {
        return {};
    }
};

/// Bodies; no text for the calls that have none.
struct body_of_call {
    diagnostics& diag;

    result<std::string> operator()(const create_collection& c) const
    {
        return encode_draft(c.draft, diag);
    }
    result<std::string> operator()(const update_collection& c) const
    {
        return encode_update(c.name, c.requests, diag);
    }
    result<std::string> operator()(const start_run& c) const
    {
        if (!c.callback_url) return std::string();
        return encode_callback(*c.callback_url, diag);
    }
    template <class Other>
    result<std::string> operator()(const Other&) const
    {
        return std::string();
    }
};

inline bool is_slow(const call& c) noexcept
{
    if (const auto* update = std::get_if<update_collection>(&c))
        return update->requests.has_value();
    return std::holds_alternative<create_collection>(c) || std::holds_alternative<start_run>(c);
}

inline bool is_token(std::string_view text) noexcept
{
    for (const char c : text)
        if (c <= ' ' || c > '~') return false;
    return !text.empty();
}

/// The port of a URL, its scheme's if it names none; empty if it is none.
inline std::string port_of(const boost::urls::url_view& url, bool tls)
{
    const boost::urls::string_view text = url.port();
    if (text.empty()) return tls ? "443" : "80";
    const auto number = parse_count({text.data(), text.size()});
    return number && *number > 0 && *number <= 65'535 ? std::to_string(*number) : std::string();
}

/// The host and port of an absolute http or https URL without user information.
inline std::optional<endpoint> endpoint_of(const boost::urls::url_view& url)
{
    const bool tls = url.scheme_id() == boost::urls::scheme::https;
    if (!tls && url.scheme_id() != boost::urls::scheme::http) return {};
    const std::string port = port_of(url, tls);
    if (url.has_userinfo() || port.empty()) return {};
    // Boost.URL 1.81 reads `https://host:x` as an empty port and the path `x`.
    if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/')) return {};
    const boost::urls::string_view host = url.encoded_host_address();
    // Names with escapes are legal in a URL and never in a Host field.
    if (host.empty() || host.find('%') != boost::urls::string_view::npos) return {};
    endpoint to{tls, std::string(host.data(), host.size()), port};
    for (char& c : to.host)
        c = lower_case(c);
    return to;
}

inline result<http_request> encode_fetch(const fetch_body& c, diagnostics& diag)
{
    const auto url = boost::urls::parse_uri({c.url.data(), c.url.size()});
    const auto to = url ? endpoint_of(*url) : std::nullopt;
    if (!to) {
        diag.place = "url";
        diag.client_text = "not an absolute http or https URL without user information";
        return errc::bad_option;
    }
    http_request request;
    request.to = *to;
    const boost::urls::string_view target = url->encoded_target();
    request.target.assign(target.data(), target.size());
    if (request.target.empty() || request.target.front() != '/') request.target.insert(0, "/");
    return request;
}

inline bool needs_token(const call& c) noexcept
{
    return bucket_of(c) != rate_bucket::none;
}

inline void add_headers(http_request& request, const call& c, const secret& token)
{
    if (needs_token(c)) {
        std::string credentials = "Bearer ";
        request.headers.add("Authorization", credentials.append(token.expose()));
    }
    request.headers.add("Accept", "application/json");
    if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
    const auto* create = std::get_if<create_collection>(&c);
    if (create && create->key) request.headers.add("Idempotency-Key", create->key->text());
}

}  // namespace detail

result<service_address> parse_base_url(std::string_view text)
{
    const auto url = boost::urls::parse_uri({text.data(), text.size()});
    if (!url || url->has_query() || url->has_fragment()) return errc::bad_base_url;
    auto to = detail::endpoint_of(*url);
    if (!to) return errc::bad_base_url;
    const boost::urls::string_view path = url->encoded_path();
    std::string prefix(path.data(), path.size());
    while (prefix.ends_with('/'))
        prefix.pop_back();
    return service_address{std::move(*to), std::move(prefix)};
}

result<http_request> encode(
    const call& c, const service_address& address, const secret& token, diagnostics& diag
)
{
    if (const auto* fetch = std::get_if<fetch_body>(&c)) return detail::encode_fetch(*fetch, diag);
    if (detail::needs_token(c) && !detail::is_token(token.expose())) return errc::bad_token;
    if (const std::string bad = std::visit(detail::bad_member_of_call{}, c); !bad.empty()) {
        diag.place = bad;
        diag.client_text = "the value cannot be sent";
        return errc::bad_option;
    }
    auto body = std::visit(detail::body_of_call{diag}, c);
    if (!body) return body.error();
    http_request request;
    request.method = std::visit(detail::method_of_call{}, c);
    request.to = address.to;
    request.target = address.prefix + std::visit(detail::path_of_call{}, c) +
                     std::visit(detail::query_of_call{}, c);
    request.body = std::move(*body);
    detail::add_headers(request, c, token);
    request.repeatable = repeatability_of(c) == repeatability::safe;
    if (detail::is_slow(c)) request.silence = detail::long_silence;
    return request;
}

result<http_request> encode(const call& c, const service_address& address, const secret& token)
{
    diagnostics ignored;
    return encode(c, address, token, ignored);
}

std::string route_name(const call& c)
{
    std::string name(to_string(std::visit(detail::method_of_call{}, c)));
    name += ' ';
    const auto* fetch = std::get_if<fetch_body>(&c);
    if (!fetch) return name + std::visit(detail::path_of_call{}, c);
    const auto url = boost::urls::parse_uri({fetch->url.data(), fetch->url.size()});
    if (const auto to = url ? detail::endpoint_of(*url) : std::nullopt)
        name.append(to->tls ? "https://" : "http://").append(to->host);
    return name;
}

}  // namespace scrapingpros::inline v0

#endif
