#include "benchmarks/polling/world.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace polling {
namespace {

using std::chrono::hours;

// Sizes on the wire: envelope, run, id of a job in a run, row, body where the workload names none.
constexpr double envelope_kb = 0.3;
constexpr double run_kb = 0.7;
constexpr double id_kb = 0.04;
constexpr double row_kb = 0.9;
constexpr double body_kb = 90;

// Built once and copied: g++ 12 sees uninitialised members in one that is built and moved.
const mock::scenario& plain_scenario()
{
    static const mock::scenario plain;
    return plain;
}

mock::scenario scenario_for(
    std::shared_ptr<const mock::polling_workload> workload, const world_options& options
)
{
    mock::scenario made = plain_scenario();
    made.seed = options.seed;
    made.contract = options.contract;
    made.jobs.plays_name = workload->name;
    made.jobs.plays = std::move(workload);
    return made;
}

mock::limiter::settings settings_of(const world_options& options)
{
    mock::limiter::settings made;
    made.per_minute = options.reads_per_minute;
    switch (options.limiter) {
    case limiter_kind::none:
    case limiter_kind::window: made.how = mock::choice::rate_algorithm::fixed_window_60s; break;
    case limiter_kind::bucket: made.how = mock::choice::rate_algorithm::token_bucket; break;
    case limiter_kind::sliding: made.how = mock::choice::rate_algorithm::sliding_60s; break;
    }
    return made;
}

}  // namespace

std::string_view name_of(limiter_kind kind) noexcept
{
    switch (kind) {
    case limiter_kind::none: return "none";
    case limiter_kind::window: return "window";
    case limiter_kind::bucket: return "bucket";
    case limiter_kind::sliding: return "sliding";
    }
    return "";
}

/// Neither whole minutes, in which limits are counted, nor whole seconds are special to a run.
time_point creation(std::uint64_t seed)
{
    const duration minute = std::chrono::minutes{1};
    return plain_scenario().start +
           mock::draws{seed, "polling"}.between(duration{0}, minute, "created", 0, 0);
}

account::account(const world_options& options, time_point begin)
    : time(begin), budget([&] {
          scrapingpros::governor_options made;
          if (options.limiter != limiter_kind::none && options.limit_known)
              made.reads_per_minute = static_cast<double>(options.reads_per_minute);
          return made;
      }()),
      chance_(options.seed * 104'729 + 7)
{
    if (options.limiter == limiter_kind::none) return;
    limiter.emplace(settings_of(options));
    competing_per_second_ = options.competitor * static_cast<double>(options.reads_per_minute) / 60;
    if (competing_per_second_ > 0) compete();
}

void account::compete()
{
    const double pause = std::exponential_distribution<double>(competing_per_second_)(chance_);
    time.after(duration{static_cast<duration::rep>(pause * 1e6)}, [this] {
        limiter->admit(time.now());
        compete();
    });
}

world::world(std::shared_ptr<const mock::polling_workload> workload, const world_options& options)
    : world(
          std::move(workload),
          options,
          std::make_shared<account>(options, creation(options.seed)),
          creation(options.seed)
      )
{
}

world::world(
    std::shared_ptr<const mock::polling_workload> workload,
    const world_options& options,
    std::shared_ptr<account> shared,
    time_point created
)
    : workload_(std::move(workload)), options_(options),
      scenario_(scenario_for(workload_, options)),
      run_(
          {&scenario_, mock::draws{workload_->seed, workload_->name}, 0, created},
          std::make_shared<const std::vector<mock::item>>(workload_->total)
      ),
      account_(std::move(shared)), chance_(options.seed * 7919 + 13),
      delivered_(workload_->total, time_point::max()), listed_(workload_->total, time_point::max())
{
}

duration world::draw(duration low, duration high)
{
    const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
    return low + duration{static_cast<duration::rep>(chance_() % width)};
}

void world::send(
    request_kind what,
    const mock::listing_request& asked,
    std::function<void(answer, told_rate)> done
)
{
    const duration trip = draw(options_.shortest_trip, options_.longest_trip);
    time().after(trip / 2, [this, what, asked, back = trip / 2, done = std::move(done)]() mutable {
        told_rate told;
        answer made = evaluate(what, asked, told);
        duration rows{0};
        if (const auto* page = std::get_if<page_answer>(&made))
            rows = static_cast<duration::rep>(page->jobs.size()) *
                   (asked.include_results ? options_.inline_row : options_.metadata_row);
        time().after(back + rows, [done = std::move(done), made = std::move(made), told]() mutable {
            done(std::move(made), told);
        });
    });
}

world::answer world::evaluate(
    request_kind what, const mock::listing_request& asked, told_rate& told
)
{
    const time_point now = time().now();
    if (account_->limiter) {
        const auto verdict = account_->limiter->admit(now);
        if (options_.rate_headers) told = verdict;
        if (!verdict.admitted) {
            ++refused;
            // The header has whole seconds, rounded up.
            return refusal{std::chrono::ceil<std::chrono::seconds>(verdict.retry_after)};
        }
    }
    ++requests[static_cast<std::size_t>(what)];
    if (what == request_kind::status || what == request_kind::run) {
        kilobytes += run_kb;
        if (what == request_kind::run) kilobytes += id_kb * static_cast<double>(workload_->total);
        reads.push_back({now, what, 0, 0});
        return status_answer{run_.shown_counts_at(now), run_.status_at(now)};
    }
    page_answer page;
    if (what != request_kind::result) {
        page = list(asked);
        std::size_t fresh = 0;
        for (const auto job : page.jobs) {
            if (listed_[job] == time_point::max()) ++fresh;
            listed_[job] = (std::min)(listed_[job], now);
        }
        reads.push_back({now, what, page.jobs.size(), fresh});
    }
    weigh(what, page);
    return page;
}

page_answer world::list(const mock::listing_request& asked)
{
    auto page = mock::list_page(run_, asked, 0, time().now());
    return {std::move(page.jobs), page.next.has_value()};
}

void world::weigh(request_kind what, const page_answer& page)
{
    kilobytes += envelope_kb + row_kb * static_cast<double>(page.jobs.size());
    const auto body = [](const mock::job_future& job) {
        return job.body_bytes > 0 ? job.body_bytes / 1024.0 : body_kb;
    };
    if (what == request_kind::result) kilobytes += body_kb;
    if (what != request_kind::inline_page) return;
    for (const auto each : page.jobs) {
        const auto& job = run_.jobs()[each];
        if (mock::is_completed(job.ends) && !job.inline_miss) kilobytes += body(job);
    }
}

void world::delivered(std::size_t job)
{
    if (delivered_[job] != time_point::max())
        ++twice;
    else
        delivered_[job] = time().now();
}

void world::ended()
{
    if (!ended_at_) ended_at_ = time().now();
}

void play(const std::vector<std::unique_ptr<world>>& all)
{
    auto& time = all.front()->time();
    const time_point latest = all.front()->begin() + hours{24 * 7};
    const auto is_ended = [](const auto& each) { return each->is_ended(); };
    while (!std::all_of(all.begin(), all.end(), is_ended) && time.now() < latest)
        if (!time.step()) return;
}

}  // namespace polling
