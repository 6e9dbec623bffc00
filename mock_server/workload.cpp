#include "workload.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "content.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// What the service needs after the last job to drain the row buffer, then to turn the status.
constexpr duration drain_time = milliseconds{40};
constexpr duration turn_time = milliseconds{50};
constexpr duration queueing_time = milliseconds{30};

outcome draw_outcome(const outcome_mix& mix, std::uint64_t place)
{
    const std::pair<outcome, unsigned> shares[] = {
        {outcome::not_found, mix.not_found},
        {outcome::server_error, mix.server_error},
        {outcome::soft_block, mix.soft_block},
        {outcome::worker_failed, mix.worker_failed},
        {outcome::worker_timeout, mix.worker_timeout},
    };
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

template <class Key>
std::vector<std::uint32_t> sorted_indices(std::size_t count, Key less)
{
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), less);
    return order;
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
    : origin_(std::move(from)), items_(std::move(items)), jobs_(items_->size())
{
    plan_jobs();
    plan_execution();
    plan_stamps();
    plan_rows();
    plan_bodies();
    index();
}

time_point run_future::queued() const noexcept
{
    return origin_.created + queueing_time;
}

time_point run_future::seeded() const noexcept
{
    return origin_.created + origin_.from->jobs.seeding;
}

void run_future::plan_jobs()
{
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        jobs_[i].id = origin_.chance.id("job", origin_.ordinal, i);
        plan_outcome(i);
    }
}

void run_future::plan_outcome(std::size_t index)
{
    const workload& shape = origin_.from->jobs;
    const item& wanted = items()[index];
    job_future& job = jobs_[index];
    const auto draw = [&](const char* stream) {
        return origin_.chance.number(stream, origin_.ordinal, index);
    };
    job.ends = draw_outcome(shape.outcomes, draw("outcome") % 1000);
    job.body_bytes = static_cast<std::uint32_t>(
        origin_.chance.from(shape.body_bytes, "body", origin_.ordinal, index)
    );
    job.inline_miss = draw("inline miss") % 1000 < shape.inline_miss;
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

void run_future::plan_execution()
{
    using free_slot = std::pair<time_point, std::uint32_t>;
    std::priority_queue<free_slot, std::vector<free_slot>, std::greater<>> free;
    const workload& shape = origin_.from->jobs;
    const std::size_t slots = std::max<std::size_t>(1, std::min(shape.slots, jobs_.size()));
    for (std::uint32_t i = 0; i < slots; ++i)
        free.emplace(seeded(), i);
    slots_.resize(jobs_.size());
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        job_future& job = jobs_[i];
        job.execution =
            duration{origin_.chance.from(shape.execution, "execution", origin_.ordinal, i)};
        if (job.ends == outcome::worker_timeout) job.execution = shape.worker_time_limit;
        if (job.target >= 0) {
            const auto& page = origin_.from->targets[static_cast<std::size_t>(job.target)];
            job.execution = page.execution.value_or(job.execution);
        }
        const auto [since, slot] = free.top();
        free.pop();
        slots_[i] = slot;
        job.started = since;
        job.ended = since + job.execution;
        free.emplace(job.ended, slot);
    }
    by_end_ = sorted_indices(jobs_.size(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair{jobs_[a].ended, a} < std::pair{jobs_[b].ended, b};
    });
}

void run_future::plan_stamps()
{
    using enum choice::null_completed_at;
    static constexpr std::size_t burst = 5;
    const switches& contract = origin_.from->contract;
    const choice::null_completed_at nulls = contract.null_completed_at;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        job_future& job = jobs_[i];
        time_point at = job.ended;
        if (contract.late_rows) {
            const auto range = static_cast<std::uint64_t>(2 * clock_skew.count() + 1);
            const std::uint64_t drawn = origin_.chance.number("clock", 0, slots_[i]) % range;
            at += duration{static_cast<std::int64_t>(drawn)} - clock_skew;
        }
        job.stamp = std::chrono::floor<milliseconds>(at);
        // One in eight, and always the first, so that a run of one job shows it too.
        job.stampless = nulls == volatile_row && is_completed(job.ends) &&
                        (i == 0 || origin_.chance.permille("stampless", 125, origin_.ordinal, i));
        job.no_stamp = nulls == failed_and_timeout && !is_completed(job.ends);
    }
    if (contract.tied_stamps != choice::tied_stamps::bursts) return;
    for (std::size_t place = 0; place < by_end_.size(); ++place)
        jobs_[by_end_[place]].stamp = jobs_[by_end_[place - place % burst]].stamp;
}

time_point run_future::next_flush(time_point after) const
{
    const duration period = std::max(origin_.from->jobs.flush_period, duration{1});
    const duration since = after.time_since_epoch();
    return time_point{(since / period + 1) * period};
}

/// A28 and A29: some rows miss the flush that they belong to.
void run_future::make_late(std::size_t place)
{
    const switches& contract = origin_.from->contract;
    job_future& job = jobs_[by_end_[place]];
    const duration period = origin_.from->jobs.flush_period;
    if (contract.late_rows && origin_.chance.permille("late", 100, origin_.ordinal, by_end_[place]))
        job.visible += 2 * period;
    if (contract.tied_stamps == choice::tied_stamps::bursts && place % 5 == 3)
        job.visible += period;
}

void run_future::plan_rows()
{
    const switches& contract = origin_.from->contract;
    const time_point last = by_end_.empty() ? created() : jobs_[by_end_.back()].ended;
    const bool drained = contract.completion_flush == choice::completion_flush::sync;
    terminal_ = by_end_.empty() ? created() : last + turn_time;
    for (std::size_t place = 0; place < by_end_.size(); ++place) {
        job_future& job = jobs_[by_end_[place]];
        job.visible = next_flush(job.ended);
        make_late(place);
        if (drained) job.visible = std::min(job.visible, last + drain_time);
    }
}

void run_future::plan_bodies()
{
    const workload& shape = origin_.from->jobs;
    const bool delayed =
        origin_.from->contract.result_after_row == choice::result_after_row::delayed;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        job_future& job = jobs_[i];
        const auto draw = [&](const char* stream) {
            return origin_.chance.number(stream, origin_.ordinal, i);
        };
        job.body_at = job.visible;
        if (delayed) job.body_at += milliseconds{draw("body delay") % 2001};
        if (draw("lost") % 1000 < shape.lost)
            job.lost_at = job.ended + minutes{5} + seconds{draw("lost after") % 600};
        if (job.target < 0) continue;
        const auto& page = origin_.from->targets[static_cast<std::size_t>(job.target)];
        if (page.lost_after) job.lost_at = job.ended + *page.lost_after;
    }
}

}  // namespace scrapingpros_mock
