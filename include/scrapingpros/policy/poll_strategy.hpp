#ifndef SCRAPINGPROS_POLICY_POLL_STRATEGY_HPP
#define SCRAPINGPROS_POLICY_POLL_STRATEGY_HPP

#include <scrapingpros/model/run.hpp>
#include <scrapingpros/policy/budget_view.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace scrapingpros::inline v0 {

/// What a poll strategy can ask to read.
enum class read_kind {
    /// Nothing; ask again later.
    nothing,
    /// The run's state and counters.
    status,
    /// Rows with their results, at most 100 a page, from the high-water mark on.
    inline_page,
    /// Rows without results, at most 1000 a page, from the high-water mark on.
    metadata_page,
};

/// One page of the listing, as far as a strategy needs to know it.
struct page_snapshot {
    instant asked_at{};
    instant answered_at{};
    std::uint32_t rows = 0;
    /// Rows that no earlier page had shown.
    std::uint32_t unseen = 0;
    bool has_more = false;
    /// Greatest `completed_at` on it.
    std::optional<timestamp> newest{};
    /// Unseen rows behind the high-water mark that the look began with, and how far behind the deepest
    /// was. For an audit: of all its pages.
    std::uint32_t unseen_in_overlap = 0;
    milliseconds deepest_in_overlap{0};
};

/** What a poll strategy sees. Members may be added, never removed.

    Instants are local and monotonic; stamps are the server's clock, good to `clock_error`.
*/
struct poll_view {
    instant now{};
    timestamp server_now{};
    milliseconds clock_error = std::chrono::seconds(2);

    /// Jobs of the run, from the submit or from the run; empty while not known.
    std::optional<std::uint64_t> total{};
    /// Jobs that a page has shown.
    std::uint64_t seen = 0;
    /// Jobs handed to the consumer, or given up.
    std::uint64_t delivered = 0;
    /// Jobs whose result is still to be fetched on its own.
    std::uint64_t missing_bodies = 0;
    std::uint32_t results_in_flight = 0;

    run_status status = run_status::unknown;
    /// When status and counters were read; empty before the first time.
    std::optional<instant> status_at{};
    /// Jobs that the counters say are finished; empty if the server leaves a counter out.
    std::optional<std::uint64_t> finished{};
    /// Finished jobs that no page has shown yet.
    std::uint64_t counters_ahead = 0;

    /// What was read last; `nothing` before the first time.
    read_kind last_read = read_kind::nothing;
    /// The last page; empty before the first.
    std::optional<page_snapshot> last_page{};
    /// `completed_at` of the rows that the last page was the first to show, in its order; rows without
    /// a stamp are left out. Valid during the call.
    std::span<const timestamp> fresh{};
    /// Consecutive looks that showed nothing new.
    std::uint32_t quiet_looks = 0;

    std::optional<instant> deadline{};
    /// When the first of the results that are still to be had expires.
    std::optional<timestamp> earliest_expiry{};
    /// Outcomes that the consumer would take now.
    std::uint64_t consumer_room = 0;
    /// What the server asked for on a successful reply, if it did.
    std::optional<milliseconds> server_hint{};
    /// A webhook came, or the caller asked for a look.
    bool hinted = false;
    /// The budget that the run shares; empty if the client's rate limit shows none.
    std::optional<budget_view> budget{};
};

enum class page_flow {
    /// Ask for the next page at once.
    continue_,
    /// Leave the rest for the next tick, which goes on by the cursor.
    carry,
};

/// What a poll strategy decides.
struct poll_decision {
    /// When to read next. The engine keeps its own shortest pause and the deadline.
    instant when{};
    read_kind what = read_kind::status;
    /// Looked at between pages only.
    page_flow more = page_flow::continue_;
    /// How far behind the high-water mark the next fresh page begins; 0: behind its stamp, if the last
    /// look saw the listing's end; empty: the engine's own.
    std::optional<milliseconds> overlap{};
    /// Pages that the strategy would read in the next minute, for a shared budget to keep for them; empty:
    /// as many as in the last one.
    std::optional<double> pages_ahead{};
};

// tag::poll_strategy[]
/** Decides when to look at a run again, and what to read.

    For an lvalue `s` of type `S` and a `const poll_view` `seen`, each of these is a `poll_decision`:

    - `s.first(seen)`: once, after the start or the re-attachment to a run that nothing was read of;
    - `s.after_page(seen)`: between the pages of one look, after a page that says there are more. Only
      `more` counts: the next page at once, or the rest at the next look. A page that is the last one
      of its look, or whose rest is carried, is followed by `after_tick`, which sees the same page;
    - `s.after_tick(seen)`: after every other read, audits of the engine's included
      (`last_read == read_kind::metadata_page`): when to read next, what, and from where.

    Not called after a read that failed (the engine asks again, with a growing pause); nor after a
    status that sends the engine on an audit, or an audit between two pages that finds nothing; nor once
    the run is over or the deadline is near (the engine then reads to the end); nor while the consumer
    takes nothing. A hint overrules `when`.

    Completeness, high-water mark, repeated rows, retries, audits, single results and the end are the
    engine's: a strategy can be slow or wasteful, it cannot lose, repeat or hang. The engine reads at
    least every 10 minutes and, where the last read showed nothing new, not before
    `poll_options::shortest_pause`; `nothing` reads the status at that time; and a status is read where
    empty pages have been all that was read for two minutes.

    Each run works on a copy of the prototype. Must not throw, block, or read a clock; may allocate in
    `first`, not later. Cost: constant per call, but for one visit to each element of `fresh`.
*/
// clang-format off
template <class S>
concept poll_strategy = std::copy_constructible<S> && requires(S& s, const poll_view& seen) {
    { s.first(seen) } -> std::same_as<poll_decision>;
    { s.after_page(seen) } -> std::same_as<poll_decision>;
    { s.after_tick(seen) } -> std::same_as<poll_decision>;
};
// clang-format on
// end::poll_strategy[]

/** Makes a strategy of a poll interval: status, then pages if the counters are ahead of what was seen.

    This is the way of the official client. After a start it waits one interval before the first look;
    a run that it knows nothing of is looked at once.
*/
template <poll_interval_policy Interval>
struct status_then_pages {
    Interval interval{};
    /// State of a run.
    instant begun{};

    poll_decision first(const poll_view& seen)
    {
        begun = seen.now;
        if (!seen.status_at) return {.when = seen.now, .what = read_kind::status};
        return {.when = seen.now + delay(seen), .what = read_kind::status};
    }

    poll_decision after_page(const poll_view& seen) { return {.when = seen.now}; }

    poll_decision after_tick(const poll_view& seen)
    {
        const bool news = !seen.finished || seen.counters_ahead > 0;
        if (seen.last_read == read_kind::status && news)
            return {.when = seen.now, .what = read_kind::inline_page};
        return {.when = seen.now + delay(seen), .what = read_kind::status};
    }

private:
    milliseconds delay(const poll_view& seen)
    {
        if (begun == instant{}) begun = seen.now;  // a run that is taken up again
        const poll_observation observed{
            .total_jobs = seen.total.value_or(0),
            .finished_jobs = seen.finished.value_or(0),
            .delivered_jobs = seen.delivered,
            .quiet_looks = seen.quiet_looks,
            .server_hint = seen.server_hint,
            .waited = std::chrono::floor<milliseconds>(seen.now - begun)};
        return (std::max)(milliseconds(interval.next_delay(observed)), milliseconds(0));
    }
};

/// The poll-interval slot takes either.
template <class P>
concept poll_policy = poll_interval_policy<P> || poll_strategy<P>;

/// The strategy that a poll policy is, or is made into.
template <poll_policy P>
constexpr auto strategy_of(P policy)
{
    if constexpr (poll_strategy<P>)
        return policy;
    else
        return status_then_pages<P>{std::move(policy)};
}

static_assert(poll_strategy<status_then_pages<official_interval>>);

}  // namespace scrapingpros::inline v0

#endif
