#ifndef SCRAPINGPROS_POLICY_SCARCITY_HPP
#define SCRAPINGPROS_POLICY_SCARCITY_HPP

#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace scrapingpros::inline v0 {

/// What a strategy knows of the page that it would read next. Times in seconds.
struct page_outlook {
    /// Rows that are there now and were not read.
    double carried = 0;
    /// Rows a second that come.
    double rate = 0;
    /// Rows of a page that is full enough to be worth a request.
    double full = 97;
    /// Rows of the run that were not read.
    double left = 0;
    /// How old rows may become with an ample budget.
    double age = 5;
    /// Since the last read.
    double since_read = 0;
};

/** How long to wait for the next look under a budget, where `wait` seconds would do without one.

    Several runs leave each other room: their looks together take at most six tenths of the limit, the
    rest is for full pages and single results. And where those that wait would use up what there is, a
    page that is not full waits until it is, for up to three times the usual age of its rows.
*/
inline double scarce_wait(
    double wait, const budget_view& seen, instant now, const page_outlook& page
)
{
    if (!seen.per_minute || *seen.per_minute <= 0) return wait;
    constexpr double share = 0.6;
    constexpr double longest = 600;
    const double rate = *seen.per_minute / 60;
    const auto runs = static_cast<double>(seen.runs);
    if (seen.runs > 1) wait = (std::max)(wait, (std::min)(longest, runs / (share * rate)));

    const auto queued = static_cast<double>(seen.results_waiting);
    const std::chrono::duration<double> shut = seen.next_opening - now;
    const double comes = rate * (std::max)(0.0, wait - (std::max)(0.0, shut.count()));
    if (queued == 0 || seen.usable + comes - queued >= 2) return wait;
    const double enough = (std::min)(page.full, 0.8 * page.left);
    if (page.carried + page.rate * wait >= enough) return wait;
    const double filled = (enough - page.carried) / (std::max)(page.rate, 1e-3);
    return (std::max)(wait, (std::min)(filled, 3 * page.age - page.since_read));
}

}  // namespace scrapingpros::inline v0

#endif
