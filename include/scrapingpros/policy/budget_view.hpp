#ifndef SCRAPINGPROS_POLICY_BUDGET_VIEW_HPP
#define SCRAPINGPROS_POLICY_BUDGET_VIEW_HPP

#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0 {

/// A request that wants to start.
struct rate_request {
    rate_bucket bucket = rate_bucket::reads;
    request_rank rank = request_rank::page;
    /// The run that it is for: `rate_lane::id`; 0 if it is for none.
    std::uint64_t lane = 0;
};

/// When it may start.
struct rate_answer {
    instant when{};
    /// It is counted, and starts at `when`. Otherwise nothing is counted, and it asks again then, or
    /// never.
    bool granted = true;

    friend bool operator==(const rate_answer&, const rate_answer&) = default;
};

/// An account's budget of reads, as one of the runs that share it sees it.
struct budget_view {
    /// Reads a minute; empty while no limit has shown.
    std::optional<double> per_minute{};
    /// The limit was told, by the caller or by headers, and not found by running into it.
    bool told = false;
    /// Reads that could start now; 0 or more.
    double usable = 0;
    /// When one can start, if none can now.
    instant next_opening{};
    /// Runs that share it, this one included; at least 1.
    std::size_t runs = 1;
    /// Results that all of them have still to fetch one by one.
    std::uint64_t results_waiting = 0;
};

/// What a run will want of a budget.
struct run_needs {
    /// Results to be fetched one by one.
    std::uint64_t results_waiting = 0;
    /// Pages in the next minute; empty: as many as in the last one.
    std::optional<double> pages_ahead{};
};

/// A run's place in a budget, which counts the run for as long as this lives. Thread-safe.
class rate_lane {
public:
    virtual ~rate_lane() = default;

    /// More than 0, and another one for each lane of a budget.
    virtual std::uint64_t id() const noexcept = 0;

    virtual void tell(const run_needs&) = 0;
    virtual budget_view look(instant now) = 0;
};

}  // namespace scrapingpros::inline v0

#endif
