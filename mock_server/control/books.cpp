// What happened to one tenant, and the faults that are to happen.

#include "../journal_json.hpp"
#include "../json_out.hpp"
#include "../verdicts.hpp"
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
    return json_exchange(c.who->with_world([&](world& w) {
        return ledger_json(w.state(), {}, c.who->clock().now());
    }));
}

exchange get_journal(control_call& c)
{
    const std::uint64_t after = c.number("after", c.find_query("after").value_or("0"));
    return json_exchange(c.who->with_world([&](world& w) {
        return journal_json(w.requests(), {.after = after});
    }));
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
