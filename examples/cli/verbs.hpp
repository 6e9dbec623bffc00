#ifndef SCRAPINGPROS_CLI_VERBS_HPP
#define SCRAPINGPROS_CLI_VERBS_HPP

#include "arguments.hpp"
#include "exit_code.hpp"

namespace cli {

/// Does what the arguments ask for. Throws `failure`, and `api_error` for options of the service.
exit_code perform(const arguments& given);

/// `run`, `submit`, `attach` and `retry-failed`.
exit_code run_batch(const arguments& given);

/// `--dry-run`: what an input would cost.
exit_code estimate(const batch_input& in);

exit_code show_results(const arguments& given);
exit_code show_status(const arguments& given);

}  // namespace cli

#endif
