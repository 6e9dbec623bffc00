#ifndef SCRAPINGPROS_MOCK_RETENTION_HPP
#define SCRAPINGPROS_MOCK_RETENTION_HPP

#include <string_view>

#include "runs/workload.hpp"
#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// What the result route finds of a job (contract 8.2).
enum class result_state { pending, available, expired, lost };

/// How long the content of a job is kept: by the job, by the account, by A42.
duration content_life(const scenario&, std::string_view account, const item&);

/// Content lives from the job's completion (contract 15). A body that is gone before is `lost`
/// while the job is younger than its life and than 24 hours, and `expired` from then on, whatever
/// the real life of a body.
result_state result_state_at(const job_future&, duration life, time_point);

/// Rows and run metadata go in one block, a life (90 days) after the last of the run's jobs was
/// completed: no row goes before its time.
bool metadata_gone(const scenario&, std::string_view account, const run_future&, time_point);

}  // namespace scrapingpros_mock

#endif
