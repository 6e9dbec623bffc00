#ifndef SCRAPINGPROS_POLICY_ELAPSED_SHARE_HPP
#define SCRAPINGPROS_POLICY_ELAPSED_SHARE_HPP

#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>

namespace scrapingpros::inline v0 {

/** Waits a share of the time that the run has taken so far: the longer it lasts, the rarer the looks.

    Pages first: each look is a page, which says whether there is anything new and brings it; after two
    pages that brought nothing, one look is a status.

    Good for: callers who want the end, and progress by about the same share of the whole; runs of
    unknown length, from seconds to days, at a number of looks that grows with the logarithm only.
    Weak: a run that flows evenly for hours is read late in its second half; the time that a run has
    waited in the queue counts as well.
*/
struct elapsed_share {
    /// More than 0.
    double share = 0.1;
    /// Shortest wait.
    milliseconds least = std::chrono::seconds(1);
    /// Longest wait; less than `least` counts as that.
    milliseconds most = std::chrono::minutes(1);

    poll_decision first(const poll_view& seen)
    {
        begun = seen.now;
        if (!seen.status_at) return {.when = seen.now, .what = read_kind::status};
        return {.when = seen.now + least, .what = read_kind::inline_page};
    }

    poll_decision after_page(const poll_view& seen) { return {.when = seen.now}; }

    poll_decision after_tick(const poll_view& seen)
    {
        if (begun == instant{}) begun = seen.now;  // a run that is taken up again
        if (seen.last_read == read_kind::status) {
            quiet_pages = 0;
            if (seen.counters_ahead > 0) return {.when = seen.now, .what = read_kind::inline_page};
        } else {
            quiet_pages = seen.fresh.empty() ? quiet_pages + 1 : 0;
        }
        const auto longest = (std::max)(least, most);
        const double so_far = std::chrono::duration<double, std::milli>(seen.now - begun).count();
        const double wait = std::clamp(
            share * so_far, static_cast<double>(least.count()), static_cast<double>(longest.count())
        );
        return {
            .when = seen.now + milliseconds(static_cast<milliseconds::rep>(wait)),
            .what = quiet_pages >= 2 ? read_kind::status : read_kind::inline_page};
    }

    // State of a run.
    instant begun{};
    unsigned quiet_pages = 0;
};

static_assert(poll_strategy<elapsed_share>);

}  // namespace scrapingpros::inline v0

#endif
