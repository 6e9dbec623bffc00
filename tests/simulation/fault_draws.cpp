#include <string>
#include <string_view>
#include <vector>

#include "mock_server/faults/fault_book.hpp"
#include "mock_server/faults/fault_codes.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/sim_case.hpp"

namespace simulation {
namespace {

using mock::fault_phase;
using mock::operation;

std::string number(chance& draw, std::uint64_t low, std::uint64_t high)
{
    return std::to_string(draw.between(low, high));
}

std::string argument_of(std::string_view name, chance& draw)
{
    static const std::vector<std::string> paths{
        "items[0].job_public_id",
        "items[0].status",
        "items[last].status",
        "items[0].completed_at",
        "items[*].completed_at",
        "items[0].url",
        "items",
        "items[0]",
        "cursor_next",
        "has_more",
        "run_id",
        "status",
        "total_requests",
        "success_requests",
        "failed_requests",
        "job_ids",
        "created_at",
        "collection_id",
        "items[0].run_id",
        "items[0].created_at",
        "html",
        "message",
        "statusCode",
        "blocked_urls"};
    if (name == "s") {
        static const std::vector<int> statuses{
            500,
            500,
            502,
            503,
            503,
            504,
            408,
            404,
            404,
            400,
            401,
            403,
            409,
            410,
            418,
            422,
            301,
            200,
            204};
        static const std::vector<std::string> forms{
            "", "", ":detail", ":array", ":object", ":message", ":wrong-type", ":html", ":empty"};
        return ":" + std::to_string(draw.of(statuses)) + draw.of(forms);
    }
    if (name == "throttle") {
        static const std::vector<std::string> waits{
            "", ":0", ":1", ":2.5", ":30", ":-5", ":soon", ":Wed, 21 Oct 2015 07:28:00 GMT"};
        return draw.of(waits);
    }
    if (name == "redirect") return draw.of({":same", ":nowhere", ":/elsewhere"});
    if (name == "stall") return draw.one_in(2) ? "" : ":" + number(draw, 1, 250) + "s";
    if (name == "drip") return ":" + number(draw, 50, 4000) + "/" + number(draw, 1, 3000) + "ms";
    if (name == "len+" || name == "len-") return number(draw, 1, 200);
    if (name == "hdr-huge") return ":" + number(draw, 1000, 100'000);
    if (name == "hdr-many") return ":" + number(draw, 10, 3000);
    if (name == "hdr-dup") return draw.of({":Content-Length", ":Content-Type", ":X-Odd", ":Date"});
    if (name == "hdr-drop") return draw.of({":Date", ":Content-Type"});
    // Another id or another page would deceive every client.
    if (name == "json-text") return draw.of({":status=odd", ":items=odd", ":has_more=odd"});
    if (name == "1xx") return draw.of({":100", ":102", ":103:3"});
    if (name == "json-deep") return draw.of({":10", ":63", ":5000"});
    if (name == "json-null" || name == "json-drop" || name == "json-type" || name == "json-bigint")
        return ":" + draw.of(paths);
    if (name == "inline") {
        const std::string form =
            draw.of({":null", ":absent", ":string", ":array", ":partial", ":wrong-type"});
        return draw.one_in(2) ? form : form + ":" + number(draw, 0, 20);
    }
    if (name == "row-drift") {
        static const std::vector<std::string> members{
            "protection_stack",
            "rule_hits",
            "execution_time_ms",
            "completed_at",
            "status_code",
            "custom_id",
            "message"};
        // An id that is another text names another job, and nobody could tell.
        if (draw.one_in(8)) return ":job_public_id:null";
        return ":" + draw.of(members) + draw.of({"", ":text", ":csv", ":null", ":float"});
    }
    if (name == "run-end")
        return (draw.one_in(2) ? ":failed:" : ":cancelled:") + number(draw, 1, 90) + "s";
    return "";
}

std::string_view word_of(fault_phase phase)
{
    switch (phase) {
    case fault_phase::before: return "before-effect";
    case fault_phase::after: return "after-effect";
    case fault_phase::response_head: return "response-head";
    case fault_phase::response_body: return "response-body";
    case fault_phase::response_end: return "response-end";
    }
    return "";
}

operation draw_operation(chance& draw)
{
    static const std::vector<operation> usual{
        operation::create,
        operation::start_run,
        operation::start_run,
        operation::list_runs,
        operation::get_run,
        operation::list_jobs,
        operation::list_jobs,
        operation::list_jobs,
        operation::list_jobs,
        operation::get_result,
        operation::get_result,
        operation::list_collections,
        operation::any};
    return draw.of(usual);
}

std::string draw_trigger(chance& draw, operation on, bool http)
{
    const auto range = [&](std::uint64_t most) {
        const auto from = draw.between(1, most);
        const auto to = draw.one_in(2) ? from : from + draw.below(6);
        return R"({"from":)" + std::to_string(from) + R"(,"to":)" + std::to_string(to) + "}";
    };
    if (!http) return R"("connection":)" + range(30);
    switch (draw.below(8)) {
    case 0: return R"("attempt":)" + range(2);
    case 1:
        if (on == operation::list_jobs) return R"("page":)" + range(3);
        [[fallthrough]];
    case 2: return R"("probability":0.)" + std::to_string(draw.between(1, 4));
    case 3: return R"("after_terminal":true)";
    default:
        return R"("nth":)" + range(on == operation::create || on == operation::start_run ? 2 : 12);
    }
}

std::string draw_fault(chance& draw)
{
    const auto& code = draw.of(mock::known_fault_codes());
    const bool http = code.layer == mock::fault_layer::http;
    const operation on = code.needs == operation::any ? draw_operation(draw) : code.needs;
    std::string text = R"({"on":")";
    if (code.layer == mock::fault_layer::connect)
        text += "connect";
    else if (code.layer == mock::fault_layer::tls)
        text += "tls";
    else
        text += on == operation::any ? "any" : std::string(dotted_name_of(on));
    text += R"(","when":{)" + draw_trigger(draw, on, http) + "}";
    if (http) {
        std::vector<fault_phase> phases;
        for (const auto phase :
             {fault_phase::before,
              fault_phase::after,
              fault_phase::response_head,
              fault_phase::response_body,
              fault_phase::response_end})
            if (code.allows(phase)) phases.push_back(phase);
        const auto phase = draw.of(phases);
        text += R"(,"phase":")" + std::string(word_of(phase)) + "\"";
        const bool inside =
            phase == fault_phase::response_head || phase == fault_phase::response_body;
        if (inside && draw.one_in(2)) text += R"(,"at":)" + number(draw, 0, 2000);
    }
    text += R"(,"do":")" + std::string(code.name) + argument_of(code.name, draw) + "\"";
    // A refusal by 4xx proves that nothing was started (contract 6.1); a service that starts all the
    // same deceives every client.
    const bool starts = on == operation::start_run || on == operation::any;
    const bool refuses = code.name == "throttle" || text.find("\"do\":\"s:4") != text.npos;
    if (starts && refuses && text.find("after-effect") != text.npos) return {};
    const auto times = draw.one_in(5) ? draw.between(4, 25) : draw.between(1, 3);
    return text + R"(,"times":)" + std::to_string(times) + "}";
}

}  // namespace

std::vector<std::string> draw_faults(std::uint64_t seed, std::size_t count)
{
    chance draw(seed);
    mock::fault_book book;
    std::vector<std::string> faults;
    for (int tries = 0; faults.size() < count && tries < 200; ++tries) {
        std::string text = draw_fault(draw);
        if (text.empty()) continue;
        try {
            for (auto& each : mock::parse_faults("[" + text + "]"))
                book.add(std::move(each));
            faults.push_back(std::move(text));
        } catch (const mock::bad_fault&) {
            // Out of range, or it would meet another one: draw again.
        }
    }
    return faults;
}

}  // namespace simulation
