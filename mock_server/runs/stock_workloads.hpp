#ifndef SCRAPINGPROS_MOCK_STOCK_WORKLOADS_HPP
#define SCRAPINGPROS_MOCK_STOCK_WORKLOADS_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runs/polling_workload.hpp"

namespace scrapingpros_mock {

/// Names of the workloads that need no file, in the order of the documentation.
std::vector<std::string_view> stock_workload_names();

/// The workload of that name; the same for the same seed, everywhere. Nothing if none is called so.
std::optional<polling_workload> stock_workload(std::string_view name, std::uint64_t seed);

/// A run that plays it, with what the file format cannot say (soft blocks).
std::optional<run_shape> stock_shape(std::string_view name, std::uint64_t seed);

}  // namespace scrapingpros_mock

#endif
