#ifndef SCRAPINGPROS_TESTS_SIMULATION_SIMULATION_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_SIMULATION_HPP

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/report.hpp"
#include "tests/simulation/sim_case.hpp"

namespace simulation {

/// The stock engine, and those that are broken on purpose, to see that the simulation notices.
enum class engine_kind {
    stock,
    mark_before_delivery,
    no_overlap,
    no_closing_listing,
    seen_before_handed_on,
    blind_restart,
};
inline constexpr std::array<std::string_view, 6> engine_names{
    "stock",
    "mark-before-delivery",
    "no-overlap",
    "no-closing-listing",
    "seen-before-handed-on",
    "blind-restart"};

struct outcome_of_case {
    history past{};
    std::vector<sentence> found{};
};

/// Never throws: whatever is thrown within is a finding.
outcome_of_case play_case(
    const sim_case&, engine_kind, std::function<void(const std::string&)> trace = {}
);

/// The smallest case it finds, by leaving things out, that shows the same kind of finding.
narrowing shrink(std::uint64_t seed, engine_kind, const narrowing& from, finding what);

}  // namespace simulation

#endif
