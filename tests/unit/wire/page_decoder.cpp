#include <scrapingpros/wire/page_decoder.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/decoded_page.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

std::string items(const std::string& rows)
{
    return "{\"items\":[" + rows + "]}";
}

/// The row of a job with more members.
listed_job row_with(const std::string& members)
{
    const auto page = decode_page(items(R"({"job_public_id":"j",)" + members + "}"));
    REQUIRE_FALSE(page.error);
    REQUIRE_EQ(page.rows.size(), 1);
    return page.job(0);
}

inline_state state_with(const std::string& result)
{
    const auto row = row_with("\"result\":" + result);
    CHECK(row.result.has_value() == (row.state == inline_state::present));
    return row.state;
}

}  // namespace

TEST_SUITE("wire.page_decoder")
{
    TEST_CASE("what is no page is an error, never a page without rows")
    {
        for (const std::string text :
             {"<html>Back soon</html>",
              "null",
              "7",
              "\"items\"",
              "[]",
              "[{}]",
              "true",
              "{}",
              R"({"items":null})",
              R"({"items":{}})",
              R"({"items":"x"})",
              R"({"has_more":false,"cursor_next":null})",
              R"({"items":[],})",
              R"({"items":[]} x)",
              R"({"items":[]}{"items":[]})",
              "OK",
              "\xEF\xBB\xBF{}"}) {
            CAPTURE(text);
            const auto page = decode_page(text);
            CHECK(page.error == errc::malformed_response);
            CHECK_FALSE(page.diag.client_text.empty());
            CHECK(page.rows.empty());
        }
    }

    TEST_CASE("nothing at all is a page cut off at its start")
    {
        for (const std::string text : {"", " ", "{", R"({"items":[)"}) {
            CAPTURE(text);
            CHECK(decode_page(text).error == errc::incomplete_body);
        }
    }

    TEST_CASE("space around the page does not matter")
    {
        CHECK_FALSE(decode_page(" \r\n\t" + items("") + "\n\n ", 1).error);
    }

    TEST_CASE("what the page says of the next one is read before and behind the rows")
    {
        const std::string rows = R"("items":[{"job_public_id":"a"}])";
        const std::string more = R"("cursor_next":"c1","has_more":true)";
        for (const auto& text : {"{" + rows + "," + more + "}", "{" + more + "," + rows + "}"}) {
            const auto page = decode_page(text, 3);
            CHECK_EQ(page.end, page_end{true, "c1"});
            CHECK_EQ(page.rows.size(), 1);
        }
    }

    TEST_CASE("what the page does not say is guessed as an old server means it")
    {
        const auto end = [](const std::string& members) {
            const auto page = decode_page("{\"items\":[]" + members + "}");
            REQUIRE_FALSE(page.error);
            return page.end;
        };
        CHECK_EQ(end(""), page_end{});
        CHECK_EQ(end(R"(,"has_more":null,"cursor_next":null)"), page_end{});
        CHECK_EQ(end(R"(,"has_more":true,"cursor_next":null)"), page_end{true, {}});
        CHECK_EQ(end(R"(,"has_more":null,"cursor_next":"c")"), page_end{true, "c"});
        CHECK_EQ(end(R"(,"has_more":false,"cursor_next":"c")"), page_end{false, "c"});
        CHECK_EQ(end(R"(,"cursor_next":"")"), page_end{});
        CHECK_EQ(end(R"(,"has_more":"yes","cursor_next":7)"), page_end{});
    }

    TEST_CASE("a row that cannot be read is named and costs only itself")
    {
        const auto page = decode_page(
            items(R"({"job_public_id":"a"},7,null,"x",[1,[2]],{},{"job_public_id":null},)"
                  R"({"job_public_id":{}},{"job_public_id":""},{"url":"u"},{"job_public_id":"b"})")
        );
        REQUIRE_FALSE(page.error);
        REQUIRE_EQ(page.rows.size(), 11);
        CHECK_EQ(page.job(0).job.id.value, "a");
        CHECK_EQ(page.job(10).job.id.value, "b");
        for (std::size_t i = 1; i < 10; ++i) {
            CHECK_EQ(page.bad(i).index, i);
            CHECK_FALSE(page.bad(i).id.has_value());
        }
        CHECK_EQ(page.bad(1).reason, "a single value, not an object");
        CHECK_EQ(page.bad(4).reason, "an array, not an object");
        CHECK_EQ(page.bad(5).reason, "no job_public_id");
        CHECK_EQ(page.diag.place, "items[1]");
    }

    TEST_CASE("an optional member of another type is absent, and the first such is named")
    {
        const auto page = decode_page(items(
            R"({"job_public_id":"a","status":7,"status_code":"200","message":[],"is_success":"true",)"
            R"("completed_at":"soon","execution_time_ms":-5,"retries_attempted":-1,"url":{},)"
            R"("custom_id":1,"rule_hits":{"a":1},"protection_stack":5,"url_truncated":0})"
        ));
        const job& j = page.job(0).job;
        CHECK_EQ(j, job{.id = {"a"}});
        CHECK_EQ(page.diag.place, "items[0].status");
    }

    TEST_CASE("numbers keep to their range")
    {
        CHECK_FALSE(row_with(R"("status_code":99999999999)").job.status_code.has_value());
        CHECK_FALSE(row_with(R"("status_code":200.5)").job.status_code.has_value());
        CHECK_EQ(row_with(R"("status_code":200.0)").job.status_code, 200);
        CHECK_EQ(row_with(R"("status_code":-1)").job.status_code, -1);
        CHECK_FALSE(row_with(R"("execution_time_ms":1e300)").job.execution_time.has_value());
        CHECK(row_with(R"("execution_time_ms":0)").job.execution_time == 0us);
        CHECK(row_with(R"("execution_time_sec":1.5)").job.execution_time == 1500ms);
        CHECK(
            row_with(R"("execution_time_sec":9,"execution_time_ms":1)").job.execution_time == 1ms
        );
        CHECK_EQ(row_with(R"("retries_attempted":3.0)").job.retries_attempted, 3u);
    }

    TEST_CASE("stamps are read in every form, numbers included")
    {
        const auto stamp = row_with(R"("completed_at":"2026-06-01T10:00:00Z")").job.completed_at;
        CHECK(stamp.has_value());
        CHECK(row_with(R"("completed_at":1780308000)").job.completed_at == stamp);
        CHECK(row_with(R"("completed_at":1.780308e9)").job.completed_at == stamp);
        CHECK_FALSE(row_with(R"("completed_at":-1)").job.completed_at.has_value());
    }

    TEST_CASE("lists are read in four forms")
    {
        using list = std::vector<std::string>;
        const auto hits = [](const std::string& value) {
            return row_with("\"rule_hits\":" + value).job.rule_hits;
        };
        CHECK(hits(R"(["a","b"])") == list{"a", "b"});
        CHECK(hits(R"("[\"a\",\"b\"]")") == list{"a", "b"});
        CHECK(hits(R"("a, b,,c")") == list{"a", "b", "c"});
        CHECK(hits(R"("a")") == list{"a"});
        CHECK(hits("null").empty());
        CHECK(hits("\"\"").empty());
        CHECK(hits("\"[]\"").empty());
        CHECK(hits("\"null\"").empty());
        CHECK(hits(R"(["a",1,null,["x"],{"y":"z"},"b"])") == list{"a", "b"});
        CHECK(hits(R"("[\"a")") == list{"[\"a"});
    }

    TEST_CASE("a result is taken only if it is whole")
    {
        CHECK_EQ(state_with("null"), inline_state::null);
        CHECK_EQ(state_with(R"({"message":"OK"})"), inline_state::present);
        for (const std::string spoilt :
             {"{}",
              "7",
              "true",
              "\"partial\"",
              "[]",
              "[{\"message\":\"OK\"}]",
              R"({"message":null})",
              R"({"message":7})",
              R"({"html":"x"})",
              R"({"message":"OK","statusCode":"200"})",
              R"({"message":"OK","html":7})",
              R"({"message":"OK","html":["x"]})",
              R"({"message":"OK","guidance":"x"})",
              R"({"message":"OK","guidance":{"success":"yes"}})",
              R"({"message":"OK","extracted_data":[]})",
              R"({"message":"OK","evaluate_results":{}})",
              R"({"message":"OK","timings":7})",
              R"({"message":"OK","executionTime":"1"})",
              R"({"message":"OK","potentiallyBlockedByCaptcha":0})",
              R"({"message":"OK","body_url":{}})"}) {
            CAPTURE(spoilt);
            CHECK_EQ(state_with(spoilt), inline_state::unreadable);
        }
        CHECK_EQ(row_with("\"url\":\"u\"").state, inline_state::absent);
    }

    TEST_CASE("members behind a result are still the row's")
    {
        const auto row =
            row_with(R"("result":{"message":"OK","url":"r"},"url":"u","status":"failed")");
        CHECK_EQ(row.job.url, "u");
        CHECK_EQ(row.result->url, "r");
        CHECK_EQ(row.job.status, job_status::failed);
    }

    TEST_CASE("of members that come twice the last counts, and a row stays one row")
    {
        const auto row = row_with(
            R"("status":"failed","status":"completed","job_public_id":"k",)"
            R"("result":{"message":"OK","html":"old"},"result":{"message":"OK","html":"new"})"
        );
        CHECK_EQ(row.job.id.value, "k");
        CHECK_EQ(row.job.status, job_status::completed);
        CHECK_EQ(row.result->body.content, "new");
        CHECK_EQ(row_with(R"("result":{"message":"OK"},"result":null)").state, inline_state::null);
        CHECK_EQ(row_with(R"("result":7,"result":{"message":"m"})").state, inline_state::present);
    }

    TEST_CASE("nothing is left over from the row before")
    {
        const auto page = decode_page(items(
            R"({"job_public_id":"a","url":"u","rule_hits":["x"],"execution_time_sec":3,)"
            R"("status":"failed","result":{"message":"OK","html":"h","guidance":{"success":true}}},)"
            R"({"job_public_id":"b"},{"job_public_id":"c","result":{"message":"m"}})"
        ));
        CHECK_EQ(page.job(1), listed_job{.job = {.id = {"b"}}});
        CHECK_EQ(*page.job(2).result, job_result{.message = "m"});
    }

    TEST_CASE("a byte that is not UTF-8 costs the member that it is in")
    {
        const auto page = decode_page(items(
            "{\"job_public_id\":\"a\",\"custom_id\":\"\xFF\",\"rule_hits\":[\"\xC3\",\"ok\"]},"
            "{\"job_public_id\":\"\xFF\"},{\"job_public_id\":\"b\"}"
        ));
        REQUIRE_FALSE(page.error);
        CHECK_FALSE(page.job(0).job.custom_id.has_value());
        CHECK(page.job(0).job.rule_hits == std::vector<std::string>{"ok"});
        CHECK_EQ(page.bad(1).reason, "no job_public_id");
        CHECK_EQ(page.job(2).job.id.value, "b");
    }

    TEST_CASE("a decoder goes on where it was moved to")
    {
        const std::string text = items(R"({"job_public_id":"a"})");
        page_decoder first;
        CHECK_FALSE(first.write(text.substr(0, 20)));
        page_decoder second = std::move(first);
        CHECK_FALSE(second.write(text.substr(20)));
        CHECK_FALSE(second.finish());
        CHECK(second.next_row().has_value());
        CHECK_FALSE(second.next_row().has_value());
    }
}
