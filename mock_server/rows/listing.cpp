#include "rows/listing.hpp"

#include <algorithm>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

unsigned status_bit(const job_future& job, row_state state)
{
    if (state == row_state::processing) return 1;
    if (is_completed(job.ends)) return 2;
    return job.ends == outcome::worker_failed ? 4 : 8;
}

/// Takes rows as long as there is room, and one more to know whether the page is the last.
class page_maker {
public:
    page_maker(const run_future& run, const listing_request& asked, time_point now)
        : run_(run), asked_(asked), now_(now)
    {
    }

    void expect(std::size_t rows) { page_.jobs.reserve(rows); }
    /// False when no more rows are wanted.
    bool offer(std::uint32_t job)
    {
        if (!is_wanted(run_.jobs()[job])) return true;
        if (page_.jobs.size() == asked_.limit) {
            more_ = true;
            return false;
        }
        page_.jobs.push_back(job);
        return true;
    }

    listing_page take(std::uint64_t row_base)
    {
        if (more_) page_.next = cursor_behind(page_.jobs.back(), row_base);
        return std::move(page_);
    }

private:
    bool is_wanted(const job_future& job) const
    {
        const row_state state = row_state_at(job, now_);
        if (state == row_state::none || (asked_.statuses & status_bit(job, state)) == 0)
            return false;
        if (!asked_.since && asked_.by == listing_request::order::id) return true;
        if (state == row_state::processing || !job.has_stamp()) return false;
        return !asked_.since || time_point{job.stamp} > *asked_.since;
    }

    std::string cursor_behind(std::uint32_t job, std::uint64_t row_base) const
    {
        const job_future& last = run_.jobs()[job];
        if (asked_.by == listing_request::order::completed_at)
            return base64_url(iso_milliseconds(last.stamp) + "|" + std::string(view(last.id)));
        return base64(std::to_string(row_base + run_.row_of(job) + 1));
    }

    const run_future& run_;
    const listing_request& asked_;
    time_point now_;
    listing_page page_;
    bool more_ = false;
};

void offer_by_row(
    const run_future& run,
    const listing_request& asked,
    std::uint64_t row_base,
    time_point now,
    page_maker& into
)
{
    const auto& rows = run.by_row();
    const std::size_t count = run.rows_at(now);
    std::size_t behind = 0;  // rows before the page, from the end that it begins at
    if (asked.behind) {
        const std::uint64_t number = std::get<std::uint64_t>(*asked.behind);
        const std::uint64_t up_to = number > row_base ? number - row_base : 0;
        const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(up_to, count + 1));
        if (!asked.descending)
            behind = std::min(known, count);
        else
            behind = known == 0 ? count : count + 1 - known;
    }
    for (std::size_t i = behind; i < count; ++i)
        if (!into.offer(rows[asked.descending ? count - 1 - i : i])) return;
}

void offer_by_stamp(
    const run_future& run, const listing_request& asked, time_point now, page_maker& into
)
{
    const auto& order = run.by_stamp();
    const auto key = [&](std::uint32_t i) {
        return std::pair{run.jobs()[i].stamp, view(run.jobs()[i].id)};
    };
    const auto first_not_below = [&](milliseconds_point stamp, std::string_view id) {
        return std::partition_point(order.begin(), order.end(), [&](std::uint32_t i) {
            return key(i) < std::pair{stamp, id};
        });
    };
    // No row is visible whose stamp lies further ahead than clocks differ.
    const auto horizon = std::chrono::ceil<std::chrono::milliseconds>(now + run.clock_skew);
    auto begin = order.begin();
    auto end = first_not_below(horizon + std::chrono::milliseconds{1}, "");
    const stamp_position* behind =
        asked.behind ? &std::get<stamp_position>(*asked.behind) : nullptr;
    if (asked.since)
        begin = first_not_below(std::chrono::floor<std::chrono::milliseconds>(*asked.since), "");
    if (!asked.descending) {
        if (behind != nullptr) {
            auto next = first_not_below(behind->stamp, behind->id);
            if (next != order.end() &&
                key(*next) == std::pair{behind->stamp, std::string_view(behind->id)})
                ++next;
            begin = std::max(begin, next);
        }
        for (auto i = begin; i < end; ++i)
            if (!into.offer(*i)) return;
        return;
    }
    if (behind != nullptr) end = std::min(end, first_not_below(behind->stamp, behind->id));
    for (auto i = end; i > begin; --i)
        if (!into.offer(*(i - 1))) return;
}

}  // namespace

row_state row_state_at(const job_future& job, time_point now) noexcept
{
    if (job.hidden) return row_state::none;
    if (now >= job.visible) return row_state::settled;
    return now >= job.row_from ? row_state::processing : row_state::none;
}

listing_page list_page(
    const run_future& run, const listing_request& asked, std::uint64_t row_base, time_point now
)
{
    page_maker into{run, asked, now};
    into.expect(std::min(asked.limit, run.jobs().size()));
    if (asked.by == listing_request::order::id)
        offer_by_row(run, asked, row_base, now, into);
    else
        offer_by_stamp(run, asked, now, into);
    return into.take(row_base);
}

}  // namespace scrapingpros_mock
