// What the mock does in a quick way must give the bytes of the plain way.
#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <array>
#include <ctime>

#include "json_out.hpp"
#include "router.hpp"
#include "support.hpp"
#include "time_text.hpp"

using namespace mock_test;

namespace {

const std::array profiles{switches::newest(), switches::y2026_04_06(), switches::adversarial()};

/// Every page of the run, as text.
std::string all_pages(peer& client, const std::string& run, const std::string& query)
{
    std::string text;
    std::string cursor;
    for (int pages = 0; pages < 50; ++pages) {
        const auto plan =
            client.get(run + "/jobs?limit=7" + query + (cursor.empty() ? "" : "&cursor=" + cursor));
        text += plan.body;
        const auto page = parse(plan.body);
        const auto* next = page.get_object().if_contains("cursor_next");
        if (next == nullptr || next->is_null()) break;
        cursor.clear();
        for (const char c : text_of(*next))
            cursor += c == '=' ? "%3D" : std::string(1, c);
    }
    return text;
}

}  // namespace

TEST_CASE("rows that are listed again read as they read the first time")
{
    for (const auto& profile : profiles) {
        auto from = scenario::lifelike();
        from.contract = profile;
        peer often{from};
        peer once{from};
        const std::string run = often.run_of(40);
        CHECK_EQ(once.run_of(40), run);
        // Rows are settled one after another while the run goes on.
        for (int look = 0; look < 30; ++look) {
            often.now += 2s;
            all_pages(often, run, "");
        }
        once.now = often.now;
        const std::string first = all_pages(once, run, "");
        CHECK_EQ(all_pages(often, run, ""), first);
        CHECK_EQ(
            all_pages(often, run, "&include_results=true"),
            all_pages(once, run, "&include_results=true")
        );
    }
}

TEST_CASE("rows that a cancelled run leaves are not those that were listed before")
{
    // Each row's stamps are spelled by its place in the table, and the end takes rows away.
    const auto base = with(
        {{"cancel_route", "post_cancel"},
         {"processing_rows", "present"},
         {"row_time_form", "mixed"},
         {"extra_and_missing", "on"}}
    );
    for (const auto& each : known_switches()) {
        if (each.name != "cancelled_jobs") continue;
        for (const auto value : each.values) {
            CAPTURE(value);
            auto from = base;
            from.contract.set("cancelled_jobs", value);
            peer often{from};
            peer once{from};
            const std::string run = often.run_of(60);
            CHECK_EQ(once.run_of(60), run);
            for (int look = 0; look < 3; ++look) {
                often.now += 2s;
                all_pages(often, run, "");
            }
            once.now = often.now;
            CHECK_EQ(often.send("POST", run + "/cancel").status, 200);
            CHECK_EQ(once.send("POST", run + "/cancel").status, 200);
            often.now += 10s;
            once.now = often.now;
            CHECK_EQ(all_pages(often, run, ""), all_pages(once, run, ""));
        }
    }
}

TEST_CASE("a path with an encoded letter is the route of the plain path")
{
    const switches contract;
    for (const char* path :
         {"/v1/async/collections",
          "/v1/async/collections/c-1",
          "/v1/async/collections/c_1/runs/r2",
          "/v1/async/collections/c1/runs/r2/jobs",
          "/v1/async/collections/c1/runs/r2/jobs/j3/result",
          "/v1/health",
          "/v1",
          "/",
          "//v1/health",
          "/v1//health",
          "/v1/health/",
          "/v1/nowhere"}) {
        CAPTURE(path);
        for (const char* method : {"GET", "POST", "DELETE", "get"}) {
            const std::string plain = path;
            std::string encoded = plain;
            const auto letter = encoded.find_first_of("v_");
            if (letter != encoded.npos)
                encoded.replace(letter, 1, encoded[letter] == 'v' ? "%76" : "%5F");
            const route a = find_route(method, plain, contract);
            const route b = find_route(method, encoded, contract);
            CHECK_EQ(a.what, b.what);
            CHECK_EQ(a.collection, b.collection);
            CHECK_EQ(a.run, b.run);
            CHECK_EQ(a.job, b.job);
            CHECK_EQ(a.malformed, b.malformed);
            CHECK_EQ(a.other_methods, b.other_methods);
            CHECK_EQ(a.without_slash.has_value(), b.without_slash.has_value());
        }
    }
}

TEST_CASE("texts are escaped as Boost.JSON escapes them")
{
    for (int c = 0; c < 128; ++c) {
        const std::string text = "a" + std::string(1, static_cast<char>(c)) + "é";
        CHECK_EQ(json_writer{}.value(text).take(), json::serialize(json::string(text)));
    }
    CHECK_EQ(json_writer{}.value("").take(), R"("")");
    CHECK_EQ(json_writer{}.value(-9223372036854775807 - 1).take(), "-9223372036854775808");
    CHECK_EQ(json_writer{}.value(18446744073709551615u).take(), "18446744073709551615");
}

TEST_CASE("dates are written as the C library writes them")
{
    for (std::int64_t second = -5'000'000'000; second < 20'000'000'000; second += 7'654'321) {
        const time_point at{std::chrono::seconds{second} + 120ms};
        const auto plain = static_cast<std::time_t>(second);
        std::tm parts{};
        ::gmtime_r(&plain, &parts);
        std::array<char, 64> date{}, iso{};
        std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        std::strftime(iso.data(), iso.size(), "%Y-%m-%dT%H:%M:%S", &parts);
        CHECK_EQ(http_date(at), date.data());
        CHECK_EQ(iso_seconds(at), iso.data());
        CHECK_EQ(
            iso_milliseconds(std::chrono::floor<std::chrono::milliseconds>(at)),
            std::string(iso.data()) + ".120"
        );
    }
    CHECK_EQ(decimal_seconds(duration{1'500'000}), "1.5");
    CHECK_EQ(decimal_seconds(duration{9'000'000}), "9.0");
    CHECK_EQ(decimal_seconds(duration{3}), "0.000003");
    CHECK_EQ(decimal_seconds(duration{1'040'000}), "1.04");
}
