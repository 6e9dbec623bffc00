#include <doctest/doctest.h>

#include "limits/limit_headers.hpp"
#include "limits/option_reader.hpp"
#include "limits/plans.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

/// `now` is at a whole minute, so a fixed window of a minute lies before it.
scenario few_reads(std::size_t reads, const limit_options& limits = {})
{
    scenario from = steady();
    from.contract.read_per_minute = reads;
    from.limits = limits;
    return from;
}

/// The same, and waits are told to the microsecond.
scenario exact(std::size_t reads, const limit_options& limits = {})
{
    scenario from = few_reads(reads, limits);
    from.contract.set("retry_after_form", "fraction");
    return from;
}

struct reader : peer {
    using peer::peer;

    unsigned at(duration since_start)
    {
        now = start + since_start;
        return get(collections).status;
    }
    response_plan over(std::uint64_t connection, const std::string& target = collections)
    {
        return service.handle(
            {"GET", target, {{"Authorization", "Bearer " + token}}, "", connection}, now
        );
    }
    limits_seen seen() { return *service.limits_of("client_test"); }
};

early_penalty extend(duration by)
{
    return {early_penalty::kind::extend, 1, by, {}};
}

early_penalty ban(std::size_t after, duration by)
{
    return {early_penalty::kind::ban, after, by, {}};
}

}  // namespace

TEST_SUITE("mock.limits")
{
    TEST_CASE("a client that comes back too early is counted, with the longest margin")
    {
        reader client{exact(1)};
        CHECK_EQ(client.at(50s), 200);
        CHECK_EQ(client.at(51s), 429);
        CHECK_EQ(client.at(53s), 429);
        CHECK_EQ(client.at(60s - 1us), 429);
        CHECK_EQ(client.at(60s), 200);
        const bucket_counts reads = client.seen().reads;
        CHECK_EQ(reads.accepted, 2);
        CHECK_EQ(reads.refused, 3);
        CHECK_EQ(reads.early_returns, 2);
        CHECK_EQ(reads.longest_early, duration{7s});
        CHECK_EQ(reads.bans, 0);
        CHECK_EQ(client.seen().writes.accepted, 0);
    }

    TEST_CASE("early is measured against what was told, which whole seconds round up")
    {
        reader client{few_reads(1)};
        client.at(50'400ms);
        CHECK_EQ(client.at(50'500ms), 429);  // told 10 s: until 60.5 s
        CHECK_EQ(client.at(60'100ms), 200);
        CHECK_EQ(client.seen().reads.early_returns, 1);
        CHECK_EQ(client.seen().reads.longest_early, duration{400ms});
    }

    TEST_CASE("who was told nothing cannot come back too early")
    {
        for (const char* form : {"absent", "zero"}) {
            scenario from = few_reads(1);
            from.contract.set("retry_after_form", form);
            reader client{from};
            client.at(50s);
            client.at(51s);
            client.at(52s);
            CHECK_EQ(client.seen().reads.refused, 2);
            CHECK_EQ(client.seen().reads.early_returns, 0);
        }
    }

    TEST_CASE("a refusal moves the wait of its own bucket only")
    {
        scenario from = few_reads(1);
        from.contract.write_per_minute = 1;
        reader client{from};
        client.at(50s);
        client.at(51s);
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 201);
        CHECK_EQ(client.seen().writes.early_returns, 0);
    }

    TEST_CASE("extend: each early return puts the end of the wait off")
    {
        reader client{exact(1, {.early = extend(10s)})};
        client.at(50s);
        client.at(51s);                                                       // come back at 60
        CHECK_EQ(client.at(55s), 429);                                        // 70
        CHECK_EQ(client.at(60s), 429);                                        // 80
        CHECK_EQ(header_of(client.get(collections), "Retry-After"), "30.0");  // 90
        CHECK_EQ(client.at(90s - 1us), 429);                                  // 100
        CHECK_EQ(client.at(100s), 200);
        CHECK_EQ(client.seen().reads.early_returns, 4);
    }

    TEST_CASE("ban: after so many early returns nothing is admitted for a while")
    {
        reader client{exact(1, {.early = ban(3, 5min)})};
        client.at(50s);
        client.at(51s);
        client.at(52s);
        client.at(53s);
        CHECK_EQ(client.seen().reads.bans, 0);
        CHECK_EQ(client.at(54s), 429);
        CHECK_EQ(client.seen().reads.bans, 1);
        CHECK_EQ(client.at(60s), 429);
        CHECK_EQ(client.at(354s - 1us), 429);
        CHECK_EQ(client.at(354s), 200);
        CHECK_EQ(client.seen().reads.early_returns, 5);
    }

    TEST_CASE("a client that waits is neither banned nor put off, however often it is refused")
    {
        for (const early_penalty& penalty : {extend(1h), ban(1, 1h)}) {
            reader client{few_reads(1, {.early = penalty})};
            for (int minute = 0; minute < 5; ++minute) {
                CHECK_EQ(client.at(minute * 60s + 10s), 200);
                CHECK_EQ(client.at(minute * 60s + 20s), 429);
                client.now += 40s;
            }
            CHECK_EQ(client.seen().reads.early_returns, 0);
        }
    }

    TEST_CASE("requests that were on their way at the first refusal are within its grace")
    {
        limit_options limits{.early = ban(1, 1h)};
        limits.early.grace = 100ms;
        reader client{few_reads(1, limits)};
        client.at(50s);
        client.at(50s);
        client.at(50s + 99ms);
        CHECK_EQ(client.seen().reads.early_returns, 0);
        client.at(50s + 100ms);
        CHECK_EQ(client.seen().reads.bans, 1);
    }

    TEST_CASE("a penalty stays within ten years, however long a client goes on")
    {
        reader client{few_reads(1, {.early = extend(longest_option)})};
        for (int i = 0; i < 1'000; ++i)
            client.at(50s + i * 1ms);
        CHECK_EQ(client.seen().reads.early_returns, 998);
        CHECK_EQ(client.at(50s + 999ms + longest_option), 200);
    }

    TEST_CASE("four requests at work are the most, and one that is finished makes room")
    {
        reader client{few_reads(100, {.in_flight = 4})};
        std::uint64_t first = 0;
        for (std::uint64_t connection = 1; connection <= 4; ++connection) {
            const response_plan plan = client.over(connection);
            CHECK_EQ(plan.status, 200);
            if (first == 0) first = plan.ordinal;
        }
        const response_plan fifth = client.over(5);
        CHECK_EQ(fifth.status, 429);
        CHECK_EQ(header_of(fifth, "Retry-After"), "1");
        CHECK_EQ(header_of(fifth, "X-RateLimit-Limit"), "4");
        client.service.finished(first, {}, client.now);
        client.now += 1s;
        CHECK_EQ(client.over(5).status, 200);
        CHECK_EQ(client.over(6).status, 429);
        CHECK_EQ(client.seen().in_flight.accepted, 5);
        CHECK_EQ(client.seen().in_flight.refused, 2);
        CHECK_EQ(client.seen().in_flight.early_returns, 0);
    }

    TEST_CASE("without word of the end, a connection's next request ends the one before")
    {
        reader client{few_reads(100, {.in_flight = 1})};
        for (int i = 0; i < 10; ++i)
            CHECK_EQ(client.over(7).status, 200);
        CHECK_EQ(client.over(8).status, 429);
    }

    TEST_CASE("a request that the concurrency refuses is not counted by the bucket")
    {
        reader client{few_reads(2, {.in_flight = 1})};
        client.over(1);
        CHECK_EQ(client.over(2).status, 429);
        CHECK_EQ(client.over(1).status, 200);
        CHECK_EQ(client.seen().reads.accepted, 2);
    }

    TEST_CASE("a scope of one route counts that route alone")
    {
        limit_options limits;
        limits.scopes = {
            {scoped_limit::scope::route,
             operation::list_collections,
             choice::rate_algorithm::sliding_60s,
             2}};
        reader client{few_reads(100, limits)};
        CHECK_EQ(client.at(1s), 200);
        CHECK_EQ(client.at(2s), 200);
        CHECK_EQ(client.at(3s), 429);
        CHECK_EQ(client.get("/v1/sync/billing").status, 200);
        CHECK_EQ(client.at(61s), 200);
        CHECK_EQ(client.seen().scopes.at(0).refused, 1);
        CHECK_EQ(client.seen().reads.accepted, 4);
    }

    TEST_CASE("a scope of all routes gives each its own bucket")
    {
        limit_options limits;
        limits.scopes = {{scoped_limit::scope::route, operation::any, {}, 1}};
        reader client{few_reads(100, limits)};
        CHECK_EQ(client.get(collections).status, 200);
        CHECK_EQ(client.get("/v1/sync/billing").status, 200);
        CHECK_EQ(client.get(collections).status, 429);
    }

    TEST_CASE("a scope of the connection is forgotten with the oldest, its counts are not")
    {
        limit_options limits;
        limits.scopes = {{scoped_limit::scope::connection, operation::any, {}, 1}};
        reader client{few_reads(100'000, limits)};
        CHECK_EQ(client.over(1).status, 200);
        CHECK_EQ(client.over(1).status, 429);
        CHECK_EQ(client.over(2).status, 200);
        for (std::uint64_t connection = 3; connection < 3'000; ++connection)
            client.over(connection);
        const bucket_counts seen = client.seen().scopes.at(0);
        CHECK_EQ(seen.accepted, 2'999);
        CHECK_EQ(seen.refused, 1);
    }

    TEST_CASE("the text of a rate refusal may speak of a quota, and is still one of the rate")
    {
        limit_options limits;
        limits.rate_text = "Read quota per minute exceeded";
        reader client{few_reads(1, limits)};
        client.get(collections);
        const response_plan plan = client.get(collections);
        CHECK_EQ(parse(plan.body).at("detail"), "Read quota per minute exceeded");
        CHECK(header_of(plan, "Retry-After"));
        CHECK_EQ(client.seen().quota_refused, 0);
    }

    TEST_CASE("under a scale waits are told in real seconds, rounded up")
    {
        // One real second is 20 of the service's.
        scenario from = few_reads(1, {.wait_scale = {20, 1}});
        reader client{from};
        client.at(5s);
        client.at(6s);
        const response_plan plan = client.get(collections);
        CHECK_EQ(header_of(plan, "Retry-After"), "3");  // 54 / 20 = 2.7
        // The reset lies as far from the reply's `Date` as the real wait is long.
        CHECK_EQ(header_of(plan, "X-RateLimit-Reset"), "1780308009");
        // Three real seconds are sixty here: 66 s.
        CHECK_EQ(client.at(66s), 200);
        CHECK_EQ(client.seen().reads.early_returns, 1);
        CHECK_EQ(client.seen().reads.longest_early, duration{60s});
    }

    TEST_CASE("the clock may set the scale while the world runs, and only one that makes sense")
    {
        reader client{few_reads(1)};
        client.at(0s);
        client.service.set_wait_scale({60, 1});
        CHECK_EQ(header_of(client.get(collections), "Retry-After"), "1");
        client.service.set_wait_scale({1, 2});
        CHECK_EQ(header_of(client.get(collections), "Retry-After"), "120");
        CHECK_THROWS(client.service.set_wait_scale({0, 1}));
        CHECK_THROWS(client.service.set_wait_scale({1, 0}));
        CHECK_EQ(header_of(client.get(collections), "Retry-After"), "120");
    }

    TEST_CASE("limits that are not enforced punish nobody and count all as accepted")
    {
        scenario from = few_reads(1, {.in_flight = 1, .early = ban(1, 1h)});
        from.enforce_limits = false;
        reader client{from};
        for (std::uint64_t i = 1; i < 6; ++i)
            CHECK_EQ(client.over(i).status, 200);
        CHECK_EQ(client.seen().reads.accepted, 5);
        CHECK_EQ(client.seen().reads.refused, 0);
    }

    TEST_CASE("the limits of an account as JSON, and of nobody")
    {
        scenario from = few_reads(1);
        from.plan = *plan_named("starter");
        reader client{from};
        CHECK_FALSE(client.service.limits_of("client_test"));
        client.at(50s);
        client.at(51s);
        client.at(58s);
        CHECK_FALSE(client.service.limits_of("client_tes"));
        CHECK_EQ(
            client.seen().to_json(),
            R"({"account":"client_test",)"
            R"("reads":{"accepted":1,"refused":2,"early_returns":1,"bans":0,"longest_early_us":2000000},)"
            R"("writes":{"accepted":0,"refused":0,"early_returns":0,"bans":0,"longest_early_us":0},)"
            R"("in_flight":{"accepted":0,"refused":0,"early_returns":0,"bans":0,"longest_early_us":0},)"
            R"("scopes":[],"quota":{"refused":0,"used":0,"limit":25000}})"
        );
    }

    TEST_CASE("accounts have buckets of their own")
    {
        scenario from = few_reads(1, {.in_flight = 1, .early = ban(1, 1h)});
        from.tokens = {{"a", "account_a"}, {"b", "account_b"}};
        reader client{from};
        client.token = "a";
        client.over(1);
        client.over(1);
        client.over(1);
        client.token = "b";
        CHECK_EQ(client.over(2).status, 200);
    }
}
