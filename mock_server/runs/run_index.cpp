#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "runs/workload.hpp"

namespace scrapingpros_mock {
namespace {

bool is_listed(const job_future& job)
{
    return job.row_from != job_future::never;
}

/// Its first eight characters as a number, which sorts as they do.
std::uint64_t start_of(const id_text& id)
{
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i)
        out = out << 8 | static_cast<unsigned char>(id[i]);
    return out;
}

}  // namespace

/// Sorts what the questions need; also after the run was ended early.
void run_future::index()
{
    const bool seeded_rows =
        origin_.from->contract.processing_rows == choice::processing_rows::present;
    ++revision_;
    by_row_.clear();
    by_stamp_.clear();
    by_id_.clear();
    all_visible_ = terminal_;
    for (std::uint32_t i = 0; i < jobs_.size(); ++i) {
        job_future& job = jobs_[i];
        const bool from_start = seeded_rows && job.cut != cut_job::no_row;
        if (job.cut == cut_job::not_cut || job.cut == cut_job::failed_row)
            all_visible_ = std::max(all_visible_, job.visible);
        if (job.cut == cut_job::not_cut || job.cut == cut_job::failed_row || from_start)
            job.row_from = from_start ? seeded_at(i) : job.visible;
        if (is_listed(job)) by_row_.push_back(i);
        if (is_listed(job) && job.visible != job_future::never && job.has_stamp())
            by_stamp_.push_back(i);
        by_id_.push_back(i);
    }
    sort_orders();
    count_ends();
}

void run_future::sort_orders()
{
    // Within one flush the workers' buffers come in any order: neither by input nor by end. Keys
    // are made once and not at each comparison.
    std::vector<std::tuple<time_point, std::uint64_t, std::uint32_t>> rows;
    rows.reserve(by_row_.size());
    for (const std::uint32_t i : by_row_)
        rows.emplace_back(jobs_[i].row_from, origin_.chance.number("row", origin_.ordinal, i), i);
    std::sort(rows.begin(), rows.end());
    std::transform(rows.begin(), rows.end(), by_row_.begin(), [](const auto& row) {
        return std::get<2>(row);
    });
    std::vector<std::pair<std::uint64_t, std::uint32_t>> ids;
    ids.reserve(by_id_.size());
    for (const std::uint32_t i : by_id_)
        ids.emplace_back(start_of(jobs_[i].id), i);
    std::sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : jobs_[a.second].id < jobs_[b.second].id;
    });
    std::transform(ids.begin(), ids.end(), by_id_.begin(), [](const auto& id) {
        return id.second;
    });
    std::vector<std::uint32_t> id_places(jobs_.size());
    for (std::uint32_t place = 0; place < by_id_.size(); ++place)
        id_places[by_id_[place]] = place;
    std::vector<std::tuple<milliseconds_point, std::uint32_t, std::uint32_t>> stamps;
    stamps.reserve(by_stamp_.size());
    for (const std::uint32_t i : by_stamp_)
        stamps.emplace_back(jobs_[i].stamp, id_places[i], i);
    std::sort(stamps.begin(), stamps.end());
    std::transform(stamps.begin(), stamps.end(), by_stamp_.begin(), [](const auto& stamp) {
        return std::get<2>(stamp);
    });
    row_of_.assign(jobs_.size(), std::numeric_limits<std::uint32_t>::max());
    for (std::uint32_t place = 0; place < by_row_.size(); ++place)
        row_of_[by_row_[place]] = place;
}

void run_future::count_ends()
{
    counts_.assign(1, {});
    for (const std::uint32_t i : by_end_) {
        run_counts next = counts_.back();
        if (jobs_[i].ends == outcome::ok)
            ++next.success;
        else if (jobs_[i].ends == outcome::worker_timeout)
            ++next.timeout;
        else
            ++next.failed;
        counts_.push_back(next);
    }
}

run_status run_future::status_at(time_point t) const noexcept
{
    return t < terminal_ ? run_status::in_progress : last_;
}

run_counts run_future::counts_at(time_point t) const
{
    const auto end =
        std::upper_bound(by_end_.begin(), by_end_.end(), t, [&](time_point at, std::uint32_t i) {
            return at < jobs_[i].ended;
        });
    return counts_[static_cast<std::size_t>(end - by_end_.begin())];
}

run_counts run_future::shown_counts_at(time_point t) const
{
    using std::chrono::seconds;
    if (origin_.from->contract.counter_steps == choice::counter_steps::monotone ||
        by_end_.empty() || t >= terminal_)
        return counts_at(t);
    // The store restarts from a copy five seconds old when half the jobs are done.
    const time_point restart = jobs_[by_end_[by_end_.size() / 2]].ended;
    const bool behind = restart <= t && t < restart + seconds{3};
    return counts_at(behind ? restart - seconds{5} : t);
}

std::size_t run_future::rows_at(time_point t) const
{
    const auto end =
        std::upper_bound(by_row_.begin(), by_row_.end(), t, [&](time_point at, std::uint32_t i) {
            return at < jobs_[i].row_from;
        });
    return static_cast<std::size_t>(end - by_row_.begin());
}

std::optional<std::size_t> run_future::find(std::string_view id) const
{
    const auto found = std::lower_bound(
        by_id_.begin(),
        by_id_.end(),
        id,
        [&](std::uint32_t i, std::string_view wanted) { return view(jobs_[i].id) < wanted; }
    );
    if (found == by_id_.end() || view(jobs_[*found].id) != id) return std::nullopt;
    return *found;
}

}  // namespace scrapingpros_mock
