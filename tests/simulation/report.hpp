#ifndef SCRAPINGPROS_TESTS_SIMULATION_REPORT_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_REPORT_HPP

#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mock_server/world.hpp"
#include "tests/simulation/sim_case.hpp"

namespace simulation {

/// One outcome that a consumer was handed.
struct handed_over {
    std::size_t process = 0;
    mock::time_point at{};
    sp::job_status status = sp::job_status::unknown;
    std::optional<std::string> custom_id{};
    bool has_result = false;
    /// It is what the mock has of the job.
    bool true_content = true;
};

/// What happened, as the judge needs it.
struct history {
    std::map<std::string, std::vector<handed_over>> delivered{};
    /// Acknowledged, and the store has it, by the process that did that.
    std::map<std::string, std::size_t> safe{};
    std::size_t processes = 0;
    /// How the last process ended; empty if a bound stopped it.
    std::optional<sp::error_code> end{};
    std::string endless{};
    sp::batch_summary summary{};
    sp::poll_stats stats{};
    /// The checkpoint says that it was settled unseen.
    std::set<std::string> filtered{};
    mock::time_point started_at{};
    mock::time_point ended_at{};
    std::uint64_t submitted = 0;
    std::uint64_t requests = 0;
    std::uint64_t requests_after_end = 0;
    std::uint64_t creates = 0;
    std::uint64_t steps = 0;
};

enum class finding {
    lost,
    duplicated,
    double_runs,
    untyped_remainder,
    endless,
    late,
    phantom,
    wrong_body,
    wasted,
};
inline constexpr std::size_t finding_count = static_cast<std::size_t>(finding::wasted) + 1;
const char* name_of(finding) noexcept;

struct sentence {
    finding what;
    std::string text;
};

/// What is wrong with a history; the mock's world says what was to be had.
std::vector<sentence> judge(const sim_case&, const mock::world&, const history&);

/// True if nothing makes this service differ from a healthy one.
bool is_healthy(const sim_case&);

}  // namespace simulation

#endif
