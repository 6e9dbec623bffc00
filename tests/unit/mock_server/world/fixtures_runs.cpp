#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";

/// The fixtures' collection, created from the fixtures' request, in a shop with one thing changed.
struct shop_peer : peer {
    explicit shop_peer(scenario from = shop()) : peer(std::move(from)) { now = start - 9480ms; }

    response_plan create_all(std::vector<header> headers = {})
    {
        return send("POST", collections, fixture_text("create_request.json"), std::move(headers));
    }
    std::string begin()
    {
        const std::string id = text_of(parse(create_all().body).at("id"));
        now = start + 170ms;
        return start_run(id);
    }
};

scenario shop_with(std::initializer_list<std::pair<const char*, const char*>> set)
{
    scenario made = shop();
    for (const auto& [name, value] : set)
        made.contract.set(name, value);
    return made;
}

scenario shop_ending(run_end as, duration after)
{
    scenario made = shop();
    made.faults = {make_fault(operation::start_run, effect::end_run{as, after})};
    return made;
}

const std::string plain_items = R"([{"url":"https://shop.example/tour/1","custom_id":"tour_1"}])";

}  // namespace

TEST_SUITE("mock.fixtures.runs")
{
    EMITS_CASE("create_201.json", ": one item, nothing refused")
    {
        shop_peer client;
        check_emits(
            client.send(
                "POST",
                collections,
                fixture_text("create_request_minimal.json"),
                {{"Idempotency-Key", "k"}}
            ),
            "create_201.json"
        );
    }

    EMITS_CASE("create_201_buckets.json", ": the answer to create_request.json in all but ids")
    {
        shop_peer client;
        const response_plan plan = client.create_all({{"Idempotency-Key", "k"}});
        check_emits(plan, "create_201_buckets.json");
        CHECK_EQ(header_of(plan, "Idempotency-Replayed"), "false");
        json::value made = parse(plan.body);
        json::value expected = fixture("create_201_buckets.json");
        made.as_object().erase("id");
        expected.as_object().erase("id");
        CHECK_EQ(made, expected);
    }

    EMITS_CASE("create_201_replayed.json", ": the same key and body a second time")
    {
        shop_peer client;
        const response_plan first = client.create_all({{"Idempotency-Key", "k"}});
        client.now += 1h;
        const response_plan again = client.create_all({{"Idempotency-Key", "k"}});
        check_emits(again, "create_201_replayed.json");
        CHECK_EQ(again.body, first.body);
        CHECK_EQ(header_of(again, "Idempotency-Replayed"), "true");
    }

    EMITS_CASE("create_201_old_server.json", ": profile y2026_04_06")
    {
        scenario old = shop();
        old.contract = switches::y2026_04_06();
        shop_peer client{old};
        check_emits(
            client.send("POST", collections, fixture_text("create_request_minimal.json")),
            "create_201_old_server.json"
        );
    }

    EMITS_CASE("collection_get_200.json", "")
    {
        shop_peer client;
        const std::string id = client.create(plain_items, "tours-2026-06-01");
        check_emits(client.get(collections + "/" + id), "collection_get_200.json");
    }

    EMITS_CASE("collection_update_200.json", ": a list replaces the old list")
    {
        shop_peer client;
        const std::string id = client.create(plain_items);
        check_emits(
            client.send(
                "PUT", collections + "/" + id, fixture_text("collection_update_request.json")
            ),
            "collection_update_200.json"
        );
        const std::string run = client.start_run(id);
        client.finish(run);
        CHECK_EQ(client.rows(run, "limit=10").at(0).at("custom_id"), "tour_9");
    }

    EMITS_CASE("collection_delete_200.json", ": A18 200_message")
    {
        shop_peer client;
        const std::string id = client.create(plain_items);
        check_emits(client.send("DELETE", collections + "/" + id), "collection_delete_200.json");
    }

    EMITS_CASE("collections_list_200.json", ": null stamps before 2026-04-30")
    {
        scenario from = shop();
        from.old_collections = {"before-april"};
        shop_peer client{from};
        client.create(plain_items, "tours-2026-05-31");
        client.now += 1h;
        client.create(plain_items, "tours-2026-06-01");
        check_emits(client.get(collections), "collections_list_200.json");
    }

    EMITS_CASE("collections_list_empty_200.json", "")
    {
        shop_peer client;
        check_emits(
            client.get(collections + "?name=nothing&since=2026-06-01T09%3A59%3A00.000%2B00%3A00"),
            "collections_list_empty_200.json"
        );
    }

    EMITS_CASE("run_start_201.json", "")
    {
        shop_peer client;
        const std::string id = text_of(parse(client.create_all().body).at("id"));
        const response_plan plan =
            client.send("POST", collections + "/" + id + "/run", "", {{"Content-Length", "0"}});
        check_emits(plan, "run_start_201.json");
        CHECK_EQ(parse(plan.body).at("total_requests"), 7);
        CHECK_EQ(parse(plan.body).at("success_requests"), 0);
    }

    EMITS_CASE("run_start_minimal_201.json", ": a fault keeps three members")
    {
        scenario from = shop();
        from.faults = {make_fault(
            operation::start_run, effect::keep_members{{"run_id", "collection_id", "status"}}
        )};
        shop_peer client{from};
        const std::string id = client.create(plain_items);
        check_emits(
            client.send("POST", collections + "/" + id + "/run"), "run_start_minimal_201.json"
        );
    }

    EMITS_CASE("run_seeding_200.json", ": before the first job has ended")
    {
        shop_peer client;
        const std::string run = client.begin();
        client.now += 1s;
        check_emits(client.get(run), "run_seeding_200.json");
        CHECK(client.rows(run, "limit=10").empty());
    }

    EMITS_CASE("run_mid_200.json", ": some jobs have ended")
    {
        shop_peer client;
        const std::string run = client.begin();
        client.now = start + 7s;
        const response_plan plan = client.get(run);
        check_emits(plan, "run_mid_200.json");
        CHECK_EQ(parse(plan.body).at("success_requests"), 2);
    }

    EMITS_CASE("run_completed_200.json", ": 3 + 3 + 1 = 7")
    {
        shop_peer client;
        const std::string run = client.begin();
        client.finish(run);
        const response_plan plan = client.get(run);
        check_emits(plan, "run_completed_200.json");
        const json::value body = parse(plan.body);
        CHECK_EQ(body.at("success_requests"), 3);
        CHECK_EQ(body.at("failed_requests"), 3);
        CHECK_EQ(body.at("timeout_requests"), 1);
    }

    EMITS_CASE("run_failed_200.json", ": a fault ends the run, the only known cause (A52)")
    {
        shop_peer client{shop_ending(run_end::failed, 12s)};
        const std::string run = client.begin();
        client.finish(run);
        check_emits(client.get(run), "run_failed_200.json");
    }

    EMITS_CASE("run_cancelled_200.json", ": the flag stays false for ever (A53)")
    {
        shop_peer client{shop_ending(run_end::cancelled, 5s)};
        client.now = start;
        const std::string run = client.run_of(
            R"([{"url":"https://shop.example/tour/1"},{"url":"https://shop.example/tour/2"},
                {"url":"https://shop.example/gone"},{"url":"https://shop.example/slow"},
                {"url":"https://shop.example/report.pdf"},{"url":"https://shop.example/proxyfail"},
                {"url":"https://shop.example/tour/7"}])"
        );
        client.now += 24h;
        check_emits(client.get(run), "run_cancelled_200.json");
    }

    EMITS_CASE("run_nulls_200.json", ": A23 on, while the run is in progress")
    {
        shop_peer client{shop_with({{"run_nulls", "on"}})};
        const std::string run = client.begin();
        client.now += 3s;
        check_emits(client.get(run), "run_nulls_200.json");
    }

    EMITS_CASE("run_old_server_200.json", ": profile y2026_04_06")
    {
        scenario old = shop();
        old.contract = switches::y2026_04_06();
        peer client{old};
        const response_plan made = client.send(
            "POST",
            collections,
            R"({"name":"two","callback_url":"https://hooks.example/scrapingpros",
                "requests":[{"url":"https://shop.example/1"},{"url":"https://shop.example/2"}]})"
        );
        const std::string run = client.start_run(text_of(parse(made.body).at("id")));
        client.finish(run);
        check_emits(client.get(run), "run_old_server_200.json");
    }

    EMITS_CASE("runs_list_200.json", ": newest first, lean items (A22)")
    {
        shop_peer client;
        const std::string id = client.create(plain_items);
        const std::string first = client.start_run(id);
        client.finish(first);
        client.start_run(id);
        check_emits(client.get(collections + "/" + id + "/runs"), "runs_list_200.json");
    }

    EMITS_CASE("runs_list_in_progress_200.json", "")
    {
        shop_peer client;
        const std::string id = client.create(plain_items);
        client.start_run(id);
        check_emits(
            client.get(collections + "/" + id + "/runs?status_filter=in_progress"),
            "runs_list_in_progress_200.json"
        );
    }

    EMITS_CASE("runs_list_empty_200.json", "")
    {
        shop_peer client;
        const std::string id = client.create(plain_items);
        check_emits(
            client.get(collections + "/" + id + "/runs?status_filter=in_progress"),
            "runs_list_empty_200.json"
        );
    }

    EMITS_CASE("health_200.json", "")
    {
        peer client;
        client.token = "none";
        check_emits(client.get("/v1/health"), "health_200.json");
    }

    EMITS_CASE("health_degraded_200.json", ": A63 with_components")
    {
        scenario from = with({{"A63", "with_components"}});
        from.health = "degraded";
        peer client{from};
        check_emits(client.get("/v1/health"), "health_degraded_200.json");
    }

    EMITS_CASE("plans_200.json", "")
    {
        peer client;
        check_emits(client.get("/v1/plans"), "plans_200.json");
    }

    EMITS_CASE("billing_200.json", "")
    {
        shop_peer client;
        const std::string run = client.begin();
        client.finish(run);
        const response_plan plan = client.get("/v1/sync/billing?month=2026-06");
        check_emits(plan, "billing_200.json");
        const json::value account = parse(plan.body).at("clients").at("client_test");
        CHECK_EQ(account.at("total_requests"), 7);
        CHECK_EQ(account.at("total_success"), 3);
    }
}
