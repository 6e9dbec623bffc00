#ifndef SCRAPINGPROS_MODEL_BATCH_REPORT_HPP
#define SCRAPINGPROS_MODEL_BATCH_REPORT_HPP

#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/run.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace scrapingpros::inline v0 {

/// How far a batch is, counted by what was delivered and not by what was listed.
struct batch_progress {
    batch_stage stage = batch_stage::creating;
    run_status status = run_status::unknown;
    /// Jobs of the run; empty while not known.
    std::optional<std::uint64_t> total{};
    /// Jobs that the service counts as finished.
    std::uint64_t finished = 0;
    /// Delivered, acknowledged or not, those of earlier processes included.
    std::uint64_t delivered = 0;
    settlement_counts counts{};
    /// Outcomes handed out and not acknowledged yet.
    std::uint64_t unacknowledged = 0;
    /// By the rate of deliveries in this process; empty while there is none.
    std::optional<std::chrono::seconds> eta{};

    friend bool operator==(const batch_progress&, const batch_progress&) = default;
};

/** What became of a batch: `submitted = queued + blocked + invalid + duplicates + untold`, and at the end
    `queued = delivered + filtered + left`.
*/
struct batch_summary {
    batch_stage stage = batch_stage::creating;
    run_status status = run_status::unknown;
    std::optional<run_ref> target{};
    std::uint64_t submitted = 0;
    std::uint64_t queued = 0;
    std::uint64_t blocked = 0;
    std::uint64_t invalid = 0;
    std::uint64_t duplicates = 0;
    /// Dropped without a word: servers before 2026-04-23 do not tell duplicates.
    std::uint64_t untold = 0;
    /// False where the answer to create is not known: then the three above are 0.
    bool refusals_known = false;
    settlement_counts counts{};
    /// What was not delivered, and why. Complete once the batch is over.
    remainder left{};

    friend bool operator==(const batch_summary&, const batch_summary&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
