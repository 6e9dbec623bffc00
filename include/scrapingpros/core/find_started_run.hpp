#ifndef SCRAPINGPROS_CORE_FIND_STARTED_RUN_HPP
#define SCRAPINGPROS_CORE_FIND_STARTED_RUN_HPP

#include <scrapingpros/model/run.hpp>
#include <scrapingpros/model/start_outcome.hpp>

#include <optional>
#include <vector>

namespace scrapingpros::inline v0::core {

/** Finds, in a collection's run list, the run that an unanswered start has made.

    It is the newest whose `created_at` is not before the attempt (contract 6.1). A run without a
    stamp (servers before 2026-04-30) counts only if no stamped one fits: it cannot be told apart by
    time. Runs without an id are passed over. Unambiguous if the collection was made for one start.
*/
inline std::optional<run> find_started_run(
    const std::vector<run>& items, const start_attempt& attempt
)
{
    const run* newest = nullptr;
    const run* without_stamp = nullptr;
    for (const run& candidate : items) {
        if (candidate.id.value.empty()) continue;
        if (!candidate.created_at) {
            if (!without_stamp) without_stamp = &candidate;
            continue;
        }
        if (*candidate.created_at < attempt.not_before) continue;
        if (!newest || *candidate.created_at > *newest->created_at) newest = &candidate;
    }
    const run* found = newest ? newest : without_stamp;
    if (!found) return {};
    return *found;
}

}  // namespace scrapingpros::inline v0::core

#endif
