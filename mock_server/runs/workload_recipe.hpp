#ifndef SCRAPINGPROS_MOCK_WORKLOAD_RECIPE_HPP
#define SCRAPINGPROS_MOCK_WORKLOAD_RECIPE_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runs/polling_workload.hpp"

namespace scrapingpros_mock {

/// What a workload is generated from (`generate` of the file format).
struct workload_recipe {
    /// One job takes a time from `service`; a part of them, `rest`, from `other`.
    log_normal service;
    share rest = 0;
    log_normal other = {};

    std::size_t workers = 10;
    std::uint64_t per_second = 300;  ///< seeding; 0: all at once
    duration_range queue = {};       ///< before the first worker comes up
    duration cold_start{0};
    straggling stragglers = {};
    std::vector<std::pair<duration_range, duration_range>> stalls = {};  ///< at, how long
    std::optional<on_off_capacity> capacity = {};
    std::optional<duration_range> one_late = {};  ///< one job is that much later

    /// Instead of workers: jobs come in bursts.
    struct bursts {
        std::uint64_t count = 0;
        duration every{0};
        duration_range offset = {};  ///< of a burst in its period
        duration width{0};
        duration last{0};  ///< when the last job ends
    };
    std::optional<bursts> in_bursts = {};

    share failed{30};
    share timed_out{0};
    share no_inline_body{46};
    spread body_bytes = quantiles{20'000, 60'000, 140'000, 250'000};
    duration_range terminal_lag{duration{0}, std::chrono::milliseconds{1'500}};
};

/// Fills `jobs` and `end_at` from name, seed and total of the workload.
void generate_jobs(polling_workload&, const workload_recipe&);

/// Reads the `generate` object. Throws bad_scenario.
workload_recipe read_recipe(value_in);

}  // namespace scrapingpros_mock

#endif
