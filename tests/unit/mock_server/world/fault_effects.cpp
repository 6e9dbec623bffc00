#include <doctest/doctest.h>

#include <string>

#include "faults/fault_codes.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

/// The plan of a request that met a fault of that code.
response_plan under(
    const std::string& code, const std::string& target = "/v1/health", const std::string& phase = ""
)
{
    peer client{steady()};
    fault made = parse_fault_header(phase.empty() ? code : code + "@" + phase);
    made.id = "F";
    const std::size_t ordinal = client.service.add_fault(made);
    const response_plan plan = client.get(target);
    CAPTURE(code);
    CHECK_EQ(client.service.fault_hits(ordinal), 1);
    return plan;
}

std::string damaged(std::string body, const std::string& code)
{
    const auto read = read_fault_code(code, fault_layer::http, "$");
    CHECK(apply(std::get<effect::json>(read.effect).what, body));
    return body;
}

bool does_nothing(std::string body, const std::string& code)
{
    const std::string before = body;
    const auto read = read_fault_code(code, fault_layer::http, "$");
    return !apply(std::get<effect::json>(read.effect).what, body) && body == before;
}

const std::string page = R"({"items":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"total":9,"end":null})";

}  // namespace

TEST_SUITE("mock.fault_effects")
{
    TEST_CASE("a status has each of its bodies")
    {
        const auto body = [](const char* code) { return under(code).body; };
        CHECK_EQ(body("s:503"), R"({"detail":"Service temporarily unavailable"})");
        CHECK_EQ(body("s:418:message"), R"({"message":"Error"})");
        CHECK_EQ(
            body("s:422:array"),
            R"({"detail":[{"type":"fault","loc":["body"],"msg":"Unprocessable Entity"}]})"
        );
        CHECK_EQ(
            body("s:500:object"), R"({"error":{"code":500,"message":"Internal Server Error"}})"
        );
        CHECK_EQ(body("s:500:wrong-type"), R"({"detail":500})");
        CHECK_EQ(body("s:500:empty"), "");
        CHECK_EQ(header_of(under("s:502:html"), "Content-Type"), "text/html");
        CHECK_EQ(body("s:500:1MiB").size(), (1u << 20) + 13);
        CHECK_EQ(under("s:204:empty").status, 204);
    }

    TEST_CASE("a redirect leads to itself, elsewhere or nowhere")
    {
        CHECK_EQ(under("redirect:same").status, 302);
        CHECK_EQ(header_of(under("redirect:same"), "Location"), "/v1/health");
        CHECK_EQ(header_of(under("redirect:http://h/x:y"), "Location"), "http://h/x:y");
        CHECK_FALSE(header_of(under("redirect:nowhere"), "Location"));
    }

    TEST_CASE("an end, a pause and a drip stand where the phase says")
    {
        using origin = wire_place::origin;
        CHECK(under("cut").says_nothing());
        CHECK_EQ(under("cut", "/v1/health", "response-head").cut_at, 17);
        CHECK_EQ(under("cut", "/v1/health", "response-head:5").cut_at, 5);
        CHECK_FALSE(under("cut", "/v1/health", "response-body:0").says_nothing());
        const response_plan half = under("reset-now", "/v1/health", "response-body");
        CHECK_EQ(half.cut_from, origin::fraction);
        CHECK_EQ(half.cut_at, 500'000);
        CHECK_EQ(half.ending, wire_ending::reset_now);
        CHECK_EQ(under("half-close", "/v1/health", "response-end").cut_from, origin::end);
        CHECK_EQ(under("stall:5s").delay, duration{5s});
        CHECK_EQ(under("stall:5s").ending, wire_ending::complete);
        const response_plan pause = under("stall:5s", "/v1/health", "response-body:3");
        CHECK_EQ(pause.delay, duration{0});
        REQUIRE_EQ(pause.damages.size(), 1);
        CHECK_EQ(pause.damages[0].at.at, 3);
        CHECK_EQ(pause.damages[0].time, duration{5s});
        const response_plan drip = under("drip:7/1s", "/v1/health", "response-head");
        REQUIRE_EQ(drip.damages.size(), 1);
        CHECK_EQ(drip.damages[0].number, 7);
    }

    TEST_CASE("before the effect an end keeps the service from acting")
    {
        for (const char* phase : {"before-effect", "after-effect", "response-body"}) {
            peer client{steady()};
            const std::string id = client.create(items(1));
            fault made = parse_fault_header("reset@" + std::string(phase));
            made.on = operation::start_run;
            client.service.add_fault(made);
            client.send("POST", "/v1/async/collections/" + id + "/run");
            CHECK_EQ(client.service.run_ids().empty(), std::string(phase) == "before-effect");
        }
    }

    TEST_CASE("several faults damage one reply in the order of their addition")
    {
        peer client{steady()};
        for (const char* code : {"s:503", "hdr-dup:Date", "stall:1s", "cut@response-body:4"})
            client.service.add_fault(parse_fault_header(code));
        const response_plan plan = client.get("/v1/health");
        CHECK_EQ(plan.status, 503);
        CHECK_EQ(plan.delay, duration{1s});
        CHECK_EQ(plan.damages.size(), 1);
        CHECK_EQ(plan.cut_at, 4);
        CHECK(plan.faulted);
    }

    TEST_CASE("a header is left out, however it is spelled")
    {
        wire_draft draft;
        draft.lines = {"Date: Mon", "Content-Type: text/plain"};
        apply(wire_damage{.what = wire_damage::kind::header_missing, .text = "date"}, draft);
        REQUIRE_EQ(draft.lines.size(), 1);
        CHECK_EQ(draft.lines[0], "Content-Type: text/plain");
    }

    TEST_CASE("JSON is cut, followed by something, or begins with a mark")
    {
        CHECK_EQ(damaged(R"({"a":1})", "json-cut"), R"({"a)");
        CHECK_EQ(damaged(R"({"a":1})", "json-tail"), R"({"a":1}}]garbage)");
        CHECK_EQ(damaged("{}", "json-bom"), "\xef\xbb\xbf{}");
    }

    TEST_CASE("JSON gets members that no parser should like")
    {
        CHECK_EQ(damaged(R"({"a":1})", "json-dup-key"), R"({"a":"the first of two","a":1})");
        CHECK_EQ(damaged("{}", "json-nan"), R"({"not_a_number":NaN})");
        CHECK_EQ(damaged(R"({"a":1})", "json-deep:3"), R"({"deep":[[[]]],"a":1})");
        CHECK_EQ(damaged("{}", "json-bad-utf8"), "{\"bad_utf8\":\"\xc3\x28 \xff\"}");
        CHECK_EQ(damaged("{}", "json-lone-surrogate"), R"({"lone_surrogate":"\ud800 "})");
        CHECK_EQ(damaged(R"({"a":1})", "json-deep:100000").size(), 200'000 + 15);
        const std::string more = damaged(page, "json-extra");
        CHECK(parse(more).as_object().contains("brand_new_member"));
        CHECK(parse(more).at("items").at(1).as_object().contains("brand_new_field"));
    }

    TEST_CASE("a value at a path is null, missing, of another type or huge")
    {
        CHECK_EQ(
            damaged(page, "json-null:items[1].b"),
            R"({"items":[{"a":1,"b":"x"},{"a":2,"b":null}],"total":9,"end":null})"
        );
        CHECK_EQ(
            damaged(page, "json-drop:items[*].a"),
            R"({"items":[{"b":"x"},{"b":"y"}],"total":9,"end":null})"
        );
        CHECK_EQ(
            damaged(page, "json-drop:items[last]"),
            R"({"items":[{"a":1,"b":"x"}],"total":9,"end":null})"
        );
        CHECK_EQ(damaged(R"({"a":"x"})", "json-type:a"), R"({"a":7})");
        CHECK_EQ(damaged(R"({"a":5})", "json-type:a"), R"({"a":"5"})");
        CHECK_EQ(damaged(R"({"a":true})", "json-type:a"), R"({"a":"true"})");
        CHECK_EQ(damaged(R"({"a":null})", "json-type:a"), R"({"a":{}})");
        CHECK_EQ(damaged(R"({"a":[1]})", "json-type:a"), R"({"a":{}})");
        CHECK_EQ(damaged(R"({"a":{"b":1}})", "json-type:a"), R"({"a":[]})");
        CHECK_EQ(
            damaged(R"({"a":5})", "json-bigint:a"),
            R"({"a":1234567890123456789012345678901234567890})"
        );
    }

    TEST_CASE("a value at a path is any text")
    {
        CHECK_EQ(damaged(R"({"a":5})", "json-text:a=paused"), R"({"a":"paused"})");
        CHECK_EQ(damaged(R"({"a":{"b":1}})", "json-text:a.b=x=\"y"), R"({"a":{"b":"x=\"y"}})");
        CHECK_EQ(damaged(R"({"a":"x"})", "json-text:a="), R"({"a":""})");
        CHECK(does_nothing(R"({"a":5})", "json-text:b=paused"));
    }

    TEST_CASE("what is not there is not damaged")
    {
        for (const char* code :
             {"json-null:nothing",
              "json-drop:items[7]",
              "json-type:total.deeper",
              "json-bigint:items.a",
              "json-null:end[0]"})
            CHECK(does_nothing(page, code));
        CHECK(does_nothing("<html>", "json-null:a"));
        CHECK(does_nothing("<html>", "json-nan"));
        CHECK(does_nothing("[]", "json-dup-key"));
        CHECK(does_nothing("", "json-cut"));
        CHECK(does_nothing(R"({"items":[]})", "json-null:items[last].a"));
    }

    TEST_CASE("rows drift as the service's own have done")
    {
        const auto row_under = [](const std::string& code) {
            peer client{steady()};
            const std::string run = client.run_of(2);
            client.finish(run);
            fault made = parse_fault_header(code);
            made.on = operation::list_jobs;
            client.service.add_fault(made);
            return client.read(run + "/jobs?include_results=true").at("items").at(1);
        };
        CHECK_EQ(
            row_under("row-drift:protection_stack").at("protection_stack"), R"(["cloudflare"])"
        );
        CHECK_EQ(row_under("row-drift:rule_hits").at("rule_hits"), "a,b");
        CHECK_EQ(row_under("row-drift:execution_time_ms").at("execution_time_ms"), 1370.5);
        CHECK(row_under("row-drift:url_truncated").at("url_truncated").is_null());
        CHECK(row_under("row-drift:rule_hits:null").at("rule_hits").is_null());
        CHECK(row_under("is_success-null").at("is_success").is_null());
        CHECK_EQ(row_under("inline:absent").as_object().contains("result"), false);
    }

    TEST_CASE("a run's total shrinks by one")
    {
        peer client{steady()};
        const std::string run = client.run_of(5);
        fault made = parse_fault_header("total-shrinks");
        made.times = 1;
        client.service.add_fault(made);
        CHECK_EQ(client.read(run).at("total_requests"), 4);
        CHECK_EQ(client.read(run).at("total_requests"), 5);
    }

    TEST_CASE("a run ends early by its code")
    {
        peer client{steady(60s)};
        fault made = parse_fault_header("run-end:cancelled:3s");
        made.on = operation::start_run;
        client.service.add_fault(made);
        const std::string run = client.run_of(5);
        client.now += 4s;
        CHECK_EQ(client.read(run).at("status"), "cancelled");
    }
}
