#ifndef SCRAPINGPROS_MOCK_ARGUMENTS_HPP
#define SCRAPINGPROS_MOCK_ARGUMENTS_HPP

#include <chrono>
#include <cstdint>
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
    /// The ready line goes to this descriptor too.
    std::optional<int> ready_fd{};
    /// A port for the control routes alone; they stay on the data port as well.
    std::optional<std::uint16_t> control_port{};
    /// Real time without a request after which the program ends.
    std::optional<std::chrono::milliseconds> auto_shutdown{};
    /// At the end, all tenants' expectations must have come true.
    bool verify_on_exit = false;
    /// Where the trace goes.
    std::optional<std::filesystem::path> trace{};
};

enum exit_code : int {
    stopped = 0,
    bad_usage = 2,
    bad_scenario_file = 3,
    cannot_bind = 4,
    not_verified = 5,
};

/// Either what to do, or the exit code of a program that has said already what there was to say.
struct parsed_arguments {
    std::optional<arguments> run{};
    exit_code code = exit_code::stopped;
};

parsed_arguments parse_arguments(int argc, const char* const* argv);

}  // namespace scrapingpros_mock

#endif
