#ifndef SCRAPINGPROS_MODEL_CHECKPOINT_HPP
#define SCRAPINGPROS_MODEL_CHECKPOINT_HPP

#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/job_id_set.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/start_outcome.hpp>
#include <scrapingpros/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/// How far a batch has come. The order is the order in time.
enum class batch_stage {
    /// Create may have been sent; its answer is not known.
    creating,
    /// The collection exists; no start was ever sent.
    created,
    /// Start may have been sent; its answer is not known.
    starting,
    /// The run exists.
    running,
    /// All is delivered or in the remainder.
    finished,
};

constexpr std::string_view to_string(batch_stage s) noexcept
{
    switch (s) {
    case batch_stage::creating: return "creating";
    case batch_stage::created: return "created";
    case batch_stage::starting: return "starting";
    case batch_stage::running: return "running";
    case batch_stage::finished: return "finished";
    }
    return "";
}

/// How a job of the batch was settled: it is never asked for again.
enum class settlement {
    /// Delivered; judged usable.
    usable,
    /// Delivered; judged not usable.
    not_usable,
    /// Delivered; the verdict is unknown.
    undecided,
    /// Delivered: the job failed.
    failed,
    /// Delivered: the job timed out.
    timed_out,
    /// Not wanted by the consumer (`outcome_filter`).
    filtered,
    /// Cannot be had, for good.
    missing,
};

constexpr std::string_view to_string(settlement s) noexcept
{
    switch (s) {
    case settlement::usable: return "usable";
    case settlement::not_usable: return "not_usable";
    case settlement::undecided: return "undecided";
    case settlement::failed: return "failed";
    case settlement::timed_out: return "timed_out";
    case settlement::filtered: return "filtered";
    case settlement::missing: return "missing";
    }
    return "";
}

/// One step of progress: what a store appends for each job.
struct settled_job {
    job_id id{};
    settlement how = settlement::usable;
    /// Rows with an earlier stamp are all settled. Empty while that cannot be said of any.
    std::optional<timestamp> high_water_mark{};
    /// With `settlement::missing`.
    std::optional<shortfall> missing{};

    friend bool operator==(const settled_job&, const settled_job&) = default;
};

struct settlement_counts {
    std::uint64_t usable = 0;
    std::uint64_t not_usable = 0;
    std::uint64_t undecided = 0;
    std::uint64_t failed = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t filtered = 0;
    std::uint64_t missing = 0;

    friend bool operator==(const settlement_counts&, const settlement_counts&) = default;
};

constexpr void add(settlement_counts& counts, settlement how) noexcept
{
    switch (how) {
    case settlement::usable: ++counts.usable; break;
    case settlement::not_usable: ++counts.not_usable; break;
    case settlement::undecided: ++counts.undecided; break;
    case settlement::failed: ++counts.failed; break;
    case settlement::timed_out: ++counts.timed_out; break;
    case settlement::filtered: ++counts.filtered; break;
    case settlement::missing: ++counts.missing; break;
    }
}

constexpr std::uint64_t delivered(const settlement_counts& c) noexcept
{
    return c.usable + c.not_usable + c.undecided + c.failed + c.timed_out;
}

/** All that a batch needs to go on after its process has ended. A value.

    Holds URLs and whatever else is in the requests until the collection exists; never the token.
*/
struct checkpoint {
    batch_stage stage = batch_stage::creating;

    std::string name{};
    /// Frozen before the first attempt, with the draft: the same key may only carry the same body
    /// (contract 3.4).
    std::string idempotency_key{};
    /// This machine's clock when create was first to be sent; empty before that.
    std::optional<timestamp> first_create_at{};
    /// What create sends; dropped once the collection exists. Items read back are `raw_item`.
    std::optional<collection_draft> draft{};

    /// Items handed to create.
    std::uint64_t submitted = 0;
    /// Id and the three buckets of refused items, which are shown once and never again. Empty for a run
    /// that was attached to, and after a recovery by name.
    std::optional<creation> created{};
    std::optional<std::string> callback_url{};

    /// Set before start is first sent.
    std::optional<start_attempt> start{};
    std::optional<run_ref> target{};
    /// Jobs of the run, once known.
    std::optional<std::uint64_t> total{};

    /// Settled jobs, and how.
    job_id_set settled{};
    settlement_counts counts{};
    /// Rows with an earlier stamp are all settled.
    std::optional<timestamp> high_water_mark{};
    /// The settled ones that cannot be had.
    std::vector<shortfall> missing{};

    friend bool operator==(const checkpoint&, const checkpoint&) = default;
};

/// Brings a checkpoint up by one step; a step that it knows already changes nothing.
inline void apply(checkpoint& c, const settled_job& step)
{
    if (!c.settled.insert(step.id)) return;
    add(c.counts, step.how);
    if (step.missing) c.missing.push_back(*step.missing);
    if (step.high_water_mark && (!c.high_water_mark || *step.high_water_mark > *c.high_water_mark))
        c.high_water_mark = step.high_water_mark;
}

}  // namespace scrapingpros::inline v0

#endif
