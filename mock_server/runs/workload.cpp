#include "runs/workload.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "rows/content.hpp"
#include "runs/polling_workload.hpp"
#include "runs/pool.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr duration queueing_time{std::chrono::milliseconds{30}};
constexpr std::int64_t largest_drawn_body = 64 << 20;

outcome draw_outcome(const outcome_mix& mix, std::uint64_t draw)
{
    const std::pair<outcome, std::uint32_t> shares[] = {
        {outcome::not_found, mix.not_found},
        {outcome::server_error, mix.server_error},
        {outcome::soft_block, mix.soft_block},
        {outcome::worker_failed, mix.worker_failed},
        {outcome::worker_timeout, mix.worker_timeout},
    };
    std::uint64_t place = draw % std::max<std::uint32_t>(mix.of, 1);
    for (const auto& [each, parts] : shares) {
        if (place < parts) return each;
        place -= parts;
    }
    return outcome::ok;
}

std::int32_t find_target(const std::vector<target_page>& targets, const item& wanted)
{
    std::int32_t by_url = -1;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (targets[i].url != wanted.url) continue;
        if (!targets[i].custom_id) {
            if (by_url < 0) by_url = static_cast<std::int32_t>(i);
        } else if (targets[i].custom_id == wanted.custom_id) {
            return static_cast<std::int32_t>(i);
        }
    }
    return by_url;
}

}  // namespace

bool is_completed(outcome how) noexcept
{
    return how != outcome::worker_failed && how != outcome::worker_timeout;
}

const char* name_of(run_status status) noexcept
{
    switch (status) {
    case run_status::in_progress: return "in_progress";
    case run_status::completed: return "completed";
    case run_status::failed: return "failed";
    case run_status::cancelled: return "cancelled";
    }
    return "";
}

run_future::run_future(origin from, std::shared_ptr<const std::vector<item>> items)
    : origin_(std::move(from)), shape_(origin_.from->shape_of(origin_.ordinal)),
      items_(std::move(items)), jobs_(items_->size())
{
    plan();
}

time_point run_future::queued() const noexcept
{
    return origin_.created + queueing_time;
}

time_point run_future::seeded_at(std::size_t job) const noexcept
{
    if (shape_.progress == progress_mode::instant) return created();
    time_point at = created() + shape_.seeding;
    if (shape_.seeded_per_second > 0)
        at += duration{static_cast<duration::rep>(job * 1'000'000 / shape_.seeded_per_second)};
    return at;
}

time_point run_future::seeded() const noexcept
{
    return seeded_at(jobs_.empty() ? 0 : jobs_.size() - 1);
}

void run_future::plan()
{
    plan_jobs();
    if (shape_.plays)
        plan_recorded();
    else if (shape_.progress == progress_mode::instant)
        plan_at_once();
    else
        plan_times();
    for (const job_override& each : shape_.overrides)
        if (job_future* job = overridden(each); job != nullptr && each.never_finish)
            job->ended = job_future::never;
    if (shape_.progress == progress_mode::polls || shape_.progress == progress_mode::manual)
        for (job_future& job : jobs_)
            job.ended = job_future::never;
    order_by_end();
    plan_stamps();
    plan_end();
    plan_rows();
    for (std::size_t i = 0; i < jobs_.size(); ++i)
        plan_body(i);
    lose_overridden();
    if (shape_.plays && shape_.plays->ends != run_status::completed)
        end_early(
            created() + shape_.plays->end_at,
            shape_.plays->ends == run_status::failed ? run_end::failed : run_end::cancelled
        );
    else
        index();
}

void run_future::plan_jobs()
{
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        jobs_[i].id = origin_.chance.id("job", origin_.ordinal, i);
        plan_outcome(i);
    }
    for (const job_override& each : shape_.overrides)
        if (job_future* job = overridden(each)) plan_override(each, *job);
}

void run_future::plan_outcome(std::size_t index)
{
    const item& wanted = items()[index];
    job_future& job = jobs_[index];
    const draws& chance = origin_.chance;
    const std::uint64_t run = origin_.ordinal;
    job.ends = draw_outcome(shape_.outcomes, chance.number("outcome", run, index));
    job.body_bytes = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
        chance.from(shape_.body_bytes, "body", run, index), 0, largest_drawn_body
    ));
    job.inline_miss = chance.happens(shape_.inline_miss, "inline miss", run, index);
    if (chance.happens(shape_.inline_damaged, "inline damage", run, index))
        job.inline_damage = static_cast<std::uint8_t>(
            1 + chance.number("damage form", run, index) % job_future::inline_damages
        );
    job.target = find_target(origin_.from->targets, wanted);
    if (job.target >= 0) {
        const target_page& page = origin_.from->targets[static_cast<std::size_t>(job.target)];
        job.ends = page.ends.value_or(outcome::ok);
        job.inline_miss = page.inline_miss;
    } else if (origin_.from->content) {
        job.from_folder = is_completed(job.ends) && has_page(*origin_.from, wanted.url);
        if (!job.from_folder && is_completed(job.ends)) job.ends = outcome::not_found;
    }
    if (wanted.country_refused) job.ends = outcome::worker_failed;
}

job_future* run_future::overridden(const job_override& which)
{
    if (jobs_.empty()) return nullptr;
    const std::size_t place = which.at == job_override::last ? jobs_.size() - 1 : which.at;
    return place < jobs_.size() ? &jobs_[place] : nullptr;
}

void run_future::plan_override(const job_override& how, job_future& job)
{
    job.ends = how.ends.value_or(job.ends);
    job.body_bytes = how.body_bytes.value_or(job.body_bytes);
    if (how.inline_miss) job.inline_miss = true;
}

/// Times of a run that is played from the parameters.
void run_future::plan_times()
{
    const draws& chance = origin_.chance;
    const std::uint64_t run = origin_.ordinal;
    std::vector<pool_job> work(jobs_.size());
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        work[i].ready =
            seeded_at(i) - created() + duration{chance.from(shape_.queue, "queue", run, i)};
        work[i].execution = duration{chance.from(shape_.execution, "execution", run, i)};
        if (jobs_[i].ends == outcome::worker_timeout) work[i].execution = shape_.worker_time_limit;
        if (jobs_[i].target >= 0) {
            const auto& page = origin_.from->targets[static_cast<std::size_t>(jobs_[i].target)];
            work[i].execution = page.execution.value_or(work[i].execution);
        }
        if (shape_.stragglers.of.parts > 0)
            work[i].retries =
                plan_retries(shape_.stragglers, chance, run, i, [&](std::uint64_t attempt) {
                    return duration{chance.from(
                        shape_.execution, "retry execution", run, i * 64 + attempt % 64
                    )};
                });
    }
    for (const job_override& each : shape_.overrides)
        if (const job_future* job = overridden(each); job != nullptr && each.execution)
            work[static_cast<std::size_t>(job - jobs_.data())] = {
                work[static_cast<std::size_t>(job - jobs_.data())].ready, *each.execution, {}};
    const auto times =
        plan_pool(work, shape_.slots, shape_.seeding, shape_.cold_start, chance, run);
    duration longest{0};
    for (const pool_times& each : times)
        longest = std::max(longest, each.ended);
    const time_warp real{shape_, chance, run, longest};
    slots_.resize(jobs_.size());
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        slots_[i] = times[i].slot;
        jobs_[i].execution = work[i].execution;
        jobs_[i].started = created() + real(times[i].started);
        jobs_[i].ended = created() + real(times[i].ended);
    }
}

/// Times of a run that is played from a workload file: its k-th job is the k-th item.
void run_future::plan_recorded()
{
    const polling_workload& from = *shape_.plays;
    slots_.assign(jobs_.size(), 0);
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        job_future& job = jobs_[i];
        job.started = seeded_at(i);
        if (i >= from.jobs.size()) {
            job.cut = cut_job::no_row;
            continue;
        }
        const polling_job& each = from.jobs[i];
        job.ended = created() + each.completed;
        job.execution = std::min(
            each.completed,
            duration{origin_.chance.from(shape_.execution, "execution", origin_.ordinal, i)}
        );
        job.started = job.ended - job.execution;
        job.inline_miss = each.kind == polling_job::kinds::no_inline_body;
        if (each.body_bytes > 0) job.body_bytes = each.body_bytes;
        if (!is_completed(job.ends)) job.ends = outcome::ok;
        if (each.kind == polling_job::kinds::failed) job.ends = outcome::worker_failed;
        if (each.kind == polling_job::kinds::timed_out) job.ends = outcome::worker_timeout;
    }
}

void run_future::plan_at_once()
{
    slots_.assign(jobs_.size(), 0);
    for (job_future& job : jobs_)
        job.started = job.ended = created();
}

void run_future::order_by_end()
{
    std::vector<std::pair<time_point, std::uint32_t>> ends;
    ends.reserve(jobs_.size());
    for (std::uint32_t i = 0; i < jobs_.size(); ++i)
        if (jobs_[i].ended != job_future::never) ends.emplace_back(jobs_[i].ended, i);
    std::sort(ends.begin(), ends.end());
    by_end_.clear();
    by_end_.reserve(ends.size());
    for (const auto& [at, i] : ends)
        by_end_.push_back(i);
}

}  // namespace scrapingpros_mock
