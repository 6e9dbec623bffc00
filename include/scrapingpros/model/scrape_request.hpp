#ifndef SCRAPINGPROS_MODEL_SCRAPE_REQUEST_HPP
#define SCRAPINGPROS_MODEL_SCRAPE_REQUEST_HPP

#include <scrapingpros/model/browser_action.hpp>
#include <scrapingpros/time.hpp>

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace scrapingpros::inline v0 {

/// Chooses which text member of a result is filled.
enum class body_format { html, markdown };

/// Soft-deprecated on the wire: the server routes by itself.
enum class browser_kind { light, heavy, stealth, auto_, flex };

enum class window_kind { desktop, mobile, any };

enum class resource_kind { image, stylesheet, font, media, script, document, xhr, fetch };

/// Writes an explicit null. Whether that differs from saying nothing is unknown (contract A15).
struct no_proxy {
    friend bool operator==(const no_proxy&, const no_proxy&) = default;
};

struct any_proxy {
    friend bool operator==(const any_proxy&, const any_proxy&) = default;
};

/// A country needs the vendor's approval; without it the create call may be refused with 403.
struct country_proxy {
    /// As the vendor spells it, e.g. `BR`.
    std::string code{};

    friend bool operator==(const country_proxy&, const country_proxy&) = default;
};

/// The object form. Members left empty are the server's defaults: 3 retries, 1 s, factor 2.
struct retrying_proxy {
    std::string proxy = "any";
    std::optional<unsigned> max_retries{};
    std::optional<milliseconds> delay{};
    std::optional<double> backoff_factor{};

    friend bool operator==(const retrying_proxy&, const retrying_proxy&) = default;
};

using proxy_choice = std::variant<no_proxy, any_proxy, country_proxy, retrying_proxy>;

/// The target is fetched with GET.
struct target_get {
    friend bool operator==(const target_get&, const target_get&) = default;
};

enum class payload_type { json, form };

/// The target is sent a POST.
struct target_post {
    /// An object or array as JSON text; empty sends no payload.
    std::optional<std::string> payload_json{};
    /// Where the POST goes, http or https, if that is not where the browser goes.
    std::optional<std::string> url{};
    payload_type content_type = payload_type::json;

    friend bool operator==(const target_post&, const target_post&) = default;
};

using target_method = std::variant<target_get, target_post>;

/// Which traffic of the page to report in `network_requests`.
struct network_capture_options {
    std::vector<std::string> resource_types{};
    std::optional<milliseconds> listen_after_load{};
    /// A glob; responses that match bring their body along, up to 64 KB each.
    std::optional<std::string> url_pattern{};

    friend bool operator==(const network_capture_options&, const network_capture_options&) =
        default;
};

/** One page to scrape: one element of a collection's `requests`.

    Members at their default are not sent, so the server's defaults apply. `validate()` names what
    the service would refuse. Source: contract section 4.
*/
struct scrape_request {
    /// http or https. A bare host may be completed to https by the server (contract A14).
    std::string url{};
    /// Echoed in rows, results and webhooks; at most 255 characters.
    std::optional<std::string> custom_id{};
    body_format format = body_format::html;
    /// Costs 5 credits instead of 1.
    bool browser = false;
    std::optional<browser_kind> browser_type{};
    std::optional<proxy_choice> use_proxy{};
    /// Needs `browser`.
    bool screenshot = false;
    /// Needs `browser`.
    std::vector<browser_action> actions{};
    /// `Accept-Language` and the browser's locale.
    std::string language{};
    target_method http_method{};
    /// Sent to the target.
    std::map<std::string, std::string> headers{};
    std::optional<window_kind> window_size{};
    std::map<std::string, std::string> cookies{};
    extract_rules extract{};
    /// Needs `browser`.
    std::optional<network_capture_options> network_capture{};
    /// Up to 3 retries by the server on a captcha or 403; only a success is charged.
    bool retry_on_block = false;
    /// Needs `browser`.
    std::vector<resource_kind> block_resources{};
    /// URL substrings, without regard to case. Needs `browser`.
    std::vector<std::string> block_requests{};
    /// Members this library does not know: name → JSON text. One that it does know is replaced.
    std::map<std::string, std::string> extra_json{};

    friend bool operator==(const scrape_request&, const scrape_request&) = default;
};

/// An element of `requests` given as JSON text of any kind, sent as it is: a way around this model.
struct raw_item {
    std::string json{};

    friend bool operator==(const raw_item&, const raw_item&) = default;
};

using request_item = std::variant<scrape_request, raw_item>;

}  // namespace scrapingpros::inline v0

#endif
