#include "runs/pool.hpp"

#include <algorithm>
#include <numeric>
#include <queue>
#include <utility>

namespace scrapingpros_mock {
namespace {

constexpr std::uint32_t full_speed = 1'000'000;
constexpr duration shortest_window{std::chrono::milliseconds{1}};
constexpr std::size_t most_segments = 200'000;
/// No run takes longer, whatever its scenario says: sums of times stay far from overflow.
constexpr duration horizon{std::chrono::days{36'500}};

}  // namespace

std::vector<pool_times> plan_pool(
    const std::vector<pool_job>& jobs,
    std::size_t workers,
    duration opens,
    duration cold_start,
    const draws& chance,
    std::uint64_t run
)
{
    using free_slot = std::pair<duration, std::uint32_t>;
    std::priority_queue<free_slot, std::vector<free_slot>, std::greater<>> free;
    const std::size_t slots = std::max<std::size_t>(1, std::min(workers, jobs.size()));
    for (std::uint32_t i = 0; i < slots; ++i)
        free.emplace(opens + chance.between(duration{0}, cold_start, "cold start", run, i), i);
    std::vector<std::uint32_t> order(jobs.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return jobs[a].ready < jobs[b].ready;
    });
    std::vector<pool_times> times(jobs.size());
    for (const std::uint32_t i : order) {
        const auto [since, slot] = free.top();
        free.pop();
        pool_times& made = times[i];
        made.slot = slot;
        made.started = std::max(since, jobs[i].ready);
        const duration done = std::min(made.started + jobs[i].execution, horizon);
        made.ended = std::min(done + jobs[i].retries, horizon);
        free.emplace(done, slot);
    }
    return times;
}

duration plan_retries(
    const straggling& how,
    const draws& chance,
    std::uint64_t run,
    std::uint64_t job,
    const std::function<duration(std::uint64_t attempt)>& execution
)
{
    duration total{0};
    for (unsigned attempt = 0; attempt < how.most; ++attempt) {
        // Each attempt has coordinates of its own, so that more of them shift no other draw.
        const std::uint64_t place = job * 64 + attempt % 64;
        const share again = attempt == 0 ? how.of : how.again;
        if (!chance.happens(again, "straggles", run, place)) break;
        total += duration{pareto_at(
            how.least.count(), how.alpha, how.longest.count(), chance.number("back-off", run, place)
        )};
        total += execution(attempt + 1);
    }
    return total;
}

time_warp::time_warp(
    const run_shape& shape, const draws& chance, std::uint64_t run, duration longest
)
    : stalls_(shape.stalls)
{
    std::stable_sort(stalls_.begin(), stalls_.end(), [](const auto& a, const auto& b) {
        return a.at < b.at;
    });
    if (shape.capacity) plan_capacity(*shape.capacity, chance, run, longest);
}

void time_warp::plan_capacity(
    const on_off_capacity& how, const draws& chance, std::uint64_t run, duration longest
)
{
    duration work{0};
    duration time{0};
    for (std::uint64_t turn = 0; work <= longest && turn < most_segments; ++turn) {
        const duration on =
            std::max(shortest_window, chance.between(how.on.low, how.on.high, "on", run, turn));
        const duration off = chance.between(how.off.low, how.off.high, "off", run, turn);
        segments_.push_back({work, time, full_speed});
        work += on;
        time += on;
        if (how.slow > 0) segments_.push_back({work, time, how.slow});
        work += off * how.slow / full_speed;
        time += off;
    }
    segments_.push_back({work, time, full_speed});
}

duration time_warp::operator()(duration work) const
{
    duration out = work;
    if (!segments_.empty()) {
        const auto next = std::upper_bound(
            segments_.begin(),
            segments_.end(),
            work,
            [](duration at, const segment& each) { return at < each.work; }
        );
        const segment& in = *(next - 1);
        out = in.time;
        out += in.speed == full_speed ? work - in.work : (work - in.work) * full_speed / in.speed;
    }
    for (const stall_window& each : stalls_)
        if (work > each.at) out += each.lasts;
    return std::min(out, horizon);
}

flusher::flusher(options how, const draws& chance, std::uint64_t run)
    : how_(how), chance_(chance), run_(run), next_(how.first)
{
}

time_point flusher::after(time_point moment)
{
    if (how_.period <= duration{0}) return moment;
    if (next_ > moment) return next_;
    // Far away flushes are passed at once, with the drift that they have on average.
    const duration mean = how_.period + (how_.drift.low + how_.drift.high) / 2;
    const auto skipped = (moment - next_) / mean;
    if (how_.drift == duration_range{} || skipped > 10'000) {
        turn_ += static_cast<std::uint64_t>(skipped);
        next_ += skipped * mean;
    }
    while (next_ <= moment) {
        next_ +=
            how_.period + chance_.between(how_.drift.low, how_.drift.high, "drift", run_, turn_++);
    }
    return next_;
}

}  // namespace scrapingpros_mock
