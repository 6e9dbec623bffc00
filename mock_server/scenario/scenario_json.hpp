#ifndef SCRAPINGPROS_MOCK_SCENARIO_JSON_HPP
#define SCRAPINGPROS_MOCK_SCENARIO_JSON_HPP

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/json_in.hpp"
#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// Reads a scenario of the format `scrapingpros-scenario/1`. Workload files and content folders are
/// taken from under `base_folder`; without one a text that names a file is refused (a scenario sent
/// over a network must not read this machine's files). Throws bad_scenario.
scenario read_scenario(std::string_view text, const std::filesystem::path& base_folder = {});
/// The same from a file, its folder being the base. Errors begin with the file's name.
scenario load_scenario(const std::filesystem::path&);

/// What is wrong with a text: the first error in each of its parts, in their order.
std::vector<bad_scenario> validate_scenario(
    std::string_view text, const std::filesystem::path& base_folder = {}
);

/// The scenario in its normal form: all members, in one order, durations in their shortest units.
/// Reading that gives the same scenario again. API keys are in it, so it belongs into no log.
std::string write_scenario(const scenario&);

/// A run shape as an element of `runs`; `base_folder` as above.
/// `seed` is the seed of a stock workload.
run_shape read_run_shape(value_in, const std::filesystem::path& base_folder, std::uint64_t seed);
std::string write_run_shape(const run_shape&);

/// The members of each kind of object, under the names of the JSON Schema's definitions.
struct known_object {
    std::string_view name;
    std::span<const std::string_view> members;
};
std::vector<known_object> scenario_objects();

}  // namespace scrapingpros_mock

#endif
