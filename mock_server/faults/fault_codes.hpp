#ifndef SCRAPINGPROS_MOCK_FAULT_CODES_HPP
#define SCRAPINGPROS_MOCK_FAULT_CODES_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/faults.hpp"

namespace scrapingpros_mock {

/// One of the canonical short codes for what a fault does.
struct fault_code {
    std::string_view name{};  ///< up to its argument
    std::string_view form{};  ///< with its argument: "drip:<bytes>/<duration>"
    fault_layer layer = fault_layer::http;
    unsigned phases = 0;  ///< bits, by `fault_phase`
    fault_phase usual = fault_phase::after;
    /// The operation without which it has nothing to do; `any`: none.
    operation needs = operation::any;
    /// Throws what is wrong with the argument, as a text.
    fault_effect (*make)(std::string_view argument) = nullptr;

    bool allows(fault_phase phase) const noexcept
    {
        return (phases >> static_cast<unsigned>(phase) & 1U) != 0;
    }
};

const std::vector<fault_code>& known_fault_codes();

struct read_code {
    const fault_code* known = nullptr;
    fault_effect effect;
};

/// Reads `code:argument`. The path is where the text stands. Throws bad_fault.
read_code read_fault_code(std::string_view text, fault_layer layer, const std::string& path);

/// "250ms": a whole number and one of us, ms, s, m, h, d; at most ten years.
std::optional<duration> parse_duration(std::string_view text) noexcept;

}  // namespace scrapingpros_mock

#endif
