#ifndef SCRAPINGPROS_MOCK_LEDGER_HPP
#define SCRAPINGPROS_MOCK_LEDGER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "operation.hpp"

namespace scrapingpros_mock {

/// What the client was given of one job.
struct job_ledger {
    std::string id;
    std::string custom_id;
    std::uint64_t listed = 0;     ///< rows in listings
    std::uint64_t delivered = 0;  ///< whole results inside listings
    std::uint64_t fetched = 0;    ///< 200 of the result route
};

struct run_ledger {
    std::string id;
    std::string collection_id;
    std::vector<job_ledger> jobs;  ///< in the order of the submitted items
};

struct account_ledger {
    std::array<std::uint64_t, operation_count> by_operation{};
    std::array<std::uint64_t, 6> by_status_class{};  ///< [2]: 2xx
    std::uint64_t collections_created = 0;
    std::map<std::string, std::uint64_t> runs_by_collection;
    std::vector<run_ledger> runs;
};

/// What happened, for assertions: counted when the answer is planned, whatever a fault then makes
/// of its bytes.
class ledger {
public:
    struct totals {
        std::uint64_t create = 0, start_run = 0, list_runs = 0, get_run = 0, list_jobs = 0,
                      get_result = 0, other = 0, total = 0;
        std::uint64_t inline_bodies = 0;   ///< jobs whose whole result a listing carried
        std::uint64_t fetched_bodies = 0;  ///< 200 of the result route
        std::uint64_t runs_started = 0;
        std::uint64_t collections_created = 0;
    };

    /// Over all accounts, requests without a known account included.
    totals summary() const;
    const std::map<std::string, account_ledger, std::less<>>& accounts() const noexcept
    {
        return accounts_;
    }
    /// Null if there is no such run.
    const run_ledger* find_run(std::string_view id) const;
    std::string to_json() const;

    account_ledger& of(std::string_view account);

private:
    std::map<std::string, account_ledger, std::less<>> accounts_;
};

}  // namespace scrapingpros_mock

#endif
