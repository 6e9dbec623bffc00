#include "faults/faults.hpp"

#include <boost/json/parse.hpp>

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

/// A peer with one fault, and the fault's ordinal.
struct damaged : peer {
    explicit damaged(fault what, scenario from = steady()) : peer(std::move(from))
    {
        ordinal = service.add_fault(std::move(what));
    }
    std::uint64_t hits() const { return service.fault_hits(ordinal); }

    std::size_t ordinal = 0;
};

std::string path_of_error(std::string_view text)
{
    try {
        parse_faults(text);
    } catch (const bad_fault& bad) {
        return bad.path;
    }
    return "(none)";
}

response_plan listed(fault_effect what)
{
    damaged client{make_fault(operation::list_collections, std::move(what), fault_phase::after)};
    client.create("[]");
    return client.get(collections);
}

}  // namespace

TEST_SUITE("mock.faults")
{
    TEST_CASE("a fault meets the occurrences it names and counts them")
    {
        const auto statuses = [](occurrence when) {
            damaged client{make_fault(
                operation::list_collections, effect::status{503}, fault_phase::before, when
            )};
            std::string all;
            for (int i = 0; i < 4; ++i) {
                all += client.get(collections).status == 503 ? 'x' : '.';
                client.get("/v1/health");
            }
            return all + std::to_string(client.hits());
        };
        CHECK_EQ(statuses(occurrence::nth(1)), "x...1");
        CHECK_EQ(statuses(occurrence::nth(3)), "..x.1");
        CHECK_EQ(statuses({2, 3}), ".xx.2");
        CHECK_EQ(statuses(occurrence::every()), "xxxx4");
    }

    TEST_CASE("a fault on any operation counts all requests")
    {
        damaged client{make_fault(
            operation::any, effect::status{500}, fault_phase::before, occurrence::nth(2)
        )};
        CHECK_EQ(client.get("/v1/health").status, 200);
        CHECK_EQ(client.get("/nowhere").status, 500);
        CHECK_EQ(client.get("/v1/health").status, 200);
    }

    TEST_CASE("before the effect nothing happens, after it everything but the answer")
    {
        for (const fault_phase phase : {fault_phase::before, fault_phase::after}) {
            damaged client{make_fault(operation::start_run, effect::status{502}, phase)};
            const std::string id = client.create(items(1));
            CHECK_EQ(client.send("POST", collections + "/" + id + "/run").status, 502);
            const std::size_t started = phase == fault_phase::after ? 1 : 0;
            CHECK_EQ(client.service.run_ids().size(), started);
            CHECK_EQ(client.read(collections + "/" + id + "/runs").at("total"), started);
            const journal_entry& entry = client.service.requests().entries().at(1);
            CHECK_EQ(entry.effect, phase == fault_phase::after);
            CHECK_EQ(entry.status, 502);
        }
    }

    TEST_CASE("an answer is lost, cut, reset or stalled at its byte")
    {
        const response_plan lost = listed(effect::lose_reply{});
        CHECK_EQ(lost.ending, wire_ending::close);
        CHECK_EQ(lost.cut_at, 0);
        const response_plan cut = listed(effect::cut{77});
        CHECK_EQ(cut.ending, wire_ending::close);
        CHECK_EQ(cut.cut_at, 77);
        CHECK_EQ(listed(effect::reset{5}).ending, wire_ending::reset);
        CHECK_EQ(listed(effect::stall{5}).ending, wire_ending::stall);
        CHECK_EQ(listed(effect::stall{5}).status, 200);
    }

    TEST_CASE("an answer is delayed, shortened, blown up or lied about")
    {
        const std::string whole = listed(effect::delay{}).body;
        CHECK_EQ(listed(effect::delay{3s}).delay, duration{3s});
        CHECK_EQ(listed(effect::truncate_json{1}).body, whole.substr(0, whole.size() - 1));
        CHECK_EQ(listed(effect::truncate_json{100'000}).body, "");
        const response_plan huge = listed(effect::huge_body{100'000});
        CHECK_EQ(huge.body.size(), 100'000);
        CHECK_EQ(parse(huge.body), parse(whole));
        CHECK_EQ(listed(effect::lie_about_length{7}).declared_length, std::size_t{7});
        std::size_t bytes = 0;
        for (const header& each : listed(effect::header_bomb{9'000}).headers)
            if (each.name.starts_with("X-Filler")) bytes += each.value.size();
        CHECK_EQ(bytes, 9'000);
    }

    TEST_CASE("a status comes with the body and headers that it names")
    {
        const auto answer = [](body_form form) {
            return listed(effect::status{418, form, "teapot", {{"X-A", "b"}}});
        };
        CHECK_EQ(answer(body_form::detail).body, R"({"detail":"teapot"})");
        CHECK_EQ(answer(body_form::message).body, R"({"message":"teapot"})");
        CHECK_EQ(answer(body_form::empty).body, "");
        CHECK_EQ(header_of(answer(body_form::html), "Content-Type"), "text/html");
        CHECK_EQ(header_of(answer(body_form::empty), "X-A"), "b");
        CHECK_EQ(answer(body_form::detail).status, 418);
    }

    TEST_CASE("a throttle says Retry-After as it is told to")
    {
        CHECK_EQ(header_of(listed(effect::throttle{"0.5"}), "Retry-After"), "0.5");
        CHECK_FALSE(header_of(listed(effect::throttle{""}), "Retry-After"));
        CHECK_EQ(listed(effect::throttle{"-3"}).status, 429);
    }

    TEST_CASE("a maintenance page is a 200 that is no JSON")
    {
        const response_plan plan = listed(effect::html_200{});
        CHECK_EQ(plan.status, 200);
        CHECK_EQ(header_of(plan, "Content-Type"), "text/html");
    }

    TEST_CASE("a listing repeats its cursor, loses its end or damages one row's result")
    {
        const auto page = [](fault_effect what, const char* query) {
            damaged client{make_fault(
                operation::list_jobs, std::move(what), fault_phase::after, occurrence::every()
            )};
            const std::string run = client.run_of(4);
            client.finish(run);
            const json::value first = client.read(run + "/jobs?limit=2&include_results=true");
            if (*query == 0) return first;
            std::string cursor = text_of(first.at("cursor_next"));
            cursor = cursor.substr(0, cursor.find('='));
            const json::value second = client.read(run + "/jobs?limit=2&cursor=" + cursor);
            CHECK(text_of(second.at("cursor_next")).starts_with(cursor));
            return second;
        };
        CHECK_EQ(page(effect::repeat_cursor{}, "again").at("has_more"), true);
        const json::value endless = page(effect::drop_page_end{}, "");
        CHECK_FALSE(endless.as_object().contains("has_more"));
        CHECK_FALSE(endless.as_object().contains("cursor_next"));
        const auto forms = [&](inline_form form) {
            const json::value made = page(effect::malform_inline{form, 1}, "");
            CHECK(made.at("items").at(0).at("result").as_object().contains("message"));
            const json::object& row = made.at("items").at(1).as_object();
            return row.contains("result") ? row.at("result") : json::value("absent");
        };
        CHECK(forms(inline_form::null).is_null());
        CHECK_EQ(forms(inline_form::string), "partial");
        CHECK(forms(inline_form::array).is_array());
        CHECK(forms(inline_form::empty_object).as_object().empty());
        CHECK_FALSE(forms(inline_form::missing_message).as_object().contains("message"));
        CHECK_EQ(forms(inline_form::absent), "absent");
    }

    TEST_CASE("faults that no request has met are named")
    {
        scenario from = steady();
        from.faults = {
            make_fault(operation::create, effect::status{}),
            make_fault(operation::get_result, effect::status{})};
        peer client{from};
        CHECK_EQ(client.service.unmet_faults(), std::vector<std::size_t>{0, 1});
        client.send("POST", collections, "{}");
        CHECK_EQ(client.service.unmet_faults(), std::vector<std::size_t>{1});
    }

    TEST_CASE("effects may be written as objects, as they were before there were codes")
    {
        const auto read = parse_faults(R"([
            {"operation":"create","effect":{"kind":"status","code":500,"form":"html","text":"t",
             "headers":{"Retry-After":"5"}}},
            {"operation":"any","nth":3,"phase":"after","effect":{"kind":"throttle","retry_after":"7"}},
            {"operation":"get_run","nth":"every","effect":{"kind":"lose_reply"}},
            {"operation":"list_jobs","nth":{"from":2,"to":4},"effect":{"kind":"cut","at":10}},
            {"operation":"list_jobs","nth":{"from":5},"effect":{"kind":"reset","at":10}},
            {"operation":"list_jobs","effect":{"kind":"stall","at":10}},
            {"effect":{"kind":"html_200"}},
            {"effect":{"kind":"delay","by_ms":1500}},{"effect":{"kind":"truncate_json","missing":3}},
            {"effect":{"kind":"header_bomb","bytes":9}},{"effect":{"kind":"huge_body","bytes":9}},
            {"effect":{"kind":"lie_about_length","declared":9}},
            {"effect":{"kind":"keep_members","names":["a"]}},
            {"effect":{"kind":"drop_members","names":["a","b"]}},
            {"effect":{"kind":"malform_inline","form":"array","row":2}},
            {"effect":{"kind":"unknown_row_status","row":1,"word":"w"}},
            {"effect":{"kind":"repeat_cursor"}},{"effect":{"kind":"drop_page_end"}},
            {"operation":"start_run","effect":{"kind":"end_run","as":"cancelled","after_ms":9}}])");
        REQUIRE_EQ(read.size(), 19);
        for (std::size_t i = 0; i < read.size(); ++i)
            CHECK_EQ(read[i].effect.index(), i);
        CHECK_EQ(std::get<effect::status>(read[0].effect).headers.at(0).value, "5");
        CHECK_EQ(read[1].when.from, 3);
        CHECK_EQ(read[1].phase, fault_phase::after);
        CHECK_EQ(read[3].when.to, 4);
        CHECK_EQ(read[4].when.to, occurrence::every().to);
        CHECK_EQ(std::get<effect::delay>(read[7].effect).by, duration{1500ms});
        CHECK_EQ(std::get<effect::malform_inline>(read[14].effect).row, std::size_t{2});
    }

    TEST_CASE("what is wrong in a fault is named by its place")
    {
        CHECK_EQ(path_of_error("{"), "$");
        CHECK_EQ(path_of_error("{}"), "$");
        CHECK_EQ(path_of_error("[7]"), "$[0]");
        CHECK_EQ(path_of_error("[{}]"), "$[0].do");
        CHECK_EQ(path_of_error(R"([{"effect":{"kind":"dance"}}])"), "$[0].effect.kind");
        CHECK_EQ(path_of_error(R"([{"effect":{"kind":"cut","att":1}}])"), "$[0].effect.att");
        CHECK_EQ(path_of_error(R"([{"effect":{"kind":"cut","at":-1}}])"), "$[0].effect.at");
        CHECK_EQ(path_of_error(R"([{"on":"create","effect":{"kind":"cut"}}])"), "$[0].on");
        CHECK_EQ(path_of_error(R"([{"operation":"x","effect":{"kind":"cut"}}])"), "$[0].operation");
        CHECK_EQ(path_of_error(R"([{"phase":"x","effect":{"kind":"cut"}}])"), "$[0].phase");
        CHECK_EQ(
            path_of_error(
                R"([{"effect":{"kind":"cut"}},{"nth":{"until":1},"effect":{"kind":"cut"}}])"
            ),
            "$[1].nth.until"
        );
    }
}
