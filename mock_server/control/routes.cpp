// The table of the control routes: the router and the OpenAPI document are both made from it.

#include "control/routes.hpp"

#include <array>

namespace scrapingpros_mock {
namespace {

using enum scope;

// JSON Schemas of bodies.
constexpr std::string_view clock_schema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("mode":{"enum":["real","manual","auto","per_request"]},)"
    R"("start":{"type":"string","format":"date-time"},)"
    R"("scale":{"type":"number","minimum":0.001,"maximum":1000000},)"
    R"("step":{"type":"string","description":"a duration, or next_change"},)"
    R"("classes":{"type":"array","items":{"type":"string"}},"wall_waits":{"type":"boolean"},)"
    R"("max_real_block":{"type":"string"},"serial":{"type":"boolean"}}})";
constexpr std::string_view tenant_schema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("name":{"type":"string"},"key":{"type":"string"},"clock":{"type":"object"},)"
    R"("switches":{"type":"object"}}})";
constexpr std::string_view advance_schema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("by":{"type":"string","description":"a duration: 5s, 800ms, 24h"},)"
    R"("to":{"type":"string","format":"date-time"}}})";
constexpr std::string_view name_schema =
    R"({"type":"object","additionalProperties":false,"required":["name"],"properties":{)"
    R"("name":{"type":"string"},"lease":{"type":"string","description":"real time"}}})";
constexpr std::string_view sleep_schema =
    R"({"type":"object","additionalProperties":false,"required":["name"],"properties":{)"
    R"("name":{"type":"string"},"for":{"type":"string","description":"a duration"},)"
    R"("until":{"type":"string","format":"date-time"}}})";
constexpr std::string_view switches_schema =
    R"({"type":"object","description":"values by name or number: GET switches lists them"})";
constexpr std::string_view delivered_schema =
    R"({"type":"object","additionalProperties":false,"required":["job_ids"],"properties":{)"
    R"("job_ids":{"type":"array","items":{"type":"string"}}}})";
constexpr std::string_view expect_schema =
    R"({"type":"object","description":"the form of a scenario's expect"})";
constexpr std::string_view scenario_schema =
    R"({"type":"object","description":"scrapingpros-scenario/1: scenario.schema.json"})";
constexpr std::string_view end_schema =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("as":{"enum":["failed","cancelled"]}}})";
constexpr std::string_view faults_schema =
    R"({"type":"array","items":{"type":"object"},"description":"FAULTS.md has the grammar"})";

using handler = exchange (*)(control_call&);
using query_words = std::vector<std::string_view>;

control_route get(
    scope where,
    std::string_view path,
    handler handle,
    std::string_view summary,
    query_words query = {}
)
{
    return {"GET", path, where, takes::nothing, summary, std::move(query), "", handle};
}

/// With a schema the body is JSON, without one there is none.
control_route change(
    std::string_view method,
    scope where,
    std::string_view path,
    handler handle,
    std::string_view summary,
    std::string_view schema = ""
)
{
    const takes body = schema.empty() ? takes::nothing : takes::json;
    return {method, path, where, body, summary, {}, schema, handle};
}

control_route with_text(control_route made)
{
    made.body = takes::any_text;
    return made;
}

std::vector<control_route> routes_of_the_mock()
{
    return {
        get(mock, "/health", get_control_health, "Whether the mock is ready"),
        get(mock, "/version", get_version, "Seed, assumptions and tenants"),
        get(mock, "/openapi.json", get_openapi, "This document"),
        get(mock, "/scenario", get_scenario, "The scenario in its normal form"),
        with_text(change(
            "PUT",
            mock,
            "/scenario",
            put_scenario,
            "Begins anew with another scenario",
            scenario_schema
        )),
        with_text(change(
            "POST",
            mock,
            "/scenario/validate",
            validate_scenario_text,
            "What is wrong with a scenario",
            scenario_schema
        )),
        change("POST", mock, "/shutdown", post_shutdown, "Ends the program"),
        get(mock, "/tenants", list_tenants, "All tenants"),
        change(
            "POST",
            mock,
            "/tenants",
            make_tenant,
            "A fresh tenant with a key of its own",
            tenant_schema
        ),
        get(mock, "/tenants/{tenant}", get_tenant, "One tenant"),
        change(
            "PUT",
            mock,
            "/tenants/{tenant}",
            put_tenant,
            "Makes the tenant, or puts a new one in its place",
            tenant_schema
        ),
        change("DELETE", mock, "/tenants/{tenant}", delete_tenant, "Removes the tenant"),
    };
}

std::vector<control_route> routes_of_the_clock()
{
    return {
        get(of_tenant, "/clock", get_clock, "Mode, time, and who holds or waits"),
        change("PUT", of_tenant, "/clock", put_clock, "Goes on in another mode", clock_schema),
        change("POST", of_tenant, "/clock/advance", advance_clock, "Jumps ahead", advance_schema),
        change(
            "POST",
            of_tenant,
            "/clock/next",
            next_instant,
            "Jumps to the next wait or visible change"
        ),
        change(
            "POST",
            of_tenant,
            "/clock/hold",
            hold_clock,
            "Takes a named lock on the clock",
            name_schema
        ),
        change(
            "POST", of_tenant, "/clock/release", release_clock, "Gives the lock back", name_schema
        ),
        change(
            "POST", of_tenant, "/clock/join", join_clock, "Makes a participant, awake", name_schema
        ),
        change(
            "POST",
            of_tenant,
            "/clock/sleep",
            sleep_on_clock,
            "A participant sleeps; answered when it is woken",
            sleep_schema
        ),
        change(
            "POST", of_tenant, "/clock/wake", wake_sleeper, "Wakes a participant early", name_schema
        ),
        change(
            "POST", of_tenant, "/clock/leave", leave_clock, "The participant leaves", name_schema
        ),
    };
}

std::vector<control_route> routes_of_a_tenant()
{
    return {
        change(
            "POST",
            of_tenant,
            "/reset",
            reset_tenant,
            "Forgets what happened and arms the scenario's faults anew"
        ),
        get(of_tenant,
            "/switches",
            get_switches,
            "The contract's assumptions, their values and alternatives"),
        change(
            "PUT",
            of_tenant,
            "/switches",
            put_switches,
            "Sets some of them; runs that have begun keep theirs",
            switches_schema
        ),
        get(of_tenant, "/faults", get_faults, "Faults and what became of them"),
        with_text(change("POST", of_tenant, "/faults", post_faults, "Arms faults", faults_schema)),
        change(
            "DELETE",
            of_tenant,
            "/faults/{fault}",
            delete_fault,
            "Disarms a fault; its account stays"
        ),
        get(of_tenant,
            "/ledger",
            get_ledger,
            "Each job: what it was and what the client was given",
            {"judge", "late_after"}),
        get(of_tenant,
            "/ledger/summary",
            get_ledger_summary,
            "Verdicts, delays, requests",
            {"judge", "late_after"}),
        get(of_tenant,
            "/ledger/efficiency",
            get_efficiency,
            "Polls next to the fewest that would have done"),
        change(
            "POST",
            of_tenant,
            "/ledger/delivered",
            post_delivered,
            "The client says what it handed on",
            delivered_schema
        ),
        get(of_tenant, "/journal", get_journal, "Every request, in order", {"after"}),
        change(
            "POST",
            of_tenant,
            "/journal/assert",
            post_assert,
            "Whether assertions hold",
            expect_schema
        ),
        change(
            "POST", of_tenant, "/verify", post_verify, "Whether the scenario's expect has come true"
        ),
        get(of_tenant, "/limits", get_limits, "Requests accepted, refused and come back too early"),
        get(of_tenant, "/webhooks", get_webhooks, "Deliveries, and how their receivers behaved"),
        change(
            "POST",
            of_tenant,
            "/webhooks/{run}/redeliver",
            redeliver_webhook,
            "Sends a run's webhook again"
        ),
        get(of_tenant, "/runs", list_control_runs, "All runs, with what is to come"),
        get(of_tenant, "/runs/{run}", get_control_run, "One run and its jobs' whole futures"),
        with_text(change(
            "POST",
            of_tenant,
            "/runs/{run}/terminate",
            terminate_run,
            "Ends the run before its jobs are done",
            end_schema
        )),
        change("POST", of_tenant, "/runs/{run}/jobs/{job}/finish", finish_job, "The job ends now"),
        change(
            "POST",
            of_tenant,
            "/runs/{run}/jobs/{job}/expire",
            expire_job,
            "Its body is expired from now on"
        ),
        change(
            "POST",
            of_tenant,
            "/runs/{run}/jobs/{job}/hide",
            hide_job,
            "Its row is not listed any more"
        ),
    };
}

const std::vector<control_route>& table()
{
    static const std::vector<control_route> routes = [] {
        std::vector<control_route> all;
        for (auto& part : {routes_of_the_mock(), routes_of_the_clock(), routes_of_a_tenant()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return routes;
}

constexpr std::array<error_code_text, 13> codes{{
    {"E_TARGET", 400, "the request target is no URL"},
    {"E_NO_ROUTE", 404, "no such route"},
    {"E_METHOD", 405, "the path takes other methods"},
    {"E_QUERY", 400, "a query parameter that is unknown, repeated or no number"},
    {"E_BODY", 400, "the body is no JSON, or a member is unknown or wrong; path says which"},
    {"E_FAULT", 400, "no fault; path says where"},
    {"E_NOT_FOUND", 404, "no tenant, run, job, lock or participant of that name"},
    {"E_EXISTS", 409, "the name or key is taken, or the first tenant was to go"},
    {"E_CLOCK_STARVED", 409, "something is due, and a holder keeps the clock; message names it"},
    {"E_CLOCK_DEADLOCK", 409, "everybody sleeps, and nothing will wake them"},
    {"E_SCENARIO", 400, "the scenario is not in order; path says where"},
    {"E_STATE", 409, "the run or its webhook is in no state for that"},
    {"E_NOT_HERE", 409, "this mock is embedded in a program that decides itself"},
}};

}  // namespace

std::span<const control_route> control_routes()
{
    return table();
}

std::span<const error_code_text> control_error_codes()
{
    return codes;
}

}  // namespace scrapingpros_mock
