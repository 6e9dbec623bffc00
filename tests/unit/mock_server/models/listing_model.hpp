#ifndef SCRAPINGPROS_TESTS_MOCK_MODELS_LISTING_MODEL_HPP
#define SCRAPINGPROS_TESTS_MOCK_MODELS_LISTING_MODEL_HPP

// The job listing as part 7 of the contract describes it, in the plainest code there is: sort all,
// filter all, slice. It shares nothing with the mock that it judges.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace models {

using instant = std::chrono::sys_time<std::chrono::microseconds>;
using stamp_ms = std::chrono::sys_time<std::chrono::milliseconds>;

/// A job's row: what is in the table and from when on.
struct row {
    std::string id;
    std::string final_status;
    std::optional<stamp_ms> completed_at;
    instant inserted{};      ///< in the table from here on, as `processing` until `settled`
    instant settled{};       ///< with its final status and stamp from here on
    std::uint64_t number{};  ///< of the table's row
};

/// Where a cursor stands.
struct place {
    bool by_stamp = false;
    stamp_ms stamp{};
    std::string id;
    std::uint64_t number{};
};

struct question {
    std::optional<long long> limit;
    std::optional<place> cursor;
    std::optional<std::set<std::string>> statuses;
    bool by_stamp = false;
    bool descending = false;
    std::optional<instant> since;
    bool inline_results = false;
};

struct answer {
    unsigned status = 200;
    std::vector<std::string> ids;
    bool has_more = false;
    place end;  ///< of the page's last row, if there are more
};

answer list(const std::vector<row>& table, const question&, instant now);

}  // namespace models

#endif
