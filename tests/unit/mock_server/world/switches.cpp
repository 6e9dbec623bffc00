#include "switches.hpp"

#include <doctest/doctest.h>

#include <set>

#include "support.hpp"

using namespace mock_test;

TEST_SUITE("mock.switches")
{
    TEST_CASE("all of A1 to A68 are there, under one name each")
    {
        std::set<int> numbers;
        std::set<std::string_view> names;
        for (const switch_entry& each : known_switches()) {
            numbers.insert(each.number);
            CHECK(names.insert(each.name).second);
            CHECK_FALSE(each.values.empty());
        }
        CHECK_EQ(numbers.size(), 68);
        CHECK_EQ(*numbers.begin(), 1);
        CHECK_EQ(*numbers.rbegin(), 68);
    }

    TEST_CASE("every value can be set by name, by number where that is one switch, and read back")
    {
        for (const switch_entry& each : known_switches())
            for (const std::string_view value : each.values) {
                CAPTURE(std::string(each.name));
                switches s;
                s.set(each.name, value);
                CHECK_EQ(s.get(each.name), value);
            }
        switches s;
        s.set("A38", "body_bytes");
        CHECK_EQ(s.inline_cap_measure, choice::inline_cap_measure::body_bytes);
        s.set("A42", "7");
        CHECK_EQ(s.content_ttl_hours, 7);
        s.set("A50", "1000");
        CHECK_EQ(s.max_body_bytes, std::size_t{1000});
        s.set("A50", "off");
        CHECK_FALSE(s.max_body_bytes);
    }

    TEST_CASE("the defaults are the first values")
    {
        const switches s;
        for (const switch_entry& each : known_switches()) {
            CAPTURE(std::string(each.name));
            CHECK_EQ(s.get(each.name), each.values.front());
        }
    }

    TEST_CASE("a bad switch or value is named")
    {
        switches s;
        const auto fails = [&](const char* name, const char* value) {
            try {
                s.set(name, value);
            } catch (const bad_switch& bad) {
                return bad.name + "=" + bad.value;
            }
            return std::string("(none)");
        };
        CHECK_EQ(fails("A99", "x"), "A99=");
        CHECK_EQ(fails("nothing", "x"), "nothing=");
        CHECK_EQ(fails("A1", "202"), "idempotency_replay_status=202");
        CHECK_EQ(fails("content_ttl_hours", "long"), "content_ttl_hours=long");
        CHECK_EQ(fails("A1", ""), "idempotency_replay_status=(empty)");
    }

    TEST_CASE("the adversarial profile takes every second value")
    {
        const switches s = switches::adversarial();
        std::size_t changed = 0;
        for (const switch_entry& each : known_switches())
            changed += s.get(each.name) != each.values.front() ? 1 : 0;
        CHECK_GE(changed, 67);
    }

    TEST_CASE("a run can be played to its end under every profile")
    {
        for (const switches& profile :
             {switches::newest(), switches::y2026_04_06(), switches::adversarial()}) {
            scenario from = scenario::lifelike();
            from.contract = profile;
            from.jobs.worker_time_limit = 30s;
            peer client{from};
            const std::string run = client.run_of(80);
            client.finish(run);
            client.now += 10s;
            CHECK_EQ(client.read(run).at("status"), "completed");
            const json::value page = client.read(run + "/jobs?limit=1000");
            CHECK_EQ(page.at("items").as_array().size(), 80);
        }
    }
}
