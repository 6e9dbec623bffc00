#include <scrapingpros/wire/timestamp.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/builders.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using scrapingpros::tests::at;

TEST_SUITE("wire.timestamp")
{
    TEST_CASE("every form of the contract is read")
    {
        for (const auto& [text, later] :
             std::vector<std::pair<const char*, std::chrono::microseconds>>{
                 {"2026-06-01T10:00:00", 0us},
                 {"2026-06-01T10:00:00.200", 200ms},
                 {"2026-06-01T10:00:00.200Z", 200ms},
                 {"2026-06-01T10:00:00Z", 0us},
                 {"2026-06-01T10:00:00.200000+00:00", 200ms},
                 {"2026-06-01T12:30:00.5+02:30", 500ms},
                 {"2026-06-01T05:00:00-05:00", 0us},
                 {"2026-06-01T05:00:00-0500", 0us},
                 {"2026-06-01 10:00:00", 0us},
                 {"2026-06-01T10:00:00.1", 100ms},
                 {"2026-06-01T10:00:00.123456", 123456us},
                 {"2026-06-01T10:00:00.123456789", 123456us},
                 {"2026-06-01T10:00:60", 60s},
             }) {
            CAPTURE(text);
            CHECK(parse_timestamp(text) == at(later));
        }
    }

    TEST_CASE("everything else is no stamp")
    {
        for (const char* text :
             {"",
              "2026",
              "2026-06-01",
              "2026-06-01T10:00",
              "2026-6-1T10:00:00",
              "2026-13-01T10:00:00",
              "2026-02-30T10:00:00",
              "2026-06-01T24:00:00",
              "2026-06-01T10:60:00",
              "2026-06-01T10:00:61",
              "2026-06-01T10:00:00.",
              "2026-06-01T10:00:00.1234567890",
              "2026-06-01T10:00:00z",
              "2026-06-01T10:00:00+",
              "2026-06-01T10:00:00+2",
              "2026-06-01T10:00:00+24:00",
              "2026-06-01T10:00:00+02:60",
              "2026-06-01T10:00:00ZZ",
              " 2026-06-01T10:00:00",
              "2026-06-01T10:00:00 ",
              "-026-06-01T10:00:00",
              "0000-01-01T00:00:00",
              "0001-01-01T00:00:00+01:00",
              "9999-12-31T23:59:59-01:00",
              "1780308000",
              "null",
              "99999999999999999999-06-01T10:00:00"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_timestamp(text).has_value());
        }
        CHECK(parse_timestamp("2024-02-29T00:00:00").has_value());
        CHECK_FALSE(parse_timestamp("2100-02-29T00:00:00").has_value());
    }

    TEST_CASE("every prefix of a stamp is read or refused without harm")
    {
        const std::string text = "2026-06-01T10:00:00.200000+00:00";
        for (std::size_t size = 0; size <= text.size(); ++size) {
            const auto stamp = parse_timestamp(std::string_view(text).substr(0, size));
            if (stamp) CHECK(*stamp - at() < 1s);
        }
    }

    TEST_CASE("Unix seconds are read with their fraction, within reason")
    {
        CHECK(timestamp_from_unix(1780308000.17) == at(170ms));
        CHECK(timestamp_from_unix(0) == timestamp{});
        CHECK(timestamp_from_unix(253402300799.0).has_value());
        using limits = std::numeric_limits<double>;
        for (const double absurd :
             {-1.0,
              253402300800.0,
              1e300,
              limits::infinity(),
              -limits::infinity(),
              limits::quiet_NaN()}) {
            CAPTURE(absurd);
            CHECK_FALSE(timestamp_from_unix(absurd).has_value());
        }
    }

    TEST_CASE("stamps are written in UTC, in milliseconds, never too late")
    {
        CHECK_EQ(format_timestamp(at(123999us)), "2026-06-01T10:00:00.123");
        CHECK_EQ(format_timestamp_utc(at()), "2026-06-01T10:00:00.000Z");
        CHECK_EQ(format_timestamp(timestamp{} - 1us), "1969-12-31T23:59:59.999");
        CHECK_EQ(format_timestamp((timestamp::max)()), "9999-12-31T23:59:59.999");
        CHECK_EQ(format_timestamp((timestamp::min)()), "0001-01-01T00:00:00.000");
    }

    TEST_CASE("what was written is read again")
    {
        for (const auto later : {0us, 1000us, 999000us, std::chrono::microseconds(366 * 24h)}) {
            CHECK(parse_timestamp(format_timestamp(at(later))) == at(later));
            CHECK(parse_timestamp(format_timestamp_utc(at(later))) == at(later));
        }
    }
}
