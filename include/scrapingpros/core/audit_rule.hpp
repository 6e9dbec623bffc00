#ifndef SCRAPINGPROS_CORE_AUDIT_RULE_HPP
#define SCRAPINGPROS_CORE_AUDIT_RULE_HPP

#include <scrapingpros/core/read_schedule.hpp>
#include <scrapingpros/core/run_watch.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0::core {

/** When rows that the counters tell of are looked for behind the high-water mark.

    Due once a job that was counted two flush periods before the listing was last read to its end is on
    no page, or, where the service counts nothing (contract A23), as long as the run has jobs that no page
    has shown. An audit that finds nothing makes the next one rarer, up to 256 flush periods; every third
    one reads all rows by id, for rows without a stamp are on no other listing (contract 7.4).

    In a fast flow counters cannot tell of single rows, so some rows behind the mark are looked at after
    12, 62, 112… dense pages. Once that has found any, all rows are, and from then on all since the
    last time after each ten dense pages.
*/
class audit_rule {
public:
    explicit audit_rule(milliseconds flush_period, milliseconds deepest = std::chrono::seconds(30))
        : flush_period_(flush_period), deepest_(deepest)
    {
    }

    /// @param read_at when the last page of the listing was asked for; empty before the first time
    bool is_due(
        instant now, std::optional<instant> read_at, const run_watch& run, std::uint64_t seen
    ) const
    {
        if (now < not_before_ || !read_at) return false;
        if (!run.finished()) return run.total().value_or(0) > seen;
        return run.finished_since(*read_at, 2 * flush_period_) > seen;
    }

    errand next(instant now)
    {
        const auto doublings = (std::min)(++in_vain_, 8u);
        not_before_ = now + flush_period_ * (1 << doublings);
        return in_vain_ % 3 == 0 ? errand::closing : errand::audit;
    }

    void on_found()
    {
        in_vain_ = 0;
        if (!found_) audit_at_page_ = dense_pages_ + 1;
        found_ = true;
    }

    /// A page of new rows showed so many of them. True if rows behind the mark are to be looked at.
    bool on_page(std::uint32_t unseen)
    {
        if (deepest_ <= milliseconds(0) || unseen < dense) return false;
        if (++dense_pages_ < audit_at_page_) return false;
        audit_at_page_ = dense_pages_ + (found_ ? 10 : 50);
        return true;
    }

    struct look {
        errand what = errand::audit;
        /// Behind the mark.
        milliseconds depth{};
    };
    /// What such a look reads, after a page whose rows ended within `span`: about a page of a thousand.
    look behind(timestamp mark, milliseconds span) const
    {
        if (!found_) return {errand::audit, (std::min)(deepest_, 9 * span)};
        if (!looked_to_) return {errand::closing, {}};
        const auto since = (std::max)(mark - *looked_to_, timestamp::duration(0));
        const auto all = std::chrono::ceil<milliseconds>(since);
        return {errand::audit, all + (std::min)(deepest_, 2 * flush_period_)};
    }

    /// Such a look was made whole, begun when that was the mark; told before what it found.
    void on_looked(timestamp mark)
    {
        if (found_) looked_to_ = mark;
    }

private:
    /// Rows of a page.
    static constexpr std::uint32_t dense = 50;

    milliseconds flush_period_;
    milliseconds deepest_;
    std::uint64_t dense_pages_ = 0;
    std::uint64_t audit_at_page_ = 12;
    bool found_ = false;
    /// All rows up to there have been looked at.
    std::optional<timestamp> looked_to_{};
    unsigned in_vain_ = 0;
    instant not_before_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
