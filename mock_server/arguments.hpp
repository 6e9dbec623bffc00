#ifndef SCRAPINGPROS_MOCK_ARGUMENTS_HPP
#define SCRAPINGPROS_MOCK_ARGUMENTS_HPP

#include <filesystem>
#include <optional>

#include "mock.hpp"

namespace scrapingpros_mock {

/// What the program was told on its command line.
struct arguments {
    mock_options service;
    /// Where the root certificate goes; none: a temporary file.
    std::optional<std::filesystem::path> ca_out{};
    bool stop_with_stdin = false;
};

enum exit_code : int {
    stopped = 0,
    bad_usage = 2,
    cannot_bind = 3,
    unreadable_content = 4,
};

/// Either what to do, or the exit code of a program that has said already what there was to say.
struct parsed_arguments {
    std::optional<arguments> run{};
    exit_code code = exit_code::stopped;
};

parsed_arguments parse_arguments(int argc, const char* const* argv);

}  // namespace scrapingpros_mock

#endif
