#ifndef SCRAPINGPROS_CLI_LEDGER_FILE_HPP
#define SCRAPINGPROS_CLI_LEDGER_FILE_HPP

#include <functional>
#include <string>
#include <vector>

#include "checkpoint_file.hpp"

namespace cli {

// Checkpoints in a ledger on SQLite. All throw `bad_input`; in a program that was built without SQLite
// they do nothing else.

open_checkpoint open_ledger(
    const std::string& path, const std::string& batch, scrapingpros::durability outlive
);

/// The batches of a ledger, or the one of that name, a line of JSON each.
std::vector<std::string> lines_of_batches(const std::string& path, const std::string& only);

std::vector<std::string> names_of_batches(const std::string& path);

/// Gives the settled jobs of a batch, a line of JSON each: as in the output, without bodies, and with
/// `settlement` and `cause`. Until `f` returns false.
void list_jobs(
    const std::string& path,
    const std::string& batch,
    const std::function<bool(const std::string&)>& f
);

}  // namespace cli

#endif
