#include "scenario/scenario_members.hpp"

#include <vector>

#include "scenario/scenario_json.hpp"

namespace scrapingpros_mock {

std::vector<known_object> scenario_objects()
{
    using namespace members;
    return {
        {"scenario", members::scenario},
        {"clock", members::clock},
        {"contract", contract},
        {"tenant", tenant},
        {"content", content},
        {"service", service},
        {"target", target},
        {"run", run},
        {"match", match},
        {"polls", polls},
        {"quantiles", members::quantiles},
        {"curve", curve},
        {"body", body},
        {"stragglers", stragglers},
        {"stall", stall},
        {"capacity", capacity},
        {"outcomes", outcomes},
        {"flush", flush},
        {"inline", inline_results},
        {"job", job},
    };
}

}  // namespace scrapingpros_mock
