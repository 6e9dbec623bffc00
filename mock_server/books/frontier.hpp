#ifndef SCRAPINGPROS_MOCK_FRONTIER_HPP
#define SCRAPINGPROS_MOCK_FRONTIER_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// What a reader could do who knew the future: rows become visible at given times, a poll takes the
/// oldest unread ones, at most a page of them, and each row's delay runs until the poll that takes
/// it.
///
/// Polls that fall together with the last row that they take are as good as any others, so that a
/// schedule is a division of the sorted rows into groups of at most a page. The cost of a group is
/// Monge, hence the least delay is convex in the number of polls, and a price per poll finds every
/// point of it: whole numbers throughout, O(n log n) a price.
class frontier {
public:
    /// `visible` need not be sorted. A page of 0 is taken as 1.
    frontier(std::vector<time_point> visible, std::size_t page);

    std::size_t rows() const noexcept { return at_.size(); }
    std::size_t page() const noexcept { return page_; }
    /// Polls that no schedule can do without.
    std::size_t least_polls() const noexcept { return (at_.size() + page_ - 1) / page_; }

    /// Fewest polls with a sum of delays of at most this; 0 or more.
    std::size_t polls_for_total(duration) const;
    /// The same by the mean; a fraction of a microsecond counts for nothing.
    std::size_t polls_for_mean(duration) const;
    /// Least sum of delays with at most so many polls; `least_polls` or more.
    duration total_for_polls(std::size_t polls) const;
    /// Fewest polls with no delay above this.
    std::size_t polls_for_max(duration) const;

private:
    /// The best schedule at a price per poll, the one with the fewest polls if there are several.
    struct optimum {
        std::int64_t total = 0;
        std::int64_t polls = 0;
    };

    optimum solve(std::int64_t price) const;
    std::int64_t dearest() const;

    std::vector<std::int64_t> at_;      // sorted, from the first row on
    std::vector<std::int64_t> before_;  // sum of the first n
    std::size_t page_;
    std::int64_t unit_ = 1;  // microseconds
};

}  // namespace scrapingpros_mock

#endif
