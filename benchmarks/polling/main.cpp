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

#include "benchmarks/polling/clients.hpp"
#include "benchmarks/polling/figures.hpp"
#include "benchmarks/polling/world.hpp"
#include "mock_server/runs/stock_workloads.hpp"

namespace {

using namespace polling;

struct arguments {
    std::vector<std::string> workloads{};
    std::vector<std::string> clients{};
    std::vector<double> flushes{};
    std::vector<std::size_t> limits{};
    std::string limiter = "window";
    std::string hazard = "none";
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 0;
    std::string out = "polling.jsonl";
    std::string timeline{};
    bool quick = false;
    bool whole = false;
    bool clairvoyant = false;
    bool exact_clock = false;
};

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

struct cell {
    std::string workload;
    std::string client;
    double flush = -1;
    std::size_t limit = 0;
};

limiter_kind limiter_of(const std::string& name)
{
    if (name == "bucket") return limiter_kind::bucket;
    return name == "sliding" ? limiter_kind::sliding : limiter_kind::window;
}

void run_cell(benchmark::State& state, const cell& which, const arguments& asked, std::ostream& out)
{
    for (auto turn : state) {
        static_cast<void>(turn);
        const auto first = load(which.workload, asked.first_seed);
        const auto seeds = seeds_for(first.jobs.size(), asked);
        double polls = 0, singles = 0, p50 = 0, p95 = 0, lost = 0, refused = 0;
        for (auto seed = asked.first_seed; seed < asked.first_seed + seeds; ++seed) {
            auto workload = seed == asked.first_seed ? first : load(which.workload, seed);
            if (which.flush >= 0)
                workload.flush_period = duration{static_cast<duration::rep>(which.flush * 1e6)};
            world_options how;
            how.seed = seed;
            how.reads_per_minute = which.limit;
            if (which.limit > 0) how.limiter = limiter_of(asked.limiter);
            if (asked.exact_clock) how.date_step = duration{0};
            apply_hazard(asked.hazard, how);
            const auto hash = hash_of(workload);
            world in(std::make_shared<const mock::polling_workload>(std::move(workload)), how);
            decision_log log;
            client_named(which.client)(in, log);
            const auto made = figures_of(in, log, asked.clairvoyant);
            out << json_line(in, which.client, hash, made) << '\n';
            if (asked.timeline == which.workload && seed == asked.first_seed)
                out << timeline_line(in, which.client) << '\n';
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

std::vector<cell> cells_of(const arguments& asked)
{
    std::vector<cell> made;
    for (const double flush : asked.flushes)
        for (const std::size_t limit : asked.limits)
            for (const auto& workload : asked.workloads)
                for (const auto& client : asked.clients)
                    made.push_back({workload, client, flush, limit});
    return made;
}

std::string name_of(const cell& which)
{
    std::string name =
        "poll/" + which.client + "/" + std::filesystem::path(which.workload).filename().string();
    if (which.flush >= 0) name += "/flush:" + std::to_string(which.flush).substr(0, 4);
    if (which.limit > 0) name += "/limit:" + std::to_string(which.limit);
    return name;
}

void fill_in(arguments& asked)
{
    if (asked.workloads.empty()) asked.workloads = study_workloads();
    if (asked.clients.empty())
        asked.clients = asked.quick
                            ? std::vector<std::string>{"sdk_0_7_8", "pacer"}
                            : std::vector<std::string>{"sdk_0_7_8", "sdk_0_7_4", "table", "pacer"};
    if (asked.flushes.empty())
        asked.flushes = asked.quick ? std::vector<double>{5} : std::vector<double>{5, 0};
    if (asked.limits.empty()) {
        asked.limits = {0};
        if (asked.whole) asked.limits = {0, 10'000, 600, 60, 30};
    }
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
        for (const auto& [name, player] : clients())
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
