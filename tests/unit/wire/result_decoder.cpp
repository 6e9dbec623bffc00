#include <scrapingpros/wire/result_decoder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

namespace {

struct text_sink final : body_sink {
    void on_begin(body_kind kind) override { kinds.push_back(kind); }
    void on_text(std::string_view piece) override
    {
        longest = piece.size() > longest ? piece.size() : longest;
        text += piece;
    }

    std::vector<body_kind> kinds{};
    std::string text{};
    std::size_t longest = 0;
};

struct decoded_result {
    result<job_result> value = job_result{};
    diagnostics diag{};
};

decoded_result decode(
    std::string_view text,
    std::size_t piece = 65'536,
    result_limits limits = {},
    body_sink* sink = nullptr
)
{
    result_decoder decoder(limits, sink);
    error_code ec;
    for (std::size_t at = 0; at < text.size() && !ec; at += piece)
        ec = decoder.write(text.substr(at, piece));
    decoded_result out;
    if (ec)
        out.value = ec;
    else
        out.value = decoder.finish();
    decoder.explain(out.diag);
    return out;
}

std::string noted(const std::string& text)
{
    const auto out = decode(text);
    REQUIRE(out.value.has_value());
    return out.diag.place;
}

const char* const results[] = {
    "result_full_200.json",
    "result_binary_200.json",
    "result_soft_block_200.json",
    "result_old_server_200.json",
    "result_markdown_200.json",
    "result_body_url_200.json"};

}  // namespace

TEST_SUITE("wire.result_decoder")
{
    TEST_CASE("a result is the same in pieces of any size, kept or passed on")
    {
        for (const std::string file : results) {
            CAPTURE(file);
            const std::string text = fixture(file);
            const job_result whole = *decode(text).value;
            for (std::size_t piece = 1; piece < text.size(); piece += piece < 70 ? 1 : piece / 3) {
                CAPTURE(piece);
                REQUIRE(*decode(text, piece).value == whole);
                text_sink sink;
                auto passed_on = *decode(text, piece, {}, &sink).value;
                if (whole.body.kind != body_kind::offloaded) {
                    CHECK_EQ(passed_on.body.content, "");
                    CHECK_EQ(sink.text, whole.body.content);
                    CHECK(sink.kinds == std::vector<body_kind>{whole.body.kind});
                    passed_on.body.content = sink.text;
                }
                REQUIRE(passed_on == whole);
            }
        }
    }

    TEST_CASE("a result cut off anywhere is incomplete")
    {
        for (const std::string file : results) {
            CAPTURE(file);
            std::string text = fixture(file);
            text.erase(text.find_last_of('}') + 1);
            for (std::size_t size = 0; size < text.size(); ++size)
                REQUIRE(decode(text.substr(0, size)).value.error() == errc::incomplete_body);
            CHECK(decode(text).value.has_value());
        }
    }

    TEST_CASE("what is no result is an error")
    {
        for (const std::string text :
             {"<html>",
              "null",
              "7",
              "\"x\"",
              "[]",
              "[{}]",
              "true",
              "{} {}",
              "{\"html\":\"a\"",
              "{\"html\":\"\\ud800\"}",
              "{'a':1}"}) {
            CAPTURE(text);
            const auto out = decode(text, 2);
            REQUIRE(out.value.has_error());
            CHECK_FALSE(out.diag.client_text.empty());
            if (text.find("html") == text.npos)
                CHECK(out.value.error() == errc::malformed_response);
        }
        CHECK(decode("").value.error() == errc::incomplete_body);
    }

    TEST_CASE("a result may lack all but one member, and that one may be null")
    {
        CHECK_EQ(*decode(R"({"html":null})").value, job_result{});
        CHECK_EQ(*decode(R"({"guidance":null,"of a later version":7})").value, job_result{});
    }

    TEST_CASE("an object without any member of a result is none, whatever else it says")
    {
        for (const std::string text :
             {"{}",
              R"({"detail":"Job result not found"})",
              R"({"detail":{"error_code":"result_lost","message":"gone"}})",
              R"({"job":{"html":"a","message":"OK"}})"}) {
            CAPTURE(text);
            const auto out = decode(text, 3);
            REQUIRE(out.value.has_error());
            CHECK_EQ(out.value.error(), errc::malformed_response);
            CHECK_EQ(out.diag.client_text, "no member of a result");
        }
    }

    TEST_CASE("members of another type are absent and noted, guidance's too")
    {
        CHECK_EQ(noted(R"({"statusCode":"200","message":7})"), "statusCode");
        CHECK_EQ(noted(R"({"html":7})"), "html");
        CHECK_EQ(noted(R"({"html":{"a":1}})"), "html");
        CHECK_EQ(noted(R"({"guidance":"x"})"), "guidance");
        CHECK_EQ(noted(R"({"guidance":["x"]})"), "guidance");
        CHECK_EQ(noted(R"({"guidance":{"credits_charged":-1}})"), "guidance.credits_charged");
        CHECK_EQ(noted(R"({"guidance":{"next_steps":{}}})"), "guidance.next_steps");
        CHECK_EQ(noted(R"({"guidance":{"suggested_request":[1]}})"), "guidance.suggested_request");
        CHECK_EQ(noted(R"({"timings":[]})"), "timings");
        CHECK_EQ(noted("{\"custom_id\":\"\xFF\"}"), "custom_id");
        CHECK_EQ(noted("{\"timings\":{\"a\":\"\xFF\"}}"), "timings");
        CHECK_EQ(noted(R"({"new":[{"html":"x"}],"cookies":["anything"]})"), "");
        const auto out = decode(R"({"message":7,"guidance":{"success":1,"stop_reason":"s"}})");
        CHECK_FALSE(out.value->message.has_value());
        CHECK_EQ(out.value->guidance->stop_reason, "s");
    }

    TEST_CASE("members inside of others are not the result's")
    {
        const auto r =
            *decode(R"({"extracted_data":{"html":"inner","message":"inner"},"html":"outer",)"
                    R"("guidance":{"suggested_request":{"html":"x","guidance":{}},"html":"y"}})")
                 .value;
        CHECK_EQ(r.body.content, "outer");
        CHECK_FALSE(r.message.has_value());
        CHECK_EQ(r.guidance->suggested_request_json, R"({"html":"x","guidance":{}})");
    }

    TEST_CASE("advice comes as a list or as text")
    {
        const auto steps = [](const std::string& value) {
            return decode(R"({"guidance":{"next_steps":)" + value + "}}")
                .value->guidance->next_steps;
        };
        using list = std::vector<std::string>;
        CHECK(steps(R"(["a",1,"b"])") == list{"a", "b"});
        CHECK(steps(R"("[\"a\"]")") == list{"a"});
        CHECK(steps("null").empty());
    }

    TEST_CASE("the first member with content is the body")
    {
        const auto body = [](const std::string& members) {
            const auto out = decode("{" + members + "}");
            REQUIRE(out.value.has_value());
            return out.value->body;
        };
        CHECK_EQ(body(R"("html":"")"), result_body{body_kind::html, ""});
        CHECK_EQ(body(R"("html":null,"markdown":"")"), result_body{body_kind::markdown, ""});
        CHECK_EQ(body(R"("html":"","markdown":"m")"), result_body{body_kind::markdown, "m"});
        CHECK_EQ(body(R"("html":"h","markdown":"")"), result_body{body_kind::html, "h"});
        CHECK_EQ(body(R"("html":"h","markdown":"m")"), result_body{body_kind::html, "h"});
        CHECK_EQ(body(R"("html":"","body_base64":"QQ==")"), result_body{body_kind::base64, "QQ=="});
        CHECK_EQ(body(R"("body_base64":"QQ==","html":"")"), result_body{body_kind::base64, "QQ=="});
        CHECK_EQ(body(R"("body_url":"u","html":"")"), result_body{body_kind::offloaded, "u"});
        CHECK_EQ(body(R"("body_base64":"","body_url":"")"), result_body{});
        CHECK_EQ(body(R"("html":"old","html":"new")"), result_body{body_kind::html, "new"});
        CHECK_EQ(noted(R"({"html":"h","markdown":"m"})"), "markdown");
    }

    TEST_CASE("a body that is with the sink already cannot be sent again")
    {
        text_sink sink;
        CHECK(decode(R"({"html":"a","markdown":"b"})", 3, {}, &sink).value.has_value());
        CHECK_EQ(sink.text, "a");
        const auto twice = decode(R"({"html":"a","html":"b"})", 3, {}, &sink);
        CHECK(twice.value.error() == errc::malformed_response);
        CHECK_EQ(twice.diag.client_text, "the body was sent twice");
    }

    TEST_CASE("a sink hears nothing of empty, missing and offloaded bodies")
    {
        text_sink sink;
        for (const char* text :
             {R"({"message":"OK"})", R"({"html":""})", R"({"html":null})", R"({"body_url":"u"})"})
            CHECK(decode(text, 4, {}, &sink).value.has_value());
        CHECK(sink.kinds.empty());
    }

    TEST_CASE("a sink gets small pieces of a large body")
    {
        text_sink sink;
        const std::string html(3'000'000, 'h');
        CHECK(decode("{\"html\":\"" + html + "\"}", 16'384, {}, &sink).value.has_value());
        CHECK(sink.text == html);
        CHECK(sink.longest <= 16'384);
    }

    TEST_CASE("limits are named with what was seen")
    {
        const std::string html = "{\"html\":\"" + std::string(1000, 'h') + "\"}";
        CHECK(decode(html, 100, {.max_body = 1000}).value.has_value());
        const auto body = decode(html, 100, {.max_body = 999});
        CHECK(body.value.error() == errc::body_too_large);
        CHECK_EQ(body.diag.client_text, "body: 1000 bytes or more, limit 999");
        text_sink sink;
        CHECK(decode(html, 100, {.max_body = 999}, &sink).value.error() == errc::body_too_large);
        CHECK(sink.text.size() <= 999);
        const std::string shot = "{\"screenshot\":\"" + std::string(1000, 's') + "\"}";
        CHECK(decode(shot, 100, {.max_rest = 1000}).value.has_value());
        const auto rest = decode(shot, 2000, {.max_rest = 999});
        CHECK(rest.value.error() == errc::body_too_large);
        CHECK_EQ(rest.diag.client_text, "other members: 1000 bytes or more, limit 999");
        const std::string deep =
            "{\"html\":null,\"x\":" + std::string(70, '[') + std::string(70, ']') + "}";
        CHECK(decode(deep).value.error() == errc::malformed_response);
        CHECK(decode(deep, 9, {.max_depth = 71}).value.has_value());
    }

    TEST_CASE("many small parts are counted as well")
    {
        std::string many = "{\"evaluate_results\":[0";
        for (int i = 0; i < 1000; ++i)
            many += ",[]";
        many += "]}";
        CHECK(decode(many, 50, {.max_rest = 1000}).value.error() == errc::body_too_large);
        std::string steps = R"({"guidance":{"next_steps":["")";
        for (int i = 0; i < 1000; ++i)
            steps += R"(,"")";
        CHECK(decode(steps + "]}}", 50, {.max_rest = 1000}).value.error() == errc::body_too_large);
    }

    TEST_CASE("an absurd expectation costs no absurd memory")
    {
        result_decoder decoder;
        decoder.expect_size(static_cast<std::uint64_t>(-1));
        CHECK_FALSE(decoder.write(R"({"html":"a"})"));
        const auto read = decoder.finish();
        CHECK(read->body.content.capacity() <= (1u << 20) + 1);
    }

    TEST_CASE("a decoder goes on where it was moved to")
    {
        result_decoder first;
        CHECK_FALSE(first.write(R"({"html":"a)"));
        result_decoder second = std::move(first);
        CHECK_FALSE(second.write(R"(b"})"));
        CHECK_EQ(second.finish()->body.content, "ab");
    }
}
