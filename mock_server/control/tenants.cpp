// Tenants: who there is, fresh ones, and what their service is like.

#include <memory>
#include <utility>

#include "control/routes.hpp"
#include "control/values.hpp"
#include "json_out.hpp"

namespace scrapingpros_mock {
namespace {

void write_tenant(json_writer& out, const control_call& c, tenant& who)
{
    out.begin_object().member("name", who.name()).member("key", who.key());
    out.member("base_url", c.options.base_url);
    out.member("clock", name_of(who.clock().options().mode));
    const auto [runs, requests] = who.with_world([](world& w) {
        return std::pair{w.run_ids().size(), w.requests().total()};
    });
    out.member("runs", runs).member("requests", requests).end_object();
}

std::string tenant_json(const control_call& c, tenant& who)
{
    json_writer out;
    write_tenant(out, c, who);
    return out.take();
}

tenant_request read_tenant(control_call& c, std::string name)
{
    tenant_request wanted;
    object_in members = c.members();
    if (name.empty()) members.read("name", name);
    wanted.name = std::move(name);
    members.read("key", wanted.key);
    if (const auto clock = members.find("clock")) wanted.clock = read_clock(*clock, {});
    if (const auto values = members.find("switches")) {
        auto own = std::make_shared<scenario>(*c.host.loaded());
        set_switches(*values, own->contract);
        wanted.from = std::move(own);
    }
    members.finish();
    return wanted;
}

}  // namespace

exchange list_tenants(control_call& c)
{
    json_writer out;
    out.begin_object().key("tenants").begin_array();
    for (const auto& each : c.host.all())
        write_tenant(out, c, *each);
    return json_exchange(out.end_array().end_object().take());
}

exchange make_tenant(control_call& c)
{
    try {
        return json_exchange(tenant_json(c, *c.host.add(read_tenant(c, {}))), 201);
    } catch (const tenant_exists& error) {
        throw control_error{409, "E_EXISTS", error.what()};
    }
}

exchange get_tenant(control_call& c)
{
    return json_exchange(tenant_json(c, *named_tenant(c)));
}

exchange put_tenant(control_call& c)
{
    try {
        const auto made = c.host.replace(read_tenant(c, c.path.at("tenant")));
        return json_exchange(tenant_json(c, *made));
    } catch (const tenant_exists& error) {
        throw control_error{409, "E_EXISTS", error.what()};
    }
}

exchange delete_tenant(control_call& c)
{
    const auto who = named_tenant(c);
    if (!c.host.remove(who->name())) throw control_error{409, "E_EXISTS", "the first tenant stays"};
    return json_exchange("{}");
}

exchange reset_tenant(control_call& c)
{
    c.who->with_world([](world& w) { w.reset(); });
    return json_exchange("{}");
}

exchange get_switches(control_call& c)
{
    const switches contract = c.who->with_world([](world& w) { return w.made_from().contract; });
    json_writer out;
    out.begin_object().key("switches").begin_array();
    for (const switch_entry& each : known_switches()) {
        out.begin_object().member("number", "A" + std::to_string(each.number));
        out.member("name", each.name).member("value", contract.get(each.name));
        out.member("default", each.values.front()).key("values").begin_array();
        for (const std::string_view value : each.values)
            out.value(value);
        out.end_array().end_object();
    }
    return json_exchange(out.end_array().end_object().take());
}

exchange put_switches(control_call& c)
{
    c.who->with_world([&](world& w) {
        switches contract = w.made_from().contract;
        set_switches(value_in{c.body}, contract);
        w.change_switches(contract);
    });
    return get_switches(c);
}

}  // namespace scrapingpros_mock
