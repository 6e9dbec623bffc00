#ifndef SCRAPINGPROS_CORE_AUDIT_RULE_HPP
#define SCRAPINGPROS_CORE_AUDIT_RULE_HPP

#include <scrapingpros/core/read_schedule.hpp>
#include <scrapingpros/core/run_watch.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0::core {

/** When rows that the counters tell of are looked for behind the high-water mark.

    Due once a job that was counted two flush periods before the listing was last read to its end is on
    no page, or, where the service counts
    nothing (contract A23), as long as the run has jobs that no page has shown. An audit that finds nothing
    makes the next one rarer, up to 256 flush periods; every third one reads all rows by id, for rows
    without a stamp are on no other listing (contract 7.4).
*/
class audit_rule {
public:
    explicit audit_rule(milliseconds flush_period) : flush_period_(flush_period) {}

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

    void on_found() { in_vain_ = 0; }

private:
    milliseconds flush_period_;
    unsigned in_vain_ = 0;
    instant not_before_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
