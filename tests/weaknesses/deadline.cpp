// The deadline of a batch under everything that can be wrong with a service (W23): each fault that the
// mock knows, in each phase, at each operation of a batch, as often as it is asked.

#include <scrapingpros/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/faults/fault_codes.hpp"
#include "mock_server/operation.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t jobs = 12;
constexpr auto allowed = 250s;

/// A fault that lasts, as the grammar of mock_server/faults/FAULTS.md writes it.
struct lasting {
    std::string json;
    std::string operation;
    std::string code;
};

std::vector<std::string> arguments_of(std::string_view code)
{
    static const std::map<std::string_view, std::vector<std::string>> known{
        {"s", {":500", ":503:html", ":404", ":408:empty", ":401", ":418"}},
        {"throttle", {"", ":7", ":100000"}},
        {"redirect", {":same", ":nowhere"}},
        {"stall", {"", ":40s", ":249s"}},
        {"drip", {":1/1s", ":100/90s"}},
        {"len+", {"7"}},
        {"len-", {"7"}},
        {"hdr-dup", {":Content-Length", ":X-Odd"}},
        {"hdr-drop", {":Date", ":Content-Type"}},
        {"json-text", {":status=odd", ":items=odd"}},
        {"1xx", {":102:3"}},
        {"json-deep", {":5000"}},
        {"json-null", {":status", ":items", ":has_more"}},
        {"json-drop", {":status", ":items", ":cursor_next"}},
        {"json-type", {":id", ":items", ":total_requests"}},
        {"json-bigint", {":success_requests", ":statusCode"}},
        {"inline", {":null", ":string"}},
        {"row-drift", {":completed_at", ":status_code:text"}},
        {"run-end", {}},  // the run ends, which is another history
    };
    const auto found = known.find(code);
    return found == known.end() ? std::vector<std::string>{""} : found->second;
}

/// No client could know better.
bool deceives(const std::string& operation, std::string_view phase, const std::string& code)
{
    // A result that an old server keeps denying counts as lost (contract 8.2), and stays so.
    if (operation == "job.result" && code == "s:404") return true;
    // The service does what it was asked for and says that it refuses.
    const bool refuses = code.starts_with("s:4") || code.starts_with("throttle");
    return refuses && phase == "after-effect" &&
           (operation == "run.start" || operation == "collection.create");
}

std::vector<lasting> all_faults()
{
    using mock::fault_phase;
    using mock::operation;
    static const std::vector<std::pair<fault_phase, std::string_view>> phases{
        {fault_phase::before, "before-effect"},
        {fault_phase::after, "after-effect"},
        {fault_phase::response_head, "response-head"},
        {fault_phase::response_body, "response-body"},
        {fault_phase::response_end, "response-end"}};
    std::vector<lasting> all;
    for (const auto& code : mock::known_fault_codes())
        for (const auto& argument : arguments_of(code.name)) {
            const auto what = std::string(code.name) + argument;
            if (code.layer != mock::fault_layer::http) {
                const std::string layer = code.layer == mock::fault_layer::tls ? "tls" : "connect";
                all.push_back(
                    {R"({"on":")" + layer + R"(","times":"unlimited","do":")" + what + "\"}",
                     layer,
                     what}
                );
                continue;
            }
            for (const auto on :
                 {operation::create,
                  operation::start_run,
                  operation::list_runs,
                  operation::list_jobs,
                  operation::get_result}) {
                if (code.needs != operation::any && code.needs != on) continue;
                for (const auto& [phase, word] : phases) {
                    const std::string where(dotted_name_of(on));
                    if (!code.allows(phase) || deceives(where, word, what)) continue;
                    all.push_back(
                        {R"({"on":")" + where + R"(","times":"unlimited","phase":")" +
                             std::string(word) + R"(","do":")" + what + "\"}",
                         where,
                         what}
                    );
                }
            }
        }
    return all;
}

}  // namespace

TEST_SUITE("weaknesses.deadline")
{
    TEST_CASE("W23: the deadline under each fault, in each phase, at each operation")
    {
        std::map<std::string, unsigned> ended;
        for (const auto& one : all_faults()) {
            CAPTURE(one.json);
            auto made = plain();
            // Some results are fetched one by one, and the run is over before the deadline is.
            made.jobs.inline_miss = mock::share{500};
            made.jobs.execution = mock::quantiles::always(40s);
            lab l(std::move(made));
            const auto struck = l.fault(one.json);
            sp::batch_rules rules;
            rules.poll.deadline = l.local_now() + allowed;
            const auto first = l.live(submit(jobs), {}, rules);
            CHECK_EQ(first.endless, "");
            CHECK_EQ(first.ends, 1u);
            REQUIRE(first.end);
            // The last look lies up to five seconds before the deadline, and may fail there.
            CHECK_LE(first.length(), allowed);
            if (*first.end == sp::errc::wait_timed_out) CHECK_GE(first.length(), allowed - 5s);
            ++ended[first.end->failed() ? first.end->message() : "in time"];

            // It is quiet from then on, and nobody touched the run.
            l.advance(10min);
            CHECK_EQ(l.requests().size(), first.requests_by_end);
            CHECK_EQ(l.count("POST", "/cancel"), 0u);
            CHECK_EQ(l.count("DELETE", "/"), 0u);

            // With the service mended, the next process has the rest: one run, each job once.
            l.world.faults().disarm(struck);
            const auto second = l.live(l.stored_or(submit(jobs)));
            check_ended_well(second);
            CHECK_EQ(l.world.run_ids().size(), 1u);
            check_each_once(l, jobs);
        }
        std::string table = "\n| how it ended | faults |\n|---|---|";
        for (const auto& [how, times] : ended)
            table += "\n| " + how + " | " + std::to_string(times) + " |";
        MESSAGE(table);
    }
}
