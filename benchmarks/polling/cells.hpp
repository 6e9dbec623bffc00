#ifndef BENCHMARKS_POLLING_CELLS_HPP
#define BENCHMARKS_POLLING_CELLS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/polling/world.hpp"

namespace polling {

/// The command line.
struct arguments {
    std::vector<std::string> workloads{};
    std::vector<std::string> clients{};
    std::vector<double> flushes{};
    std::vector<std::size_t> limits{};
    std::string limiter = "window";
    std::string cells = "workloads";
    std::string limit_is = "known";
    double competitor = 0;
    std::string hazard = "none";
    bool webhook = false;
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 0;
    std::string out = "polling.jsonl";
    std::string timeline{};
    bool quick = false;
    bool whole = false;
    bool clairvoyant = false;
    bool exact_clock = false;
};

/// What is played together, and around it.
struct cell {
    /// Runs of one account: more than one name, or one.
    std::vector<std::string> workloads;
    std::string client;
    double flush = -1;
    std::size_t limit = 0;
    limiter_kind limiter = limiter_kind::window;
    bool known = true;
    bool headers = false;
    double competitor = 0;
    bool webhook = false;

    /// The name of one run's workload, or of all.
    std::string workload() const;
};

/// What the command line asks for.
std::vector<cell> cells_of(const arguments&);

/// The cell's name among the benchmarks.
std::string name_of(const cell&);

}  // namespace polling

#endif
