#ifndef SCRAPINGPROS_MOCK_RUN_SHAPE_HPP
#define SCRAPINGPROS_MOCK_RUN_SHAPE_HPP

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runs/distributions.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

struct polling_workload;

/// How a job can end.
enum class outcome : std::uint8_t {
    ok,              ///< completed and usable
    not_found,       ///< completed, the target said 404
    server_error,    ///< completed, the target said 500
    soft_block,      ///< completed, the target said 200 and showed a captcha
    worker_failed,   ///< failed
    worker_timeout,  ///< timeout
};

/// Parts of a thousand, or of what `of` says, of each way to end; the rest is `ok`.
struct outcome_mix {
    std::uint32_t not_found = 0;
    std::uint32_t server_error = 0;
    std::uint32_t soft_block = 0;
    std::uint32_t worker_failed = 0;
    std::uint32_t worker_timeout = 0;
    std::uint32_t of = 1'000;
};

enum class body_style : std::uint8_t {
    plain,
    /// In JSON each byte of the body is spelled as \u00XX: six bytes on the wire for one.
    every_byte_escaped,
    /// Valid UTF-8 that is hard on parsers: NUL, quotes, U+2028, surrogate pairs, noncharacters.
    hostile_utf8,
};

struct duration_range {
    duration low{0};
    duration high{0};

    friend bool operator==(const duration_range&, const duration_range&) = default;
};

/// The service's own retries: a part of the jobs needs more attempts, and before each of them
/// passes a back-off with a long tail, outside of the workers.
struct straggling {
    share of = {};                               ///< jobs whose first attempt is repeated
    share again{500};                            ///< attempts after that which are repeated too
    unsigned most = 3;                           ///< additional attempts
    duration least{std::chrono::seconds{15}};    ///< shortest back-off
    std::uint32_t alpha = 1'300;                 ///< of the Pareto distribution, in thousandths
    duration longest{std::chrono::minutes{20}};  ///< longest back-off
};

/// Everything stands still. `at` counts from the run's start, without stalls before this one.
struct stall_window {
    duration at{0};
    duration lasts{0};
};

/// Capacity comes and goes: full speed for a time within `on`, then `slow` millionths of it for a
/// time within `off`, and so on.
struct on_off_capacity {
    duration_range on;
    duration_range off;
    std::uint32_t slow = 0;
};

/// What is different for one job of a run.
struct job_override {
    static constexpr std::size_t last = std::numeric_limits<std::size_t>::max();

    std::size_t at = 0;  ///< place among the submitted items, from 0
    bool never_finish = false;
    bool no_completed_at = false;  ///< the row has a null stamp
    std::optional<duration> execution = {};
    std::optional<outcome> ends = {};
    duration invisible{0};  ///< the row enters the write buffer so much later
    std::optional<std::uint32_t> body_bytes = {};
    bool inline_miss = false;
    std::optional<duration> lost_after = {};  ///< from completion
};

/// What moves a run on.
enum class progress_mode : std::uint8_t {
    simulated,  ///< "virtual": time alone
    polls,      ///< every n-th status read ends a number of jobs
    manual,     ///< patches alone
    instant,    ///< all is done when the run starts
};

/// Which runs of an account, counted from 1.
struct run_match {
    std::uint64_t from = 1;
    std::uint64_t to = std::numeric_limits<std::uint64_t>::max();

    constexpr bool covers(std::uint64_t nth) const noexcept { return from <= nth && nth <= to; }
};

/// How a run goes, where no target_page says otherwise: the parameters of the service's write path.
struct run_shape {
    run_match match = {};
    progress_mode progress = progress_mode::simulated;
    std::uint64_t polls_per_step = 1;
    std::uint64_t jobs_per_step = 1;

    std::size_t slots = 20;  ///< jobs at work at the same time
    duration cold_start{0};  ///< the slots come up at any time within this
    spread queue = quantiles::always(0);
    spread execution = quantiles::of(
        std::chrono::milliseconds{600},
        std::chrono::seconds{2},
        std::chrono::seconds{6},
        std::chrono::seconds{20}
    );
    straggling stragglers = {};
    std::vector<stall_window> stalls = {};
    std::optional<on_off_capacity> capacity = {};
    duration worker_time_limit{std::chrono::seconds{120}};  ///< what a `worker_timeout` job takes

    outcome_mix outcomes = {};
    spread body_bytes = quantiles{1'000, 4'000, 16'000, 64'000};
    body_style style = body_style::plain;
    share inline_miss = 0;     ///< results missing in listings though they exist
    share inline_damaged = 0;  ///< results malformed in listings
    share lost = 0;            ///< bodies gone 5 to 15 minutes after completion

    duration seeding{std::chrono::milliseconds{900}};  ///< run start to the first job's seeding
    std::uint64_t seeded_per_second = 0;               ///< 0: all at once

    duration flush_period{
        std::chrono::seconds{5}};  ///< table writes while the run goes on; 0: at once
    /// Run start to the first flush; none: flushes keep to the service's clock.
    std::optional<duration> flush_phase = {};
    duration_range flush_drift = {};   ///< each flush comes so much later after the one before
    bool drain_at_end = true;          ///< what is buffered is written before the status turns
    duration_range terminal_lag = {};  ///< of the status, besides 50 ms

    std::vector<job_override> overrides = {};
    /// A recorded run to play instead of all that; its name is what the scenario file says.
    std::shared_ptr<const polling_workload> plays = {};
    std::string plays_name = {};
};

}  // namespace scrapingpros_mock

#endif
