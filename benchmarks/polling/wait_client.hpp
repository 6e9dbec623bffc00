#ifndef BENCHMARKS_POLLING_WAIT_CLIENT_HPP
#define BENCHMARKS_POLLING_WAIT_CLIENT_HPP

#include <scrapingpros/policy/poll_interval.hpp>

#include <functional>
#include <memory>

#include "benchmarks/polling/world.hpp"

namespace polling {

/// Who waits for the end of a run and for nothing else.
struct wait_terms {
    std::function<scrapingpros::milliseconds(const scrapingpros::poll_observation&)> interval;
    /// The first look is at once; else after one interval.
    bool looks_at_once = false;
    /// Looks at large runs by the run list, which has no job ids, and once at the run itself when that
    /// says the end.
    bool by_run_list = true;
};

/// Begins to wait. For the books, what the run has is delivered when its end is known.
std::shared_ptr<void> start_wait(world&, wait_terms);

}  // namespace polling

#endif
