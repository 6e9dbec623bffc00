#ifndef SCRAPINGPROS_CORE_MISSED_ROWS_HPP
#define SCRAPINGPROS_CORE_MISSED_ROWS_HPP

#include <scrapingpros/model/job.hpp>
#include <scrapingpros/time.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::core {

/// Completed jobs that an audit or a closing pass has shown and no page with results. A few are
/// fetched one by one; of many, pages with results from the oldest on bring up to 100 each.
class missed_rows {
public:
    void add(job row)
    {
        if (row.completed_at && (!oldest_ || *row.completed_at < *oldest_))
            oldest_ = row.completed_at;
        rows_.push_back(std::move(row));
    }

    void clear()
    {
        rows_.clear();
        oldest_.reset();
    }

    /// Where pages with results should begin; empty if single fetches are cheaper, or if pages were
    /// tried in vain before.
    std::optional<timestamp> worth_pages_from()
    {
        constexpr std::size_t few = 8;
        if (rows_.size() <= few || !oldest_ || tried_pages_) return {};
        tried_pages_ = true;
        return oldest_;
    }

    std::vector<job> take()
    {
        tried_pages_ = false;
        oldest_.reset();
        return std::exchange(rows_, {});
    }

    std::size_t size() const noexcept { return rows_.size(); }

private:
    std::vector<job> rows_{};
    std::optional<timestamp> oldest_{};
    bool tried_pages_ = false;
};

}  // namespace scrapingpros::inline v0::core

#endif
