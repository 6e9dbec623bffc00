#ifndef SCRAPINGPROS_CORE_PAGE_TALLY_HPP
#define SCRAPINGPROS_CORE_PAGE_TALLY_HPP

#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/core/read_schedule.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::core {

/// Counts the rows of the page under way, for the strategy and for the statistics.
class page_tally {
public:
    void begin(instant now, errand what)
    {
        // An audit is told as one read, however many pages it takes.
        const bool goes_on = what == errand::audit && what_ == what && page_.has_more;
        const page_snapshot before = std::exchange(page_, {.asked_at = now});
        if (goes_on) {
            page_.unseen_in_overlap = before.unseen_in_overlap;
            page_.deepest_in_overlap = before.deepest_in_overlap;
        }
        fresh_.clear();
        what_ = what;
        without_result_ = 0;
    }

    /// @param behind how far behind the high-water mark the row lies, if it does
    void count(
        const listed_job& row, bool unseen, std::optional<milliseconds> behind, poll_stats& stats
    )
    {
        ++page_.rows;
        ++stats.rows;
        const auto stamp = row.job.completed_at;
        if (stamp && (!page_.newest || *stamp > *page_.newest)) page_.newest = stamp;
        if (row.state != inline_state::absent)
            server_has_inline_results_ = true;
        else if (row.job.status == job_status::completed)
            ++without_result_;
        if (!unseen) {
            if (is_terminal(row.job.status)) ++stats.rows_repeated;
            return;
        }
        ++page_.unseen;
        if (stamp) fresh_.push_back(*stamp);
        if (what_ == errand::closing) ++stats.found_by_closing;
        if (what_ == errand::audit) ++stats.found_by_audit;
        if (what_ == errand::closing || !behind) return;
        if (what_ == errand::flow) ++stats.found_in_overlap;
        ++page_.unseen_in_overlap;
        page_.deepest_in_overlap = (std::max)(page_.deepest_in_overlap, *behind);
    }

    const page_snapshot& end(instant now, bool has_more)
    {
        page_.answered_at = now;
        page_.has_more = has_more;
        return page_;
    }

    std::uint32_t unseen() const noexcept { return page_.unseen; }
    /// Stamps of the unseen rows, in the page's order.
    std::span<const timestamp> fresh() const noexcept { return fresh_; }
    /// Results were asked for, and not one row of this server ever had the member (contract 17).
    bool shows_old_server() const noexcept
    {
        return without_result_ > 0 && !server_has_inline_results_;
    }

private:
    page_snapshot page_{};
    std::vector<timestamp> fresh_{};
    errand what_ = errand::flow;
    std::uint32_t without_result_ = 0;
    bool server_has_inline_results_ = false;
};

}  // namespace scrapingpros::inline v0::core

#endif
