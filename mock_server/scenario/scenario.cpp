#include "scenario/scenario.hpp"

#include <cstdint>

namespace scrapingpros_mock {

scenario scenario::lifelike()
{
    // In millionths, as scenario files state shares, so that the scenario draws the same when it has
    // been written and read again.
    static constexpr std::uint32_t whole = 1'000'000;
    scenario made;
    made.jobs.outcomes = {
        .not_found = 20'000,
        .server_error = 10'000,
        .soft_block = 20'000,
        .worker_failed = 20'000,
        .worker_timeout = 10'000,
        .of = whole,
    };
    made.jobs.inline_miss = {46'000, whole};
    return made;
}

const run_shape& scenario::shape_of(std::uint64_t ordinal) const noexcept
{
    for (const run_shape& each : runs)
        if (each.match.covers(ordinal + 1)) return each;
    return jobs;
}

}  // namespace scrapingpros_mock
