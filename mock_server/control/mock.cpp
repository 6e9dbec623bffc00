// Routes of the mock as a whole.

#include "control/live_page.hpp"
#include "control/routes.hpp"
#include "json_out.hpp"
#include "scenario/scenario_json.hpp"

namespace scrapingpros_mock {

exchange get_live_page(control_call&)
{
    exchange out = json_exchange(std::string(live_page_html()));
    out.plan.headers.front().value = "text/html; charset=utf-8";
    return out;
}

exchange get_control_health(control_call&)
{
    return json_exchange(R"({"ready":true})");
}

exchange get_version(control_call& c)
{
    const auto from = c.host.loaded();
    json_writer out;
    out.begin_object()
        .member("scenario", from->name)
        .member("contract", "2026-06-01")
        .member("seed", from->seed);
    out.key("assumptions").begin_object();
    for (const switch_entry& each : known_switches())
        out.member(each.name, from->contract.get(each.name));
    out.end_object().key("tenants").begin_array();
    for (const auto& each : c.host.all())
        out.value(each->name());
    return json_exchange(out.end_array().end_object().take());
}

exchange get_openapi(control_call&)
{
    return json_exchange(openapi_json());
}

exchange get_scenario(control_call& c)
{
    return json_exchange(write_scenario(*c.host.loaded()));
}

/// Texts that come in over the network name no files of this machine: they have no base folder.
exchange put_scenario(control_call& c)
{
    try {
        c.host.load(read_scenario(c.in.body));
    } catch (const bad_scenario& bad) {
        throw control_error{400, "E_SCENARIO", bad.message, bad.path, bad.hint};
    }
    return list_tenants(c);
}

exchange validate_scenario_text(control_call& c)
{
    const auto wrong = validate_scenario(c.in.body);
    json_writer out;
    out.begin_object().member("valid", wrong.empty()).key("errors").begin_array();
    for (const bad_scenario& each : wrong) {
        out.begin_object().member("path", each.path).member("message", each.message);
        out.member("hint", each.hint).end_object();
    }
    return json_exchange(out.end_array().end_object().take());
}

exchange post_shutdown(control_call& c)
{
    if (!c.options.shut_down)
        throw control_error{409, "E_NOT_HERE", "this mock ends with the program that holds it"};
    c.options.shut_down();
    exchange out = json_exchange("{}", 202);
    out.plan.close = true;
    return out;
}

}  // namespace scrapingpros_mock
