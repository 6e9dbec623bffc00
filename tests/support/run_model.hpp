#ifndef TESTS_SUPPORT_RUN_MODEL_HPP
#define TESTS_SUPPORT_RUN_MODEL_HPP

#include <scrapingpros/core/action.hpp>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "any_engine.hpp"

namespace test {

/// What the listing route answers, by contract 7.1 to 7.3; empty for a cursor that is not its own (400).
/// @param rows in the order of their insertion
std::optional<sp::job_page> page_of(std::span<const sp::listed_job> rows, const sp::list_jobs& ask);

/// A collection with one run that is over, or is over as soon as it is started. Answers whatever is
/// asked, at once and rightly; notes what must never be asked.
class run_model {
public:
    /// In the order of their insertion.
    std::vector<sp::listed_job> rows{};
    std::map<std::string, sp::job_result> results{};
    /// What every read of such a result comes to.
    std::map<std::string, sp::error_code> refusals{};
    sp::run final_run{};

    sp::collection_id collection{"c1"};
    std::string name{};
    std::optional<sp::creation> created{};
    bool collection_exists = true;
    bool run_exists = true;
    /// The key that made the collection.
    std::string key{};
    /// What should never have happened; empty if nothing did.
    std::string problem{};

    /// The answer, piece by piece.
    std::vector<reply> replies_to(const sp::call& asked);
    /// The request arrived, and its answer did not.
    void take_effect(const sp::call& asked);
};

/// What became of an engine that was driven to its end.
struct played {
    std::vector<std::string> delivered{};
    sp::error_code ec{};
    /// Empty if the engine kept the rules of a driver's life.
    std::string problem{};
};

struct script_clock {
    sp::milliseconds server_ahead{};
    sp::milliseconds wall_ahead{};

    moment at(sp::instant local) const;
};

/// When a script begins, on the local clock.
inline constexpr sp::instant script_start{std::chrono::hours(1)};

/// Drives the engine to its end, answering from the model; each outcome is acknowledged.
/// @param open exchanges that are under way already
played drive_to_end(
    any_engine& engine,
    run_model& world,
    const script_clock& clock,
    sp::instant now,
    const std::map<ticket, sp::call>& open
);

}  // namespace test

#endif
