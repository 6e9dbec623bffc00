#include "books/frontier.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace scrapingpros_mock {
namespace {

constexpr std::int64_t infinite = std::numeric_limits<std::int64_t>::max();

/// A path's cost; of two equal ones that with fewer polls is the lesser.
using cost = std::pair<std::int64_t, std::int64_t>;

}  // namespace

frontier::frontier(std::vector<time_point> visible, std::size_t page)
    : page_(std::max<std::size_t>(page, 1))
{
    std::sort(visible.begin(), visible.end());
    if (visible.empty()) {
        before_.push_back(0);
        return;
    }
    // Prices reach the sum of all delays and are paid for each poll; where that would not fit,
    // time is measured more coarsely. Six hours of 50,000 rows are far below.
    const std::int64_t span = (visible.back() - visible.front()).count();
    const auto rows = static_cast<std::int64_t>(visible.size());
    const std::size_t pages = (visible.size() + page_ - 1) / page_;
    const auto limit = std::numeric_limits<std::int64_t>::max() / 4;
    while (span / unit_ > limit / rows / (static_cast<std::int64_t>(pages) + 4))
        unit_ *= 2;
    for (const time_point each : visible)
        at_.push_back((each - visible.front()).count() / unit_);
    before_.assign(1, 0);
    for (const std::int64_t each : at_)
        before_.push_back(before_.back() + each);
}

/// Shortest path over the rows with groups as edges. Row j's best last group begins no earlier than
/// that of the rows before it, and once a later beginning is better it stays so: candidates stand
/// in a queue with the row from which on each is the best.
frontier::optimum frontier::solve(std::int64_t price) const
{
    const std::size_t count = at_.size();
    std::vector<cost> best(count + 1, cost{0, 0});
    const auto through = [&](std::size_t i, std::size_t j) {
        // Of two groups that are too large the later one is the nearer to being possible: so it
        // stays true that what is better once stays better.
        if (j - i > page_) return cost{infinite, -static_cast<std::int64_t>(i)};
        const auto rows = static_cast<std::int64_t>(j - i);
        const std::int64_t delay = rows * at_[j - 1] - (before_[j] - before_[i]);
        return cost{best[i].first + delay + price, best[i].second + 1};
    };
    struct candidate {
        std::size_t begin;
        std::size_t best_from;
    };
    std::vector<candidate> queue{{0, 1}};
    queue.reserve(count + 1);
    std::size_t head = 0;
    for (std::size_t j = 1; j <= count; ++j) {
        while (head + 1 < queue.size() && queue[head + 1].best_from <= j)
            ++head;
        best[j] = through(queue[head].begin, j);
        if (j == count) break;
        // Where does a group that begins behind row j beat the candidates?
        while (queue.size() > head) {
            const candidate last = queue.back();
            const std::size_t from = std::max(last.best_from, j + 1);
            if (through(j, from) < through(last.begin, from)) {
                queue.pop_back();
                continue;
            }
            std::size_t low = from, high = count + 1;  // worse at low, better from high on
            while (high - low > 1) {
                const std::size_t middle = low + (high - low) / 2;
                (through(j, middle) < through(last.begin, middle) ? high : low) = middle;
            }
            if (high <= count) queue.push_back({j, high});
            break;
        }
        if (queue.size() == head) queue.push_back({j, j + 1});
    }
    const auto [paid, polls] = best[count];
    return {paid - price * polls, polls};
}

/// From this price on no poll is made that is not needed.
std::int64_t frontier::dearest() const
{
    return static_cast<std::int64_t>(at_.size()) * at_.back() + 1;
}

std::size_t frontier::polls_for_total(duration most) const
{
    if (at_.empty()) return 0;
    const std::int64_t allowed = std::max<std::int64_t>(most.count(), 0) / unit_;
    // The total grows with the price: find the last price at which it is allowed.
    std::int64_t low = 0, high = 1;
    const std::int64_t top = dearest();
    optimum above = solve(std::min(high, top));
    while (above.total <= allowed && high < top) {
        low = high;
        high = std::min(high > top / 4 ? top : high * 4, top);
        above = solve(high);
    }
    if (above.total <= allowed) return static_cast<std::size_t>(above.polls);
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const optimum found = solve(middle);
        if (found.total <= allowed) {
            low = middle;
        } else {
            high = middle;
            above = found;
        }
    }
    // At the price `high` each further poll, up to those of `low`, saves just that price.
    const std::int64_t missing = above.total - allowed;
    return static_cast<std::size_t>(above.polls + (missing + high - 1) / high);
}

std::size_t frontier::polls_for_mean(duration mean) const
{
    const auto rows = static_cast<duration::rep>(at_.size());
    return polls_for_total(mean * rows);
}

duration frontier::total_for_polls(std::size_t polls) const
{
    if (at_.empty()) return duration{0};
    const auto wanted = static_cast<std::int64_t>(std::max(polls, least_polls()));
    // The polls fall with the price: find the first price at which they are few enough.
    std::int64_t low = -1, high = 0;
    const std::int64_t top = dearest();
    optimum found = solve(high);
    while (found.polls > wanted && high < top) {
        low = high;
        high = std::min(high == 0 ? 1 : high > top / 4 ? top : high * 4, top);
        found = solve(high);
    }
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const optimum here = solve(middle);
        if (here.polls <= wanted) {
            high = middle;
            found = here;
        } else {
            low = middle;
        }
    }
    return duration{(found.total - (wanted - found.polls) * high) * unit_};
}

std::size_t frontier::polls_for_max(duration most) const
{
    const std::int64_t allowed = std::max<std::int64_t>(most.count(), 0) / unit_;
    std::size_t polls = 0;
    for (std::size_t i = 0; i < at_.size(); ++polls) {
        const auto due = std::upper_bound(at_.begin(), at_.end(), at_[i] + allowed);
        i = std::min(i + page_, static_cast<std::size_t>(due - at_.begin()));
    }
    return polls;
}

}  // namespace scrapingpros_mock
