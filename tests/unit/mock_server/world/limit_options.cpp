#include "limits/limit_options.hpp"

#include <doctest/doctest.h>

#include "limits/option_reader.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

/// The path of the error that the text makes; "" if it is taken.
template <class Read>
std::string path_of(Read read, const std::string& text)
{
    try {
        read(text, "scenario.x");
    } catch (const bad_option& bad) {
        CHECK_EQ(std::string(bad.what()).substr(0, bad.path.size() + 2), bad.path + ": ");
        return bad.path;
    }
    return "";
}

std::string bad_limits(const std::string& text)
{
    return path_of(read_limits, text);
}

std::string bad_retention(const std::string& text)
{
    return path_of(read_retention, text);
}

/// The path of the error that a world of that scenario makes.
std::string bad_world(const scenario& from)
{
    try {
        world{from};
    } catch (const bad_option& bad) {
        return bad.path;
    }
    return "";
}

}  // namespace

TEST_SUITE("mock.limit_options")
{
    TEST_CASE("no member has to be there, and what is written is read back")
    {
        CHECK_EQ(to_json(read_limits("{}")), to_json(limit_options{}));
        const std::string all =
            R"({"fixed_window":"first_request","token_burst":5,"in_flight":8,)"
            R"("in_flight_wait_ms":1500,)"
            R"("scopes":[{"scope":"route","operation":"list_jobs","algorithm":"sliding_60s",)"
            R"("per_minute":60}],)"
            R"("early":{"how":"ban","after":3,"by_ms":60000,"grace_ms":50},)"
            R"("retry_after":"twice","reset":"past","rate_text":"slow down",)"
            R"("quota_tells_wait":true,"wait_scale":{"service":60,"real":1}})";
        CHECK_EQ(to_json(read_limits(all)), all);
        const std::string lives =
            R"({"content_ms":1000,"metadata_ms":2000,"accounts":{"a":{"content_ms":5}},)"
            R"("jobs":[{"url":"https://a.example/","custom_id":"c","content_ms":7}],)"
            R"("unclassified":20})";
        CHECK_EQ(to_json(read_retention(lives)), lives);
        CHECK_EQ(to_json(read_retention("{}")), to_json(retention_options{}));
    }

    TEST_CASE("each number of the limits refuses what is below, above and beside it")
    {
        for (const char* name : {"token_burst", "in_flight", "in_flight_wait_ms"})
            for (const char* value :
                 {"-1",
                  "0",
                  "1.5",
                  "\"\"",
                  "\"5\"",
                  "[]",
                  "{}",
                  "true",
                  "1e30",
                  "99999999999999999999",
                  "18446744073709551615",
                  "9000000000000000"}) {
                CAPTURE(name);
                CAPTURE(value);
                const std::string text = std::string("{\"") + name + "\":" + value + "}";
                CHECK_EQ(bad_limits(text), std::string("scenario.x.") + name);
            }
        CHECK_EQ(bad_limits(R"({"token_burst":null,"in_flight":null})"), "");
    }

    TEST_CASE("each bad member of the limits is named with its path")
    {
        const std::pair<const char*, const char*> table[] = {
            {"", ""},
            {"[", ""},
            {"7", ""},
            {R"({"nobody":1})", ".nobody"},
            {R"({"fixed_window":"hour"})", ".fixed_window"},
            {R"({"fixed_window":""})", ".fixed_window"},
            {R"({"fixed_window":1})", ".fixed_window"},
            {R"({"scopes":{}})", ".scopes"},
            {R"({"scopes":[7]})", ".scopes[0]"},
            {R"({"scopes":[{},{"per_minute":0}]})", ".scopes[1].per_minute"},
            {R"({"scopes":[{"per_minute":-1}]})", ".scopes[0].per_minute"},
            {R"({"scopes":[{"per_minute":1000000001}]})", ".scopes[0].per_minute"},
            {R"({"scopes":[{"operation":"dance"}]})", ".scopes[0].operation"},
            {R"({"scopes":[{"operation":"dance"}]})", ".scopes[0].operation"},
            {R"({"scopes":[{"scope":"planet"}]})", ".scopes[0].scope"},
            {R"({"scopes":[{"algorithm":"leaky"}]})", ".scopes[0].algorithm"},
            {R"({"scopes":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]})", ".scopes"},
            {R"({"early":[]})", ".early"},
            {R"({"early":{"how":"scold"}})", ".early.how"},
            {R"({"early":{"how":"ban","by_ms":1,"after":0}})", ".early.after"},
            {R"({"early":{"how":"ban"}})", ".early.by_ms"},
            {R"({"early":{"how":"extend","by_ms":0}})", ".early.by_ms"},
            {R"({"early":{"how":"extend","by_ms":-1}})", ".early.by_ms"},
            {R"({"early":{"how":"extend","by_ms":900000000000}})", ".early.by_ms"},
            {R"({"early":{"grace_ms":60001}})", ".early.grace_ms"},
            {R"({"early":{"hwo":"ban"}})", ".early.hwo"},
            {R"({"retry_after":"polite"})", ".retry_after"},
            {R"({"reset":null})", ".reset"},
            {R"({"rate_text":5})", ".rate_text"},
            {R"({"quota_tells_wait":"yes"})", ".quota_tells_wait"},
            {R"({"wait_scale":60})", ".wait_scale"},
            {R"({"wait_scale":{"service":0}})", ".wait_scale.service"},
            {R"({"wait_scale":{"service":1000001}})", ".wait_scale.service"},
            {R"({"wait_scale":{"real":0}})", ".wait_scale.real"},
            {R"({"wait_scale":{"real":-1}})", ".wait_scale.real"},
            {R"({"wait_scale":{"real":1001}})", ".wait_scale.real"},
        };
        for (const auto& [text, path] : table) {
            CAPTURE(text);
            CHECK_EQ(bad_limits(text), std::string("scenario.x") + path);
        }
        CHECK_EQ(
            bad_limits(R"({"rate_text":")" + std::string(1'001, 'x') + "\"}"),
            "scenario.x.rate_text"
        );
    }

    TEST_CASE("each bad member of the retention is named with its path")
    {
        const std::pair<const char*, const char*> table[] = {
            {"[]", ""},
            {R"({"content":5})", ".content"},
            {R"({"content_ms":0})", ".content_ms"},
            {R"({"content_ms":-1})", ".content_ms"},
            {R"({"content_ms":"48h"})", ".content_ms"},
            {R"({"content_ms":900000000000})", ".content_ms"},
            {R"({"content_ms":99999999999999999999})", ".content_ms"},
            {R"({"metadata_ms":0})", ".metadata_ms"},
            {R"({"metadata_ms":-7})", ".metadata_ms"},
            {R"({"accounts":[]})", ".accounts"},
            {R"({"accounts":{"a":7}})", ".accounts.a"},
            {R"({"accounts":{"a":{"content_ms":0}}})", ".accounts.a.content_ms"},
            {R"({"accounts":{"a":{"metadata_ms":0}}})", ".accounts.a.metadata_ms"},
            {R"({"accounts":{"a":{"x":0}}})", ".accounts.a.x"},
            {R"({"jobs":[{"content_ms":5}]})", ".jobs[0].url"},
            {R"({"jobs":[{"url":"","content_ms":5}]})", ".jobs[0].url"},
            {R"({"jobs":[{"url":"https://a.example/"}]})", ".jobs[0].content_ms"},
            {R"({"jobs":[{"url":"https://a.example/","content_ms":0}]})", ".jobs[0].content_ms"},
            {R"({"unclassified":1001})", ".unclassified"},
            {R"({"unclassified":-1})", ".unclassified"},
        };
        for (const auto& [text, path] : table) {
            CAPTURE(text);
            CHECK_EQ(bad_retention(text), std::string("scenario.x") + path);
        }
    }

    TEST_CASE("a world is not made from limits that make no sense")
    {
        scenario from;
        CHECK_EQ(bad_world(from), "");
        from.contract.read_per_minute = 0;
        CHECK_EQ(bad_world(from), "switches.read_per_minute");
        from.contract.read_per_minute = 1'000'000'001;
        CHECK_EQ(bad_world(from), "switches.read_per_minute");
        from = {};
        from.contract.write_per_minute = 0;
        CHECK_EQ(bad_world(from), "switches.write_per_minute");
        from = {};
        from.plan.write_per_minute = 0;
        CHECK_EQ(bad_world(from), "plan.write_per_minute");
        from = {};
        from.contract.content_ttl_hours = 0;
        CHECK_EQ(bad_world(from), "switches.content_ttl_hours");
        from.contract.content_ttl_hours = std::numeric_limits<std::size_t>::max();
        CHECK_EQ(bad_world(from), "switches.content_ttl_hours");
        from = {};
        from.limits.early = {early_penalty::kind::ban, 1, -1s, {}};
        CHECK_EQ(bad_world(from), "limits.early.by_ms");
        from = {};
        from.limits.in_flight_wait = duration{0};
        CHECK_EQ(bad_world(from), "limits.in_flight_wait_ms");
        from = {};
        from.retention.of_all.content = duration::max();
        CHECK_EQ(bad_world(from), "retention.content_ms");
        from = {};
        from.create_deaths = {{occurrence::nth(1), -1s}};
        CHECK_EQ(bad_world(from), "create_deaths[0].after_ms");
        from = {};
        from.create_duration = -1s;
        CHECK_EQ(bad_world(from), "create_duration_ms");
        from = {};
        from.create_per_item = duration::max();
        CHECK_EQ(bad_world(from), "create_per_item_ms");
    }
}
