#ifndef SCRAPINGPROS_MOCK_LEDGER_HPP
#define SCRAPINGPROS_MOCK_LEDGER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What a request was to its client; each is exactly one. The first that fits, from the end:
/// a refused status read is `refused`.
enum class request_class {
    create,
    start_run,
    status,         ///< a run or the list of runs
    listing,        ///< jobs, from the start, with rows
    empty_listing,  ///< the same without rows
    page,           ///< jobs behind a cursor
    result,
    other,
    retry,         ///< the same request again after a failure
    refused,       ///< 429
    early_return,  ///< before its `Retry-After` was over
};
inline constexpr std::size_t request_class_count =
    static_cast<std::size_t>(request_class::early_return) + 1;
const char* name_of(request_class) noexcept;
std::optional<request_class> request_class_named(std::string_view) noexcept;

/// What the client was given of one job. Ids, times and outcomes are the run's.
struct job_ledger {
    static constexpr time_point never = time_point::max();

    time_point first_listed = never;  ///< its final row
    time_point first_inlined = never;
    time_point first_fetched = never;
    std::uint32_t listed = 0;     ///< final rows in listings
    std::uint32_t delivered = 0;  ///< whole results inside listings
    std::uint32_t fetched = 0;    ///< 200 of the result route
    std::uint32_t came_late = 0;  ///< questions after a body that was gone

    time_point first_result() const noexcept
    {
        return first_inlined < first_fetched ? first_inlined : first_fetched;
    }
};

/// What the client says that it handed to its user.
struct reported_job {
    time_point first = job_ledger::never;
    std::uint32_t times = 0;
};

struct run_ledger {
    std::string id;
    std::string collection_id;
    std::vector<job_ledger> jobs;        ///< in the order of the submitted items
    std::vector<reported_job> reported;  ///< empty until the client reports the first
    std::uint64_t status_reads = 0;      ///< of the run, or of its list while it was not known over
    std::uint64_t listings = 0;
    std::optional<time_point> end_shown;  ///< the first answer that showed a terminal status
    std::uint64_t end_shown_by = 0;       ///< its ordinal in the journal
};

struct account_ledger {
    std::array<std::uint64_t, operation_count> by_operation{};
    std::array<std::uint64_t, request_class_count> by_class{};
    std::array<std::uint64_t, 6> by_status_class{};  ///< [2]: 2xx; [0]: not a byte was sent
    std::uint64_t collections_created = 0;
    std::uint64_t credits_charged = 0;
    std::map<std::string, std::uint64_t> runs_by_collection;
    std::vector<run_ledger> runs;
    /// Before then the client was told not to come back: reads, writes.
    std::array<std::optional<time_point>, 2> not_before;
};

/// What an answer gives to its client.
struct given {
    enum class how : std::uint8_t { row, inlined, fetched, gone };
    struct job {
        std::uint32_t index = 0;
        how as = how::row;
    };
    struct run {
        std::size_t place = 0;  ///< in the account's ledger
        bool ended = false;     ///< the answer says so
    };

    std::size_t run_place = 0;  ///< of the jobs' run
    std::vector<job> jobs = {};
    std::vector<run> statuses = {};
    std::string created = {};                     ///< id
    std::optional<time_point> come_back_at = {};  ///< `Retry-After` of a refusal
};

/// What happened, for assertions. A client was given what an answer holds if the plan sends it
/// whole and nothing else is heard of its end.
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

    account_ledger& of(std::string_view account);

    /// Jobs that the client reports and nobody knows.
    std::uint64_t unknown_reports = 0;

    /// The answer with that ordinal, sent at that time, gives this.
    void give(std::uint64_t ordinal, account_ledger& to, given what, time_point at);
    /// The answer has left whole, or has not.
    void finish(std::uint64_t ordinal, bool whole);

private:
    /// An answer whose end is not known, or one behind it.
    struct handed {
        std::uint64_t ordinal = 0;
        account_ledger* to = nullptr;
        given what;
        time_point at{};
        bool open = true;
    };

    void take_back(handed&);
    void take_back(account_ledger& from, std::size_t run_place, given::job);
    void forget_finished();

    std::map<std::string, account_ledger, std::less<>> accounts_;
    std::deque<handed> handed_;
    std::size_t jobs_handed_ = 0;
};

}  // namespace scrapingpros_mock

#endif
