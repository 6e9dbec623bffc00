#ifndef SCRAPINGPROS_POLICY_NEARING_DEADLINE_HPP
#define SCRAPINGPROS_POLICY_NEARING_DEADLINE_HPP

#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>

namespace scrapingpros::inline v0 {

/** Another strategy, with looks that become more frequent as the caller's deadline comes near.

    No wait is longer than a share of the time that is left, nor shorter than `least` by this rule. The
    engine's own last look, just before the deadline, stays.

    Good for: callers who must answer by a moment and want what there is by then, but for one share of
    the last stretch. Weak: spends looks on the end of the deadline, whether or not rows come; without
    a deadline it is the other strategy and nothing else.
*/
template <poll_strategy Strategy>
struct nearing_deadline {
    Strategy inner{};
    /// Of the time left; more than 0.
    double share = 0.25;
    milliseconds least = std::chrono::seconds(1);

    poll_decision first(const poll_view& seen) { return sooner(seen, inner.first(seen)); }
    poll_decision after_page(const poll_view& seen) { return inner.after_page(seen); }
    poll_decision after_tick(const poll_view& seen) { return sooner(seen, inner.after_tick(seen)); }

private:
    poll_decision sooner(const poll_view& seen, poll_decision made) const
    {
        if (!seen.deadline || *seen.deadline <= seen.now) return made;
        const auto left = std::chrono::duration<double>(*seen.deadline - seen.now);
        const auto part = std::chrono::duration_cast<instant::duration>(share * left);
        const auto wait = (std::max)(part, instant::duration(least));
        made.when = (std::min)(made.when, seen.now + wait);
        return made;
    }
};

static_assert(poll_strategy<nearing_deadline<status_then_pages<official_interval>>>);

}  // namespace scrapingpros::inline v0

#endif
