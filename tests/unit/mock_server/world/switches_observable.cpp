#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "support.hpp"
#include "webhooks.hpp"

// Each switch is turned to each of its values, and what a client sees must differ from what it sees
// under the first. A probe does what brings the switch out and returns what was seen as text.

using namespace mock_test;

namespace {

using probe = std::function<std::string(const switches&)>;

const std::string collections = "/v1/async/collections";

scenario under(const switches& contract)
{
    scenario from = steady();
    from.contract = contract;
    return from;
}

std::string seen(const response_plan& plan)
{
    std::string text = std::to_string(plan.status) + plan.body;
    for (const header& each : plan.headers)
        text += each.name + each.value;
    return text + (plan.ending == wire_ending::complete ? "" : "!");
}

/// In a list the order of the calls is the order of the text.
std::string joined(std::initializer_list<std::string> parts)
{
    std::string all;
    for (const std::string& each : parts)
        all += each;
    return all;
}

std::string post(peer& client, const std::string& body, const std::string& key = {})
{
    std::vector<header> headers;
    if (!key.empty()) headers.push_back({"Idempotency-Key", key});
    return seen(client.send("POST", collections, body, headers));
}

/// What a create answers to these items.
probe created(std::string list)
{
    return [list](const switches& contract) {
        peer client{under(contract)};
        return post(client, R"({"name":"n","requests":)" + list + "}");
    };
}

/// Everything that the reading routes say while a mixed run goes on.
std::string history(const switches& contract)
{
    scenario from = under(contract);
    from.jobs.outcomes = {100, 0, 100, 200, 100};
    from.jobs.execution = quantiles::of(500ms, 3s, 8s, 12s);
    from.jobs.worker_time_limit = 11'300ms;  // the last job ends well before a flush
    from.jobs.body_bytes = quantiles::always(300);
    peer client{from};
    const std::string run = client.run_of(14);
    std::string told = client.get(run).body;
    for (int second = 0; second < 24; ++second) {
        client.now += 1s;
        told += client.get(run).body;
        told += client.get(run + "/jobs").body;
        told += client.get(run + "/jobs?include_results=true&limit=100").body;
    }
    return told;
}

/// Results of one job that has such a target.
probe result_of(std::string item, target_page page = {})
{
    return [item, page](const switches& contract) {
        scenario from = under(contract);
        if (page.ends) from.targets = {page};
        peer client{from};
        const std::string run = client.run_of(std::string_view("[" + item + "]"));
        client.finish(run);
        return seen(
            client.get(run + "/jobs/" + client.service.find_job(id_in(run), 0)->id + "/result")
        );
    };
}

/// A request to a finished run of two hundred jobs, so long after its start.
probe jobs_after(std::string query, duration later = 1min)
{
    return [query, later](const switches& contract) {
        peer client{under(contract)};
        const std::string run = client.run_of(200);
        client.now += later;
        return joined({seen(client.get(run)), seen(client.get(run + "/jobs?" + query))});
    };
}

/// One write is allowed and two are made; then the reads' turn.
std::string throttled(const switches& contract)
{
    scenario from = under(contract);
    from.contract.write_per_minute = contract.write_per_minute.value_or(3);
    peer client{from};
    client.now += 57'300ms;
    std::string told = seen(client.get(collections));
    for (int i = 0; i < 12; ++i) {
        told += post(client, R"({"name":"n"})");
        client.now += 700ms;
    }
    return told;
}

std::string hooked(const switches& contract)
{
    webhook_facts run;
    run.at = start;
    const webhook made = make_webhook(run, contract, "secret");
    std::string told = made.body;
    for (const header& each : made.headers)
        told += each.value;
    return told;
}

std::string cancelled(const switches& contract)
{
    peer client{under(contract)};
    const std::string run = client.run_of(3);
    client.now += 1s;
    return joined({seen(client.send("POST", run + "/cancel")), seen(client.send("DELETE", run))});
}

std::string rows_of_cancelled(switches contract)
{
    contract.cancel_route = choice::cancel_route::post_cancel;
    peer client{under(contract)};
    const std::string run = client.run_of(3);
    client.now += 1s;
    client.send("POST", run + "/cancel");
    client.now += 1min;
    return seen(client.get(run + "/jobs"));
}

std::map<std::string, probe> create_probes()
{
    return {
        {"idempotency_replay_status",
         [](const switches& contract) {
             peer client{under(contract)};
             return joined(
                 {post(client, R"({"name":"n"})", "k"), post(client, R"({"name":"n"})", "k")}
             );
         }},
        {"idempotency_payload_match",
         [](const switches& contract) {
             peer client{under(contract)};
             return joined(
                 {post(client, R"({"name":"n","requests":[]})", "k"),
                  post(client, R"({ "requests":[], "name":"n"})", "k")}
             );
         }},
        {"idempotency_bad_key",
         [](const switches& contract) {
             peer client{under(contract)};
             return post(client, R"({"name":"n"})", "a:b");
         }},
        {"idempotency_busy",
         [](const switches& contract) {
             scenario from = under(contract);
             from.create_duration = 1min;
             peer client{from};
             return joined(
                 {post(client, R"({"name":"n"})", "k"), post(client, R"({"name":"n"})", "k")}
             );
         }},
        {"idempotency_stores",
         [](const switches& contract) {
             peer client{under(contract)};
             return joined({post(client, "{}", "k"), post(client, R"({"name":"n"})", "k")});
         }},
        {"all_items_refused", created("[7]")},
        {"bucket_order", created(R"([{"url":"http://10.0.0.1/","screenshot":true},
                                     {"url":"http://10.0.0.1/","screenshot":true}])")},
        {"dedup_compare", created(R"([{"url":"https://a.example"},{"url":"https://A.example/"}])")},
        {"item_unknown_member", created(R"([{"url":"https://a.example/","nobody_knows":1}])")},
        {"item_url_without_scheme", created(R"([{"url":"www.example.com"}])")},
        {"item_browser_rules",
         created(R"([{"url":"https://a.example/","screenshot":true},
                                           {"url":"https://b.example/","block_requests":["ads"]}])"
         )},
        {"item_use_proxy_default", result_of(R"({"url":"https://a.example/"})")},
        {"length_limits",
         [](const switches& contract) {
             peer client{under(contract)};
             return post(client, R"({"name":")" + std::string(256, 'n') + "\"}");
         }},
        {"country_not_approved",
         [](const switches& contract) {
             peer client{under(contract)};
             return post(
                 client,
                 R"({"name":"n","requests":[{"url":"https://a.example/","use_proxy":"BR"}]})"
             );
         }},
        {"max_body_bytes",
         [](switches contract) {
             if (contract.max_body_bytes) contract.max_body_bytes = 10;
             peer client{under(contract)};
             return post(client, R"({"name":"longer"})");
         }},
        {"oversize_body",
         [](switches contract) {
             contract.max_body_bytes = 10;
             peer client{under(contract)};
             return post(client, R"({"name":"longer"})");
         }},
        {"error_form",
         [](const switches& contract) {
             peer client{under(contract)};
             return joined(
                 {post(client, R"({"name":"n"})", "k"),
                  post(client, R"({"name":"m"})", "k"),
                  seen(client.get(collections + "/nothing"))}
             );
         }},
    };
}

std::map<std::string, probe> collection_probes()
{
    return {
        {"update_on_live_run",
         [](const switches& contract) {
             peer client{under(contract)};
             const std::string run = client.run_of(1);
             return seen(client.send("PUT", run.substr(0, run.find("/runs")), R"({"name":"m"})"));
         }},
        {"update_status",
         [](const switches& contract) {
             peer client{under(contract)};
             return seen(
                 client.send("PUT", collections + "/" + client.create("[]"), R"({"name":"m"})")
             );
         }},
        {"delete_reply",
         [](const switches& contract) {
             peer client{under(contract)};
             return seen(client.send("DELETE", collections + "/" + client.create("[]")));
         }},
        {"deleted_collection_runs",
         [](const switches& contract) {
             peer client{under(contract)};
             const std::string run = client.run_of(1);
             client.send("DELETE", run.substr(0, run.find("/runs")));
             return seen(client.get(run));
         }},
        {"collections_since_compare",
         [](const switches& contract) {
             peer client{under(contract)};
             client.create("[]");
             return seen(client.get(collections + "?since=2026-06-01T10:00:00Z"));
         }},
        {"collections_list_cap",
         [](const switches& contract) {
             peer client{under(contract)};
             for (int i = 0; i < 1001; ++i)
                 client.create("[]");
             return std::to_string(client.read(collections).as_array().size());
         }},
        {"auth_missing_status",
         [](const switches& contract) {
             world service{under(contract)};
             return seen(service.handle({"GET", collections, {}, "", 0}, start));
         }},
        {"trailing_slash",
         [](const switches& contract) {
             peer client{under(contract)};
             return seen(client.get(collections + "/?name=a"));
         }},
        {"health_body",
         [](const switches& contract) {
             peer client{under(contract)};
             return seen(client.get("/v1/health"));
         }},
        {"quota_blocks",
         [](const switches& contract) {
             scenario from = under(contract);
             from.plan.credits = 0;
             peer client{from};
             return seen(client.get(collections));
         }},
        {"rate_algorithm", throttled},
        {"write_per_minute",
         [](const switches& contract) {
             peer client{under(contract)};
             return seen(client.send("POST", collections, R"({"name":"n"})"));
         }},
        {"single_bucket", throttled},
        {"retry_after_form", throttled},
        {"rate_headers", throttled},
        {"webhook_signature", hooked},
        {"webhook_custom_ids", hooked},
        {"webhook_timestamp_form", hooked},
    };
}

std::map<std::string, probe> run_probes()
{
    const auto start_twice = [](const switches& contract) {
        peer client{under(contract)};
        const std::string id = client.create(items(1));
        const auto begin = [&] {
            return seen(client.send(
                "POST",
                collections + "/" + id + "/run",
                R"({"callback_url":"https://h.example/b"})",
                {{"Idempotency-Key", "k"}}
            ));
        };
        return joined({begin(), begin()});
    };
    std::map<std::string, probe> probes{
        {"run_start_status", start_twice},
        {"run_start_idempotency", start_twice},
        {"run_start_body", start_twice},
        {"run_on_empty",
         [](const switches& contract) {
             peer client{under(contract)};
             const std::string id = client.create("[]");
             return seen(client.send("POST", collections + "/" + id + "/run"));
         }},
        {"runs_list_item",
         [](const switches& contract) {
             peer client{under(contract)};
             const std::string run = client.run_of(1);
             return seen(client.get(run.substr(0, run.rfind('/'))));
         }},
        {"cancel_route", cancelled},
        {"cancelled_jobs", rows_of_cancelled},
        {"jobs_limit_default", jobs_after("")},
        {"jobs_limit_over", jobs_after("limit=2000")},
        {"query_lenience", jobs_after("since_completed_at=2026-06-01T10:00:00+00:00")},
        {"content_ttl_hours", jobs_after("limit=1&include_results=true", 30h)},
        {"after_metadata_ttl", jobs_after("", 91 * 24h)},
        {"result_of_unsuccessful",
         result_of(
             R"({"url":"https://a.example/"})",
             {.url = "https://a.example/", .ends = outcome::worker_failed}
         )},
        {"extract_no_match",
         result_of(R"({"url":"https://a.example/","extract":{"missing":"css:a"}})")},
        {"inline_cap_measure",
         [](switches contract) {
             contract.inline_cap_bytes = 400;
             return history(contract);
         }},
        {"inline_cap_bytes",
         [](switches contract) {
             contract.inline_cap_bytes = 400;
             return history(contract) + "x";
         }},
        {"cursor_with_changed_filters",
         [](const switches& contract) {
             peer client{under(contract)};
             const std::string run = client.run_of(3);
             client.finish(run);
             std::string cursor = text_of(client.read(run + "/jobs?limit=1").at("cursor_next"));
             for (std::size_t at; (at = cursor.find('=')) != cursor.npos;)
                 cursor.replace(at, 1, "%3D");
             return seen(client.get(run + "/jobs?status_filter=failed&cursor=" + cursor));
         }},
    };
    for (const char* name :
         {"run_nulls",
          "failed_jobs_content",
          "processing_rows",
          "all_jobs_persisted",
          "completion_flush",
          "late_rows",
          "tied_stamps",
          "null_completed_at",
          "row_time_form",
          "result_when_not_asked",
          "result_guidance",
          "result_custom_id",
          "job_ids",
          "extra_and_missing",
          "counter_steps",
          "result_after_row"})
        probes[name] = history;
    return probes;
}

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    TEST_CASE("each value of each switch changes what a client sees")
    {
        std::map<std::string, probe> probes = create_probes();
        probes.merge(collection_probes());
        probes.merge(run_probes());
        // One value only; numbers that a test of their own turns; and what comes with later work:
        // compression and the delivery of webhooks.
        std::set<std::string_view> rest{
            "run_failed_cause",
            "inline_cap_bytes",
            "read_per_minute",
            "content_encoding",
            "webhook_attempts",
            "webhook_events"};
        for (const switch_entry& each : known_switches()) {
            const std::string name(each.name);
            CAPTURE(name);
            if (rest.contains(each.name)) continue;
            REQUIRE(probes.contains(name));
            const std::string usual = probes[name](switches::newest());
            for (std::size_t i = 1; i < each.values.size(); ++i) {
                CAPTURE(std::string(each.values[i]));
                switches turned;
                turned.set(each.name, each.values[i]);
                CHECK(probes[name](turned) != usual);
            }
        }
    }

    TEST_CASE("a job over a country without approval fails alone under A46 job_failed")
    {
        peer client{with({{"A46", "job_failed"}})};
        const std::string run = client.run_of(
            R"([{"url":"https://a.example/","use_proxy":"BR"},{"url":"https://b.example/"}])"
        );
        client.finish(run);
        CHECK_EQ(client.read(run).at("failed_requests"), 1);
        CHECK_EQ(client.read(run).at("success_requests"), 1);
    }

    TEST_CASE("an approved country passes")
    {
        scenario from = steady();
        from.approved_countries = {"BR"};
        peer client{from};
        client.run_of(R"([{"url":"https://a.example/","use_proxy":"BR"}])");
    }

    TEST_CASE("a server answers a cancelled run as cancelled and keeps what had ended (A53)")
    {
        scenario from = with({{"A53", "post_cancel"}});
        from.jobs.slots = 1;
        peer client{from};
        const std::string run = client.run_of(5);
        client.now += 4s;
        CHECK_EQ(client.send("POST", run + "/cancel").status, 200);
        client.now += 1min;
        CHECK_EQ(client.read(run).at("status"), "cancelled");
        CHECK_EQ(client.read(run).at("success_requests"), 1);
        CHECK_EQ(client.rows(run, "limit=10").size(), 1);
        CHECK_EQ(client.send("POST", run + "/cancel").status, 409);
    }
}
