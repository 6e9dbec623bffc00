#ifndef SCRAPINGPROS_CORE_POLL_OPTIONS_HPP
#define SCRAPINGPROS_CORE_POLL_OPTIONS_HPP

#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace scrapingpros::inline v0 {

/// Which outcomes the consumer of a batch wants.
enum class outcome_filter {
    everything,
    /// Not those that failed, timed out, or were judged not usable; they are settled unseen.
    usable,
};

/// The rules of the poll engine. No duration may be negative; the engine takes such a one for zero.
struct poll_options {
    outcome_filter wanted = outcome_filter::everything;
    /// Results fetched on their own at once; 1 to 64, and so is any other number taken. Each holds its
    /// body until the consumer takes it; see `max_held_bytes`.
    unsigned parallel_results = 4;
    /// Bytes of results held for the consumer or being fetched, at most, by the size of the largest so
    /// far; one result is always allowed.
    std::size_t max_held_bytes = std::size_t(64) << 20;
    /// The batch ends then at the latest, with `errc::wait_timed_out`; the run goes on.
    std::optional<instant> deadline{};
    /// With neither counters nor rows moving for so long, the batch ends with `errc::run_stalled`.
    milliseconds stall_after = std::chrono::hours(2);
    /// How long counters and listing may disagree once the run is over.
    milliseconds closing_patience = std::chrono::minutes(2);
    /// How far behind the high-water mark a fresh page begins, unless the strategy says: for equal
    /// stamps. 0: strictly behind it.
    milliseconds overlap = std::chrono::seconds(1);
    /// How far behind it rows are looked for that the counters tell of and no page shows; a flush and
    /// the differences of the workers' clocks (contract 9.5). 0: a fast flow is not looked behind.
    milliseconds audit_overlap = std::chrono::seconds(30);
    /// How often the service makes finished rows listable (contract 9.5, V1).
    milliseconds flush_period = std::chrono::seconds(5);
    /// Between two looks at least, whatever the strategy says.
    milliseconds shortest_pause = milliseconds(200);
    /// How long a result can be had after its job's completion (contract 15: plan for 24 h).
    milliseconds content_life = std::chrono::hours(24);
    /// Tries of one result, calls with their own retries, before it is left for the end; at least 1.
    unsigned result_attempts = 6;
};

namespace core {

/// The same options, each number taken for the nearest one that has a meaning.
inline poll_options within_bounds(poll_options o)
{
    o.parallel_results = std::clamp(o.parallel_results, 1u, 64u);
    o.result_attempts = (std::max)(o.result_attempts, 1u);
    const milliseconds longest = std::chrono::hours(24 * 365);
    for (auto* length :
         {&o.stall_after,
          &o.closing_patience,
          &o.overlap,
          &o.audit_overlap,
          &o.flush_period,
          &o.shortest_pause,
          &o.content_life})
        *length = std::clamp(*length, milliseconds(0), longest);
    return o;
}

}  // namespace core

}  // namespace scrapingpros::inline v0

#endif
