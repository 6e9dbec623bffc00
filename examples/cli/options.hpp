#ifndef SCRAPINGPROS_CLI_OPTIONS_HPP
#define SCRAPINGPROS_CLI_OPTIONS_HPP

#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>

#include "arguments.hpp"

namespace cli {

/// Declares the verbs and their options; parsing sets what the command line says.
void declare(CLI::App& app, arguments& to);

/// Empty unless the whole text is a number in that range.
std::optional<double> number_in(std::string_view text, double least, double most);

}  // namespace cli

#endif
