#ifndef SCRAPINGPROS_POLICY_POLL_INTERVAL_HPP
#define SCRAPINGPROS_POLICY_POLL_INTERVAL_HPP

#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0 {

/// What a poll-interval policy may look at. Members may be added, never removed.
struct poll_observation {
    /// Jobs the server announced for the run; 0 while unknown.
    std::uint64_t total_jobs = 0;
    /// Jobs the server counts as finished, whatever their verdict. Leads the listing by seconds.
    std::uint64_t finished_jobs = 0;
    /// Jobs whose outcome was handed to the consumer; 0 when only the end is waited for.
    std::uint64_t delivered_jobs = 0;
    /// Consecutive looks that showed no newly finished job.
    std::uint32_t quiet_looks = 0;
    /// What the server asked for, if it did.
    std::optional<milliseconds> server_hint{};
    /// Since the run was started, or first asked for.
    milliseconds waited{0};
};

// tag::poll_interval_policy[]
/** Decides how long to wait before the next look at a run.

    For an lvalue `p` of type `P` and a `const poll_observation` `seen`,
    `p.next_delay(seen)` is the wait; a negative value counts as zero.

    - Called once after every look that found the run unfinished.
    - Not called after a failed look (the retry policy is), nor when a deadline cuts the wait.
    - Each run works on its own copy of the prototype given to the client.
    - Must not throw, block, or read a clock.
*/
// clang-format off
template <class P>
concept poll_interval_policy = std::copy_constructible<P> && requires(P& p, const poll_observation& seen) {
    { p.next_delay(seen) } -> std::convertible_to<milliseconds>;
};
// clang-format on
// end::poll_interval_policy[]

/// Waits the same time after every look. Even looks are the best there is for a steady flow; in
/// silence and at the end of a run they are paid for nothing.
struct fixed_interval {
    milliseconds delay = std::chrono::seconds(5);

    constexpr milliseconds next_delay(const poll_observation&) const noexcept { return delay; }
};

/** Multiplies the wait after every look that showed nothing new; news brings it back to `first`.

    Good for: few runs with long silences of unknown length. Weak: in a steady flow every look shows
    news, so that it looks every `first`. Without `starts_again`, the way of clients for long-running
    operations: a run's last half is read at the longest wait, whatever flows.
*/
struct exponential_interval {
    milliseconds first = std::chrono::seconds(1);
    milliseconds ceiling = std::chrono::seconds(30);
    /// 1 or more; less counts as 1.
    double factor = 1.5;
    /// With news the wait is `first` again; else it grows with every look.
    bool starts_again = true;

    milliseconds next_delay(const poll_observation& seen)
    {
        if ((seen.quiet_looks == 0 && starts_again) || !last_wait) {
            last_wait = (std::min)(first, ceiling);
        } else {
            const double longer = static_cast<double>(last_wait->count()) * (std::max)(factor, 1.0);
            const double cap = static_cast<double>(ceiling.count());
            last_wait =
                longer < cap ? milliseconds(static_cast<milliseconds::rep>(longer)) : ceiling;
        }
        return *last_wait;
    }

    std::optional<milliseconds> last_wait{};
};

/// Waits 5, 10, 15 or 30 seconds, by the size of the run, as the official client 0.7.3+ does. Rows of a
/// large run wait up to half a minute, however fast it flows; each look with news costs two requests.
struct official_interval {
    constexpr milliseconds next_delay(const poll_observation& seen) const noexcept
    {
        using std::chrono::seconds;
        if (seen.total_jobs < 100) return seconds(5);
        if (seen.total_jobs < 500) return seconds(10);
        return seen.total_jobs < 2000 ? seconds(15) : seconds(30);
    }
};

/// Waits 2, 5, 10 or 20 seconds: the official table for callers who want only the end of a run.
struct official_status_interval {
    constexpr milliseconds next_delay(const poll_observation& seen) const noexcept
    {
        using std::chrono::seconds;
        if (seen.total_jobs < 100) return seconds(2);
        if (seen.total_jobs < 500) return seconds(5);
        return seen.total_jobs < 2000 ? seconds(10) : seconds(20);
    }
};

static_assert(poll_interval_policy<fixed_interval>);
static_assert(poll_interval_policy<exponential_interval>);
static_assert(poll_interval_policy<official_interval>);
static_assert(poll_interval_policy<official_status_interval>);

}  // namespace scrapingpros::inline v0

#endif
