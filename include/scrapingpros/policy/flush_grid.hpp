#ifndef SCRAPINGPROS_POLICY_FLUSH_GRID_HPP
#define SCRAPINGPROS_POLICY_FLUSH_GRID_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {

/** Learns when the service makes finished rows listable: it writes them in turns, some seconds apart
    (contract 9.5, V1).

    For poll strategies that want to read just behind such a flush. Begins with an assumed period and
    learns the phase; a period that pages contradict is replaced by one that fits them. Where none
    fits there is no grid. The evidence:

    - a page shows all rows up to `newest`: a flush lies between that stamp and the moment of reading;
    - the next page shows rows that were finished before that moment: none lies behind the oldest.

    Times are seconds on the server's clock. Constant time, no allocation.
*/
class flush_grid {
public:
    /// @param period assumed until pages show another one, seconds; 0: there is no grid, look for none
    constexpr explicit flush_grid(double period = 5)
        : period_(period), looks_(period > 0), on_(looks_)
    {
    }

    /** A page that showed all that there was.

        @param newest greatest stamp that any page has shown
        @param read when it was read
    */
    void on_page(double newest, double read)
    {
        if (!looks_ || newest > read) return;
        last_ = bounds{newest, read};
        if (on_) narrow(*last_);
    }

    /** The rows that the page after that one was the first to show.

        @param oldest stamp of the oldest
        @param third of the third oldest, if there are three: one row may be late for its own reasons
    */
    void on_next_rows(double oldest, std::optional<double> third)
    {
        if (!last_) return;
        auto flush = *std::exchange(last_, {});
        const double read = flush.high;
        if (oldest < flush.low) return;
        if (oldest < read) {
            if (has_grid() && oldest < latest_before(read) - 0.1) came_too_early(read);
            if (third && *third < read) quiet_ = (std::max)(quiet_, read - *third);
            flush.high = oldest;
        }
        remember(flush);
        if (!on_ || quiet_ > 1.06 * period_ + 0.3) return look_for_period();
        if (oldest < read) narrow(flush);
    }

    bool has_grid() const noexcept { return on_ && phase_.has_value(); }
    /// Seconds.
    double period() const noexcept { return period_; }

    /** The last flush presumed at or before a moment. Only with a grid.

        Soon after the earliest time that it can have: what is not known of the phase is mostly the
        time until the next row.
    */
    double latest_before(double moment, double rows_per_second) const
    {
        const double wait = (std::min)(3.0 / (std::max)(rows_per_second, 1e-3), 1.0) + 0.02;
        const double point = (std::min)(phase_->high, phase_->low + wait);
        return point + std::floor((moment - point) / period_) * period_;
    }

private:
    struct bounds {
        double low = 0;
        double high = 0;
        double middle() const noexcept { return (low + high) / 2; }
        double width() const noexcept { return high - low; }
    };

    static constexpr double shortest = 1;
    static constexpr double longest = 40;
    /// What a flush may come late by, besides what its turns add up to.
    static constexpr double slack = 0.2;

    double latest_before(double moment) const { return latest_before(moment, 1e9); }

    void narrow(const bounds& flush)
    {
        if (flush.width() >= period_) return;
        if (!phase_) {
            phase_ = flush;
            return;
        }
        const double turns = std::round((flush.middle() - phase_->middle()) / period_);
        const double low = (std::max)(phase_->low + turns * period_, flush.low);
        // The service works a little between its sleeps.
        const double drift = 0.02 * (std::max)(turns, 0.0);
        const double high = (std::min)(phase_->high + turns * period_ + drift, flush.high);
        if (low <= high + slack) {
            phase_ = bounds{low, (std::max)(low, high)};
            if (++fits_ % 20 == 0) misfits_ = 0;
            return;
        }
        phase_ = flush;
        if (++misfits_ >= 3) look_for_period();
    }

    /// The flush that was presumed before the reading came after it.
    void came_too_early(double read)
    {
        const double low = read - std::floor((read - phase_->low) / period_) * period_;
        if (low - phase_->low >= 1.5) return;
        phase_ = bounds{low, (std::max)(phase_->high, low + 0.3)};
    }

    void remember(const bounds& flush)
    {
        if (flush.width() > 1.5) return;
        seen_[count_++ % seen_.size()] = flush;
        if (!on_ || flush.width() > 0.4) return;
        if (!anchor_) {
            anchor_ = flush.middle();
            return;
        }
        const double turns = std::round((flush.middle() - *anchor_) / period_);
        if (turns < 8) return;
        const double measured = (flush.middle() - *anchor_) / turns;
        if (std::abs(measured - period_) < 0.02 * period_) period_ = measured;
    }

    /// Tries the distances of the flushes that were seen, and their parts; takes the greatest that fits.
    void look_for_period()
    {
        on_ = false;
        const auto kept = (std::min)(count_, seen_.size());
        if (kept < 5) return;
        double best = 0;
        for (std::size_t i = 1; i < kept; ++i) {
            for (int parts = 1; parts <= 12; ++parts) {
                const double guess = distance(i) / parts;
                if (guess > (std::max)(best, (std::max)(shortest, 0.95 * quiet_)) &&
                    guess < longest)
                    if (const auto fitted = fit(guess, kept)) best = *fitted;
            }
        }
        if (best <= 0) return;
        period_ = best;
        on_ = true;
        misfits_ = 0;
        quiet_ = (std::min)(quiet_, period_);
        phase_ = seen_[(count_ - 1) % seen_.size()];
        anchor_.reset();
    }

    /// The i-th flush still known, the oldest first.
    const bounds& flush(std::size_t i) const
    {
        const auto oldest = count_ > seen_.size() ? count_ - seen_.size() : 0;
        return seen_[(oldest + i) % seen_.size()];
    }
    double distance(std::size_t i) const { return flush(i).middle() - flush(i - 1).middle(); }

    std::optional<double> fit(double guess, std::size_t kept) const
    {
        double turns = 0;
        for (std::size_t i = 1; i < kept; ++i) {
            const double each = std::round(distance(i) / guess);
            const double unsure = (flush(i).width() + flush(i - 1).width()) / 2 + 0.03 * each + 0.1;
            if (unsure > 0.25 * guess) return {};
            if (std::abs(distance(i) - each * guess) > unsure) return {};
            turns += each;
        }
        if (turns < 1) return {};
        return (flush(kept - 1).middle() - flush(0).middle()) / turns;
    }

    double period_;
    bool looks_;
    bool on_;
    std::optional<bounds> phase_{};
    unsigned fits_ = 0;
    unsigned misfits_ = 0;
    /// The last page that showed all: between these the last flush before it.
    std::optional<bounds> last_{};
    /// Longest time that is known to have been without a flush.
    double quiet_ = 0;
    std::array<bounds, 12> seen_{};
    std::size_t count_ = 0;
    /// An early flush, for measuring the period over many turns.
    std::optional<double> anchor_{};
};

}  // namespace scrapingpros::inline v0

#endif
