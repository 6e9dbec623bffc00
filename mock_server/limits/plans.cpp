#include "limits/plans.hpp"

#include <algorithm>
#include <string>

namespace scrapingpros_mock {
namespace {

constexpr known_plan plans[] = {
    {"demo", "Demo", 5'000, 30, 5, false},
    {"free", "Free", 1'000, 30, 5},
    {"starter", "Starter", 25'000, 30, 10},
    {"growth", "Growth", 100'000, 60, 20},
    {"pro", "Pro", 500'000, 120, 50},
    {"scale", "Scale", 2'500'000, 200, 100},
    {"enterprise", "Enterprise", std::nullopt, 2'000, std::nullopt, false},
};

}  // namespace

std::span<const known_plan> known_plans() noexcept
{
    return plans;
}

std::optional<account_plan> plan_named(std::string_view name)
{
    const auto* found =
        std::find_if(std::begin(plans), std::end(plans), [&](const known_plan& each) {
            return each.name == name;
        });
    if (found == std::end(plans)) return std::nullopt;
    return account_plan{std::string(found->name), found->credits, found->write_per_minute};
}

}  // namespace scrapingpros_mock
