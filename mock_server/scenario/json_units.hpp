#ifndef SCRAPINGPROS_MOCK_JSON_UNITS_HPP
#define SCRAPINGPROS_MOCK_JSON_UNITS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "runs/run_shape.hpp"
#include "types.hpp"

/// The texts behind json_in's durations and sizes; nothing where a text is none.
namespace scrapingpros_mock {

std::optional<duration> duration_in(std::string_view text);
/// `low` may lack its unit: then it has that of `high`.
std::optional<duration_range> duration_range_in(std::string_view low, std::string_view high);
/// Not below 0, at most 2^62.
std::optional<std::int64_t> size_in(std::string_view text);

}  // namespace scrapingpros_mock

#endif
