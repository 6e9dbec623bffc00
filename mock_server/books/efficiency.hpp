#ifndef SCRAPINGPROS_MOCK_EFFICIENCY_HPP
#define SCRAPINGPROS_MOCK_EFFICIENCY_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "books/verdicts.hpp"

namespace scrapingpros_mock {

/// A client's polls for one run against the fewest that a reader who knew the future would make.
/// Both axes are told: who polls little may have waited long.
struct run_efficiency {
    /// The comparison for pages of that size: with results inside, or rows alone.
    struct bound {
        std::size_t page = 100;
        std::size_t polls = 0;          ///< fewest at the client's own mean delay
        std::size_t polls_for_max = 0;  ///< fewest at its own longest delay
        duration mean{0};               ///< least mean delay with the client's own polls
        /// Thousandths of the client's polls to the fewest; 1000 is perfect.
        std::uint64_t score = 0;
    };

    std::string run_id;
    std::size_t rows = 0;    ///< visible by now
    std::size_t listed = 0;  ///< of these; the comparison is over them
    std::uint64_t status_reads = 0;
    std::uint64_t listings = 0;
    std::uint64_t polls() const noexcept { return status_reads + listings; }
    delay_figures delay;            ///< first listing of a row, after it became visible
    std::array<bound, 2> bounds{};  ///< pages of 100 and of 1,000
};

run_efficiency efficiency_of(const run&, const run_ledger&, time_point now);

/// `{"runs":[…],"polls":…,"frontier_polls":…,"score":…}` over all runs, or those of one account;
/// the totals are for pages of 100. About half a second for 50,000 jobs.
std::string efficiency_json(const world_state&, time_point now, std::string_view account = {});

}  // namespace scrapingpros_mock

#endif
