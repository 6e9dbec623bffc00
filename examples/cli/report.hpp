#ifndef SCRAPINGPROS_CLI_REPORT_HPP
#define SCRAPINGPROS_CLI_REPORT_HPP

#include <chrono>
#include <cstdint>

#include "arguments.hpp"
#include "checkpoint_file.hpp"
#include "exit_code.hpp"
#include "session.hpp"

namespace cli {

/// What the end of a batch is called. A service that drops the duplicates without a word (before
/// 2026-04-23) has dropped nothing else, if there are as many in the input.
exit_code code_of(const session_end& end, std::uint64_t known_duplicates);

/// Tells on stderr what became of a batch: how much of it, what is left by name and cause, what went
/// wrong, and how to go on. Returns the exit code.
exit_code report(
    const arguments& given,
    const batch_input& in,
    const open_checkpoint& kept,
    const session_end& end,
    std::chrono::steady_clock::duration spent
);

/// The command that goes on with the batch; empty if there is nothing to go on with.
std::string command_to_go_on(const arguments& given, const scrapingpros::batch_summary& end);

}  // namespace cli

#endif
