#include <scrapingpros/wire/page_decoder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/decoded_page.hpp"
#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

namespace {

const std::vector<std::string>& pages()
{
    static const std::vector<std::string> files{
        "jobs_by_id_200.json",
        "jobs_empty_200.json",
        "jobs_inline_200.json",
        "jobs_inline_hostile_200.json",
        "jobs_old_server_200.json",
        "jobs_page1_200.json",
        "jobs_row_drift_200.json",
        "jobs_row_without_stamps_200.json"};
    return files;
}

/// Ends of the rows of a page, as offsets: where a row may be taken at the earliest.
std::size_t rows_before(const std::string& text, std::size_t size)
{
    return decode_page(text.substr(0, size)).rows.size();
}

}  // namespace

TEST_SUITE("wire.page_decoder")
{
    TEST_CASE("a page gives the same rows in pieces of any size")
    {
        for (const auto& file : pages()) {
            CAPTURE(file);
            const std::string text = fixture(file);
            const auto whole = decode_page(text, text.size());
            for (std::size_t piece = 1; piece <= text.size(); piece += piece < 70 ? 1 : piece / 3) {
                CAPTURE(piece);
                const auto pieces = decode_page(text, piece);
                REQUIRE_FALSE(pieces.error);
                REQUIRE(pieces.rows == whole.rows);
                CHECK_EQ(pieces.end, whole.end);
                CHECK_EQ(pieces.diag.place, whole.diag.place);
            }
        }
    }

    TEST_CASE("escapes and characters may be cut anywhere")
    {
        const std::string text =
            "{\"items\":[{\"job_public_id\":\"a\\u00e9\",\"url\":\"\xC3\xA9\xF0\x9F\x98\x80\","
            "\"result\":"
            "{\"message\":\"\\ud83d\\ude00\\n\\\"\\\\\",\"html\":\"\\u0041\xE2\x82\xAC\\/\\t\","
            "\"timings\":{\"k\\u0022\":[1.5e-3,-0,true,null,\"v\\u000a\xC3\xA9\"]}}}]}";
        for (std::size_t piece = 1; piece <= text.size(); ++piece) {
            const auto page = decode_page(text, piece);
            REQUIRE_FALSE(page.error);
            CHECK_EQ(page.job(0).job.id.value, "a\xC3\xA9");
            const job_result& result = *page.job(0).result;
            CHECK_EQ(result.message, "\xF0\x9F\x98\x80\n\"\\");
            CHECK_EQ(result.body.content, "A\xE2\x82\xAC/\t");
            CHECK_EQ(result.timings_json, "{\"k\\\"\":[1.5e-3,-0,true,null,\"v\\n\xC3\xA9\"]}");
        }
    }

    TEST_CASE("a page cut off anywhere is incomplete, and its whole rows are delivered")
    {
        for (const auto& file : pages()) {
            CAPTURE(file);
            std::string text = fixture(file);
            text.erase(text.find_last_of('}') + 1);
            const auto whole = decode_page(text);
            std::size_t rows = 0;
            for (std::size_t size = 0; size < text.size(); ++size) {
                CAPTURE(size);
                const auto cut = decode_page(text.substr(0, size));
                REQUIRE(cut.error == errc::incomplete_body);
                REQUIRE(cut.rows.size() >= rows);
                rows = cut.rows.size();
                for (std::size_t i = 0; i < rows; ++i)
                    REQUIRE(cut.rows[i] == whole.rows[i]);
            }
            CHECK_EQ(rows, whole.rows.size());
        }
    }

    TEST_CASE("a row can be taken with its last byte")
    {
        const std::string text = fixture("jobs_page1_200.json");
        const std::size_t second_row = text.find("\n    },\n") + 6;
        CHECK_EQ(rows_before(text, second_row - 1), 0);
        CHECK_EQ(rows_before(text, second_row), 1);
    }

    TEST_CASE("rows before a syntax error are delivered, and the error stays")
    {
        page_decoder decoder;
        const std::string text =
            R"({"items":[{"job_public_id":"a"},{"job_public_id":"b"},oops,{"job_public_id":"c"}]})";
        CHECK(decoder.write(text) == errc::malformed_response);
        CHECK(decoder.write("]}") == errc::malformed_response);
        CHECK(decoder.finish() == errc::malformed_response);
        CHECK(decoder.next_row().has_value());
        CHECK(decoder.next_row().has_value());
        CHECK_FALSE(decoder.next_row().has_value());
        diagnostics diag;
        decoder.explain(diag);
        CHECK_EQ(diag.place, "byte 54");
        CHECK_EQ(diag.client_text.substr(0, 9), "no JSON: ");
    }

    TEST_CASE("empty pieces change nothing")
    {
        page_decoder decoder;
        for (const char* piece : {"", "{\"items\":", "", "[]", "", "}", ""})
            CHECK_FALSE(decoder.write(piece));
        CHECK_FALSE(decoder.finish());
    }
}
