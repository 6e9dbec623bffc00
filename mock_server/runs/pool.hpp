#ifndef SCRAPINGPROS_MOCK_POOL_HPP
#define SCRAPINGPROS_MOCK_POOL_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "runs/draws.hpp"
#include "runs/run_shape.hpp"

namespace scrapingpros_mock {

/// What a job asks of the workers, times from the run's start.
struct pool_job {
    duration ready{0};      ///< seeded and through the queue
    duration execution{0};  ///< of the first attempt
    duration retries{0};    ///< back-offs and later attempts, outside of the workers
};

struct pool_times {
    duration started{0};
    duration ended{0};
    std::uint32_t slot = 0;
};

/// First come, first served by workers of which each comes up within `cold_start` after `opens`.
/// `run` is the draws' first coordinate.
std::vector<pool_times> plan_pool(
    const std::vector<pool_job>&,
    std::size_t workers,
    duration opens,
    duration cold_start,
    const draws&,
    std::uint64_t run
);

/// Back-offs and attempts beyond the first of a job; `attempt` draws how long one takes.
duration plan_retries(
    const straggling&,
    const draws&,
    std::uint64_t run,
    std::uint64_t job,
    const std::function<duration(std::uint64_t attempt)>& execution
);

/// From the time that the service's work would take to the time that it takes with its windows of
/// standstill and of low capacity.
class time_warp {
public:
    time_warp(const run_shape&, const draws&, std::uint64_t run, duration longest);

    duration operator()(duration work) const;

private:
    struct segment {
        duration work;
        duration time;
        std::uint32_t speed;  ///< in millionths
    };

    void plan_capacity(const on_off_capacity&, const draws&, std::uint64_t run, duration longest);

    std::vector<segment> segments_;
    std::vector<stall_window> stalls_;
};

/// The moments at which buffered rows are written.
class flusher {
public:
    struct options {
        duration period{0};  ///< 0: rows are written at once
        duration_range drift = {};
        time_point first{};
    };

    flusher(options, const draws&, std::uint64_t run);

    /// The first flush after that moment. Moments must not fall from call to call.
    time_point after(time_point);

private:
    options how_;
    const draws& chance_;
    std::uint64_t run_;
    std::uint64_t turn_ = 0;
    time_point next_;
};

}  // namespace scrapingpros_mock

#endif
