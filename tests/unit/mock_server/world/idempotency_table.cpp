// SRV-008: each state of a key against each kind of second request, under each value of the
// switches A1 to A5. The expected answers are spelled by hand from the contract's 3.4.

#include <doctest/doctest.h>

#include <string>

#include "items/idempotency.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

const std::string target = "/v1/async/collections";
const std::string body = R"({"name":"n","requests":[]})";
/// The same JSON, and other bytes.
const std::string respelled = R"({ "requests": [], "name": "\u006e" })";
const std::string other = R"({"name":"m","requests":[]})";

struct submitter : peer {
    using peer::peer;

    response_plan submit(const std::string& what = body, const std::string& key = "k")
    {
        return send("POST", target, what, {{"Idempotency-Key", key}});
    }
    std::size_t collections() { return read(target).as_array().size(); }
};

/// "201 new 0", "201 replay 9250": status, what the header says, milliseconds of delay.
std::string told(const response_plan& plan)
{
    const auto replayed = header_of(plan, "Idempotency-Replayed");
    return std::to_string(plan.status) +
           (!replayed             ? ""
            : *replayed == "true" ? " replay"
                                  : " new") +
           " " + std::to_string(plan.delay / 1ms);
}

scenario under(std::initializer_list<std::pair<const char*, const char*>> set, duration takes = {})
{
    scenario from = with(set);
    from.create_duration = takes;
    return from;
}

/// The first create takes that long and dies over it.
scenario dying(duration after, duration takes = {})
{
    scenario from = steady();
    from.create_duration = takes;
    from.create_deaths = {{occurrence::nth(1), after}};
    return from;
}

/// A first request with key `k`, and what a second one is told so long after it.
std::string second(const scenario& from, duration later, const std::string& what = body)
{
    submitter client{from};
    client.submit();
    client.now += later;
    return told(client.submit(what));
}

}  // namespace

TEST_SUITE("mock.idempotency_table")
{
    TEST_CASE("SRV-008: a done key answers the same body as before, in the status of A1")
    {
        CHECK_EQ(second(under({}), 0s), "201 replay 0");
        CHECK_EQ(second(under({{"A1", "200"}}), 0s), "200 replay 0");
        CHECK_EQ(second(under({}), 24h - 1us), "201 replay 0");
        CHECK_EQ(second(under({}), 24h), "201 new 0");
        submitter client;
        CHECK_EQ(told(client.submit()), "201 new 0");
        CHECK_EQ(told(client.submit(body, "another")), "201 new 0");
        CHECK_EQ(client.collections(), 2);
    }

    TEST_CASE("SRV-008: what the same body is, A2 says")
    {
        CHECK_EQ(second(under({}), 1s, respelled), "201 replay 0");
        CHECK_EQ(second(under({{"A2", "raw_bytes"}}), 1s, respelled), "422 0");
        CHECK_EQ(second(under({{"A2", "raw_bytes"}}), 1s, body), "201 replay 0");
        for (const char* how : {"canonical_json", "raw_bytes"}) {
            CHECK_EQ(second(under({{"A2", how}}), 1s, other), "422 0");
            CHECK_EQ(second(under({{"A2", how}}), 24h, other), "201 new 0");
        }
    }

    TEST_CASE("SRV-008: another body under a used key is refused in the contract's words")
    {
        submitter client;
        client.submit();
        const response_plan plan = client.submit(other);
        CHECK_EQ(parse(plan.body).at("detail"), "Idempotency-Key reused with a different payload.");
        CHECK_EQ(client.collections(), 1);
        // The refusal does not touch the key.
        CHECK_EQ(told(client.submit()), "201 replay 0");
    }

    TEST_CASE("SRV-008: a running key is looked at every 250 ms, for 30 seconds")
    {
        const auto waiting = [](duration takes, duration later) {
            return second(under({}, takes), later);
        };
        CHECK_EQ(waiting(10s, 0s), "201 replay 10000");
        CHECK_EQ(waiting(10s, 1us), "201 replay 10000");
        CHECK_EQ(waiting(10s, 1s - 1us), "201 replay 9250");
        CHECK_EQ(waiting(10s, 9'750ms), "201 replay 250");
        CHECK_EQ(waiting(10s, 10s - 1us), "201 replay 250");
        CHECK_EQ(waiting(10s, 10s), "201 replay 0");
        CHECK_EQ(waiting(30s, 0s), "201 replay 30000");
        CHECK_EQ(waiting(30s + 1us, 0s), "409 30000");
        CHECK_EQ(waiting(30s + 1us, 1us), "201 replay 30000");
        CHECK_EQ(waiting(1h, 29min), "409 30000");
        CHECK_EQ(waiting(1h, 1h - 30s), "201 replay 30000");
    }

    TEST_CASE("SRV-008: what 30 seconds of waiting end in, A4 says")
    {
        CHECK_EQ(second(under({{"A4", "409"}}, 1min), 1s), "409 30000");
        CHECK_EQ(second(under({{"A4", "503"}}, 1min), 1s), "503 30000");
        submitter client{under({}, 1min)};
        client.submit();
        client.submit();
        client.now += 1min;
        CHECK_EQ(told(client.submit()), "201 replay 0");
        CHECK_EQ(client.collections(), 1);
    }

    TEST_CASE("SRV-008: another body does not wait for a running key")
    {
        CHECK_EQ(second(under({}, 10s), 1s, other), "422 0");
        CHECK_EQ(second(dying(10s), 1s, other), "422 0");
    }

    TEST_CASE("SRV-008: items take their time, too")
    {
        scenario from = under({}, 1s);
        from.create_per_item = 100ms;
        submitter client{from};
        const std::string forty = R"({"name":"n","requests":)" + items(40) + "}";
        CHECK_EQ(told(client.submit(forty)), "201 new 5000");
        client.now += 1s;
        CHECK_EQ(told(client.submit(forty)), "201 replay 4000");
    }

    TEST_CASE("SRV-008: a key is free from the moment its first request has died")
    {
        submitter client{dying(10s)};
        CHECK_EQ(told(client.submit()), "500 new 10000");
        client.now += 10s;
        CHECK_EQ(told(client.submit()), "201 new 0");
        CHECK_EQ(told(client.submit()), "201 replay 0");
        CHECK_EQ(client.collections(), 1);
        submitter mended{dying(10s)};
        mended.submit();
        mended.now += 10s;
        CHECK_EQ(told(mended.submit(other)), "201 new 0");
    }

    TEST_CASE("SRV-008: who waits for a first that dies becomes the first")
    {
        submitter client{dying(10s, 4s)};
        client.submit();
        client.now = start + 1'100ms;
        // Looks 36 times, finds the key free at 10.1 s, and needs four seconds of its own.
        const response_plan heir = client.submit();
        CHECK_EQ(told(heir), "201 new 13000");
        client.now = start + 11s;
        CHECK_EQ(client.collections(), 0);
        CHECK_EQ(told(client.submit()), "201 replay 3250");
        client.now = start + 14'100ms - 1us;
        CHECK_EQ(client.collections(), 0);
        client.now += 1us;
        CHECK_EQ(client.collections(), 1);
        const json::value made = client.read(target).at(0);
        CHECK_EQ(made.at("created_at").as_double(), doctest::Approx(1780308010.1));
        // The heir's 24 hours begin when it does.
        client.now = start + 10'100ms + 24h - 1us;
        CHECK_EQ(told(client.submit()), "201 replay 0");
        client.now += 1us;
        CHECK_EQ(told(client.submit()), "201 new 4000");
    }

    TEST_CASE("SRV-008: nobody waits longer than 30 seconds for a death either")
    {
        CHECK_EQ(second(dying(30s), 0s), "201 new 30000");
        CHECK_EQ(second(dying(30s + 1us), 0s), "409 30000");
        CHECK_EQ(second(dying(31s), 1s), "201 new 30000");
    }

    TEST_CASE("SRV-008: a create that had to wait is listed by the time it was made")
    {
        submitter client{dying(10s)};
        client.submit();
        client.submit();
        client.now += 5s;
        client.create("[]", "between");
        client.now += 15s;
        const json::value list = client.read(target);
        REQUIRE_EQ(list.as_array().size(), 2);
        CHECK_EQ(list.at(0).at("name"), "n");
        CHECK_EQ(list.at(1).at("name"), "between");
    }

    TEST_CASE("SRV-008: a first that died is stored under no value of A5, without a key it is alone"
    )
    {
        for (const char* stores : {"success_only", "every_reply"}) {
            scenario from = dying(1s);
            from.contract.set("A5", stores);
            CHECK_EQ(second(from, 1s), "201 new 0");
        }
        submitter client{dying(1s)};
        CHECK_EQ(told(client.send("POST", target, body)), "500 1000");
        CHECK_EQ(told(client.send("POST", target, body)), "201 0");
    }

    TEST_CASE("SRV-008: whether a refusal is stored, A5 says")
    {
        const auto refused_twice = [](const char* stores) {
            submitter client{under({{"A5", stores}})};
            CHECK_EQ(told(client.submit("{}")), "422 new 0");
            const std::string again = told(client.submit("{}"));
            return again + ", " + told(client.submit());
        };
        CHECK_EQ(refused_twice("success_only"), "422 new 0, 201 new 0");
        CHECK_EQ(refused_twice("every_reply"), "422 replay 0, 422 0");
    }

    TEST_CASE("SRV-008: a 429 or a 401 never reaches the key")
    {
        scenario from = under({{"A5", "every_reply"}});
        from.contract.write_per_minute = 1;
        submitter client{from};
        client.send("POST", target, body);
        CHECK_EQ(client.submit().status, 429);
        client.token = "nobody";
        CHECK_EQ(client.submit().status, 401);
        client.token = "test_token_a";
        client.now += 1min;
        CHECK_EQ(told(client.submit()), "201 new 0");
    }

    TEST_CASE("SRV-008: a malformed key is refused, or ignored, as A3 says")
    {
        const std::string bad[] = {"", "a b", "a:b", "a\tb", std::string(201, 'x')};
        for (const std::string& key : bad) {
            CAPTURE(key);
            submitter strict;
            CHECK_EQ(told(strict.submit(body, key)), "422 0");
            CHECK_EQ(strict.collections(), 0);
            submitter bad_request{under({{"A3", "400"}})};
            CHECK_EQ(told(bad_request.submit(body, key)), "400 0");
            submitter lenient{under({{"A3", "ignore"}})};
            CHECK_EQ(told(lenient.submit(body, key)), "201 0");
            CHECK_EQ(told(lenient.submit(body, key)), "201 0");
            CHECK_EQ(lenient.collections(), 2);
        }
        submitter client;
        CHECK_EQ(told(client.submit(body, std::string(200, 'x'))), "201 new 0");
    }

    TEST_CASE("SRV-008: a server of before the keys ignores them")
    {
        scenario old = steady();
        old.contract.server_date = std::chrono::year{2026} / 4 / 29;
        CHECK_EQ(second(old, 0s), "201 0");
    }

    TEST_CASE("SRV-008: a run start honours a key under A10 only")
    {
        const auto starts = [](const char* how, const char* second_body) {
            submitter client{under({{"A10", how}})};
            const std::string run = target + "/" + client.create(items(1)) + "/run";
            client.send("POST", run, "", {{"Idempotency-Key", "k"}});
            const response_plan again =
                client.send("POST", run, second_body, {{"Idempotency-Key", "k"}});
            return told(again) + ", " + std::to_string(client.service.run_ids().size());
        };
        CHECK_EQ(starts("ignore", ""), "201 0, 2");
        CHECK_EQ(starts("honour", ""), "201 replay 0, 1");
        CHECK_EQ(starts("honour", R"({"callback_url":"https://a.example/"})"), "422 0, 1");
    }

    TEST_CASE("SRV-008: a key of a run start is one of its collection, and none of a create")
    {
        submitter client{under({{"A10", "honour"}})};
        client.submit();
        const std::string one = client.create(items(1));
        const std::string two = client.create(items(2));
        const auto begin = [&](const std::string& id) {
            return client.send("POST", target + "/" + id + "/run", "", {{"Idempotency-Key", "k"}});
        };
        CHECK_EQ(begin(one).status, 201);
        CHECK_EQ(begin(two).status, 422);
        CHECK_EQ(client.service.run_ids().size(), 1);
        client.now += 24h;
        CHECK_EQ(begin(two).status, 201);
    }

    TEST_CASE("SRV-008: expired keys are swept out")
    {
        key_store keys;
        for (int i = 0; i < 5'000; ++i)
            keys.store("k" + std::to_string(i), {"", {}, start, start}, start);
        CHECK_EQ(keys.size(), 5'000);
        const time_point later = start + 24h;
        for (int i = 0; i < 5'000; ++i)
            keys.store("l" + std::to_string(i), {"", {}, later, later}, later);
        CHECK_EQ(keys.size(), 5'000);
    }
}
