#include "sim.hpp"

#include <utility>

namespace scrapingpros_mock {

sim::sim(scenario from, clock_options clock)
    : host_{std::move(from), std::move(clock)}, control_{host_, {.base_url = "sim:"}}
{
}

exchange sim::answer(const request& what)
{
    return control_api::is_meant(what) ? control_.answer(what) : host_.answer(what);
}

wire_response sim::exchange_bytes(const request& what, response_form form)
{
    exchange over = answer(what);
    // Nobody else is there who could move the time meanwhile.
    if (over.later) over.plan = over.later(service_clock::wait_state::over);
    if (over.owner && over.plan.delay > duration{0})
        over.owner->shared_clock()->advance(over.plan.delay);
    wire_response out = write_plan(over.plan, form);
    if (over.owner && over.plan.ordinal != 0) {
        const bool whole = out.ending == wire_ending::complete;
        over.owner->ended(
            over.plan.ordinal,
            {out.bytes.size(), whole ? exchange_end::cause::complete : exchange_end::cause::planned}
        );
    }
    return out;
}

}  // namespace scrapingpros_mock
