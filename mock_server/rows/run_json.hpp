#ifndef SCRAPINGPROS_MOCK_RUN_JSON_HPP
#define SCRAPINGPROS_MOCK_RUN_JSON_HPP

#include <algorithm>
#include <cstddef>

#include "json_out.hpp"
#include "state.hpp"

namespace scrapingpros_mock {

/// Which of a run's members a route shows.
enum class run_extent { whole, listed };

/// The run object of contract 6.3, or its lean form in the run list (6.2).
void write_run(json_writer&, const run&, const scenario&, run_extent, time_point now);

/// Calls `use` with each number below `count` in the order of a set: every seventh from the end, so
/// that nobody takes it for the input's.
template <class Use>
void each_in_set_order(std::size_t count, Use use)
{
    static constexpr std::size_t step = 7;
    for (std::size_t first = 0; first < std::min(step, count); ++first)
        for (std::size_t i = first; i < count; i += step)
            use(count - 1 - i);
}

}  // namespace scrapingpros_mock

#endif
