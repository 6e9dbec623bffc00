// What a run does by itself as time goes by.

#include <algorithm>

#include "runs/workload.hpp"

namespace scrapingpros_mock {

std::optional<time_point> run_future::next_change(time_point after) const
{
    time_point next = job_future::never;
    const auto offer = [&](time_point at) {
        if (at > after) next = std::min(next, at);
    };
    offer(terminal_);
    for (const job_future& job : jobs_) {
        offer(job.ended);
        offer(job.row_from);
        offer(job.visible);
        offer(job.body_at);
    }
    if (next == job_future::never) return std::nullopt;
    return next;
}

run_changes& run_changes::operator+=(const run_changes& more) noexcept
{
    jobs_ended += more.jobs_ended;
    rows_listed += more.rows_listed;
    runs_ended += more.runs_ended;
    return *this;
}

run_changes run_future::changes(time_point from, time_point to) const
{
    const auto falls_in = [&](time_point at) { return from < at && at <= to; };
    run_changes seen;
    for (const job_future& job : jobs_) {
        if (falls_in(job.ended)) ++seen.jobs_ended;
        if (falls_in(job.visible)) ++seen.rows_listed;
    }
    if (falls_in(terminal_)) ++seen.runs_ended;
    return seen;
}

}  // namespace scrapingpros_mock
