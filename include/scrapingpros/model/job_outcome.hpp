#ifndef SCRAPINGPROS_MODEL_JOB_OUTCOME_HPP
#define SCRAPINGPROS_MODEL_JOB_OUTCOME_HPP

#include <scrapingpros/model/job.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/verdict.hpp>

#include <optional>

namespace scrapingpros::inline v0 {

/** How one job of a run ended, as the consumer of a batch gets it: once.

    A failed or timed-out job is an outcome like any other. A job whose result cannot be had is none:
    it stands in the batch's `remainder`.
*/
struct job_outcome {
    scrapingpros::job job{};
    /// Empty for a job that failed or timed out. `url` and `custom_id` are filled from the row.
    std::optional<job_result> result{};
    /// Made by the classifier of the client.
    scrapingpros::verdict verdict{};

    friend bool operator==(const job_outcome&, const job_outcome&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
