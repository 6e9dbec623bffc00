#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";
const std::string no_name = R"({"requests":"https://shop.example"})";

response_plan jobs_answer(const std::string& query)
{
    peer client{steady()};
    const std::string run = client.run_of(3);
    client.finish(run);
    return client.get(run + "/jobs?" + query);
}

std::string detail_of(const response_plan& plan)
{
    return text_of(parse(plan.body).at("detail"));
}

/// Any answer with a fault in its place.
response_plan faulty(fault_effect what)
{
    scenario from = steady();
    from.faults = {make_fault(operation::list_collections, std::move(what))};
    peer client{from};
    return client.get(collections);
}

/// The answer of the result route to the first job, so long after its end.
response_plan result_after(duration age, scenario from = steady())
{
    peer client{std::move(from)};
    const std::string run = client.run_of(1);
    client.finish(run);
    client.now += age;
    const auto job = client.service.find_job(id_in(run), 0);
    return client.get(run + "/jobs/" + job->id + "/result");
}

}  // namespace

TEST_SUITE("mock.fixtures.errors")
{
    EMITS_CASE("error_400_cursor_mismatch.json", ": a cursor of the other order")
    {
        peer client{steady()};
        const std::string run = client.run_of(3);
        client.finish(run);
        const json::value page = client.read(run + "/jobs?limit=1&order_by=completed_at");
        const response_plan plan =
            client.get(run + "/jobs?limit=1&cursor=" + text_of(page.at("cursor_next")));
        check_emits(plan, "error_400_cursor_mismatch.json");
        CHECK_EQ(parse(plan.body), fixture("error_400_cursor_mismatch.json"));
    }

    EMITS_CASE("error_400_order.json", ": an order that does not exist")
    {
        const response_plan plan = jobs_answer("order_by=bogus");
        check_emits(plan, "error_400_order.json");
        CHECK_EQ(parse(plan.body), fixture("error_400_order.json"));
    }

    EMITS_CASE("error_400_since.json", ": a stamp that is none")
    {
        check_emits(jobs_answer("since_completed_at=1780308000"), "error_400_since.json");
        check_emits(
            jobs_answer("since_completed_at=2026-06-01T10:00:00+02:00"), "error_400_since.json"
        );
    }

    EMITS_CASE("error_400_status_filter.json", ": one bad word of several")
    {
        const response_plan plan = jobs_answer("status_filter=completed%2Cbogus");
        check_emits(plan, "error_400_status_filter.json");
        CHECK_EQ(parse(plan.body), fixture("error_400_status_filter.json"));
    }

    EMITS_CASE("error_401.json", ": a token that nobody has")
    {
        peer client;
        client.token = "wrong";
        const response_plan plan = client.get(collections);
        check_emits(plan, "error_401.json");
        CHECK_EQ(detail_of(plan), "Invalid token");
    }

    EMITS_CASE("error_403.json", ": a country proxy without approval (A46)")
    {
        peer client;
        const response_plan plan = client.send(
            "POST",
            collections,
            R"({"name":"n","requests":[{"url":"https://shop.example/1","use_proxy":"BR"}]})"
        );
        check_emits(plan, "error_403.json");
        CHECK_EQ(parse(plan.body), fixture("error_403.json"));
    }

    EMITS_CASE("error_404_collection.json", ": an id that nobody knows")
    {
        peer client;
        check_emits(client.get(collections + "/nothing"), "error_404_collection.json");
    }

    EMITS_CASE("error_404_run.json", ": an id that nobody knows")
    {
        peer client;
        const std::string id = client.create(items(1));
        check_emits(client.get(collections + "/" + id + "/runs/nothing"), "error_404_run.json");
    }

    EMITS_CASE("error_404_job_id_invalid.json", ": no such job in the run")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        check_emits(client.get(run + "/jobs/nothing/result"), "error_404_job_id_invalid.json");
    }

    EMITS_CASE("error_404_result_pending.json", ": the job has not ended")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        const auto job = client.service.find_job(id_in(run), 0);
        client.now = job->body_at - 1us;
        check_emits(
            client.get(run + "/jobs/" + job->id + "/result"), "error_404_result_pending.json"
        );
    }

    EMITS_CASE("error_404_result_expired.json", ": 93.4 hours after the end")
    {
        const response_plan plan = result_after(93h + 25min);
        check_emits(plan, "error_404_result_expired.json");
        CHECK_EQ(parse(plan.body).at("detail").at("age_hours"), 93.4);
    }

    EMITS_CASE("error_404_result_lost.json", ": the body is gone within a day")
    {
        scenario from = steady();
        from.targets = {{.url = "https://shop.example/0", .execution = 2s, .lost_after = 10min}};
        const response_plan plan = result_after(24min, from);
        check_emits(plan, "error_404_result_lost.json");
        CHECK_EQ(parse(plan.body).at("detail").at("age_hours"), 0.4);
    }

    EMITS_CASE("error_404_result_old_server.json", ": profile y2026_04_06, or a fault")
    {
        scenario old = steady();
        old.contract = switches::y2026_04_06();
        check_emits(result_after(100h, old), "error_404_result_old_server.json");

        scenario from = steady();
        from.faults = {make_fault(operation::get_result, effect::status{404})};
        check_emits(result_after(0s, from), "error_404_result_old_server.json");
    }

    EMITS_CASE("error_409_idempotency_busy.json", ": the first is at work for over 30 s")
    {
        scenario from = steady();
        from.create_duration = 60s;
        peer client{from};
        const std::string body = fixture_text("create_request_minimal.json");
        client.send("POST", collections, body, {{"Idempotency-Key", "k"}});
        client.now += 1s;
        const response_plan plan =
            client.send("POST", collections, body, {{"Idempotency-Key", "k"}});
        check_emits(plan, "error_409_idempotency_busy.json");
        CHECK_EQ(plan.delay, duration{30s});
    }

    EMITS_CASE("error_413.json", ": A50 with a limit")
    {
        peer client{with({{"max_body_bytes", "20"}})};
        check_emits(
            client.send("POST", collections, R"({"name":"longer than the limit"})"),
            "error_413.json"
        );
    }

    EMITS_CASE("error_422_array.json", ": name missing, requests no list")
    {
        peer client;
        const response_plan plan = client.send("POST", collections, no_name);
        CHECK_EQ(plan.status, 422);
        json::value expected = fixture("error_422_array.json");
        // The example's first input is another body than its second.
        expected.at("detail").at(0).at("input") = parse(no_name);
        check_same_shape(parse(plan.body), expected, "$");
        CHECK_EQ(header_of(plan, "Content-Type"), "application/json");
    }

    EMITS_CASE("error_422_idempotency.json", ": a used key with another body")
    {
        peer client;
        const auto post = [&](const char* name) {
            return client.send(
                "POST",
                collections,
                std::string(R"({"name":")") + name + "\"}",
                {{"Idempotency-Key", "k"}}
            );
        };
        post("one");
        const response_plan plan = post("two");
        check_emits(plan, "error_422_idempotency.json");
        CHECK_EQ(parse(plan.body), fixture("error_422_idempotency.json"));
    }

    EMITS_CASE("error_422_message_key.json", ": A45 message_key")
    {
        peer client{with({{"A45", "message_key"}})};
        check_emits(client.send("POST", collections, no_name), "error_422_message_key.json");
    }

    EMITS_CASE("error_422_object.json", ": A45 detail_object")
    {
        peer client{with({{"A45", "detail_object"}})};
        check_emits(client.send("POST", collections, no_name), "error_422_object.json");
    }

    EMITS_CASE("error_422_string.json", ": a fault with that text")
    {
        scenario from;
        from.faults = {make_fault(
            operation::create, effect::status{422, body_form::detail, "Invalid parameters"}
        )};
        peer client{from};
        const response_plan plan = client.send("POST", collections, "{}");
        check_emits(plan, "error_422_string.json");
        CHECK_EQ(parse(plan.body), fixture("error_422_string.json"));
    }

    EMITS_CASE("error_429_quota.json", ": all credits used, no Retry-After")
    {
        scenario from = shop();
        from.credits_used = 25'000;
        peer client{from};
        const response_plan plan = client.send("POST", collections, R"({"name":"n"})");
        check_emits(plan, "error_429_quota.json");
        CHECK_EQ(parse(plan.body), fixture("error_429_quota.json"));
        CHECK_EQ(header_of(plan, "X-Quota-Remaining"), "0");
        CHECK_FALSE(header_of(plan, "Retry-After"));
    }

    EMITS_CASE("error_429_rate.json", ": the minute's writes are used up, or a fault")
    {
        peer client{shop()};
        client.now = start + 48s;
        response_plan plan;
        for (int i = 0; i < 31; ++i)
            plan = client.send("POST", collections, R"({"name":"n"})");
        check_emits(plan, "error_429_rate.json");
        CHECK_EQ(parse(plan.body), fixture("error_429_rate.json"));
        CHECK_EQ(header_of(plan, "Retry-After"), "12");
        CHECK_EQ(header_of(plan, "X-RateLimit-Remaining"), "0");

        check_emits(faulty(effect::throttle{"12"}), "error_429_rate.json");
    }

    EMITS_CASE("error_500.json", ": a fault")
    {
        const response_plan plan = faulty(effect::status{500});
        check_emits(plan, "error_500.json");
        CHECK_EQ(parse(plan.body), fixture("error_500.json"));
    }

    EMITS_CASE("error_500.html", ": a fault with a page of the proxy in front")
    {
        check_emits(faulty(effect::status{500, body_form::html}), "error_500.html");
    }

    EMITS_CASE("error_503.json", ": a fault with Retry-After")
    {
        const response_plan plan =
            faulty(effect::status{503, body_form::detail, "", {{"Retry-After", "5"}}});
        check_emits(plan, "error_503.json");
        CHECK_EQ(parse(plan.body), fixture("error_503.json"));
    }

    TEST_CASE("SRV-029: no answer among the contract's examples is without its test")
    {
        std::size_t answers = 0;
        const json::value index = fixture("index.json");
        for (const auto& entry : index.as_object()) {
            const std::string file(entry.key().data(), entry.key().size());
            CAPTURE(file);
            if (entry.value().at("kind") != "response") continue;
            ++answers;
            CHECK(emitted_fixtures().contains(file));
        }
        CHECK_EQ(answers, emitted_fixtures().size());
    }
}
