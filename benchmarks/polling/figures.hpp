#ifndef BENCHMARKS_POLLING_FIGURES_HPP
#define BENCHMARKS_POLLING_FIGURES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/polling/decision_log.hpp"
#include "benchmarks/polling/world.hpp"

namespace polling {

/// What a client cost and brought in one run. Times in seconds.
struct figures {
    std::array<std::uint64_t, request_kinds> requests{};
    std::uint64_t refused = 0;
    double kilobytes = 0;
    double body_kilobytes = 0;
    double mean = 0, p50 = 0, p95 = 0, p99 = 0, longest = 0;
    /// From a job's end to the page that shows it.
    double discovery_mean = 0;
    /// From the last job's end until the client knows that the run is over.
    double end_known = 0;
    double makespan = 0;
    std::uint64_t lost = 0;
    std::uint64_t twice = 0;
    bool endless = false;
    /// Results in the client's hands at once, at most: of the run that had the most.
    std::size_t rows_held = 0;
    /// Pages by how full they were, in tenths.
    std::array<std::uint64_t, 10> page_fill{};
    /// Fewest pages that bring the rows with the same mean delay, for a reader who knows the future.
    std::uint64_t clairvoyant = 0;
    /// Pages and single results that no client can do without.
    std::uint64_t floor = 0;
    std::uint32_t decision_ns = 0;

    /// Status reads and pages.
    std::uint64_t polls() const;
    std::uint64_t total() const;
};

using worlds = std::vector<std::unique_ptr<world>>;

/// Adds up the books of all runs. The clairvoyant's pages take longer to find than most runs to play.
figures figures_of(const worlds&, const decision_log&, bool with_clairvoyant);

/// What a line of the output is about.
struct line_subject {
    std::string workload;
    std::string hash;
    std::string client;
};

/// One line of the output: see README.md of this folder.
std::string json_line(const worlds&, const line_subject&, const figures&);

/// Completions, and reads with what they brought: for the timeline of the report.
std::string timeline_line(const world&, const std::string& client);

}  // namespace polling

#endif
