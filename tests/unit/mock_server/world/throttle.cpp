#include "limits/throttle.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

/// How many of so many requests at one moment are admitted.
std::size_t burst(limiter& bucket, time_point now, std::size_t requests)
{
    std::size_t admitted = 0;
    for (std::size_t i = 0; i < requests; ++i)
        admitted += bucket.admit(now).admitted ? 1 : 0;
    return admitted;
}

scenario narrow(std::size_t reads, std::size_t writes)
{
    scenario from = steady();
    from.contract.read_per_minute = reads;
    from.contract.write_per_minute = writes;
    return from;
}

}  // namespace

TEST_SUITE("mock.throttle")
{
    TEST_CASE("a fixed window begins anew with each minute")
    {
        limiter bucket{{choice::rate_algorithm::fixed_window_60s, 10}};
        CHECK_EQ(burst(bucket, start + 59s, 20), 10);
        CHECK_EQ(bucket.admit(start + 59s).retry_after, duration{1s});
        CHECK_EQ(burst(bucket, start + 60s, 20), 10);
    }

    TEST_CASE("a window may also begin with its first request, and the next with the one after it")
    {
        limiter bucket{{choice::rate_algorithm::fixed_window_60s, 2, window_anchor::first_request}};
        CHECK_EQ(burst(bucket, start + 59s, 5), 2);
        CHECK_EQ(bucket.admit(start + 60s).retry_after, duration{59s});
        CHECK_FALSE(bucket.admit(start + 119s - 1us).admitted);
        CHECK_EQ(burst(bucket, start + 500s, 5), 2);
        CHECK_EQ(bucket.admit(start + 500s).reset, start + 560s);
    }

    TEST_CASE("a sliding window admits again when its oldest is a minute old")
    {
        limiter bucket{{choice::rate_algorithm::sliding_60s, 2}};
        CHECK(bucket.admit(start).admitted);
        CHECK(bucket.admit(start + 40s).admitted);
        const auto refused = bucket.admit(start + 50s);
        CHECK_FALSE(refused.admitted);
        CHECK_EQ(refused.retry_after, duration{10s});
        CHECK_FALSE(bucket.admit(start + 60s - 1us).admitted);
        CHECK(bucket.admit(start + 60s).admitted);
        CHECK_FALSE(bucket.admit(start + 99s).admitted);
    }

    TEST_CASE("a token bucket fills evenly and holds a minute's worth")
    {
        limiter bucket{{choice::rate_algorithm::token_bucket, 60}};
        CHECK_EQ(burst(bucket, start, 100), 60);
        CHECK_EQ(bucket.admit(start).retry_after, duration{1s});
        CHECK_EQ(burst(bucket, start + 1s, 5), 1);
        CHECK_EQ(burst(bucket, start + 11s, 50), 10);
        CHECK_EQ(burst(bucket, start + 1h, 100), 60);
    }

    TEST_CASE("a token bucket of another size than a minute's worth")
    {
        limiter small{{choice::rate_algorithm::token_bucket, 60, {}, 5}};
        CHECK_EQ(burst(small, start, 100), 5);
        CHECK_EQ(burst(small, start + 2s, 100), 2);
        CHECK_EQ(burst(small, start + 1h, 100), 5);
        limiter large{{choice::rate_algorithm::token_bucket, 60, {}, 200}};
        CHECK_EQ(burst(large, start, 300), 200);
        CHECK_EQ(burst(large, start + 1min, 300), 60);
    }

    TEST_CASE("a limit of nothing admits nothing, and of a thousand million anything")
    {
        for (const auto how :
             {choice::rate_algorithm::fixed_window_60s,
              choice::rate_algorithm::sliding_60s,
              choice::rate_algorithm::token_bucket}) {
            limiter none{{how, 0}};
            CHECK_EQ(burst(none, start, 3), 0);
            CHECK_EQ(burst(none, start + 1h, 3), 0);
            limiter much{{how, 1'000'000'000}};
            CHECK_EQ(burst(much, start, 3), 3);
            CHECK_EQ(burst(much, start + 24h * 3650, 3), 3);
            CHECK_EQ(much.look(start + 24h * 3650).remaining, 999'999'997);
        }
    }

    TEST_CASE("what a refusal says of coming back is true to the microsecond")
    {
        for (const auto how :
             {choice::rate_algorithm::fixed_window_60s,
              choice::rate_algorithm::sliding_60s,
              choice::rate_algorithm::token_bucket}) {
            limiter bucket{{how, 7}};
            time_point now = start + 3s;
            for (int i = 0; i < 200; ++i) {
                const auto verdict = bucket.admit(now);
                if (verdict.admitted) {
                    now += 1'300ms;
                    continue;
                }
                CHECK_FALSE(bucket.admit(now + verdict.retry_after - 1us).admitted);
                now += verdict.retry_after;
                CHECK(bucket.admit(now).admitted);
            }
        }
    }

    TEST_CASE("reads and writes have buckets of their own")
    {
        peer client{narrow(3, 2)};
        for (int i = 0; i < 3; ++i)
            CHECK_EQ(client.get(collections).status, 200);
        CHECK_EQ(client.get(collections).status, 429);
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 201);
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 201);
        CHECK_EQ(client.send("DELETE", collections + "/x").status, 429);
        client.now += 1min;
        CHECK_EQ(client.get(collections).status, 200);
    }

    TEST_CASE("a refused request has no effect")
    {
        peer client{narrow(10, 1)};
        client.send("POST", collections, R"({"name":"n"})");
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 429);
        CHECK_EQ(client.read(collections).as_array().size(), 1);
    }

    TEST_CASE("the headers count down and name the next window")
    {
        peer client{narrow(3, 2)};
        client.now = start + 15s;
        const response_plan first = client.get(collections);
        CHECK_EQ(header_of(first, "X-RateLimit-Limit"), "3");
        CHECK_EQ(header_of(first, "X-RateLimit-Remaining"), "2");
        CHECK_EQ(header_of(first, "X-RateLimit-Reset"), "1780308060");
        CHECK_EQ(header_of(client.get(collections), "X-RateLimit-Remaining"), "1");
        CHECK_EQ(header_of(first, "X-Quota-Limit"), "unlimited");
        CHECK_EQ(header_of(first, "X-Quota-Remaining"), "unlimited");
    }

    TEST_CASE("limits that are not enforced are still told")
    {
        scenario from = narrow(1, 1);
        from.enforce_limits = false;
        peer client{from};
        for (int i = 0; i < 5; ++i)
            CHECK_EQ(client.get(collections).status, 200);
        CHECK_EQ(header_of(client.get(collections), "X-RateLimit-Remaining"), "0");
    }

    TEST_CASE("a used-up quota stops writes and lets paid results be read")
    {
        scenario from = steady();
        from.plan.credits = 2;
        peer client{from};
        const std::string run = client.run_of(2);
        client.finish(run);
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 429);
        CHECK_EQ(client.get(run).status, 200);
        CHECK_EQ(client.rows(run, "include_results=true").size(), 2);
    }

    TEST_CASE("the default takes 10,000 reads a minute and no more")
    {
        peer client;
        for (int i = 0; i < 10'000; ++i)
            client.get(collections);
        CHECK_EQ(client.get(collections).status, 429);
    }
}
