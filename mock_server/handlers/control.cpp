#include "books/journal_json.hpp"
#include "books/verdicts.hpp"
#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

std::string faults_json(const fault_book& faults)
{
    json_writer out;
    out.begin_object().key("faults").begin_array();
    for (std::size_t i = 0; i < faults.size(); ++i) {
        out.begin_object().member("ordinal", i).member("operation", name_of(faults.at(i).on));
        out.member("hits", faults.hits(i)).end_object();
    }
    return out.end_array().end_object().take();
}

std::string switches_json(const switches& contract)
{
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
    return out.end_array().end_object().take();
}

reply add_faults(world_state& world, const std::string& body)
{
    try {
        for (fault& each : parse_faults(body))
            world.faults.add(std::move(each));
    } catch (const bad_fault& bad) {
        json_writer out;
        out.begin_object().member("code", "E_FAULT").member("message", bad.what());
        return json_reply(400, out.member("path", bad.path).end_object().take());
    }
    return json_reply(200, faults_json(world.faults));
}

}  // namespace

/// The mock's own routes. They need no token: the server listens on loop-back only.
reply control(world_state& world, const request& in, const route& where, time_point now)
{
    if (where.name == "ledger") return json_reply(200, ledger_json(world, {}, now));
    if (where.name == "switches") return json_reply(200, switches_json(world.contract()));
    if (where.name == "faults")
        return in.method == "GET" ? json_reply(200, faults_json(world.faults))
                                  : add_faults(world, in.body);
    if (where.name == "journal") {
        const auto text = where.parameters.find("after").value_or("0");
        const auto after = number_in<std::uint64_t>(text);
        if (!after) return detail_error(400, "after: expected a number");
        return json_reply(200, journal_json(world.requests, {.after = *after}));
    }
    return detail_error(404, "Not Found");
}

}  // namespace scrapingpros_mock
