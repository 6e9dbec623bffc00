#include <algorithm>

#include "runs/pool.hpp"
#include "runs/workload.hpp"

namespace scrapingpros_mock {

void run_future::end_early(time_point at, run_end as)
{
    using enum choice::cancelled_jobs;
    if (at >= terminal_) return;
    const choice::cancelled_jobs rows = origin_.from->contract.cancelled_jobs;
    last_ = as == run_end::failed ? run_status::failed : run_status::cancelled;
    terminal_ = cut_at_ = at;
    cut_as_ = as;
    for (job_future& job : jobs_) {
        if (job.ended <= at) {
            job.visible = std::min(job.visible, std::max(at, job.ended));
            job.body_at = std::min(job.body_at, std::max(job.visible, at));
            continue;
        }
        // A failed run leaves jobs without rows (A52); for a cancelled one A54 says.
        job.cut = cut_job::no_row;
        if (as == run_end::cancelled && rows == processing_row) job.cut = cut_job::processing_row;
        if (as == run_end::cancelled && rows == failed_row) job.cut = cut_job::failed_row;
        job.ended = job.visible = job.body_at = job.row_from = job_future::never;
        if (job.cut == cut_job::failed_row) {
            job.ends = outcome::worker_failed;
            job.execution = std::max(duration{0}, at - job.started);
            job.stamp = std::chrono::floor<std::chrono::milliseconds>(at);
            job.visible = job.body_at = at;
        }
        if (job.cut == cut_job::processing_row) job.row_from = at;
    }
    std::erase_if(by_end_, [&](std::uint32_t i) { return jobs_[i].ended == job_future::never; });
    index();
}

bool run_future::apply(const run_patch& patch)
{
    using enum run_patch::kind;
    if (patch.job && *patch.job >= jobs_.size()) return false;
    bool changed = false;
    switch (patch.what) {
    case finish_job:
    case finish_all: changed = finish_now(patch); break;
    case expire:
        changed = change_jobs(patch, [](job_future& job, time_point at) {
            if (job.ended == job_future::never || (job.expired && job.lost_at <= at)) return false;
            job.expired = true;
            job.lost_at = at;
            return true;
        });
        break;
    case hide:
        changed = change_jobs(patch, [](job_future& job, time_point) {
            const bool was = job.hidden;
            job.hidden = true;
            return !was;
        });
        break;
    case show:
        changed = change_jobs(patch, [](job_future& job, time_point) {
            const bool was = job.hidden;
            job.hidden = false;
            return was;
        });
        break;
    case terminate:
        changed = patch.at < terminal_;
        end_early(patch.at, patch.as);
        break;
    }
    if (changed) patches_.push_back(patch);
    return changed;
}

bool run_future::change_jobs(const run_patch& patch, bool (*change)(job_future&, time_point))
{
    if (patch.job) return change(jobs_[*patch.job], patch.at);
    bool changed = false;
    for (job_future& job : jobs_)
        changed |= change(job, patch.at);
    return changed;
}

bool run_future::finish_now(const run_patch& patch)
{
    if (patch.at >= terminal_) return false;
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < jobs_.size(); ++i)
        if ((!patch.job || *patch.job == i) && jobs_[i].ended > patch.at) open.push_back(i);
    if (open.empty()) return false;
    finish(open, patch);
    return true;
}

void run_future::finish(const std::vector<std::uint32_t>& open, const run_patch& patch)
{
    flusher flushes = make_flusher();
    const time_point visible = flushes.after(patch.at);
    for (const std::uint32_t i : open) {
        job_future& job = jobs_[i];
        job.ends = patch.ends.value_or(job.ends);
        job.cut = cut_job::not_cut;
        job.started = std::min(job.started, patch.at);
        job.execution = std::min(job.execution, patch.at - job.started);
        job.ended = patch.at;
        job.visible = visible;
        plan_stamp(i);
        job.body_at = job_future::never;
    }
    order_by_end();
    // What is buffered is written before the status turns, and that may have come nearer.
    plan_end();
    for (const std::uint32_t i : by_end_) {
        job_future& job = jobs_[i];
        job.visible = std::min(job.visible, std::max(job.ended, drained_));
        if (job.body_at > patch.at && !job.expired) plan_body(i);
    }
    lose_overridden();
    index();
}

void run_future::status_read(time_point now)
{
    if (shape_.progress != progress_mode::polls || now >= terminal_) return;
    if (++status_reads_ % std::max<std::uint64_t>(shape_.polls_per_step, 1) != 0) return;
    std::vector<std::uint32_t> step;
    for (std::uint32_t i = 0; i < jobs_.size() && step.size() < shape_.jobs_per_step; ++i) {
        if (jobs_[i].ended != job_future::never) continue;
        step.push_back(i);
        patches_.push_back({.at = now, .job = i});
    }
    if (!step.empty()) finish(step, patches_.back());
}

}  // namespace scrapingpros_mock
