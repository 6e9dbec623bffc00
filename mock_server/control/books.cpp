// What happened to one tenant, and the faults that are to happen.

#include <boost/json/object.hpp>

#include "books/assertions.hpp"
#include "books/efficiency.hpp"
#include "books/journal_json.hpp"
#include "books/verdicts.hpp"
#include "control/routes.hpp"

namespace scrapingpros_mock {
namespace {

/// `?judge=client&late_after=30s`, in the form that assertions use.
judgement judgement_of(const control_call& c)
{
    boost::json::object members;
    for (const char* name : {"judge", "late_after"})
        if (const auto value = c.find_query(name)) members[name] = *value;
    const boost::json::value whole(std::move(members));
    return read_judgement(value_in{whole});
}

exchange faults_told(control_call& c)
{
    return json_exchange(c.who->with_world([](world& w) { return w.faults().to_json(); }));
}

}  // namespace

exchange get_ledger(control_call& c)
{
    const judgement how = judgement_of(c);
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) {
        return ledger_json(w.state(), how, now);
    }));
}

exchange get_ledger_summary(control_call& c)
{
    const judgement how = judgement_of(c);
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) {
        return ledger_summary_json(w.state(), how, now);
    }));
}

exchange get_efficiency(control_call& c)
{
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) { return efficiency_json(w.state(), now); }
    ));
}

exchange post_delivered(control_call& c)
{
    object_in members = c.members();
    const auto ids = members.need("job_ids").texts();
    members.finish();
    const time_point now = c.who->clock().now();
    c.who->with_world([&](world& w) {
        for (const std::string& id : ids)
            w.report_delivered(id, now);
    });
    return json_exchange("{}");
}

exchange post_assert(control_call& c)
{
    const expectations wanted = read_expectations(value_in{c.body});
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) { return to_json(w.verify(wanted, now)); })
    );
}

exchange post_verify(control_call& c)
{
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) { return to_json(w.verify(now)); }));
}

exchange get_limits(control_call& c)
{
    const auto seen = c.who->with_world([&](world& w) { return w.limits_of(c.who->name()); });
    if (seen) return json_exchange(seen->to_json());
    limits_seen nothing;
    nothing.account = c.who->name();
    return json_exchange(nothing.to_json());
}

exchange get_webhooks(control_call& c)
{
    const time_point now = c.who->clock().now();
    return json_exchange(c.who->with_world([&](world& w) { return w.webhooks_json(now); }));
}

exchange redeliver_webhook(control_call& c)
{
    const time_point now = c.who->clock().now();
    const std::string& run = c.path.at("run");
    const redelivery made =
        c.who->with_world([&](world& w) { return w.redeliver_webhook(run, now); });
    if (made == redelivery::no_such_delivery)
        throw control_error{404, "E_NOT_FOUND", "no run of that id has a callback URL", "run"};
    if (made != redelivery::planned)
        throw control_error{409, "E_STATE", std::string(name_of(made)), "run"};
    return json_exchange("{}", 202);
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

exchange delete_fault(control_call& c)
{
    c.who->with_world([&](world& w) {
        const auto place = w.faults().find(c.path.at("fault"));
        if (!place)
            throw control_error{404, "E_NOT_FOUND", "there is no fault of that id", "fault"};
        w.faults().disarm(*place);
    });
    return faults_told(c);
}

exchange post_faults(control_call& c)
{
    try {
        auto wanted = parse_faults(c.in.body);
        c.who->with_world([&](world& w) {
            fault_book all = w.faults();  // of which nothing is kept when one is refused
            for (fault& each : wanted)
                all.add(std::move(each));
            w.faults() = std::move(all);
        });
    } catch (const bad_fault& bad) {
        throw control_error{400, "E_FAULT", bad.what(), bad.path, bad.hint};
    }
    return faults_told(c);
}

}  // namespace scrapingpros_mock
