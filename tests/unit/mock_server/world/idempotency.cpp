#include "items/idempotency.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

struct submitter : peer {
    using peer::peer;

    response_plan submit(const std::string& key, const std::string& body = R"({"name":"n"})")
    {
        return send("POST", "/v1/async/collections", body, {{"Idempotency-Key", key}});
    }
    std::size_t collections() { return read("/v1/async/collections").as_array().size(); }
};

scenario slow_create(duration takes)
{
    scenario from;
    from.create_duration = takes;
    return from;
}

}  // namespace

TEST_SUITE("mock.idempotency")
{
    TEST_CASE("a key is good with up to 200 characters, no white space and no colon")
    {
        CHECK(is_good_key("0d1c6f0a"));
        CHECK(is_good_key(std::string(200, 'x')));
        CHECK_FALSE(is_good_key(std::string(201, 'x')));
        CHECK_FALSE(is_good_key("a b"));
        CHECK_FALSE(is_good_key("a:b"));
        CHECK_FALSE(is_good_key(""));
    }

    TEST_CASE("the same key and body within 24 hours create once")
    {
        submitter client;
        const response_plan first = client.submit("k");
        client.now += 24h - 1us;
        const response_plan again = client.submit("k");
        CHECK_EQ(again.body, first.body);
        CHECK_EQ(client.collections(), 1);
        client.now += 1us;
        const response_plan later = client.submit("k");
        CHECK_NE(later.body, first.body);
        CHECK_EQ(header_of(later, "Idempotency-Replayed"), "false");
        CHECK_EQ(client.collections(), 2);
    }

    TEST_CASE("keys belong to an account")
    {
        scenario from;
        from.tokens = {{"a", "account_a"}, {"b", "account_b"}};
        submitter client{from};
        client.token = "a";
        client.submit("k");
        client.token = "b";
        CHECK_EQ(header_of(client.submit("k"), "Idempotency-Replayed"), "false");
        CHECK_EQ(client.collections(), 1);
    }

    TEST_CASE("without a key every create is new and says nothing of replays")
    {
        submitter client;
        const response_plan made = client.send("POST", "/v1/async/collections", R"({"name":"n"})");
        CHECK_FALSE(header_of(made, "Idempotency-Replayed"));
        client.send("POST", "/v1/async/collections", R"({"name":"n"})");
        CHECK_EQ(client.collections(), 2);
    }

    TEST_CASE("a second request waits for the first, looking every 250 ms")
    {
        submitter client{slow_create(10'100ms)};
        CHECK_EQ(client.submit("k").delay, duration{10'100ms});
        client.now += 1s;
        const response_plan again = client.submit("k");
        CHECK_EQ(again.status, 201);
        CHECK_EQ(again.delay, duration{9'250ms});
        CHECK_EQ(header_of(again, "Idempotency-Replayed"), "true");
    }

    TEST_CASE("a slow create is seen by nobody until it is done")
    {
        submitter client{slow_create(10s)};
        const std::string id = text_of(parse(client.submit("k").body).at("id"));
        client.now += 10s - 1us;
        CHECK_EQ(client.collections(), 0);
        CHECK_EQ(client.send("POST", "/v1/async/collections/" + id + "/run").status, 404);
        client.now += 1us;
        CHECK_EQ(client.collections(), 1);
    }

    TEST_CASE("a first request that died half-way leaves the key free")
    {
        scenario from;
        from.faults = {make_fault(operation::create, effect::status{500})};
        submitter client{from};
        CHECK_EQ(client.submit("k").status, 500);
        const response_plan next = client.submit("k");
        CHECK_EQ(next.status, 201);
        CHECK_EQ(header_of(next, "Idempotency-Replayed"), "false");
    }

    TEST_CASE("a create whose answer was lost is answered by its repeat")
    {
        scenario from;
        from.faults = {make_fault(operation::create, effect::lose_reply{}, fault_phase::after)};
        submitter client{from};
        const response_plan lost = client.submit("k");
        CHECK_EQ(lost.ending, wire_ending::close);
        CHECK_EQ(lost.cut_at, 0);
        CHECK_EQ(header_of(client.submit("k"), "Idempotency-Replayed"), "true");
        CHECK_EQ(client.collections(), 1);
    }

    TEST_CASE("a refusal is not stored, so a mended body may use the key")
    {
        submitter client;
        CHECK_EQ(client.submit("k", "{}").status, 422);
        CHECK_EQ(client.submit("k").status, 201);
    }
}
