#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string collections = "/v1/async/collections";
const std::string hot =
    "limit=100&status_filter=completed%2Cfailed%2Ctimeout&order_by=completed_at&order_dir=asc";

/// The fixtures' run, started at the fixtures' moment: with it even the stamps are the fixtures'.
struct shop_run : peer {
    explicit shop_run(scenario from) : peer(std::move(from))
    {
        const response_plan made = send("POST", collections, fixture_text("create_request.json"));
        now = start + 170ms;
        path = start_run(text_of(parse(made.body).at("id")));
    }
    response_plan jobs(const std::string& query) { return get(path + "/jobs?" + query); }

    std::string path;
};

/// Ids are drawn, and the fixtures break a tie by them: the first seed that breaks it their way.
scenario tied_shop()
{
    scenario from = shop();
    for (; from.seed < 100; ++from.seed) {
        shop_run client{from};
        const std::string run = id_in(client.path);
        if (client.service.find_job(run, 2)->id < client.service.find_job(run, 3)->id) return from;
    }
    FAIL("no seed breaks the tie so");
    return from;
}

shop_run finished(scenario from)
{
    shop_run client{std::move(from)};
    client.finish(client.path);
    return client;
}

fault on_listing(fault_effect what)
{
    return make_fault(
        operation::list_jobs, std::move(what), fault_phase::after, occurrence::every()
    );
}

}  // namespace

TEST_SUITE("mock.fixtures.jobs")
{
    EMITS_CASE("jobs_page1_200.json", ": even the stamps are the example's")
    {
        shop_run client = finished(tied_shop());
        const response_plan plan = client.jobs(
            "limit=4&status_filter=completed%2Cfailed%2Ctimeout&order_by=completed_at&order_dir=asc"
        );
        check_emits(plan, "jobs_page1_200.json");
        const json::value made = parse(plan.body);
        const json::value expected = fixture("jobs_page1_200.json");
        for (std::size_t i = 0; i < 4; ++i)
            for (const char* name :
                 {"queued_at", "started_at", "completed_at", "message", "custom_id"})
                CHECK_EQ(made.at("items").at(i).at(name), expected.at("items").at(i).at(name));
        CHECK_EQ(made.at("has_more"), true);
        CHECK(text_of(made.at("cursor_next")).starts_with("MjAyNi0wNi0wMVQxMDowMDowOS4yNTB8"));
    }

    EMITS_CASE("jobs_page2_200.json", ": the page behind the cursor of the first")
    {
        shop_run client = finished(tied_shop());
        const std::string query = "limit=4&status_filter=completed%2Cfailed%2Ctimeout&order_by="
                                  "completed_at&order_dir=asc";
        const std::string cursor = text_of(parse(client.jobs(query).body).at("cursor_next"));
        check_emits(client.jobs(query + "&cursor=" + cursor), "jobs_page2_200.json");
    }

    EMITS_CASE("jobs_since_200.json", ": strictly later than the stamp")
    {
        shop_run client = finished(shop());
        check_emits(
            client.jobs(
                hot + "&since_completed_at=2026-06-01T10%3A00%3A09.250&include_results=false"
            ),
            "jobs_since_200.json"
        );
    }

    EMITS_CASE("jobs_by_id_200.json", ": the order of insertion, the cursor a row's number")
    {
        // The example's two rows come with one flush, within which the order is drawn.
        scenario from = shop();
        from.jobs.flush_period = 10s;
        bool found = false;
        for (; !found && from.seed < 1000; ++from.seed) {
            shop_run client{from};
            client.now = start + 15s;
            const response_plan plan = client.jobs("limit=2");
            if (parse(plan.body).at("items").at(0).at("custom_id") != "tour_2" ||
                parse(plan.body).at("items").at(1).at("custom_id") != "tour_1")
                continue;
            check_emits(plan, "jobs_by_id_200.json");
            CHECK_EQ(text_of(parse(plan.body).at("cursor_next")), "ODgxMjAwMDI=");
            found = true;
        }
        CHECK(found);
    }

    EMITS_CASE("jobs_empty_200.json", ": no row yet")
    {
        shop_run client{shop()};
        check_emits(client.jobs(hot), "jobs_empty_200.json");
    }

    EMITS_CASE("jobs_inline_200.json", ": whole, missed, malformed, failed and binary results")
    {
        scenario from = tied_shop();
        from.targets[2].inline_miss = true;  // tour_2
        from.faults = {on_listing(effect::malform_inline{inline_form::missing_message, 2})};
        shop_run client = finished(from);
        const response_plan plan = client.jobs(hot + "&include_results=true");
        CHECK_EQ(plan.status, 200);
        // Two switches differ from row to row in the example: A41 in rows 4 and 6, A40 in row 4.
        json::value expected = fixture("jobs_inline_200.json");
        const json::value made = parse(plan.body);
        for (const std::size_t row : {3u, 5u})
            expected.at("items").at(row).at("result").as_object().erase("custom_id");
        expected.at("items").at(3).at("result").at("guidance") =
            made.at("items").at(3).at("result").at("guidance");
        check_same_shape(made, expected, "$");
        CHECK_EQ(
            made.at("items").at(5).at("result").at("body_base64"),
            expected.at("items").at(5).at("result").at("body_base64")
        );
        CHECK_EQ(
            made.at("items").at(0).at("result").at("html"),
            expected.at("items").at(0).at("result").at("html")
        );
    }

    EMITS_CASE("jobs_inline_hostile_200.json", ": a string, an array, an empty object")
    {
        scenario from = shop();
        from.faults = {
            on_listing(effect::malform_inline{inline_form::string, 0}),
            on_listing(effect::malform_inline{inline_form::array, 1}),
            on_listing(effect::malform_inline{inline_form::empty_object, 2})};
        peer client{from};
        client.now = start + 170ms;
        const std::string run = client.run_of(
            R"([{"url":"https://shop.example/tour/1","custom_id":"tour_1"},
                {"url":"https://shop.example/tour/2","custom_id":"tour_2","format":"markdown"},
                {"url":"https://shop.example/report.pdf","custom_id":"report"}])"
        );
        client.finish(run);
        check_emits(
            client.get(run + "/jobs?limit=100&include_results=true&order_by=completed_at"),
            "jobs_inline_hostile_200.json"
        );
    }

    EMITS_CASE("jobs_old_server_200.json", ": profile y2026_04_06")
    {
        scenario from = steady(45'200ms);
        from.contract = switches::y2026_04_06();
        peer client{from};
        const std::string run = client.run_of(1);
        client.finish(run);
        check_emits(client.get(run + "/jobs"), "jobs_old_server_200.json");
    }

    EMITS_CASE("jobs_row_drift_200.json", ": A64, A31 mixed, and a fault for the unknown word")
    {
        scenario from = shop();
        from.contract.set("A64", "on");
        from.contract.set("A31", "mixed");
        from.faults = {on_listing(effect::unknown_row_status{2, "cancelled"})};
        // Each row has a flush of its own, so that the rows are in the example's order.
        for (std::size_t i : {0u, 2u, 3u, 5u})
            from.targets[i].execution = 6s * (i + 1);
        peer client{from};
        const std::string run = client.run_of(
            R"([{"url":"https://shop.example/tour/1","custom_id":"tour_1"},
                {"url":"https://shop.example/tour/2","custom_id":"tour_2","format":"markdown"},
                {"url":"https://shop.example/gone","custom_id":"tour_4"},
                {"url":"https://shop.example/report.pdf","custom_id":"report"}])"
        );
        client.finish(run);
        check_emits(client.get(run + "/jobs?limit=10"), "jobs_row_drift_200.json");
    }

    EMITS_CASE("jobs_row_long_url_200.json", ": the url is cut at 2048 characters")
    {
        const std::string url = "https://shop.example/" + std::string(3000, 'q');
        peer client{steady()};
        const std::string run =
            client.run_of(R"([{"url":")" + url + R"(","custom_id":"long_url"}])");
        client.finish(run);
        json::value expected = fixture("jobs_row_long_url_200.json");
        json::value made = client.read(run + "/jobs?limit=10");
        made.at("items").at(0).at("has_extractable_data") = false;  // the example's page has none
        check_same_shape(made, expected, "$");
    }

    EMITS_CASE("jobs_row_processing_200.json", ": A25 present")
    {
        peer client{with({{"A25", "present"}})};
        const std::string run =
            client.run_of(R"([{"url":"https://shop.example/later","custom_id":"later"}])");
        client.now += 1500ms;
        check_emits(
            client.get(run + "/jobs?limit=100&status_filter=processing"),
            "jobs_row_processing_200.json"
        );
    }

    EMITS_CASE("jobs_row_without_stamps_200.json", ": A30 volatile_row")
    {
        peer client{with({{"A30", "volatile_row"}})};
        const std::string run = client.run_of(1);
        client.finish(run);
        check_emits(client.get(run + "/jobs?limit=100"), "jobs_row_without_stamps_200.json");
        CHECK(client.rows(run, "limit=100&order_by=completed_at").empty());
    }
}
