#include "server/sim.hpp"

#include <utility>

namespace scrapingpros_mock {

namespace {

duration waits_of(const wire_script& script)
{
    duration all{0};
    for (const wire_step& each : script.steps) {
        const std::size_t pieces = each.piece > 0 ? (each.size + each.piece - 1) / each.piece : 1;
        if (each.what == wire_step::kind::wait) all += each.time;
        if (each.what == wire_step::kind::send && pieces > 1)
            all += each.time * static_cast<std::int64_t>(pieces - 1);
    }
    return all;
}

scenario without_real_time(const scenario& from)
{
    scenario own = from;
    if (own.clock.mode == clock_mode::real) own.clock.mode = clock_mode::manual;
    return own;
}

// Built once and copied: g++ 12 sees uninitialised members in one that is built and moved.
const scenario& plain_scenario()
{
    static const scenario plain;
    return plain;
}

}  // namespace

sim::sim(const scenario& from)
    : host_{without_real_time(from)}, control_{host_, {.base_url = "sim:"}}
{
}

sim::sim() : sim{plain_scenario()} {}

exchange sim::answer(const request& what)
{
    return control_api::is_meant(what) ? control_.answer(what) : host_.answer(what);
}

wire_script sim::exchange_bytes(const request& what, response_form form)
{
    exchange over = answer(what);
    // Nobody else is there who could move the time meanwhile.
    if (over.later) over.plan = over.later(service_clock::wait_state::over);
    wire_script out = write_plan(over.plan, form);
    if (!over.owner) return out;
    if (const duration waits = over.plan.delay + waits_of(out); waits > duration{0})
        over.owner->shared_clock()->advance(waits);
    if (over.plan.ordinal != 0) {
        const bool whole = over.plan.ending == wire_ending::complete;
        over.owner->ended(
            over.plan.ordinal,
            {out.bytes.size(), whole ? exchange_end::cause::complete : exchange_end::cause::planned}
        );
    }
    return out;
}

}  // namespace scrapingpros_mock
