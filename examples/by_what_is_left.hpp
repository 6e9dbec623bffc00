#ifndef SCRAPINGPROS_EXAMPLES_BY_WHAT_IS_LEFT_HPP
#define SCRAPINGPROS_EXAMPLES_BY_WHAT_IS_LEFT_HPP

#include <scrapingpros/policy/poll_interval.hpp>

#include <algorithm>
#include <chrono>

namespace sp = scrapingpros;

// tag::policy[]
/// Looks the more often the less there is left to do.
struct by_what_is_left {
    std::chrono::milliseconds per_job{50};

    std::chrono::milliseconds next_delay(const sp::poll_observation& seen) const
    {
        using namespace std::chrono_literals;
        const auto left = seen.total_jobs - (std::min)(seen.finished_jobs, seen.total_jobs);
        return std::clamp<std::chrono::milliseconds>(left * per_job, 200ms, 30s);
    }
};
// end::policy[]

#endif
