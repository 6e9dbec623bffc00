#ifndef SCRAPINGPROS_MODEL_JOB_RESULT_HPP
#define SCRAPINGPROS_MODEL_JOB_RESULT_HPP

#include <scrapingpros/model/result_body.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0 {

/// The service's advice on a result, its verdict included. May be missing (contract 16, row 3).
struct result_guidance {
    std::optional<bool> success{};
    /// `captcha`, `rate_limit`, `ip_block`, `timeout`, `network`, …; an open list.
    std::optional<std::string> error_type{};
    /// `cloudflare`, `akamai`, `datadome`, …; an open list.
    std::optional<std::string> error_provider{};
    /// 0 if refunded.
    std::optional<std::uint64_t> credits_charged{};
    std::optional<bool> credits_refunded{};
    std::vector<std::string> next_steps{};
    /// A request element ready to be sent, as JSON text; see `raw_item`.
    std::optional<std::string> suggested_request_json{};
    /// If set, a retry is useless.
    std::optional<std::string> stop_reason{};

    friend bool operator==(const result_guidance&, const result_guidance&) = default;
};

/** What one job brought home.

    Parts without a fixed shape are kept as JSON text (members `…_json`), compact, with null read as
    absent; `decode_network_requests` reads one of them. Source: contract 8.1.
*/
struct job_result {
    result_body body{};
    /// The target's HTTP status.
    std::optional<int> status_code{};
    /// `OK`, the target's phrase, or an error text.
    std::optional<std::string> message{};
    /// Often missing in a fetched result; the row has them.
    std::optional<std::string> url{};
    std::optional<std::string> custom_id{};
    /// MIME type of the target's body. Absent (before 2026-05-14) reads as `text/html`.
    std::optional<std::string> content_type{};
    /// Object by the names of `extract`.
    std::optional<std::string> extracted_data_json{};
    /// Array, one element per `evaluate_action`.
    std::optional<std::string> evaluate_results_json{};
    std::optional<std::string> network_requests_json{};
    /// Base64 of a PNG, without a prefix.
    std::optional<std::string> screenshot_base64{};
    std::optional<std::chrono::microseconds> execution_time{};
    std::optional<std::string> timings_json{};
    /// An old flag; third input of the success criterion.
    std::optional<bool> potentially_blocked_by_captcha{};
    std::optional<std::string> cookies_json{};
    std::optional<result_guidance> guidance{};

    friend bool operator==(const job_result&, const job_result&) = default;
};

/// One exchange of the page that `network_capture` reported.
struct network_request {
    std::string url{};
    std::string method{};
    std::optional<int> status{};
    std::optional<std::string> resource_type{};
    std::optional<std::string> content_type{};
    /// Only with a `url_pattern` that matched; at most 64 KB.
    std::optional<std::string> body{};
    /// `utf-8` or `base64`.
    std::optional<std::string> body_encoding{};
    bool body_truncated = false;
    /// Why there is no body: `global_timeout_5s`, `response_disposed`, …
    std::optional<std::string> body_error{};

    friend bool operator==(const network_request&, const network_request&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
