#include <doctest/doctest.h>

#include "json_out.hpp"
#include "runs/draws.hpp"
#include "support.hpp"
#include "text.hpp"
#include "time_text.hpp"

using namespace mock_test;

TEST_SUITE("mock.units")
{
    TEST_CASE("header names are compared without case")
    {
        const request in{"GET", "/", {{"Content-Type", "a"}, {"content-type", "b"}}, "", 0};
        CHECK_EQ(in.find("CONTENT-TYPE"), "a");
        CHECK_FALSE(in.find("Content"));
    }

    TEST_CASE("UTF-8 is told from what only looks like it")
    {
        CHECK(is_utf8(""));
        CHECK(is_utf8("C\xC3\xB3rdoba \xE2\x82\xAC \xF0\x9F\x98\x80"));
        for (const char* bad :
             {"\xFF",
              "\xC3",
              "\xC0\x80",
              "\xE0\x80\x80",
              "\xED\xA0\x80",
              "\xF4\x90\x80\x80",
              "a\x80",
              "\xE2\x82",
              "\xF5\x80\x80\x80",
              "\xC3("})
            CHECK_FALSE(is_utf8(bad));
        CHECK_EQ(
            code_points("\xE2\x82\xAC"
                        "a"),
            2
        );
        CHECK_EQ(
            first_code_points(
                "\xE2\x82\xAC"
                "ab",
                2
            ),
            "\xE2\x82\xAC"
            "a"
        );
    }

    TEST_CASE("base64 is read in both alphabets, padded or not")
    {
        CHECK_EQ(base64("f"), "Zg==");
        CHECK_EQ(base64(""), "");
        CHECK_EQ(base64_url("\xFB\xFF\xFE"), "-__-");
        for (const char* text : {"-__-", "+//+"})
            CHECK_EQ(from_base64(text), "\xFB\xFF\xFE");
        CHECK_EQ(from_base64("Zg"), "f");
        CHECK_EQ(from_base64("Zg=="), "f");
        for (const char* bad : {"", "Z", "Z===", "Zg=a", "Z g=", "\xC3\xA9"})
            CHECK_FALSE(from_base64(bad));
    }

    TEST_CASE("an instant is read from every form and written in the contract's")
    {
        const time_point at = start + 3'637ms;
        for (const char* text :
             {"2026-06-01T10:00:03.637",
              "2026-06-01T10:00:03.637Z",
              "2026-06-01T10:00:03.637000+00:00",
              "2026-06-01T12:00:03.637+0200",
              "2026-06-01T00:30:03.637000999-09:30"})
            CHECK_EQ(parse_iso(text), at);
        for (const char* bad :
             {"",
              "2026-06-01",
              "2026-06-01 10:00:03",
              "2026-02-30T10:00:00",
              "2026-06-01T24:00:00",
              "2026-06-01T10:60:00",
              "2026-06-01T10:00:03.",
              "2026-06-01T10:00:03z",
              "2026-06-01T10:00:03+1",
              "2026-06-01T10:00:03Z ",
              "1780308000"})
            CHECK_FALSE(parse_iso(bad));
        CHECK_EQ(
            iso_milliseconds(std::chrono::floor<std::chrono::milliseconds>(at)),
            "2026-06-01T10:00:03.637"
        );
        CHECK_EQ(iso_seconds(at), "2026-06-01T10:00:03");
        CHECK_EQ(unix_seconds(start + 170ms), "1780308000.17");
        CHECK_EQ(unix_seconds(start), "1780308000.0");
        CHECK_EQ(decimal_seconds(9s), "9.0");
        CHECK_EQ(decimal_seconds(1us), "0.000001");
        CHECK_EQ(http_date(start), "Mon, 01 Jun 2026 10:00:00 GMT");
    }

    TEST_CASE("draws depend on seed, salt, stream and place, and on nothing else")
    {
        const draws one{7, "a"};
        CHECK_EQ(one.number("s", 1, 2), draws{7, "a"}.number("s", 1, 2));
        CHECK_NE(one.number("s", 1, 2), one.number("s", 2, 1));
        CHECK_NE(one.number("s", 1, 2), one.number("t", 1, 2));
        CHECK_NE(one.number("s", 1, 2), draws{8, "a"}.number("s", 1, 2));
        CHECK_NE(one.number("s", 1, 2), draws{7, "b"}.number("s", 1, 2));
        // The same on every machine: a change here changes every recorded history.
        CHECK_EQ(one.number("s", 1, 2), 3932786513105607050u);
        CHECK_EQ(
            view(draws{1, "client_test"}.id("run", 0)), "b13ddbe8-d9b7-4bca-9ee0-2ea0a296cdfa"
        );
    }

    TEST_CASE("an id has the form of a random UUID")
    {
        const draws chance{1, ""};
        for (std::uint64_t i = 0; i < 100; ++i) {
            const id_text id = chance.id("x", i);
            CHECK_EQ(id[8], '-');
            CHECK_EQ(id[14], '4');
            CHECK_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
            CHECK_EQ(view(id).find_first_not_of("0123456789abcdef-"), std::string_view::npos);
        }
    }

    TEST_CASE("a distribution keeps to its points")
    {
        const draws chance{1, ""};
        const quantiles points{100, 200, 1000, 5000};
        std::size_t below_median = 0;
        std::size_t below_p90 = 0;
        for (std::uint64_t i = 0; i < 10'000; ++i) {
            const std::int64_t drawn = chance.from(points, "d", i, 0);
            REQUIRE_GE(drawn, 100);
            REQUIRE_LE(drawn, 5000);
            below_median += drawn < 200 ? 1 : 0;
            below_p90 += drawn < 1000 ? 1 : 0;
        }
        CHECK_LT(below_median > 5000 ? below_median - 5000 : 5000 - below_median, 200);
        CHECK_LT(below_p90 > 9000 ? below_p90 - 9000 : 9000 - below_p90, 150);
    }

    TEST_CASE("JSON is written with its commas where they belong")
    {
        json_writer out;
        out.begin_object().member("a", 1).member("b", true).member("c", nullptr).key("d");
        out.begin_array().value("x\"\n").begin_object().end_object().value(-5).end_array();
        out.member("e", std::optional<int>{}).raw_member("f", "[]").key("g").escaped_value("\xC3z");
        CHECK_EQ(
            out.end_object().take(),
            "{\"a\":1,\"b\":true,\"c\":null,\"d\":[\"x\\\"\\n\",{},-5],\"e\":null,\"f\":[],"
            "\"g\":\"\\u00c3\\u007a\"}"
        );
    }
}
