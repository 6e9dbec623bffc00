#ifndef SCRAPINGPROS_MODEL_WEBHOOK_EVENT_HPP
#define SCRAPINGPROS_MODEL_WEBHOOK_EVENT_HPP

#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0 {

/// The custom id of one job, in payloads that list them (contract A59).
struct webhook_job {
    job_id id{};
    std::optional<std::string> custom_id{};

    friend bool operator==(const webhook_job&, const webhook_job&) = default;
};

/// A hint that a run has ended: reason to read the run now, and proof of nothing.
struct webhook_event {
    /// `run.completed` so far.
    std::string event{};
    run_ref target{};
    run_status status = run_status::unknown;
    std::string status_text{};
    std::optional<std::uint64_t> total_requests{};
    std::optional<std::uint64_t> success_requests{};
    std::optional<std::uint64_t> failed_requests{};
    /// Left out by the documented payload, so the counters need not add up.
    std::optional<std::uint64_t> timeout_requests{};
    std::vector<job_id> job_ids{};
    std::vector<webhook_job> jobs{};
    std::optional<std::string> results_url{};
    std::optional<scrapingpros::timestamp> timestamp{};

    friend bool operator==(const webhook_event&, const webhook_event&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
