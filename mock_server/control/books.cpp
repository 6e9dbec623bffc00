// What happened to one tenant, and the faults that are to happen.

#include "../json_out.hpp"
#include "routes.hpp"

namespace scrapingpros_mock {
namespace {

exchange faults_told(control_call& c)
{
    return json_exchange(c.who->with_world([](world& w) { return w.faults().to_json(); }));
}

}  // namespace

exchange get_ledger(control_call& c)
{
    return json_exchange(c.who->with_world([](world& w) { return w.seen().to_json(); }));
}

exchange get_journal(control_call& c)
{
    const std::uint64_t after = c.number("after", c.find_query("after").value_or("0"));
    return json_exchange(c.who->with_world([&](world& w) { return w.requests().to_json(after); }));
}

exchange get_faults(control_call& c)
{
    return faults_told(c);
}

exchange post_faults(control_call& c)
{
    try {
        auto wanted = parse_faults(c.in.body);
        c.who->with_world([&](world& w) {
            for (fault& each : wanted)
                w.add_fault(std::move(each));
        });
    } catch (const bad_fault& bad) {
        throw control_error{400, "E_FAULT", bad.what(), bad.path};
    }
    return faults_told(c);
}

}  // namespace scrapingpros_mock
