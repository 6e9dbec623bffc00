#include <scrapingpros/wire/error_body.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace scrapingpros;

namespace {

const call reading = get_run{};
const call writing = create_collection{};
const call fetching = get_result{};

error_reply decoded(unsigned status, const call& c, std::string_view body)
{
    return decode_error(status, c, {}, body);
}

}  // namespace

TEST_SUITE("wire.error_body")
{
    TEST_CASE("every status has a code, with or without a body")
    {
        for (const auto& [status, code] : std::vector<std::pair<unsigned, errc>>{
                 {100, errc::unexpected_status}, {200, errc::unexpected_status},
                 {204, errc::unexpected_status}, {301, errc::unexpected_status},
                 {307, errc::unexpected_status}, {400, errc::bad_request},
                 {401, errc::unauthorized},      {402, errc::rejected},
                 {403, errc::forbidden},         {404, errc::not_found},
                 {405, errc::rejected},          {408, errc::server_error},
                 {409, errc::conflict},          {410, errc::not_found},
                 {413, errc::request_too_large}, {415, errc::rejected},
                 {422, errc::rejected},          {429, errc::throttled},
                 {451, errc::rejected},          {500, errc::server_error},
                 {502, errc::server_error},      {503, errc::server_error},
                 {504, errc::server_error},      {599, errc::server_error},
                 {600, errc::unexpected_status}, {0, errc::unexpected_status}}) {
            CAPTURE(status);
            CHECK(decoded(status, writing, "").code == code);
            CHECK(decoded(status, writing, "<html>").code == code);
            CHECK(decoded(status, writing, R"({"detail":"x"})").code == code);
        }
    }

    TEST_CASE("a conflict is one of keys, and only a create has a key")
    {
        CHECK(decoded(409, start_run{}, "").code == errc::rejected);
        CHECK(decoded(409, update_collection{}, "").code == errc::rejected);
    }

    TEST_CASE("the result route tells five kinds of absence apart")
    {
        const auto refused = [](const std::string& word) {
            return decoded(404, fetching, R"({"detail":{"error_code":")" + word + "\"}}").code;
        };
        CHECK(refused("result_pending") == errc::result_pending);
        CHECK(refused("result_expired") == errc::result_expired);
        CHECK(refused("result_lost") == errc::result_lost);
        CHECK(refused("job_id_invalid") == errc::job_id_invalid);
        CHECK(refused("something_new") == errc::result_unavailable);
        CHECK(decoded(404, fetching, "").code == errc::result_unavailable);
        CHECK(decoded(404, fetching, "<html>").code == errc::result_unavailable);
        CHECK(decoded(410, fetching, "").code == errc::result_expired);
    }

    TEST_CASE("prose decides nothing")
    {
        CHECK(
            decoded(404, fetching, R"({"detail":"result_expired"})").code ==
            errc::result_unavailable
        );
        CHECK(
            decoded(404, reading, R"({"detail":{"error_code":"result_pending"}})").code ==
            errc::not_found
        );
        CHECK(
            decoded(500, writing, R"({"detail":"Monthly quota exceeded"})").code ==
            errc::server_error
        );
    }

    TEST_CASE("a new kind of refusal is kept for the caller to look at")
    {
        const auto reply = decoded(404, fetching, R"({"error_code":"moved","message":"m"})");
        REQUIRE(reply.refusal.has_value());
        CHECK_EQ(reply.refusal->code, "moved");
        CHECK_EQ(reply.refusal->message, "m");
        CHECK_EQ(reply.server_text, "m");
    }

    TEST_CASE("refusals survive members of other types and absurd ages")
    {
        for (const char* rest :
             {R"("completed_at":17,"age_hours":"old")",
              R"("age_hours":1e300)",
              R"("age_hours":-1e300)",
              R"("message":{},"completed_at":[])"}) {
            CAPTURE(rest);
            const auto reply = decoded(
                404,
                fetching,
                R"({"detail":{"error_code":"result_lost",)" + std::string(rest) + "}}"
            );
            CHECK(reply.code == errc::result_lost);
            CHECK_FALSE(reply.refusal->age.has_value());
        }
        CHECK(
            decoded(404, fetching, R"({"detail":{"error_code":404}})").code ==
            errc::result_unavailable
        );
    }

    TEST_CASE("a used-up quota is told from a rate by one word, in any case, and stops writes only")
    {
        for (const char* body :
             {R"({"detail":"Monthly quota exceeded"})",
              R"({"message":"QUOTA"})",
              R"({"detail":{"message":"Your Quota is used up"}})",
              R"({"detail":[{"msg":"quota"}]})",
              "<p>Quota exceeded</p>"}) {
            CAPTURE(body);
            CHECK(decoded(429, writing, body).code == errc::quota_exceeded);
            CHECK(decoded(429, reading, body).code == errc::throttled);
            CHECK(decoded(429, get_health{}, body).code == errc::throttled);
        }
        CHECK(
            decoded(429, writing, R"({"detail":"Rate limit","quota":{}})").code == errc::throttled
        );
        CHECK(decoded(429, writing, "quot").code == errc::throttled);
    }

    TEST_CASE("the service's words are found in every form")
    {
        for (const auto& [body, words] : std::vector<std::pair<std::string, std::string>>{
                 {R"({"detail":"d","message":"m"})", "d"},
                 {R"({"detail":null,"message":"m"})", "m"},
                 {R"({"message":"m"})", "m"},
                 {R"({"detail":{"message":"m"}})", "m"},
                 {R"({"detail":{"x":1}})", R"({"x":1})"},
                 {R"({"detail":[]})", ""},
                 {R"({"detail":["a",{"loc":"q","msg":"b"},{"loc":["body",0]}]})",
                  R"("a"; q: b; body.0: {"loc":["body",0]})"},
                 {R"({"error":"e"})", R"({"error":"e"})"},
                 {R"("plain")", "plain"},
                 {"[1]", "1"},
                 {"null", "null"},
                 {"  <h1>x</h1>\n", "<h1>x</h1>"},
                 {"", ""}}) {
            CAPTURE(body);
            CHECK_EQ(decoded(422, writing, body).server_text, words);
        }
    }

    TEST_CASE("long texts are cut, not within a character")
    {
        const auto plain = decoded(500, reading, std::string(5000, 'x'));
        CHECK_EQ(plain.server_text.size(), std::size_t{1024});
        std::string accents = "x";
        for (int i = 0; i < 3000; ++i)
            accents += "\xC3\xA9";
        CHECK_EQ(decoded(500, reading, accents).server_text.size(), std::size_t{1024} - 1);
        CHECK_EQ(decoded(500, reading, std::string(5000, '\x80')).server_text.size(), 0);
    }

    TEST_CASE("deep and broken bodies are kept as text")
    {
        const std::string deep(100'000, '[');
        CHECK(decoded(503, reading, deep).code == errc::server_error);
        CHECK(
            decoded(404, fetching, R"({"detail":{"error_code":"result_lost")").code ==
            errc::result_unavailable
        );
    }
}
