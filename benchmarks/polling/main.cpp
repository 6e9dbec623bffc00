#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/polling/cells.hpp"
#include "benchmarks/polling/clients.hpp"
#include "benchmarks/polling/figures.hpp"
#include "benchmarks/polling/world.hpp"
#include "mock_server/runs/stock_workloads.hpp"

namespace {

using namespace polling;

/// The seventeen of the study.
std::vector<std::string> study_workloads()
{
    const auto names = scrapingpros_mock::stock_workload_names();
    return {names.begin(), names.begin() + 17};
}

std::uint64_t seeds_for(std::size_t jobs, const arguments& asked)
{
    if (asked.seeds > 0) return asked.seeds;
    const std::uint64_t usual = jobs <= 100 ? 12 : jobs <= 1'000 ? 8 : jobs <= 10'000 ? 4 : 2;
    return asked.quick ? (std::max)(usual / 4, std::uint64_t(1)) : usual;
}

mock::polling_workload load(const std::string& name, std::uint64_t seed)
{
    if (auto stock = scrapingpros_mock::stock_workload(name, seed)) return *std::move(stock);
    auto made = scrapingpros_mock::load_workload(name);
    if (made.name.empty()) made.name = std::filesystem::path(name).stem().string();
    return made;
}

/// Behaviour of the service that endangers rows.
void apply_hazard(const std::string& hazard, world_options& into)
{
    namespace choice = scrapingpros_mock::choice;
    if (hazard == "late_rows") into.contract.late_rows = true;
    if (hazard == "split_ties") into.contract.tied_stamps = choice::tied_stamps::bursts;
    if (hazard == "null_stamps")
        into.contract.null_completed_at = choice::null_completed_at::volatile_row;
    if (hazard == "falling_counters")
        into.contract.counter_steps = choice::counter_steps::may_fall_once;
    if (hazard == "skew_ahead") into.skew = std::chrono::seconds{2};
    if (hazard == "skew_behind") into.skew = -std::chrono::seconds{2};
}

struct played {
    figures made{};
    std::vector<std::string> lines{};
};

played play_cell(const cell& which, const arguments& asked, std::uint64_t seed)
{
    world_options how;
    how.seed = seed;
    how.reads_per_minute = which.limit;
    if (which.limit > 0) how.limiter = which.limiter;
    how.limit_known = which.known;
    how.rate_headers = which.headers;
    how.competitor = which.competitor;
    if (asked.exact_clock) how.date_step = duration{0};
    apply_hazard(asked.hazard, how);
    how.webhook = which.webhook;
    const auto begin = creation(seed);
    const auto shared = std::make_shared<account>(how, begin);
    const auto start = client_named(which.client);
    const bool alone = which.workloads.size() == 1;
    line_subject about{alone ? "" : which.workload(), "", which.client};
    worlds all;
    std::vector<std::shared_ptr<void>> clients;
    decision_log log;
    for (std::size_t i = 0; i < which.workloads.size(); ++i) {
        const auto own = alone ? seed : 100 * seed + i;
        auto workload = load(which.workloads[i], own);
        if (which.flush >= 0)
            workload.flush_period = duration{static_cast<duration::rep>(which.flush * 1e6)};
        if (i == 0) about.hash = hash_of(workload);
        if (alone) about.workload = workload.name;
        auto of_run = how;
        if (!alone) of_run.seed = own;
        all.push_back(std::make_unique<world>(
            std::make_shared<const mock::polling_workload>(std::move(workload)),
            of_run,
            shared,
            begin + duration{700'000} * static_cast<duration::rep>(i)
        ));
    }
    for (const auto& each : all)
        shared->time.at(each->begin(), [&, in = each.get()] {
            clients.push_back(start(*in, log));
        });
    play(all);
    played done{figures_of(all, log, asked.clairvoyant), {}};
    done.lines.push_back(json_line(all, about, done.made));
    if (asked.timeline == which.workload() && seed == asked.first_seed)
        done.lines.push_back(timeline_line(*all.front(), which.client));
    return done;
}

void run_cell(benchmark::State& state, const cell& which, const arguments& asked, std::ostream& out)
{
    for (auto turn : state) {
        static_cast<void>(turn);
        std::uint64_t seeds = asked.seeds > 0 ? asked.seeds : 2;
        if (which.workloads.size() == 1)
            seeds = seeds_for(load(which.workloads.front(), asked.first_seed).jobs.size(), asked);
        double polls = 0, singles = 0, p50 = 0, p95 = 0, lost = 0, refused = 0;
        for (auto seed = asked.first_seed; seed < asked.first_seed + seeds; ++seed) {
            const auto done = play_cell(which, asked, seed);
            for (const auto& line : done.lines)
                out << line << '\n';
            const auto& made = done.made;
            const auto share = 1.0 / static_cast<double>(seeds);
            polls += share * static_cast<double>(made.polls());
            singles += share * static_cast<double>(made.total() - made.polls() - made.refused);
            refused += share * static_cast<double>(made.refused);
            p50 += share * made.p50;
            p95 += share * made.p95;
            lost += share * static_cast<double>(made.lost);
        }
        state.counters["polls"] = polls;
        state.counters["results"] = singles;
        state.counters["429s"] = refused;
        state.counters["p50_s"] = p50;
        state.counters["p95_s"] = p95;
        state.counters["lost"] = lost;
    }
}

void fill_in(arguments& asked)
{
    if (asked.workloads.empty()) asked.workloads = study_workloads();
    if (asked.clients.empty())
        asked.clients = asked.quick || asked.cells != "workloads"
                            ? std::vector<std::string>{"sdk_0_7_8", "pacer"}
                            : std::vector<std::string>{"sdk_0_7_8", "sdk_0_7_4", "table", "pacer"};
    const bool is_short = asked.quick || (asked.cells != "workloads" && asked.cells != "twins");
    if (asked.flushes.empty())
        asked.flushes = is_short ? std::vector<double>{5} : std::vector<double>{5, 0};
    if (asked.limits.empty()) {
        asked.limits = {0};
        if (asked.whole) asked.limits = {0, 10'000, 600, 60, 30};
    }
    if (asked.cells == "limited" && asked.limits == std::vector<std::size_t>{0})
        asked.limits = {60, 30};
    for (const auto& name : asked.clients)
        client_named(name);
    for (const auto& name : asked.workloads)
        load(name, asked.first_seed);
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{"Poll strategies against the mock's runs on virtual time: requests and delays."};
    arguments asked;
    app.add_option(
        "--workload", asked.workloads, "Stock name or file; all of the study by default"
    );
    app.add_option("--client", asked.clients, "Strategy or baseline; --list names them");
    app.add_option("--flush", asked.flushes, "Flush period in seconds; -1: as the workload says");
    app.add_option("--limit", asked.limits, "Reads per minute; 0: no limit");
    app.add_option("--limiter", asked.limiter, "How they are counted")
        ->check(CLI::IsMember({"window", "bucket", "sliding"}));
    app.add_option(
           "--cells",
           asked.cells,
           "limited: 60 and 30 a minute; limiters; several runs; the pacer's twins; webhook"
    )
        ->check(CLI::IsMember({"workloads", "limited", "limiters", "several", "twins", "webhook"}));
    app.add_option("--limit-is", asked.limit_is, "What the library's clients know of the limit")
        ->check(CLI::IsMember({"known", "unknown", "told"}));
    app.add_option("--competitor", asked.competitor, "Share of the limit that somebody else takes")
        ->check(CLI::Range(0.0, 1.0));
    app.add_flag(
        "--webhook", asked.webhook, "The service tells the library's clients of the end of a run"
    );
    app.add_option("--hazard", asked.hazard, "What the service does to rows")
        ->check(CLI::IsMember(
            {"none",
             "late_rows",
             "split_ties",
             "null_stamps",
             "falling_counters",
             "skew_ahead",
             "skew_behind"}
        ));
    app.add_option("--first-seed", asked.first_seed);
    app.add_option(
        "--seeds", asked.seeds, "Seeds of each workload; 2 to 12 by its size by default"
    );
    app.add_option("--out", asked.out, "JSON lines");
    app.add_option("--timeline", asked.timeline, "Workload whose first run is written out");
    app.add_flag("--quick", asked.quick, "Few seeds, two clients: under a minute");
    app.add_flag("--whole", asked.whole, "With limits of 10,000, 600, 60 and 30 reads a minute");
    app.add_flag("--clairvoyant", asked.clairvoyant, "With the requests of who knows the future");
    app.add_flag(
        "--exact-clock", asked.exact_clock, "Dates of replies without rounding to seconds"
    );
    bool list = false;
    app.add_flag("--list", list, "Names of clients and workloads");
    app.allow_extras();
    CLI11_PARSE(app, argc, argv);
    if (list) {
        for (const auto& [name, starter] : clients())
            std::cout << "client   " << name << '\n';
        for (const auto name : scrapingpros_mock::stock_workload_names())
            std::cout << "workload " << name << '\n';
        return 0;
    }
    try {
        fill_in(asked);
        std::ofstream out(asked.out);
        if (!out) throw std::runtime_error{"cannot write " + asked.out};
        for (const auto& each : cells_of(asked))
            benchmark::RegisterBenchmark(
                name_of(each).c_str(),
                [each, &asked, &out](benchmark::State& state) { run_cell(state, each, asked, out); }
            )
                ->Iterations(1)
                ->Unit(benchmark::kMillisecond);
        auto rest = app.remaining_for_passthrough();
        std::vector<char*> passed{argv[0]};
        std::reverse(rest.begin(), rest.end());
        for (auto& each : rest)
            passed.push_back(each.data());
        int count = static_cast<int>(passed.size());
        benchmark::Initialize(&count, passed.data());
        if (benchmark::ReportUnrecognizedArguments(count, passed.data())) return 2;
        benchmark::RunSpecifiedBenchmarks();
    } catch (const scrapingpros_mock::bad_scenario& bad) {
        std::cerr << bad.what() << '\n';
        return 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
