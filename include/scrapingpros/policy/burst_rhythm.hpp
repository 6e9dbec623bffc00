#ifndef SCRAPINGPROS_POLICY_BURST_RHYTHM_HPP
#define SCRAPINGPROS_POLICY_BURST_RHYTHM_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>

namespace scrapingpros::inline v0 {

/** Learns whether the rows of a run come in bursts at even distances, and when the next one is due.

    For poll strategies that want to save looks in a silence whose end can be told. A burst begins with
    a row that comes a while after the row before it. Rows that come one by one begin a burst each: a
    run with stragglers, or of slow jobs, has no rhythm. Times are seconds on the server's clock. Constant time, no
    allocation.
*/
class burst_rhythm {
public:
    /** A job completed then.

        @param pause silence, in seconds, after which a row begins a burst
    */
    void note(double stamp, double pause)
    {
        if (stamp - newest_ > pause) {
            if (starts_ > 0) distances_[(starts_ - 1) % distances_.size()] = stamp - start_;
            start_ = stamp;
            ++starts_;
        }
        newest_ = (std::max)(newest_, stamp);
        ++rows_;
    }

    /** The earliest moment that the next burst is expected at; empty where there is no rhythm.

        @param rows still to come: what is less than half a burst may be anything
    */
    std::optional<double> next(double rows) const
    {
        const auto kept = (std::min)(starts_, distances_.size() + 1);
        if (kept < 5 || rows_ < fewest * starts_) return {};
        if (rows < 0.5 * static_cast<double>(rows_) / static_cast<double>(starts_)) return {};
        const auto end = distances_.begin() + static_cast<std::ptrdiff_t>(kept - 1);
        const auto [least, most] = std::minmax_element(distances_.begin(), end);
        const double unsure = *most - *least;
        return start_ + *least - 0.4 * unsure;
    }

private:
    /// Rows of a burst, on average: a single row may well come at any time.
    static constexpr std::size_t fewest = 4;

    /// Between the last beginnings.
    std::array<double, 8> distances_{};
    std::size_t starts_ = 0;
    std::size_t rows_ = 0;
    double start_ = 0;
    double newest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace scrapingpros::inline v0

#endif
