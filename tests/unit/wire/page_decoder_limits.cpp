#include <scrapingpros/wire/page_decoder.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/decoded_page.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

namespace {

std::string row(const std::string& id, const std::string& members = "")
{
    return R"({"job_public_id":")" + id + "\"" + members + "}";
}

std::string result_of(const std::string& members)
{
    return R"(,"result":{"message":"OK",)" + members + "}";
}

std::string page_of(const std::string& rows)
{
    return "{\"items\":[" + rows + "]}";
}

std::string x(std::size_t count)
{
    return std::string(count, 'x');
}

}  // namespace

TEST_SUITE("wire.page_decoder")
{
    TEST_CASE("a body over the limit costs its row the result, not the page its row")
    {
        const page_limits limits{.max_body = 100};
        const auto text = page_of(
            row("a", result_of("\"html\":\"" + x(100) + "\"")) + "," +
            row("b", result_of("\"html\":\"" + x(101) + "\"")) + "," +
            row("c", result_of("\"html\":\"short\""))
        );
        for (const std::size_t piece : {1u, 7u, 1000u}) {
            const auto page = decode_page(text, piece, limits);
            REQUIRE_FALSE(page.error);
            CHECK_EQ(page.job(0).result->body.content, x(100));
            CHECK_EQ(page.job(1).state, inline_state::unreadable);
            CHECK_EQ(page.job(2).result->body.content, "short");
        }
    }

    TEST_CASE("the other members of a result have a limit together")
    {
        const page_limits limits{.max_rest = 100};
        const auto state = [&](const std::string& members) {
            return decode_page(page_of(row("a", result_of(members))), 16, limits).job(0).state;
        };
        CHECK_EQ(state("\"screenshot\":\"" + x(98) + "\""), inline_state::present);
        CHECK_EQ(state("\"screenshot\":\"" + x(99) + "\""), inline_state::unreadable);
        CHECK_EQ(
            state("\"url\":\"" + x(60) + "\",\"content_type\":\"" + x(60) + "\""),
            inline_state::unreadable
        );
        CHECK_EQ(state("\"timings\":{\"" + x(120) + "\":1}"), inline_state::unreadable);
        CHECK_EQ(state("\"cookies\":[" + x(0) + "[1,2,3],[4,5,6]]"), inline_state::present);
        CHECK_EQ(
            state("\"guidance\":{\"stop_reason\":\"" + x(120) + "\"}"), inline_state::unreadable
        );
        CHECK_EQ(state("\"unknown\":\"" + x(1000) + "\""), inline_state::present);
    }

    TEST_CASE("a row over the limit is named with its id, and the page goes on")
    {
        const page_limits limits{.max_row_bytes = 100};
        const auto page = decode_page(
            page_of(
                row("a", ",\"url\":\"" + x(200) + "\"") + "," +
                row("b", ",\"rule_hits\":[\"" + x(50) + "\",\"" + x(50) + "\"]") + "," + row("c")
            ),
            16,
            limits
        );
        REQUIRE_FALSE(page.error);
        CHECK_EQ(page.bad(0).id, job_id{"a"});
        CHECK_EQ(page.bad(0).reason.substr(0, 8), "row: 201");
        CHECK_EQ(page.bad(1).id, job_id{"b"});
        CHECK_EQ(page.job(2).job.id.value, "c");
    }

    TEST_CASE("a result is not counted as part of its row")
    {
        const page_limits limits{.max_row_bytes = 100};
        const auto text = page_of(row("a", result_of("\"html\":\"" + x(500) + "\"")));
        CHECK_EQ(decode_page(text, 16, limits).job(0).state, inline_state::present);
    }

    TEST_CASE("too many rows are too much")
    {
        const page_limits limits{.max_rows = 2};
        CHECK_FALSE(decode_page(page_of(row("a") + "," + row("b")), 8, limits).error);
        const auto page =
            decode_page(page_of(row("a") + ",7," + row("c") + "," + row("d")), 8, limits);
        CHECK(page.error == errc::body_too_large);
        CHECK_EQ(page.diag.place, "items");
        CHECK_EQ(page.diag.client_text, "rows: 3 or more, limit 2");
        CHECK_EQ(page.job(0).job.id.value, "a");
    }

    TEST_CASE("nesting has a limit of its own")
    {
        const auto nested = [](std::size_t levels) {
            return page_of(row("a", ",\"x\":" + std::string(levels, '[') + std::string(levels, ']'))
            );
        };
        CHECK_FALSE(decode_page(nested(61)).error);
        const auto page = decode_page(nested(62));
        CHECK(page.error == errc::malformed_response);
        CHECK_FALSE(page.diag.client_text.empty());
        CHECK(decode_page(std::string(1'000'000, '[')).error == errc::malformed_response);
        CHECK(decode_page(page_of(std::string(1'000'000, '['))).error == errc::malformed_response);
    }

    TEST_CASE("endless keys, numbers and unknown texts are not collected")
    {
        CHECK(decode_page(page_of("{\"" + x(100'000) + "\":1}")).error == errc::malformed_response);
        CHECK(
            decode_page(page_of("{\"n\":" + std::string(100'000, '1') + "}"), 1000).error ==
            errc::malformed_response
        );
        CHECK_FALSE(decode_page(page_of(row("a", ",\"n\":\"" + x(3'000'000) + "\""))).error);
    }

    TEST_CASE("no limits at all are no trouble either")
    {
        const page_limits none{0, 0, 0, 0, 0};
        CHECK(decode_page(page_of(row("a")), 1, none).error == errc::malformed_response);
        const page_limits almost_none{0, 0, 0, 1, 3};
        const auto page = decode_page(page_of(row("a")), 1, almost_none);
        REQUIRE_FALSE(page.error);
        CHECK_FALSE(page.bad(0).id.has_value());
    }
}
