#ifndef SCRAPINGPROS_MOCK_RUN_JSON_HPP
#define SCRAPINGPROS_MOCK_RUN_JSON_HPP

#include "json_out.hpp"
#include "state.hpp"

namespace scrapingpros_mock {

/// Which of a run's members a route shows.
enum class run_extent { whole, listed };

/// The run object of contract 6.3, or its lean form in the run list (6.2).
void write_run(json_writer&, const run&, const scenario&, run_extent, time_point now);

}  // namespace scrapingpros_mock

#endif
