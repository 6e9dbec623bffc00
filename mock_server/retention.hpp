#ifndef SCRAPINGPROS_MOCK_RETENTION_HPP
#define SCRAPINGPROS_MOCK_RETENTION_HPP

#include "switches.hpp"
#include "workload.hpp"

namespace scrapingpros_mock {

/// What the result route finds of a job (contract 8.2).
enum class result_state { pending, available, expired, lost };

/// Content lives from the job's completion (contract 15, A42); gone bodies are `lost` while the
/// job is younger than 24 hours and `expired` from then on, whatever the real life of a body.
result_state result_state_at(const job_future&, const switches&, time_point);

/// Rows and run metadata are kept for 90 days from the run's start.
bool metadata_gone(const run_future&, time_point) noexcept;

}  // namespace scrapingpros_mock

#endif
