#ifndef SCRAPINGPROS_MOCK_LISTING_HPP
#define SCRAPINGPROS_MOCK_LISTING_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router.hpp"
#include "runs/workload.hpp"

namespace scrapingpros_mock {

/// Where a page begins: behind a row of the table, or behind a stamp and an id (contract 7.3).
struct stamp_position {
    milliseconds_point stamp;
    std::string id;
};
using position = std::variant<std::uint64_t, stamp_position>;

struct listing_request {
    enum class order { id, completed_at };

    std::size_t limit = 100;
    std::optional<position> behind;
    std::string cursor;       ///< as it was sent
    unsigned statuses = 0xF;  ///< bits in the order of the contract's four words
    order by = order::id;
    bool descending = false;
    std::optional<time_point> since;
    bool include_results = false;

    /// What a cursor belongs to (A37).
    std::string filters() const;
};

struct listing_error {
    unsigned status = 400;
    std::string text;
};

/// Of a cursor as the service makes them; none if it is not one.
std::optional<position> parse_cursor(std::string_view);

std::variant<listing_request, listing_error> read_listing(const query&, const switches&);

struct listing_page {
    std::vector<std::uint32_t> jobs;
    std::optional<std::string> next;  ///< cursor; none: the last page
};

/// How a job stands in the table at a moment.
enum class row_state { none, processing, settled };
row_state row_state_at(const job_future&, time_point) noexcept;

/// Rows are numbered on from `row_base` in the order of their insertion.
listing_page list_page(
    const run_future&, const listing_request&, std::uint64_t row_base, time_point now
);

}  // namespace scrapingpros_mock

#endif
