#ifndef SCRAPINGPROS_TESTS_SIMULATION_SIM_CASE_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_SIM_CASE_HPP

#include <scrapingpros/core/poll_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock_server/scenario/scenario.hpp"

namespace simulation {

namespace mock = scrapingpros_mock;
namespace sp = scrapingpros;

enum class strategy_kind { official, fixed, exponential, wild, pacer };

/// When the consumer says that it has an outcome safe.
enum class safe_when { at_once, later, in_bunches, when_it_asks_for_more };

struct consumer_plan {
    /// Outcomes asked for at a time; 0: all at once.
    std::size_t room = 0;
    /// How long it is busy with one.
    std::chrono::milliseconds per_item{0};
    safe_when safe = safe_when::at_once;
    std::chrono::milliseconds safe_after{0};
    /// It leaves after so many outcomes of a process.
    std::optional<std::uint64_t> leaves_after{};
};

/// One process of the user's.
struct process_plan {
    /// Killed before this step of its driver; 0: it goes on to its end.
    std::uint64_t killed_at = 0;
    /// The time until the next process begins.
    std::chrono::seconds away{0};
    /// Server and client begin it with another clock difference.
    std::chrono::microseconds skew{0};
};

/** All that happens in one simulation, drawn from a seed: the service, its faults, the client and
    its user. A value, so that it can be made smaller.
*/
struct sim_case {
    std::uint64_t seed = 0;

    // ---- the service
    std::string profile = "newest";
    std::vector<std::pair<std::string, std::string>> switches{};
    mock::run_shape shape{};
    mock::limit_options limits{};
    mock::retention_options retention{};
    bool enforce_limits = true;
    std::optional<std::size_t> reads_per_minute{};
    std::optional<std::size_t> writes_per_minute{};
    std::optional<std::uint64_t> credits{};
    std::chrono::milliseconds create_takes{0};
    /// A JSON object each.
    std::vector<std::string> faults{};

    // ---- what is submitted
    std::size_t jobs = 0;
    std::size_t blocked = 0;
    std::size_t invalid = 0;
    std::size_t duplicates = 0;
    bool custom_ids = false;
    bool markdown = false;
    /// The run is there already, and its reader has its id and nothing else.
    bool attach = false;

    // ---- the client
    std::chrono::milliseconds one_way{20};
    std::optional<std::chrono::seconds> call_timeout{};
    int retry_tokens = 500;
    std::optional<double> own_rate{};
    strategy_kind strategy = strategy_kind::official;
    std::chrono::milliseconds interval{5000};
    sp::poll_options poll{};
    std::optional<std::chrono::seconds> deadline{};
    /// Hints come so long after the start of a process.
    std::vector<std::chrono::milliseconds> hints{};

    // ---- its user
    consumer_plan consumer{};
    std::vector<process_plan> processes{};
    std::chrono::milliseconds store_takes{0};
    /// The n-th write of a process fails; 0: none.
    std::uint64_t failing_write = 0;
    bool keeps_checkpoint = true;
    /// The checkpoint is kept as text, as in a file.
    bool text_store = false;
};

/// What of a case is left out; written as options of the program.
struct narrowing {
    std::optional<std::set<std::size_t>> keep_faults{};
    std::optional<std::set<std::size_t>> keep_switches{};
    std::optional<std::size_t> most_jobs{};
    std::optional<std::size_t> most_processes{};
    bool plain_profile = false;
    bool plain_shape = false;
    bool plain_items = false;
    bool plain_limits = false;
    bool plain_consumer = false;
    bool plain_client = false;
    bool plain_store = false;

    /// As arguments of the program; each begins with a space.
    std::string arguments() const;
};

sim_case draw_case(std::uint64_t seed);
void narrow(sim_case&, const narrowing&);
std::string describe(const sim_case&);

/// Of every code that the mock knows, fit to be survived: it strikes a bounded number of times.
std::vector<std::string> draw_faults(std::uint64_t seed, std::size_t count);

mock::scenario scenario_of(const sim_case&);

}  // namespace simulation

#endif
