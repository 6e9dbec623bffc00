#ifndef SCRAPINGPROS_MODEL_JOB_HPP
#define SCRAPINGPROS_MODEL_JOB_HPP

#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/// `completed` means that the target answered, not that the answer is usable (contract 9.1).
enum class job_status { processing, completed, failed, timeout, unknown };

/// The wire's spelling; empty for `unknown`.
constexpr std::string_view to_string(job_status s) noexcept
{
    switch (s) {
    case job_status::processing: return "processing";
    case job_status::completed: return "completed";
    case job_status::failed: return "failed";
    case job_status::timeout: return "timeout";
    case job_status::unknown: return "";
    }
    return "";
}

constexpr job_status job_status_from(std::string_view text) noexcept
{
    for (const auto s :
         {job_status::processing, job_status::completed, job_status::failed, job_status::timeout})
        if (text == to_string(s)) return s;
    return job_status::unknown;
}

constexpr bool is_terminal(job_status s) noexcept
{
    return s == job_status::completed || s == job_status::failed || s == job_status::timeout;
}

/** Reads a status filter: one word, or several separated by commas, as the wire spells them.

    `errc::bad_option` for an empty text, an empty part and any other word; the service refuses those
    too, and knows no word for all (contract 7.1): an empty list asks for all.
*/
inline result<std::vector<job_status>> job_statuses_from(std::string_view words)
{
    std::vector<job_status> statuses;
    for (;;) {
        const auto comma = words.find(',');
        const auto status = job_status_from(words.substr(0, comma));
        if (status == job_status::unknown) return make_error_code(errc::bad_option);
        statuses.push_back(status);
        if (comma == words.npos) return statuses;
        words.remove_prefix(comma + 1);
    }
}

/** One row of a run's listing.

    Only `id` is always there: rows with every stamp, the URL and the verdict missing have been seen
    (contract 7.4).
*/
struct job {
    job_id id{};
    run_id run{};
    collection_id collection{};
    std::optional<std::string> client_id{};
    job_status status = job_status::unknown;
    /// The server's spelling, kept because `status` may be `unknown`.
    std::string status_text{};
    /// As requested, cut by the server at 2048 characters.
    std::optional<std::string> url{};
    std::optional<bool> url_truncated{};
    std::optional<std::string> custom_id{};
    /// The target's HTTP status.
    std::optional<int> status_code{};
    /// `OK`, the target's phrase, or an error text.
    std::optional<std::string> message{};
    /// The server's verdict: usable or not.
    std::optional<bool> is_success{};
    std::optional<timestamp> queued_at{};
    std::optional<timestamp> started_at{};
    std::optional<timestamp> completed_at{};
    /// From `execution_time_ms`, else from the older `execution_time_sec`.
    std::optional<std::chrono::microseconds> execution_time{};
    std::optional<std::uint64_t> retries_attempted{};
    /// `none`, `captcha`, `ip_block`, …; an open list.
    std::optional<std::string> block_reason{};
    std::vector<std::string> protection_stack{};
    std::vector<std::string> rule_hits{};
    /// No part of the verdict.
    std::optional<bool> has_extractable_data{};
    std::optional<std::string> validator_version{};

    friend bool operator==(const job&, const job&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
