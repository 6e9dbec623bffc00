// Engine and mock service in one process on virtual time; everything is drawn from a seed.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/simulation.hpp"

namespace {

using namespace simulation;

struct options {
    std::uint64_t seeds = 1000;
    std::uint64_t from = 1;
    std::optional<std::uint64_t> only{};
    unsigned jobs = 1;
    engine_kind engine = engine_kind::stock;
    narrowing smaller{};
    bool shrinks = true;
    bool trace = false;
};

/// A seed takes milliseconds. What takes this long has stopped.
constexpr std::chrono::seconds longest_seed{120};

class campaign {
public:
    explicit campaign(options given) : given_(std::move(given)), next_(given_.from) {}

    int run()
    {
        if (given_.only) {
            play(*given_.only);
        } else {
            std::vector<std::thread> crew;
            for (unsigned i = 0; i < given_.jobs; ++i)
                crew.emplace_back([this, i] { work(i); });
            watch();
            for (auto& each : crew)
                each.join();
        }
        for (const auto& [end, times] : ends_)
            std::cout << times << " ended so: " << end << "\n";
        std::cout << "requests " << requests_ << " · steps " << steps_ << "\n";
        std::cout << "seeds " << played_;
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < finding_count; ++i) {
            const auto what = static_cast<finding>(i);
            all += counts_[i];
            // What stays at 0 in any case is named only if it does not.
            if (counts_[i] > 0 || what <= finding::late)
                std::cout << " · " << name_of(what) << " " << counts_[i];
        }
        std::cout << std::endl;
        return all == 0 ? 0 : 1;
    }

private:
    void work(unsigned number)
    {
        for (;;) {
            const auto seed = next_++;
            if (seed >= given_.from + given_.seeds || stop_) break;
            at_work_[number % at_work_.size()] = seed;
            play(seed);
        }
        ++done_;
    }

    void watch()
    {
        std::uint64_t seen = 0;
        auto last = std::chrono::steady_clock::now();
        while (done_ < given_.jobs) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            const auto now = std::chrono::steady_clock::now();
            if (played_ != seen || shrinking_) last = now;
            seen = played_;
            if (now - last < longest_seed) continue;
            std::cout << "a seed hangs, one of:";
            for (unsigned i = 0; i < given_.jobs; ++i)
                std::cout << " " << at_work_[i % at_work_.size()];
            std::cout << std::endl;
            std::_Exit(1);
        }
    }

    void play(std::uint64_t seed)
    {
        auto drawn = draw_case(seed);
        narrow(drawn, given_.smaller);
        if (given_.only) std::cout << describe(drawn);
        std::function<void(const std::string&)> trace;
        if (given_.trace) trace = [](const std::string& line) { std::cout << line << "\n"; };
        const auto made = play_case(drawn, given_.engine, trace);
        ++played_;
        requests_ += made.past.requests;
        steps_ += made.past.steps;
        {
            const std::lock_guard hold(guard_);
            ++ends_[made.past.end ? made.past.end->message() : "-"];
        }
        if (given_.only) tell_end(made);
        // Of a broken engine only what the stock engine does not show.
        const bool excused = given_.engine != engine_kind::stock && !made.found.empty() &&
                             !play_case(drawn, engine_kind::stock).found.empty();
        if (!made.found.empty() && !excused) tell(seed, made);
    }

    void tell_end(const outcome_of_case& made) const
    {
        const auto& past = made.past;
        std::cout << "  " << past.processes << " processes, " << past.requests << " requests, "
                  << past.delivered.size()
                  << " delivered, the end: " << (past.end ? past.end->message() : past.endless)
                  << "\n";
        for (const auto& one : past.summary.left.jobs)
            std::cout << "  left: " << one.id.value << " " << to_string(one.cause) << "\n";
        if (past.summary.left.unnamed > 0)
            std::cout << "  left unnamed: " << past.summary.left.unnamed << "\n";
    }

    void tell(std::uint64_t seed, const outcome_of_case& made)
    {
        std::array<bool, finding_count> seen{};
        for (const auto& each : made.found)
            seen[static_cast<std::size_t>(each.what)] = true;
        std::ostringstream text;
        text << "seed " << seed << " with " << made.found.size() << " findings:\n";
        constexpr std::size_t most = 6;
        for (std::size_t i = 0; i < (std::min)(most, made.found.size()); ++i)
            text << "  " << name_of(made.found[i].what) << ": " << made.found[i].text << "\n";
        const std::string program = "bash tests/run simulation --seed " + std::to_string(seed);
        const std::string engine =
            given_.engine == engine_kind::stock
                ? ""
                : " --mutant " + std::string(engine_names[static_cast<std::size_t>(given_.engine)]);
        text << "again with: " << program << engine << given_.smaller.arguments() << "\n";
        constexpr int most_shrunk = 10;
        if (given_.shrinks && shrunk_++ < most_shrunk) {
            ++shrinking_;
            const auto small = shrink(seed, given_.engine, given_.smaller, made.found.front().what);
            auto smallest = draw_case(seed);
            narrow(smallest, small);
            const auto again = play_case(smallest, given_.engine);
            text << "smaller: " << program << engine << small.arguments() << "\n"
                 << describe(smallest);
            if (!again.found.empty())
                text << "  => " << name_of(again.found.front().what) << ": "
                     << again.found.front().text << "\n";
            --shrinking_;
        }
        const std::lock_guard hold(guard_);
        for (std::size_t i = 0; i < finding_count; ++i)
            counts_[i] += seen[i] ? 1 : 0;
        std::cout << text.str() << std::flush;
        if (given_.engine != engine_kind::stock) {
            // One is enough to say that a broken engine is noticed.
            std::cout << "caught at seed " << seed << "\n";
            stop_ = true;
        }
    }

    options given_;
    std::atomic<std::uint64_t> next_;
    std::atomic<std::uint64_t> played_{0}, requests_{0}, steps_{0};
    std::atomic<unsigned> done_{0};
    std::atomic<int> shrunk_{0}, shrinking_{0};
    std::atomic<bool> stop_{false};
    std::array<std::atomic<std::uint64_t>, 64> at_work_{};
    std::mutex guard_;
    std::map<std::string, std::uint64_t> ends_{};
    std::array<std::uint64_t, finding_count> counts_{};
};

std::set<std::size_t> numbers_in(const std::string& text)
{
    std::set<std::size_t> numbers;
    if (text == "none") return numbers;
    std::istringstream in(text);
    for (std::string one; std::getline(in, one, ',');)
        numbers.insert(std::stoul(one));
    return numbers;
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app{
        "Plays batches against the mock service on virtual time. The same seed plays the same."};
    options given;
    std::string engine{engine_names[0]}, faults, switches;
    std::vector<std::string> plain;
    std::size_t most_jobs = 0, most_processes = 0;
    app.add_option("--seeds", given.seeds, "How many")->capture_default_str();
    app.add_option("--from", given.from, "The first one")->capture_default_str();
    app.add_option("--seed", given.only, "This one alone, and more is said");
    app.add_option("--jobs", given.jobs, "At the same time")->check(CLI::Range(1, 64));
    app.add_option("--mutant", engine, "An engine that is broken on purpose")
        ->check(CLI::IsMember(std::vector<std::string>(engine_names.begin(), engine_names.end())));
    const std::string list_of_numbers = "Of those drawn only these, like 0,3, or none";
    app.add_option("--keep-faults", faults, list_of_numbers);
    app.add_option("--keep-switches", switches, list_of_numbers);
    auto* with_jobs = app.add_option("--jobs-max", most_jobs, "Jobs of the run at most");
    auto* with_processes =
        app.add_option("--processes-max", most_processes, "Processes at most, the last ones");
    app.add_option("--plain", plain, "Leave out what is odd about this; may be repeated")
        ->check(CLI::IsMember(std::vector<std::string>{
            "profile", "shape", "items", "limits", "consumer", "client", "store"}));
    app.add_flag("!--no-shrink", given.shrinks, "Do not look for a smaller case");
    app.add_flag("--trace", given.trace, "Say what happens");
    try {
        app.parse(argc, argv);
        if (!faults.empty()) given.smaller.keep_faults = numbers_in(faults);
        if (!switches.empty()) given.smaller.keep_switches = numbers_in(switches);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception&) {
        std::cerr << "--keep-faults and --keep-switches take numbers, like 0,3\n";
        return 2;
    }
    if (with_jobs->count() > 0) given.smaller.most_jobs = most_jobs;
    if (with_processes->count() > 0) given.smaller.most_processes = most_processes;
    for (const auto& each : plain) {
        auto& to = given.smaller;
        if (each == "profile") to.plain_profile = true;
        if (each == "shape") to.plain_shape = true;
        if (each == "items") to.plain_items = true;
        if (each == "limits") to.plain_limits = true;
        if (each == "consumer") to.plain_consumer = true;
        if (each == "client") to.plain_client = true;
        if (each == "store") to.plain_store = true;
    }
    for (std::size_t i = 0; i < engine_names.size(); ++i)
        if (engine == engine_names[i]) given.engine = static_cast<engine_kind>(i);
    if (given.only) given.jobs = 1;
    return campaign(std::move(given)).run();
}
