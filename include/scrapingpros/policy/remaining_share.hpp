#ifndef SCRAPINGPROS_POLICY_REMAINING_SHARE_HPP
#define SCRAPINGPROS_POLICY_REMAINING_SHARE_HPP

#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace scrapingpros::inline v0 {

/** For callers who want the end of a run and not its rows: waits a share of the shortest time that the
    rest is likely to take, by how fast jobs have been finishing.

    Looks get closer as the end does, down to the even ones of `official_status_interval` or to `late` of
    the time so far, whichever is longer. Where nothing finishes, a wait is at most half of the silence
    so far; where the last few jobs are left, whose end nothing tells, looks are those even ones.

    Good for: runs of minutes and more with many jobs: their middle costs nothing. Weak: the end of a
    short run is known about a second later than by the official client; a run that is cancelled is
    noticed at the next look, up to `most` later; of no use for a batch, whose rows it would read late.
*/
struct remaining_share {
    /// Of the time that the rest is likely to take at least; more than 0, to 1.
    double share = 0.6;
    /// How late the end may be known, as a share of the time so far; 0 or more.
    double late = 0.02;
    /// Longest wait.
    milliseconds most = std::chrono::minutes(5);

    milliseconds next_delay(const poll_observation& seen)
    {
        const double now = std::chrono::duration<double>(seen.waited).count();
        note({now, seen.finished_jobs});
        const double longest = std::chrono::duration<double>(most).count();
        const double wait = (std::min)(wait_at(now, seen), longest);
        return std::chrono::ceil<milliseconds>(std::chrono::duration<double>((std::max)(wait, 0.0))
        );
    }

    // State of a run.
    struct look {
        double at = 0;
        std::uint64_t finished = 0;
    };
    std::array<look, 32> looks{};
    std::size_t count = 0;
    double news_at = 0;

private:
    /// Keeps looks evenly over all the time: when there are too many, every other one goes.
    void note(look seen)
    {
        if (count == 0 || seen.finished != looks[count - 1].finished) news_at = seen.at;
        if (count == looks.size()) {
            for (std::size_t i = 1; 2 * i < looks.size(); ++i)
                looks[i] = looks[2 * i];
            count = looks.size() / 2;
        }
        looks[count++] = seen;
    }

    /// Jobs a second, over the last third of the time.
    double rate() const
    {
        const look& last = looks[count - 1];
        std::size_t i = count - 1;
        while (i > 0 && last.at - looks[i].at < last.at / 3)
            --i;
        const auto before = (std::min)(looks[i].finished, last.finished);  // a counter may fall
        const double done = static_cast<double>(last.finished - before);
        return (std::max)(
            done / (std::max)(last.at - looks[i].at, 1e-3), 0.3 / (std::max)(last.at, 1.0)
        );
    }

    double wait_at(double now, const poll_observation& seen) const
    {
        const auto table = official_status_interval{}.next_delay(seen);
        const double even = 1.8 * std::chrono::duration<double>(table).count();
        const double slack = (std::max)(0.6 * even, late * now);
        const auto done = static_cast<double>(seen.finished_jobs);
        const double left = static_cast<double>(seen.total_jobs) - done;
        // All are counted, and the run is to be called over.
        if (seen.total_jobs > 0 && left <= 0)
            return (std::min)(0.7 * std::exp2((std::min)(seen.quiet_looks, 30u)), slack);
        const double widest = (std::max)(even, slack);
        if (done == 0) return (std::min)(widest, (std::max)(even, 0.5 * now));
        const double per_second = rate();
        const double silence = now - news_at;
        if (silence > (std::max)(even, 5 / per_second) || left <= 3)
            return (std::max)(1.0, (std::min)(widest, 0.5 * silence));
        const double rest = left / per_second;
        if (rest <= slack) return (std::max)(slack, rest + 0.3);
        const double at_least = rest * (1 - (std::min)(0.5, 2 / std::sqrt(done)));
        const double so_far = (std::max)(widest, 0.5 * (seen.quiet_looks > 0 ? silence : now));
        return (std::min)((std::max)(slack, share * at_least), so_far);
    }
};

static_assert(poll_interval_policy<remaining_share>);

}  // namespace scrapingpros::inline v0

#endif
