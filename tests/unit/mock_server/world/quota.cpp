#include <doctest/doctest.h>

#include "limits/plans.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

}  // namespace

TEST_SUITE("mock.quota")
{
    TEST_CASE("a quota is used up until the month ends, and the refusal says quota")
    {
        scenario from = steady();
        from.plan.credits = 3;
        from.credits_used = 1;
        peer client{from};
        client.now = start + 29 * 24h;  // the 30th of June
        const std::string id = client.create(items(2));
        client.start_run(id);
        const response_plan stopped = client.send("POST", collections, R"({"name":"n"})");
        CHECK_EQ(stopped.status, 429);
        CHECK_EQ(parse(stopped.body).at("detail"), "Monthly quota exceeded");
        CHECK_EQ(header_of(stopped, "Retry-After"), std::nullopt);
        CHECK_EQ(header_of(stopped, "X-Quota-Used"), "3");
        CHECK_EQ(header_of(stopped, "X-Quota-Remaining"), "0");
        CHECK_EQ(client.get(collections).status, 200);
        client.now = std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} - 1us;
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 429);
        client.now += 1us;
        CHECK_EQ(client.send("POST", collections, R"({"name":"n"})").status, 201);
        CHECK_EQ(header_of(client.get(collections), "X-Quota-Used"), "0");
        CHECK_EQ(client.service.limits_of("client_test")->quota_refused, 2);
    }

    TEST_CASE("a quota that blocks everything stops reads too, and may tell how long")
    {
        scenario from = steady();
        from.plan.credits = 0;
        from.contract.set("quota_blocks", "everything");
        from.limits.quota_tells_wait = true;
        peer client{from};
        client.now = std::chrono::sys_days{std::chrono::year{2026} / 12 / 31} + 23h + 59min;
        const response_plan stopped = client.get(collections);
        CHECK_EQ(stopped.status, 429);
        CHECK_EQ(header_of(stopped, "Retry-After"), "60");
        client.now += 1min;
        CHECK_EQ(client.get(collections).status, 429);  // nothing a month is nothing in January
    }

    TEST_CASE("a run start charges its credits and says so")
    {
        peer client{steady()};
        const std::string id = client.create(
            R"([{"url":"https://a.example/1"},{"url":"https://a.example/2","browser":true}])"
        );
        const response_plan plan = client.send("POST", collections + "/" + id + "/run");
        CHECK_EQ(header_of(plan, "X-Credits-Charged"), "6");
        CHECK_EQ(header_of(plan, "X-Quota-Used"), "6");
    }

    TEST_CASE("the plans have the contract's credits and writes per minute")
    {
        const auto writes = [](const char* name) { return plan_named(name)->write_per_minute; };
        CHECK_EQ(writes("demo"), 30);
        CHECK_EQ(writes("free"), 30);
        CHECK_EQ(writes("starter"), 30);
        CHECK_EQ(writes("growth"), 60);
        CHECK_EQ(writes("pro"), 120);
        CHECK_EQ(writes("scale"), 200);
        CHECK_EQ(writes("enterprise"), 2'000);
        CHECK_EQ(plan_named("pro")->credits, 500'000);
        CHECK_EQ(plan_named("enterprise")->credits, std::nullopt);
        CHECK_FALSE(plan_named("Pro"));
        CHECK_FALSE(plan_named(""));
        scenario from = steady();
        from.plan = *plan_named("growth");
        peer client{from};
        for (int i = 0; i < 60; ++i)
            CHECK_EQ(client.send("DELETE", collections + "/x").status, 404);
        CHECK_EQ(client.send("DELETE", collections + "/x").status, 429);
        CHECK_EQ(client.get(collections).status, 200);
    }

    TEST_CASE("before 2026-05-30 there was one bucket, the plan's")
    {
        scenario from = steady();
        from.contract.server_date = std::chrono::year{2026} / 5 / 29;
        from.plan = *plan_named("free");
        peer client{from};
        for (int i = 0; i < 30; ++i)
            client.get(collections);
        CHECK_EQ(client.get(collections).status, 429);
        CHECK_EQ(client.service.limits_of("client_test")->writes.accepted, 30);
    }
}
