#ifndef SCRAPINGPROS_MOCK_PLANS_HPP
#define SCRAPINGPROS_MOCK_PLANS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// A row of the contract's part 14.
struct known_plan {
    std::string_view name;
    std::string_view display_name;
    std::optional<std::uint64_t> credits;  ///< a month; none: unlimited
    std::size_t write_per_minute = 0;
    std::optional<std::size_t> concurrent_jobs;  ///< none: custom
    bool listed = true;                          ///< GET /v1/plans shows it
};

std::span<const known_plan> known_plans() noexcept;

/// The limits of the plan "demo", "free", "starter", "growth", "pro", "scale" or "enterprise";
/// nothing for another name. Reads are 10,000 a minute on every plan (A47).
std::optional<account_plan> plan_named(std::string_view);

}  // namespace scrapingpros_mock

#endif
