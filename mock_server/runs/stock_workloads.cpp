#include "runs/stock_workloads.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "runs/workload_recipe.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr duration_range short_queue{milliseconds{300}, seconds{2}};
constexpr duration_range long_queue{seconds{2}, seconds{10}};
constexpr duration_range longer_queue{seconds{2}, seconds{15}};

// Medians in microseconds, sigmas in millionths.
log_normal http()
{
    return log_normal::by_sigma(1'600'000, 400'000);
}
log_normal browser()
{
    return log_normal::by_sigma(12'000'000, 500'000, 60'000'000);
}
log_normal crawl()
{
    return log_normal::by_sigma(240'000'000, 350'000);
}

workload_recipe pool(
    log_normal service,
    std::size_t workers,
    std::uint64_t per_second,
    duration_range queue,
    duration cold_start
)
{
    workload_recipe made;
    made.service = service;
    made.workers = workers;
    made.per_second = per_second;
    made.queue = queue;
    made.cold_start = cold_start;
    return made;
}

/// Seven of ten jobs are plain requests, the others need a browser.
workload_recipe mixed(std::size_t workers, std::uint64_t per_second, duration cold_start)
{
    workload_recipe made = pool(http(), workers, per_second, short_queue, cold_start);
    made.rest = 300;
    made.other = browser();
    return made;
}

workload_recipe with_stragglers(workload_recipe made, std::uint32_t permille)
{
    made.stragglers.of = permille;
    return made;
}

workload_recipe one_late()
{
    workload_recipe made = pool(http(), 20, 300, short_queue, seconds{1});
    made.one_late = {seconds{600}, seconds{1500}};
    return made;
}

workload_recipe one_stall()
{
    workload_recipe made = with_stragglers(mixed(20, 500, seconds{3}), 10);
    made.stalls = {{{seconds{75}, seconds{150}}, {seconds{240}, seconds{420}}}};
    return made;
}

workload_recipe two_stalls()
{
    workload_recipe made = with_stragglers(mixed(100, 1000, seconds{5}), 5);
    made.stalls = {
        {{seconds{60}, seconds{150}}, {seconds{60}, seconds{60}}},
        {{seconds{200}, seconds{350}}, {seconds{600}, seconds{600}}}};
    return made;
}

workload_recipe on_and_off()
{
    workload_recipe made = mixed(100, 500, seconds{3});
    made.capacity = on_off_capacity{{seconds{2}, seconds{5}}, {seconds{20}, seconds{60}}, 20'000};
    return made;
}

workload_recipe bursts()
{
    workload_recipe made;
    made.per_second = 500;
    made.in_bursts = workload_recipe::bursts{
        20, minutes{3}, {seconds{100}, seconds{160}}, seconds{8}, seconds{3595}};
    return made;
}

workload_recipe long_tail()
{
    workload_recipe made = pool(browser(), 200, 1000, longer_queue, seconds{20});
    made.stragglers.of = 20;
    made.stragglers.alpha = 1'100;
    made.stragglers.least = seconds{30};
    made.stragglers.longest = minutes{30};
    return made;
}

workload_recipe all_fail()
{
    workload_recipe made = pool(http(), 10, 300, short_queue, seconds{1});
    made.failed = 1'000;
    return made;
}

workload_recipe outage_at_the_head()
{
    workload_recipe made = pool(http(), 50, 500, short_queue, seconds{2});
    made.stalls = {{{milliseconds{500}, milliseconds{500}}, {minutes{10}, minutes{10}}}};
    return made;
}

struct stock {
    std::string_view name;
    std::uint64_t jobs;
    workload_recipe (*recipe)();
};

/// The first seventeen are those of the polling study, with its parameters.
constexpr std::array<stock, 23> all{{
    {"10-http", 10, [] { return pool(http(), 10, 200, short_queue, milliseconds{500}); }},
    {"10-browser", 10, [] { return pool(browser(), 5, 200, long_queue, seconds{4}); }},
    {"10-slow", 10, [] { return pool(crawl(), 4, 200, long_queue, seconds{4}); }},
    {"100-http", 100, [] { return pool(http(), 10, 300, short_queue, seconds{1}); }},
    {"100-browser", 100, [] { return pool(browser(), 10, 300, long_queue, seconds{5}); }},
    {"100-straggler", 100, [] { return with_stragglers(mixed(20, 300, seconds{2}), 60); }},
    {"100-one-late", 100, one_late},
    {"1k-http", 1'000, [] { return pool(http(), 50, 500, short_queue, seconds{2}); }},
    {"1k-browser", 1'000, [] { return pool(browser(), 50, 500, longer_queue, seconds{10}); }},
    {"1k-stall", 1'000, one_stall},
    {"1k-burst", 1'000, on_and_off},
    {"5k-bursts", 5'000, bursts},
    {"10k-http", 10'000, [] { return pool(http(), 100, 1000, short_queue, seconds{3}); }},
    {"10k-browser-tail", 10'000, long_tail},
    {"10k-stall", 10'000, two_stalls},
    {"50k-mixed", 50'000, [] { return with_stragglers(mixed(500, 500, seconds{20}), 3); }},
    {"50k-slow",
     50'000,
     [] { return with_stragglers(pool(browser(), 50, 500, longer_queue, seconds{10}), 2); }},
    {"all-fail", 100, all_fail},
    {"soft-block-heavy", 100, [] { return pool(http(), 10, 300, short_queue, seconds{1}); }},
    {"seeding-slow", 1'000, [] { return pool(http(), 50, 5, short_queue, seconds{1}); }},
    {"outage-at-the-head", 1'000, outage_at_the_head},
    {"tiny", 1, [] { return pool(http(), 1, 200, short_queue, duration{0}); }},
    {"empty", 0, [] { return pool(http(), 1, 200, short_queue, duration{0}); }},
}};

}  // namespace

std::vector<std::string_view> stock_workload_names()
{
    std::vector<std::string_view> names;
    for (const stock& each : all)
        names.push_back(each.name);
    return names;
}

std::optional<polling_workload> stock_workload(std::string_view name, std::uint64_t seed)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const stock& each) { return each.name == name; });
    if (found == all.end()) return std::nullopt;
    polling_workload made;
    made.name = name;
    made.seed = seed;
    made.total = found->jobs;
    made.flush_phase =
        draws{seed, name}.between(duration{0}, made.flush_period, "flush phase", 0, 0);
    made.flush_drift = milliseconds{30};
    generate_jobs(made, found->recipe());
    return made;
}

std::optional<run_shape> stock_shape(std::string_view name, std::uint64_t seed)
{
    auto workload = stock_workload(name, seed);
    if (!workload) return std::nullopt;
    run_shape made;
    // In the unit of scenario files: written and read again, it draws the same.
    if (name == "soft-block-heavy") made.outcomes = {.soft_block = 400'000, .of = 1'000'000};
    made.plays_name = name;
    made.plays = std::make_shared<const polling_workload>(*std::move(workload));
    return made;
}

}  // namespace scrapingpros_mock
