#ifndef SCRAPINGPROS_POLICY_PAGE_OVERLAP_HPP
#define SCRAPINGPROS_POLICY_PAGE_OVERLAP_HPP

#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace scrapingpros::inline v0 {

/** How far behind the high-water mark a strategy's next page begins, in seconds.

    A row read twice is a body read twice, so a page goes back only for three things: for equal stamps,
    which two looks may split while they are new; as deep as rows have been found behind the mark, until
    some pages find none; and now and then deeper, a probe, to notice a service that writes out of order
    (contract 9.5). Until one has found anything, probes are as deep as brings few rows again: one in twenty
    of those seen, and one in forty of the run besides.
*/
class page_overlap {
public:
    /// @param probe_depth seconds; 0: no probes
    constexpr explicit page_overlap(double probe_depth) : probe_depth_(probe_depth) {}

    /// What a page, or an audit, found behind the mark.
    void learn(const page_snapshot& last)
    {
        if (last.unseen_in_overlap > 0) {
            const std::chrono::duration<double> deepest = last.deepest_in_overlap;
            learned_ = (std::max)(learned_, 1.1 * deepest.count());
            disordered_ = true;
            clean_pages_ = 0;
        } else if (++clean_pages_ >= 5) {
            learned_ *= 0.7;
        }
    }

    /// A page brought so many rows, which ended within `span` seconds.
    void on_rows(std::size_t rows, double span)
    {
        if (rows > 1) density_ = static_cast<double>(rows) / (std::max)(span, 0.1);
    }

    /// A look, of one page or several, brought rows.
    void on_look_with_rows()
    {
        if (pages_to_probe_ > 0) --pages_to_probe_;
    }

    struct outlook {
        /// Rows seen so far, rows of the run, and rows a second.
        double seen = 0;
        double total = 0;
        double rate = 0;
        /// How long before the last look's edge the newest row ended.
        double settled = 0;
        /// Seconds of rows for which the page has room.
        double room = 0;
        /// The next read is a page.
        bool is_page = true;
    };

    double next(const outlook& now)
    {
        const double rate = (std::max)(now.rate, 1e-3);
        // Equal ones may come one flush later where rows have come out of order; else they are too rare in
        // a slow flow to be worth a body each time.
        const bool is_settled = disordered_ ? now.settled > 6 : now.settled > 0.5 || rate < 0.9;
        const double ties = is_settled ? 0 : (std::min)(1.0, (disordered_ ? 2 : 1) / rate);
        double probe = 0;
        if (now.is_page && pages_to_probe_ == 0) {
            const double again =
                disordered_ ? most_again : now.seen / 20 + now.total / 40 - probed_;
            const double affordable = again / (std::max)(rate, density_);
            probe = (std::min)({now.room, probe_depth_, affordable});
            if (probe < 1) {
                probe = 0;
            } else {
                pages_to_probe_ = 8;
                probed_ += probe * (std::max)(rate, density_);
            }
        }
        return (std::max)({ties, (std::min)(learned_, 60.0), probe});
    }

    /// As deep as rows have been found of late.
    double learned() const noexcept { return learned_; }

private:
    static constexpr double most_again = 100;

    double probe_depth_;
    double learned_ = 0;
    unsigned clean_pages_ = 0;
    /// Rows behind the mark have been found.
    bool disordered_ = false;
    /// So many looks that bring rows.
    unsigned pages_to_probe_ = 2;
    /// Rows that probes have brought again, about.
    double probed_ = 0;
    /// Rows a second on the last page that brought some.
    double density_ = 0;
};

}  // namespace scrapingpros::inline v0

#endif
