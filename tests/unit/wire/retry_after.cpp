#include <scrapingpros/wire/retry_after.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/builders.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using scrapingpros::tests::at;

namespace {

std::optional<milliseconds> waits(std::initializer_list<std::pair<const char*, std::string>> fields)
{
    http_fields out;
    for (const auto& [name, value] : fields)
        out.add(name, value);
    return parse_retry_after(out, at());
}

}  // namespace

TEST_SUITE("wire.retry_after")
{
    TEST_CASE("seconds are read exactly and rounded up to a millisecond")
    {
        for (const auto& [text, wait] : std::vector<std::pair<std::string, milliseconds>>{
                 {"0", 0ms},
                 {"1", 1s},
                 {"12", 12s},
                 {"007", 7s},
                 {" 5 ", 5s},
                 {"\t5", 5s},
                 {"1.5", 1500ms},
                 {"0.001", 1ms},
                 {"0.0001", 1ms},
                 {"0.0010", 1ms},
                 {"1.1", 1100ms},
                 {"2.0000000000000000001", 2001ms},
                 {".5", 500ms},
                 {"5.", 5s},
                 {"0.0", 0ms},
                 {"86400", 24h},
                 {"86401", 24h},
                 {"99999999999999999999999999999999", 24h},
                 {"1" + std::string(1000, '0'), 24h},
             }) {
            CAPTURE(text);
            CHECK(waits({{"Retry-After", text}}) == wait);
        }
    }

    TEST_CASE("what is no wait is not taken for one")
    {
        for (const std::string text :
             {"",
              " ",
              ".",
              "-1",
              "-0.5",
              "+5",
              "5s",
              "5 s",
              "1,5",
              "1e3",
              "0x10",
              "nan",
              "NaN",
              "inf",
              "Infinity",
              "1.2.3",
              "soon",
              "5, 10",
              "None",
              "null",
              "\xC2\xB2",
              "5;q=1",
              "2026-06-01T10:00:05Z"}) {
            CAPTURE(text);
            CHECK_FALSE(waits({{"Retry-After", text}}).has_value());
        }
        CHECK_FALSE(waits({}).has_value());
        CHECK_FALSE(waits({{"X-Retry", "5"}}).has_value());
    }

    TEST_CASE("milliseconds have headers of their own")
    {
        for (const char* name :
             {"Retry-After-Ms",
              "retry-after-ms",
              "x-ms-retry-after-ms",
              "X-MS-Retry-After-Ms",
              "X-Retry-After-Ms"}) {
            CAPTURE(name);
            CHECK(waits({{name, "1500"}}) == 1500ms);
            CHECK(waits({{name, "0.2"}}) == 1ms);
            CHECK_FALSE(waits({{name, "-1"}}).has_value());
            CHECK(waits({{name, "99999999999999999999"}}) == 24h);
        }
    }

    TEST_CASE("dates are read in the three forms of HTTP")
    {
        for (const auto& [date, wait] : std::vector<std::pair<std::string, milliseconds>>{
                 {"Mon, 01 Jun 2026 10:00:30 GMT", 30s},
                 {"Monday, 01-Jun-26 10:00:30 GMT", 30s},
                 {"Mon Jun  1 10:00:30 2026", 30s},
                 {"Thu Jun 11 10:00:30 2026", 24h},
                 {"Mon, 01 Jun 2026 10:00:00 GMT", 0ms},
                 {"Mon, 01 Jun 2026 09:59:59 GMT", 0ms},
                 {"Sun, 06 Nov 1994 08:49:37 GMT", 0ms},
                 {"Sunday, 06-Nov-94 08:49:37 GMT", 0ms},
                 {"Sun Nov  6 08:49:37 1994", 0ms},
                 {"Fri, 31 Dec 9999 23:59:59 GMT", 24h},
             }) {
            CAPTURE(date);
            CHECK(waits({{"Retry-After", date}}) == wait);
        }
    }

    TEST_CASE("broken dates are no waits")
    {
        for (const std::string date :
             {"Mon, 01 Jun 2026 10:00:30",
              "Mon, 01 Jun 2026 10:00:30 UTC",
              "Mon, 1 Jun 2026 10:00:30 GMT",
              "Mon, 31 Jun 2026 10:00:30 GMT",
              "Mon, 01 Jun 2026 24:00:00 GMT",
              "Mon, 01 Jun 2026 10:60:00 GMT",
              "Mon, 01 Xyz 2026 10:00:30 GMT",
              "01 Jun 2026 10:00:30 GMT",
              "Mon, 01 Jun 26 10:00:30 GMT",
              "Mon, 01 Jun 2026 10:00:30 GMT x",
              "Monday, 01-Jun-2026 10:00:30 GMT",
              "Mon, 00 Jun 2026 10:00:30 GMT",
              "Mon, 01 Jun 0000 10:00:30 GMT",
              "Mon"}) {
            CAPTURE(date);
            CHECK_FALSE(waits({{"Retry-After", date}}).has_value());
        }
    }

    TEST_CASE("a date is held against the server's clock if it tells it")
    {
        const std::string later = "Mon, 01 Jun 2026 12:00:30 GMT";
        CHECK(waits({{"Date", "Mon, 01 Jun 2026 12:00:00 GMT"}, {"Retry-After", later}}) == 30s);
        CHECK(waits({{"Date", "garbage"}, {"Retry-After", later}}) == 2h + 30s);
        CHECK(waits({{"Date", "Mon, 01 Jun 2026 12:00:31 GMT"}, {"Retry-After", later}}) == 0s);
    }

    TEST_CASE("of several waits the longest counts")
    {
        CHECK(waits({{"Retry-After", "1"}, {"Retry-After", "3"}}) == 3s);
        CHECK(waits({{"Retry-After", "3"}, {"Retry-After", "1"}}) == 3s);
        CHECK(waits({{"Retry-After", "junk"}, {"Retry-After", "2"}}) == 2s);
        CHECK(waits({{"Retry-After", "2"}, {"Retry-After-Ms", "2500"}}) == 2500ms);
        CHECK(waits({{"Retry-After", "2"}, {"Retry-After-Ms", "100"}}) == 2s);
    }

    TEST_CASE("a part of a millisecond still counts as one")
    {
        http_fields fields;
        fields.add("Retry-After", "Mon, 01 Jun 2026 10:00:01 GMT");
        CHECK(parse_retry_after(fields, at(999'001us)) == 1ms);
    }

    TEST_CASE("two-digit years are never more than 50 years ahead")
    {
        CHECK(
            parse_http_date("Sunday, 01-Jan-76 00:00:00 GMT", at()) ==
            parse_http_date("Wed, 01 Jan 2076 00:00:00 GMT", at())
        );
        CHECK(
            parse_http_date("Sunday, 01-Jan-77 00:00:00 GMT", at()) ==
            parse_http_date("Sat, 01 Jan 1977 00:00:00 GMT", at())
        );
    }
}
