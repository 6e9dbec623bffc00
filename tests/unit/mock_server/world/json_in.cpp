#include "scenario/json_in.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <tuple>

#include "support.hpp"

using namespace mock_test;

namespace {

/// What is wrong with an input: "path message (hint)"; empty if nothing is.
std::string complaint(const std::function<void()>& reading)
{
    try {
        reading();
    } catch (const bad_scenario& bad) {
        return bad.what();
    }
    return {};
}

template <class Read>
auto from(std::string_view text, Read read)
{
    const json::value value = parse_json(text);
    return read(value_in{value});
}

std::string complaint_about(std::string_view text, const std::function<void(value_in)>& read)
{
    return complaint([&] { from(text, read); });
}

}  // namespace

TEST_SUITE("mock.json_in")
{
    TEST_CASE("a duration is a string with a unit and comes back as the shortest exact text")
    {
        const std::tuple<const char*, duration, const char*> table[] = {
            {"5s", 5s, "5s"},
            {"0s", 0s, "0s"},
            {"0.8s", 800ms, "800ms"},
            {"1.000001s", 1'000'001us, "1000001us"},
            {"90000ms", 90s, "90s"},
            {"24h", 24h, "1d"},
            {"1.5m", 90s, "90s"},
            {"3650d", longest_duration, "3650d"},
        };
        for (const auto& [text, expected, again] : table) {
            CAPTURE(text);
            const auto read =
                from('"' + std::string(text) + '"', [](value_in in) { return in.time(); });
            CHECK_EQ(read, expected);
            CHECK_EQ(duration_text(read), again);
        }
    }

    TEST_CASE("what is no duration is said to be none, never taken for another")
    {
        for (const char* text :
             {"5",
              "-1",
              "null",
              "\"\"",
              "\"5\"",
              "\"s\"",
              "\"-5s\"",
              "\"5 s\"",
              "\"5.s\"",
              "\".5s\"",
              "\"1e3s\"",
              "\"0.5us\"",
              "\"0.0000001s\"",
              "\"99999999999999999999s\"",
              "\"5S\"",
              "\"+5s\"",
              "[]"}) {
            CAPTURE(text);
            const std::string said = complaint_about(text, [](value_in in) { in.time(); });
            CHECK_EQ(said.find("$ is no duration (a string with a unit"), 0);
        }
        CHECK_EQ(
            complaint_about("\"3651d\"", [](value_in in) { in.time(); }),
            "$ is out of range (0s to 3650d)"
        );
    }

    TEST_CASE("a range of durations may name its unit once")
    {
        const auto read = [](std::string_view text) {
            const duration_range range = from(text, [](value_in in) { return in.time_range(); });
            return std::pair{range.low, range.high};
        };
        CHECK_EQ(read("\"0..30ms\""), std::pair<duration, duration>{0ms, 30ms});
        CHECK_EQ(read("\"100ms..2s\""), std::pair<duration, duration>{100ms, 2s});
        CHECK_EQ(read("\"7s\""), std::pair<duration, duration>{7s, 7s});
        for (const char* bad : {"\"..\"", "\"1..\"", "\"..1s\"", "\"1..2..3s\"", "\"2..1s\"", "4"})
            CHECK_NE(complaint_about(bad, [](value_in in) { in.time_range(); }), "");
    }

    TEST_CASE("sizes and probabilities are exact integers")
    {
        const auto size = [](std::string_view text) {
            return from(text, [](value_in in) { return in.size(); });
        };
        CHECK_EQ(size("\"256KiB\""), 262'144);
        CHECK_EQ(size("\"2MiB\""), 2'097'152);
        CHECK_EQ(size("\"0B\""), 0);
        CHECK_EQ(size("17"), 17);
        CHECK_EQ(size_text(2'097'152), "2MiB");
        CHECK_EQ(size_text(1'000), "1000B");
        for (const char* bad : {"-1", "1.5", "\"1.5KiB\"", "\"9999999999GiB\"", "\"5KB\"", "\"\""})
            CHECK_NE(complaint_about(bad, [](value_in in) { in.size(); }), "");

        const auto parts = [](std::string_view text) {
            return from(text, [](value_in in) { return in.probability(); });
        };
        // Every decimal of up to six places comes back as it was written.
        for (parts_per_million each = 0; each <= certain; each += 977)
            REQUIRE_EQ(parts(probability_text(each)), each);
        CHECK_EQ(parts("0.046"), 46'000);
        CHECK_EQ(parts("1"), certain);
        CHECK_EQ(probability_text(46'000), "0.046");
        for (const char* bad : {"-0.1", "1.000001", "0.0000001", "\"0.5\"", "1e400", "true"})
            CHECK_NE(complaint_about(bad, [](value_in in) { in.probability(); }), "");
    }

    TEST_CASE("whole numbers keep to their range")
    {
        const auto said = [](std::string_view text) {
            return complaint_about(text, [](value_in in) { in.integer(1, 10); });
        };
        CHECK_EQ(said("1"), "");
        CHECK_EQ(said("10"), "");
        CHECK_EQ(said("0"), "$ is out of range (1 to 10)");
        CHECK_EQ(said("-1"), "$ is out of range (1 to 10)");
        CHECK_EQ(said("11"), "$ is out of range (1 to 10)");
        CHECK_EQ(said("18446744073709551615"), "$ is out of range (1 to 10)");
        CHECK_EQ(said("5.0"), "$ is no whole number (1 to 10)");
        CHECK_EQ(said("\"5\""), "$ is no whole number (1 to 10)");
        CHECK_EQ(
            from("18446744073709551615", [](value_in in) { return in.unsigned_number(); }),
            18446744073709551615u
        );
    }

    TEST_CASE("an unknown member is refused with its place and the name that was meant")
    {
        static constexpr std::array<std::string_view, 3> members{"queue", "exec", "seed_rows"};
        const auto said = [](std::string_view text) {
            return complaint_about(text, [](value_in in) {
                object_in each{in.element(1), members};
            });
        };
        CHECK_EQ(said(R"([0, {"exec": 1}])"), "");
        CHECK_EQ(said(R"([0, {"exce": 1}])"), "$[1].exce is unknown (did you mean 'exec'?)");
        CHECK_EQ(
            said(R"([0, {"seed-rows": 1}])"),
            "$[1].seed-rows is unknown (did you mean 'seed_rows'?)"
        );
        CHECK_EQ(said(R"([0, {"zzz": 1}])"), "$[1].zzz is unknown (known: queue, exec, seed_rows)");
        CHECK_EQ(said("[0, 1]"), "$[1] is no object");
        // Hostile names neither reach a terminal whole nor cost much.
        const std::string long_name(100'000, 'q');
        CHECK_LT(said("[0, {\"" + long_name + "\": 1}]").size(), 200);
        CHECK_EQ(said("[0, {\"\\u001b[2J\": 1}]").find('\x1b'), std::string::npos);
    }

    TEST_CASE("members asked for one by one are checked at the end")
    {
        const json::value value = parse_json(R"({"a": {"n": 3, "on": true, "typo": 1}})");
        object_in outer{value_in{value}};
        object_in inner{outer.need("a")};
        std::uint64_t n = 0;
        bool on = false;
        inner.read("n", n, 0, 5);
        inner.read("on", on);
        CHECK_EQ(n, 3);
        CHECK(on);
        CHECK_EQ(complaint([&] { inner.finish(); }), "$.a.typo is unknown (known: n, on)");
        CHECK_EQ(complaint([&] { inner.need("b"); }), "$.a.b is missing");
        outer.finish();
    }

    TEST_CASE("broken JSON is named with its line, and no member may be there twice")
    {
        const auto said = [](std::string_view text) {
            return complaint([&] { parse_json(text); });
        };
        CHECK_NE(said("{\n\"a\": 1,\n}").find("(near line 3)"), std::string::npos);
        for (const char* bad : {"", " ", "{", "[1] 2", "{'a':1}", "nul", "\"\xFF\"", "// c\n1"})
            CHECK_EQ(said(bad).find("$ is no JSON"), 0);
        CHECK_EQ(said(std::string(100'000, '[')).find("$ is no JSON"), 0);
        CHECK_EQ(
            said(R"({"a": [{"b": 1, "c": {}, "b": 2}]})"),
            "$ has the member 'b' twice in one object"
        );
        CHECK_EQ(said(R"({"a": {"a": 1}, "b": {"a": 1}})"), "");
    }
}
