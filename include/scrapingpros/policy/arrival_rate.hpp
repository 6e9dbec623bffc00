#ifndef SCRAPINGPROS_POLICY_ARRIVAL_RATE_HPP
#define SCRAPINGPROS_POLICY_ARRIVAL_RATE_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

namespace scrapingpros::inline v0 {

/** How fast the jobs of a run complete of late, from the stamps of its rows.

    For poll strategies. Times are seconds on the server's clock, from any origin. Constant time per
    stamp; no allocation but in `prepare`, or else in the first `note`: a prototype is small.
*/
class arrival_rate {
public:
    /// @param most stamps kept, 1 or more; a denser window is measured over as many as there is room for
    constexpr explicit arrival_rate(std::size_t most = 4096)
        : most_((std::max)(most, std::size_t(1)))
    {
    }

    /// Takes the memory for the stamps.
    void prepare() { stamps_.resize(most_); }

    /// A job completed then. Stamps come in about this order.
    void note(double stamp)
    {
        if (count_ == 0) {
            first_ = stamp;
            prepare();
        }
        if (kept_ == stamps_.size()) drop_oldest();
        const auto place = oldest_ + kept_++;
        stamps_[place < stamps_.size() ? place : place - stamps_.size()] = stamp;
        ++count_;
    }

    /** Measures the `window` seconds before `end`, or what there was of them since the first stamp.

        @param window more than 0
    */
    void measure(double end, double window)
    {
        if (count_ == 0) return;
        double length = (std::min)(window, (std::max)(1.0, end - first_ + 0.25));
        while (kept_ > 1 && stamps_[oldest_] <= end - length)
            drop_oldest();
        if (kept_ == stamps_.size())
            length = (std::max)(0.001, (std::min)(length, end - stamps_[oldest_]));
        auto inside = kept_;
        if (kept_ == 1 && stamps_[oldest_] <= end - length) inside = 0;
        current_ = (static_cast<double>(inside) + 0.5) / length;
    }

    /// Jobs per second; 0 before the first measurement.
    double current() const noexcept { return current_; }
    bool empty() const noexcept { return count_ == 0; }
    /// Of the first job noted.
    double first() const noexcept { return first_; }

private:
    void drop_oldest()
    {
        if (++oldest_ == stamps_.size()) oldest_ = 0;
        --kept_;
    }

    std::size_t most_;
    std::vector<double> stamps_{};
    std::size_t oldest_ = 0;
    std::size_t kept_ = 0;
    std::size_t count_ = 0;
    double first_ = 0;
    double current_ = 0;
};

}  // namespace scrapingpros::inline v0

#endif
