#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

scenario scenario::lifelike()
{
    scenario made;
    made.jobs.outcomes = {
        .not_found = 20,
        .server_error = 10,
        .soft_block = 20,
        .worker_failed = 20,
        .worker_timeout = 10,
    };
    made.jobs.inline_miss = 46;
    return made;
}

const run_shape& scenario::shape_of(std::uint64_t ordinal) const noexcept
{
    for (const run_shape& each : runs)
        if (each.match.covers(ordinal + 1)) return each;
    return jobs;
}

}  // namespace scrapingpros_mock
