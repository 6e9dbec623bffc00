#ifndef SCRAPINGPROS_MODEL_RUN_HPP
#define SCRAPINGPROS_MODEL_RUN_HPP

#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

enum class run_status { in_progress, completed, failed, cancelled, unknown };

/// The wire's spelling; empty for `unknown`.
constexpr std::string_view to_string(run_status s) noexcept
{
    switch (s) {
    case run_status::in_progress: return "in_progress";
    case run_status::completed: return "completed";
    case run_status::failed: return "failed";
    case run_status::cancelled: return "cancelled";
    case run_status::unknown: return "";
    }
    return "";
}

constexpr run_status run_status_from(std::string_view text) noexcept
{
    for (const auto s :
         {run_status::in_progress,
          run_status::completed,
          run_status::failed,
          run_status::cancelled})
        if (text == to_string(s)) return s;
    return run_status::unknown;
}

constexpr bool is_terminal(run_status s) noexcept
{
    return s == run_status::completed || s == run_status::failed || s == run_status::cancelled;
}

/// By which rules the server judges jobs. Compare the version; the rules are prose.
struct success_criterion {
    std::string version{};
    std::vector<std::string> rules{};

    friend bool operator==(const success_criterion&, const success_criterion&) = default;
};

/// One line of a run's list of failed jobs. What counts as failed there is not settled.
struct failed_job {
    job_id id{};
    std::string url{};
    std::optional<std::string> error{};
    std::string status_text{};

    friend bool operator==(const failed_job&, const failed_job&) = default;
};

/// One execution of a collection, as of one look.
struct run {
    run_id id{};
    collection_id collection{};
    run_status status = run_status::unknown;
    /// The server's spelling, kept because `status` may be `unknown`.
    std::string status_text{};
    /// Jobs queued: items less the buckets of the create answer. Empty if the server sent null.
    std::optional<std::uint64_t> total_requests{};
    /// Counters lead the listing by up to one flush, about 5 s (contract 9.5).
    std::optional<std::uint64_t> success_requests{};
    /// Worker failures and completed jobs that are not usable.
    std::optional<std::uint64_t> failed_requests{};
    std::optional<std::uint64_t> timeout_requests{};
    /// In no defined order, may be short; empty in a run list.
    std::vector<job_id> job_ids{};
    std::vector<failed_job> failed_jobs{};
    /// Empty without a callback.
    std::optional<std::string> callback_url{};
    /// `pending`, `sent`, `failed`, `retrying`.
    std::optional<std::string> callback_status{};
    std::optional<timestamp> created_at{};
    std::optional<success_criterion> criterion{};
    /// One hint of completeness among several; nothing may wait for it (contract 9.4).
    std::optional<bool> all_jobs_persisted{};
    /// Announced, not sent by any server so far.
    std::optional<timestamp> latest_completed_at{};

    friend bool operator==(const run&, const run&) = default;
};

struct run_list {
    /// Newest first by `created_at`; without `job_ids`.
    std::vector<run> items{};
    std::optional<std::uint64_t> total{};
    /// Elements that could not be read. While it is not 0, a run missing from `items` may exist.
    std::size_t unreadable = 0;

    friend bool operator==(const run_list&, const run_list&) = default;
};

/// Empty as long as the server leaves one of the three counters out.
constexpr std::optional<std::uint64_t> finished_jobs(const run& r) noexcept
{
    if (!r.success_requests || !r.failed_requests || !r.timeout_requests) return {};
    return *r.success_requests + *r.failed_requests + *r.timeout_requests;
}

}  // namespace scrapingpros::inline v0

#endif
