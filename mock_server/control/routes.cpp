// The table of the control routes: the router and the OpenAPI document are both made from it.

#include "routes.hpp"

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
constexpr std::string_view faults_schema =
    R"({"type":"array","items":{"type":"object"},"description":"FAULTS.md has the grammar"})";

const std::vector<control_route>& table()
{
    static const std::vector<control_route> routes{
        {"GET",
         "/health",
         mock,
         takes::nothing,
         "Whether the mock is ready",
         {},
         "",
         get_control_health},
        {"GET",
         "/version",
         mock,
         takes::nothing,
         "Seed, assumptions and tenants",
         {},
         "",
         get_version},
        {"GET", "/openapi.json", mock, takes::nothing, "This document", {}, "", get_openapi},
        {"POST", "/shutdown", mock, takes::nothing, "Ends the program", {}, "", post_shutdown},

        {"GET", "/tenants", mock, takes::nothing, "All tenants", {}, "", list_tenants},
        {"POST",
         "/tenants",
         mock,
         takes::json,
         "A fresh tenant with a key of its own",
         {},
         tenant_schema,
         make_tenant},
        {"GET", "/tenants/{tenant}", mock, takes::nothing, "One tenant", {}, "", get_tenant},
        {"PUT",
         "/tenants/{tenant}",
         mock,
         takes::json,
         "Makes the tenant, or puts a new one in its place",
         {},
         tenant_schema,
         put_tenant},
        {"DELETE",
         "/tenants/{tenant}",
         mock,
         takes::nothing,
         "Removes the tenant",
         {},
         "",
         delete_tenant},
        {"POST",
         "/reset",
         of_tenant,
         takes::nothing,
         "Forgets what happened and arms the scenario's faults anew",
         {},
         "",
         reset_tenant},
        {"GET",
         "/switches",
         of_tenant,
         takes::nothing,
         "The contract's assumptions, their values and alternatives",
         {},
         "",
         get_switches},
        {"PUT",
         "/switches",
         of_tenant,
         takes::json,
         "Sets some of them; runs that have begun keep theirs",
         {},
         switches_schema,
         put_switches},

        {"GET",
         "/clock",
         of_tenant,
         takes::nothing,
         "Mode, time, and who holds or waits",
         {},
         "",
         get_clock},
        {"PUT",
         "/clock",
         of_tenant,
         takes::json,
         "Goes on in another mode",
         {},
         clock_schema,
         put_clock},
        {"POST",
         "/clock/advance",
         of_tenant,
         takes::json,
         "Jumps ahead",
         {},
         advance_schema,
         advance_clock},
        {"POST",
         "/clock/next",
         of_tenant,
         takes::nothing,
         "Jumps to the next wait or visible change",
         {},
         "",
         next_instant},
        {"POST",
         "/clock/hold",
         of_tenant,
         takes::json,
         "Takes a named lock on the clock",
         {},
         name_schema,
         hold_clock},
        {"POST",
         "/clock/release",
         of_tenant,
         takes::json,
         "Gives the lock back",
         {},
         name_schema,
         release_clock},
        {"POST",
         "/clock/join",
         of_tenant,
         takes::json,
         "Makes a participant, awake",
         {},
         name_schema,
         join_clock},
        {"POST",
         "/clock/sleep",
         of_tenant,
         takes::json,
         "A participant sleeps; answered when it is woken",
         {},
         sleep_schema,
         sleep_on_clock},
        {"POST",
         "/clock/wake",
         of_tenant,
         takes::json,
         "Wakes a participant early",
         {},
         name_schema,
         wake_sleeper},
        {"POST",
         "/clock/leave",
         of_tenant,
         takes::json,
         "The participant leaves",
         {},
         name_schema,
         leave_clock},

        {"GET",
         "/faults",
         of_tenant,
         takes::nothing,
         "Faults and how often each was met",
         {},
         "",
         get_faults},
        {"POST",
         "/faults",
         of_tenant,
         takes::any_text,
         "Arms faults",
         {},
         faults_schema,
         post_faults},
        {"GET",
         "/ledger",
         of_tenant,
         takes::nothing,
         "What each client was given",
         {},
         "",
         get_ledger},
        {"GET",
         "/journal",
         of_tenant,
         takes::nothing,
         "Every request, in order",
         {"after"},
         "",
         get_journal},
        {"GET",
         "/runs",
         of_tenant,
         takes::nothing,
         "All runs, with what is to come",
         {},
         "",
         list_control_runs},
        {"GET",
         "/runs/{run}",
         of_tenant,
         takes::nothing,
         "One run and its jobs' whole futures",
         {},
         "",
         get_control_run},
    };
    return routes;
}

constexpr std::array<error_code_text, 11> codes{{
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
