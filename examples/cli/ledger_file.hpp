#ifndef SCRAPINGPROS_CLI_LEDGER_FILE_HPP
#define SCRAPINGPROS_CLI_LEDGER_FILE_HPP

#include <functional>
#include <optional>
#include <string>

#include "checkpoint_file.hpp"

namespace cli {

// Checkpoints in a ledger on SQLite. In a program that was built without SQLite each of these throws
// `bad_input` and says so.

open_checkpoint open_ledger(
    const std::string& path, const std::string& batch, scrapingpros::durability outlive
);

std::optional<scrapingpros::checkpoint> look_into_ledger(
    const std::string& path, const std::string& batch
);

/// Gives what a ledger holds, a line of JSON each: its batches, or the jobs of one batch, in the form of
/// `outcome_line.hpp` without bodies.
void list_batches(const std::string& path, const std::function<void(const std::string&)>& f);
void list_jobs(
    const std::string& path,
    const std::string& batch,
    const std::function<void(const std::string&)>& f
);

}  // namespace cli

#endif
