#include <algorithm>
#include <utility>

#include "runs/polling_workload.hpp"
#include "runs/pool.hpp"
#include "runs/workload.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// What the service needs after the last job to turn the status, and how long before that it has
/// drained the row buffer.
constexpr duration turn_time = milliseconds{50};
constexpr duration drained_before_turn = milliseconds{10};
/// The same in a recorded run, whose file says when the status turns.
constexpr duration recorded_drained_before_turn = milliseconds{50};

}  // namespace

void run_future::plan_stamps()
{
    static constexpr std::size_t burst = 5;
    for (std::size_t i = 0; i < jobs_.size(); ++i)
        if (jobs_[i].ended != job_future::never) plan_stamp(i);
    for (const job_override& each : shape_.overrides)
        if (job_future* job = overridden(each); job != nullptr && each.no_completed_at)
            job->no_stamp = true;
    if (origin_.from->contract.tied_stamps != choice::tied_stamps::bursts) return;
    for (std::size_t place = 0; place < by_end_.size(); ++place)
        jobs_[by_end_[place]].stamp = jobs_[by_end_[place - place % burst]].stamp;
}

void run_future::plan_stamp(std::size_t i)
{
    using enum choice::null_completed_at;
    const switches& contract = origin_.from->contract;
    const choice::null_completed_at nulls = contract.null_completed_at;
    job_future& job = jobs_[i];
    time_point at = job.ended;
    if (contract.late_rows)
        at = origin_.chance.between(-clock_skew, clock_skew, "clock", 0, slots_[i]) + at;
    job.stamp = std::chrono::floor<milliseconds>(at);
    // One in eight, and always the first, so that a run of one job shows it too.
    job.stampless = nulls == volatile_row && is_completed(job.ends) &&
                    (i == 0 || origin_.chance.permille("stampless", 125, origin_.ordinal, i));
    job.no_stamp = job.no_stamp || (nulls == failed_and_timeout && !is_completed(job.ends));
}

void run_future::plan_end()
{
    plan_own_end();
    last_ = run_status::completed;
    if (cut_at_ >= terminal_) return;
    terminal_ = cut_at_;
    drained_ = std::min(drained_, cut_at_);
    last_ = cut_as_ == run_end::failed ? run_status::failed : run_status::cancelled;
}

/// When the status turns by itself, and when what is buffered then has been written.
void run_future::plan_own_end()
{
    const switches& contract = origin_.from->contract;
    const bool all_end = by_end_.size() == jobs_.size() || shape_.plays;
    const bool from_outside = shape_.progress != progress_mode::simulated;
    const time_point last = by_end_.empty() ? created() : jobs_[by_end_.back()].ended;
    const bool drains = contract.completion_flush == choice::completion_flush::sync;
    drained_ = job_future::never;
    terminal_ = job_future::never;
    if (!all_end) return;
    if (shape_.plays) {
        if (shape_.plays->ends != run_status::completed) return;
        terminal_ = created() + shape_.plays->end_at;
        if (drains && shape_.plays->drain_at_end)
            drained_ = std::max(created(), terminal_ - recorded_drained_before_turn);
        return;
    }
    if (by_end_.empty() || from_outside) {
        terminal_ = last;
        if (drains) drained_ = last;
        return;
    }
    terminal_ =
        last + turn_time +
        origin_.chance.between(
            shape_.terminal_lag.low, shape_.terminal_lag.high, "terminal lag", origin_.ordinal, 0
        );
    if (drains && shape_.drain_at_end) drained_ = terminal_ - drained_before_turn;
}

/// A28 and A29: some rows miss the flush that they belong to.
void run_future::make_late(std::size_t place)
{
    const switches& contract = origin_.from->contract;
    job_future& job = jobs_[by_end_[place]];
    const duration period = shape_.plays ? shape_.plays->flush_period : shape_.flush_period;
    if (contract.late_rows && origin_.chance.permille("late", 100, origin_.ordinal, by_end_[place]))
        job.visible += 2 * period;
    if (contract.tied_stamps == choice::tied_stamps::bursts && place % 5 == 3)
        job.visible += period;
}

flusher run_future::make_flusher() const
{
    flusher::options how;
    std::optional<duration> phase;
    if (shape_.plays) {
        how = {shape_.plays->flush_period, {duration{0}, shape_.plays->flush_drift}, {}};
        phase = shape_.plays->flush_phase;
    } else if (shape_.progress == progress_mode::simulated || shape_.progress == progress_mode::manual) {
        how = {shape_.flush_period, shape_.flush_drift, {}};
        phase = shape_.flush_phase;
    }
    const duration since = created().time_since_epoch();
    if (phase)
        how.first = created() + *phase;
    else if (how.period > duration{0})
        how.first = time_point{(since / how.period + 1) * how.period};
    return {how, origin_.chance, origin_.ordinal};
}

void run_future::plan_rows()
{
    std::vector<std::pair<time_point, std::uint32_t>> buffered;
    buffered.reserve(by_end_.size());
    for (const std::uint32_t i : by_end_)
        buffered.emplace_back(jobs_[i].ended, i);
    delay_rows(buffered);
    flusher flushes = make_flusher();
    for (const auto& [at, i] : buffered)
        jobs_[i].visible = flushes.after(at);
    for (std::size_t place = 0; place < by_end_.size(); ++place) {
        make_late(place);
        job_future& job = jobs_[by_end_[place]];
        job.visible = std::min(job.visible, std::max(job.ended, drained_));
    }
}

/// Rows that reach the write buffer later than their jobs end.
void run_future::delay_rows(std::vector<std::pair<time_point, std::uint32_t>>& buffered)
{
    if (shape_.overrides.empty() && !shape_.plays) return;
    std::vector<duration> by(jobs_.size());
    if (shape_.plays)
        for (std::size_t i = 0; i < std::min(jobs_.size(), shape_.plays->jobs.size()); ++i)
            by[i] = shape_.plays->jobs[i].delay;
    for (const job_override& each : shape_.overrides)
        if (const job_future* job = overridden(each))
            by[static_cast<std::size_t>(job - jobs_.data())] = each.invisible;
    for (auto& [at, i] : buffered)
        at += by[i];
    std::sort(buffered.begin(), buffered.end());
}

void run_future::plan_body(std::size_t i)
{
    job_future& job = jobs_[i];
    job.body_at = job.visible;
    if (job.ended == job_future::never) return;
    const draws& chance = origin_.chance;
    const std::uint64_t run = origin_.ordinal;
    if (origin_.from->contract.result_after_row == choice::result_after_row::delayed)
        job.body_at += milliseconds{chance.number("body delay", run, i) % 2001};
    if (chance.happens(shape_.lost, "lost", run, i))
        job.lost_at = job.ended + minutes{5} + seconds{chance.number("lost after", run, i) % 600};
    if (job.target >= 0) {
        const auto& page = origin_.from->targets[static_cast<std::size_t>(job.target)];
        if (page.lost_after) job.lost_at = job.ended + *page.lost_after;
    }
}

void run_future::lose_overridden()
{
    for (const job_override& each : shape_.overrides) {
        job_future* job = overridden(each);
        if (job == nullptr || !each.lost_after || job->expired) continue;
        if (job->ended != job_future::never) job->lost_at = job->ended + *each.lost_after;
    }
}

}  // namespace scrapingpros_mock
