#ifndef SCRAPINGPROS_MOCK_COMMANDS_HPP
#define SCRAPINGPROS_MOCK_COMMANDS_HPP

#include <string>

#include "program/arguments.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {

// What the program does besides serving. Each says on stdout what came of it, on stderr what is wrong,
// and throws bad_scenario if the input is not what it should be.

exit_code validate_file(const std::string& path);
/// Writes scenario.json and its workload files into the folder.
exit_code import_archive(const std::string& path, const std::string& folder);
exit_code replay_file(const std::string& path, unsigned threads);

/// The error on stderr: place, fault and hint.
void tell(const bad_scenario&);

}  // namespace scrapingpros_mock

#endif
