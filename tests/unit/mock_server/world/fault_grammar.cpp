#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

#include "faults/fault_codes.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

struct complaint {
    std::string path = "(none)";
    std::string hint;
};

complaint complaint_about(const std::string& text)
{
    try {
        parse_faults(text);
    } catch (const bad_fault& bad) {
        return {bad.path, bad.hint};
    }
    return {};
}

std::string path_of(const std::string& one)
{
    return complaint_about("[" + one + "]").path;
}

std::string hint_of(const std::string& one)
{
    return complaint_about("[" + one + "]").hint;
}

fault read_one(const std::string& text)
{
    const auto read = parse_faults("[" + text + "]");
    REQUIRE_EQ(read.size(), 1);
    return read.front();
}

/// A code with an argument that it takes.
std::string example_of(const fault_code& code)
{
    const std::string name(code.name);
    if (name == "s") return "s:503";
    if (name == "redirect") return "redirect:/elsewhere";
    if (name == "drip") return "drip:1/100ms";
    if (name == "len+" || name == "len-") return name + "10";
    if (name == "hdr-dup" || name == "hdr-drop") return name + ":Date";
    if (name == "json-text") return "json-text:a=b";
    if (name == "1xx") return "1xx:103";
    if (name == "json-deep") return "json-deep:100";
    if (name == "inline") return "inline:null";
    if (name == "row-drift") return "row-drift:rule_hits";
    if (name == "run-end") return "run-end:failed";
    return code.form.find(":<path>") != code.form.npos ? name + ":a" : name;
}

}  // namespace

TEST_SUITE("mock.fault_grammar")
{
    TEST_CASE("a fault of a scenario file says where, when, in which phase and what")
    {
        const fault first = read_one(
            R"({"id":"F1","on":"run.start","when":{"attempt":1},"phase":"after-effect",
                "do":"reset","must_fire":true})"
        );
        CHECK_EQ(first.id, "F1");
        CHECK_EQ(first.on, operation::start_run);
        CHECK(first.only.attempt.covers(1));
        CHECK_FALSE(first.only.attempt.covers(2));
        CHECK_EQ(first.phase, fault_phase::after);
        CHECK_EQ(std::get<effect::end>(first.effect).how, wire_ending::reset);
        CHECK(first.must_fire);
        CHECK_EQ(first.times, std::uint64_t{1});
        const fault second = read_one(
            R"({"on":"jobs.list","when":{"page":2,"attempt":[1,2]},"phase":"response-body",
                "at":777,"do":"cut"})"
        );
        CHECK(second.only.page.covers(2));
        CHECK_FALSE(second.only.page.covers(1));
        CHECK_EQ(second.at, std::size_t{777});
        CHECK_EQ(second.times, std::uint64_t{2});
    }

    TEST_CASE("every code is read with an argument of its form, in each of its phases")
    {
        static constexpr std::string_view words[] = {
            "before-effect", "after-effect", "response-head", "response-body", "response-end"};
        static constexpr std::string_view layers[] = {"any", "connect", "tls"};
        std::set<std::string> names;
        for (const fault_code& each : known_fault_codes()) {
            const std::string code = example_of(each);
            CAPTURE(code);
            const std::string on(layers[static_cast<std::size_t>(each.layer)]);
            names.insert(on + std::string(each.name));
            const std::string text = R"({"on":")" + on + R"(","do":")" + code + "\"";
            CHECK_EQ(read_one(text + "}").phase, each.usual);
            for (unsigned i = 0; i < 5; ++i) {
                const std::string with_phase =
                    text + R"(,"phase":")" + std::string(words[i]) + "\"}";
                const bool allowed = each.allows(static_cast<fault_phase>(i));
                CHECK_EQ(path_of(with_phase), allowed ? "(none)" : "$[0].phase");
            }
        }
        CHECK_EQ(names.size(), known_fault_codes().size());
        CHECK_EQ(names.size(), 79);
    }

    TEST_CASE("operations are known by the dotted names and by ours")
    {
        CHECK_EQ(read_one(R"({"on":"job.result","do":"cut"})").on, operation::get_result);
        CHECK_EQ(read_one(R"({"on":"get_result","do":"cut"})").on, operation::get_result);
        CHECK_EQ(
            read_one(R"({"on":"collection.list","do":"cut"})").on, operation::list_collections
        );
        CHECK_EQ(read_one(R"({"do":"cut"})").on, operation::any);
        CHECK_EQ(read_one(R"({"on":"tls","do":"tls-cut"})").layer, fault_layer::tls);
        CHECK_EQ(read_one(R"({"on":"connect","do":"reset"})").layer, fault_layer::connect);
    }

    TEST_CASE("triggers are numbers, ranges, lists, parts, times and headers")
    {
        const fault made = read_one(
            R"({"when":{"nth":[1,{"from":5}],"connection":{"from":2,"to":3},"probability":0.3,
                "request_on_connection":2,"header":"X-A: b","after_terminal":true,
                "time":{"from":"2026-06-01T10:00:05Z","until":"2m"}},"do":"cut"})"
        );
        CHECK(made.only.nth.covers(1));
        CHECK_FALSE(made.only.nth.covers(4));
        CHECK(made.only.nth.covers(5'000));
        CHECK_FALSE(made.only.connection.covers(4));
        CHECK_EQ(made.only.probability, 300'000);
        CHECK_EQ(made.only.header, "X-A");
        CHECK_EQ(made.only.header_value, std::string("b"));
        CHECK_EQ(made.only.from, start + 5s);
        CHECK_EQ(made.only.before, duration{2min});
        CHECK(made.only.after_terminal);
        CHECK_FALSE(made.times);
    }

    TEST_CASE("a budget is one, a number or unlimited")
    {
        CHECK_EQ(read_one(R"({"do":"s:500"})").times, std::uint64_t{1});
        CHECK_EQ(read_one(R"({"do":"s:500","times":7})").times, std::uint64_t{7});
        CHECK_FALSE(read_one(R"({"do":"s:500","times":"unlimited"})").times);
        CHECK_EQ(path_of(R"({"do":"s:500","times":0})"), "$[0].times");
        CHECK_EQ(path_of(R"({"do":"s:500","times":"twice"})"), "$[0].times");
        CHECK_EQ(path_of(R"({"do":"s:500","times":-1})"), "$[0].times");
    }

    TEST_CASE("what is wrong is named by its place, and near misses by what was meant")
    {
        CHECK_EQ(path_of(R"({"do":"rest"})"), "$[0].do");
        CHECK_EQ(hint_of(R"({"do":"rest"})"), "did you mean 'reset'?");
        CHECK_EQ(hint_of(R"({"do":"json_cut"})"), "did you mean 'json-cut'?");
        CHECK_EQ(path_of(R"({"do":"cut","on":"run.strat"})"), "$[0].on");
        CHECK_EQ(hint_of(R"({"do":"cut","on":"run.strat"})"), "did you mean 'run.start'?");
        CHECK_EQ(path_of(R"({"do":"cut","must_fier":true})"), "$[0].must_fier");
        CHECK_EQ(hint_of(R"({"do":"cut","must_fier":true})"), "did you mean 'must_fire'?");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"atempt":1}})"), "$[0].when.atempt");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"attempt":0}})"), "$[0].when.attempt");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"nth":[1,-1]}})"), "$[0].when.nth[1]");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"nth":[]}})"), "$[0].when.nth");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"nth":{"from":3,"to":2}}})"), "$[0].when.nth");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"probability":1.5}})"), "$[0].when.probability");
        CHECK_EQ(path_of(R"({"do":"cut","when":{"time":{"from":"noon"}}})"), "$[0].when.time.from");
        CHECK_EQ(path_of(R"({"do":"cut","when":7})"), "$[0].when");
        CHECK_EQ(path_of(R"({"do":"cut","phase":"after-efect"})"), "$[0].phase");
        CHECK_EQ(hint_of(R"({"do":"cut","phase":"after-efect"})"), "did you mean 'after-effect'?");
        CHECK_EQ(path_of(R"({"do":"len-dup","phase":"before-effect"})"), "$[0].phase");
        CHECK_EQ(hint_of(R"({"do":"len-dup","phase":"response-end"})"), "its phases: after-effect");
        CHECK_EQ(path_of(R"({"do":"cut","at":5})"), "$[0].at");
        CHECK_EQ(
            path_of(R"({"do":"cut","phase":"response-head","fraction":0.5})"), "$[0].fraction"
        );
        CHECK_EQ(path_of(R"({"do":"tls-expired"})"), "$[0].do");
        CHECK_EQ(hint_of(R"({"do":"tls-expired"})"), "it belongs on tls");
        CHECK_EQ(path_of(R"({"do":"dup-row","on":"run.get"})"), "$[0].do");
        CHECK_EQ(path_of(R"({"do":7})"), "$[0].do");
        CHECK_EQ(
            complaint_about(R"([{"id":"a","do":"s:500"},{"id":"a","do":"s:501"}])").path, "$[1].id"
        );
    }

    TEST_CASE("arguments that a code cannot use are refused with its form")
    {
        for (const char* bad :
             {"s",
              "s:",
              "s:99",
              "s:600",
              "s:500:htm",
              "s:-1",
              "cut:1",
              "stall:5",
              "stall:-5s",
              "stall:99999999999999999999s",
              "drip",
              "drip:0/1s",
              "drip:1",
              "len+",
              "len+0",
              "len+-1",
              "hdr-dup",
              "hdr-dup:a b",
              "hdr-drop",
              "json-text:a",
              "json-text:=b",
              "1xx:200",
              "1xx:103:0",
              "redirect:",
              "redirect:a\\r\\nb",
              "json-deep:0",
              "json-deep:99999999",
              "json-null:",
              "json-null:a..b",
              "json-null:[x]",
              "json-null:.a",
              "inline:nul",
              "row-drift:",
              "row-drift:a:b",
              "run-end:ok",
              "hdr-huge:0",
              ""}) {
            CAPTURE(bad);
            CHECK_EQ(path_of(R"({"do":")" + std::string(bad) + "\"}"), "$[0].do");
        }
        CHECK_EQ(hint_of(R"({"do":"drip:1"})"), "its form is drip:<bytes>/<duration>");
        const std::string hostile(1'000'000, 'x');
        CHECK_EQ(path_of(R"({"do":")" + hostile + "\"}"), "$[0].do");
    }

    TEST_CASE("two faults that would end the same reply are refused with both names")
    {
        const auto both = [](const std::string& one, const std::string& other) {
            return complaint_about(R"([{"id":"A",)" + one + R"(},{"id":"B",)" + other + "}]");
        };
        CHECK_EQ(both(R"("do":"cut")", R"("do":"reset")").path, "$[1]");
        CHECK_EQ(both(R"("do":"cut","on":"run.get")", R"("do":"stall")").path, "$[1]");
        CHECK_EQ(
            both(R"("do":"cut","on":"run.get")", R"("do":"cut","on":"run.list")").path, "(none)"
        );
        CHECK_EQ(
            both(R"("do":"cut","when":{"attempt":1})", R"("do":"cut","when":{"attempt":2})").path,
            "(none)"
        );
        CHECK_EQ(
            both(R"("do":"cut","when":{"page":[1,2]})", R"("do":"cut","when":{"page":2})").path,
            "$[1]"
        );
        CHECK_EQ(
            both(
                R"("do":"cut","when":{"time":{"until":"5s"}})",
                R"("do":"cut","when":{"time":{"from":"5s"}})"
            )
                .path,
            "(none)"
        );
        CHECK_EQ(both(R"("do":"stall:5s")", R"("do":"cut")").path, "(none)");
        CHECK_EQ(both(R"("do":"s:503")", R"("do":"cut")").path, "(none)");
        std::string text;
        try {
            world service{scenario{}};
            fault made = read_one(R"({"id":"first","do":"cut"})");
            service.add_fault(made);
            made.id = "second";
            service.add_fault(made);
        } catch (const bad_fault& bad) {
            text = bad.what();
        }
        CHECK_NE(text.find("'first'"), text.npos);
        CHECK_NE(text.find("'second'"), text.npos);
    }

    TEST_CASE("a request may bring a fault of its own only where the scenario says so")
    {
        scenario from = steady();
        peer client{from};
        const auto answer = [](peer& of, const char* wish) {
            return of.send("GET", "/v1/health", "", {{"x-mock-fault", wish}});
        };
        CHECK_EQ(answer(client, "s:503").status, 200);
        from.fault_header = true;
        peer open{from};
        CHECK_EQ(answer(open, "s:503").status, 503);
        CHECK_EQ(open.get("/v1/health").status, 200);
        const response_plan cut = answer(open, "cut@response-body:10");
        CHECK_EQ(cut.ending, wire_ending::close);
        CHECK_EQ(cut.cut_at, 10);
        CHECK_EQ(cut.cut_from, wire_place::origin::body);
        const response_plan part = answer(open, "reset@response-body:0.25");
        CHECK_EQ(part.cut_at, 250'000);
        CHECK_EQ(part.cut_from, wire_place::origin::fraction);
        for (const char* bad :
             {"",
              "@",
              "rest",
              "cut@",
              "cut@nowhere",
              "cut@after-effect:5",
              "cut@response-body:x",
              "cut@response-body:1.5",
              "tls-cut",
              "cut@response-head:0.5"}) {
            CAPTURE(bad);
            const response_plan refused = answer(open, bad);
            CHECK_EQ(refused.status, 400);
            CHECK_EQ(parse(refused.body).at("path"), "X-Mock-Fault");
        }
    }
}
