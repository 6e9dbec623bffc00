#ifndef SCRAPINGPROS_CORE_POLL_STATS_HPP
#define SCRAPINGPROS_CORE_POLL_STATS_HPP

#include <cstdint>

namespace scrapingpros::inline v0 {

/// What a batch has asked for and met, in this process. Exchanges, not attempts.
struct poll_stats {
    std::uint64_t status_reads = 0;
    std::uint64_t inline_pages = 0;
    std::uint64_t metadata_pages = 0;
    std::uint64_t result_reads = 0;
    /// Exchanges that came to nothing.
    std::uint64_t failures = 0;
    std::uint64_t rows = 0;
    /// Rows that an earlier page had shown.
    std::uint64_t rows_repeated = 0;
    std::uint64_t rows_unreadable = 0;
    /// Rows that no strictly later listing would have shown.
    std::uint64_t found_in_overlap = 0;
    std::uint64_t found_by_audit = 0;
    std::uint64_t found_by_closing = 0;

    friend bool operator==(const poll_stats&, const poll_stats&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
