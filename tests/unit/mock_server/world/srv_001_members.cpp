#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

// Every member that the contract documents, by its tables: type, null, and since when (part 17).

using namespace mock_test;

namespace {

constexpr std::chrono::sys_days always{};

enum class presence { required, may_lack };

struct member {
    std::string_view name;
    /// s string, i integer, f number with a fraction, b bool, o object, a array, n null.
    std::string_view types;
    std::chrono::sys_days since = always;
    presence when = presence::required;
};
using members = std::vector<member>;

char type_of(const json::value& value)
{
    switch (value.kind()) {
    case json::kind::null: return 'n';
    case json::kind::bool_: return 'b';
    case json::kind::int64:
    case json::kind::uint64: return 'i';
    case json::kind::double_: return 'f';
    case json::kind::string: return 's';
    case json::kind::array: return 'a';
    case json::kind::object: return 'o';
    }
    return '?';
}

struct server {
    const char* name;
    switches contract;

    void check(const json::value& seen, const members& documented) const
    {
        CAPTURE(std::string(name));
        CAPTURE(json::serialize(seen));
        REQUIRE(seen.is_object());
        const json::object& made = seen.get_object();
        for (const member& each : documented) {
            CAPTURE(std::string(each.name));
            const json::value* found =
                made.if_contains(json::string_view(each.name.data(), each.name.size()));
            if (contract.predates(each.since)) {
                CHECK_EQ(found, nullptr);
                continue;
            }
            if (found == nullptr) {
                CHECK_EQ(each.when, presence::may_lack);
                continue;
            }
            CAPTURE(type_of(*found));
            CHECK_NE(each.types.find(type_of(*found)), each.types.npos);
        }
        for (const auto& given : made) {
            const std::string_view key(given.key().data(), given.key().size());
            CAPTURE(std::string(key));
            CHECK(std::any_of(documented.begin(), documented.end(), [&](const member& each) {
                return each.name == key;
            }));
        }
    }

    void check_each(const json::value& list, const members& documented) const
    {
        for (const json::value& each : list.as_array())
            check(each, documented);
    }
};

std::vector<server> both()
{
    return {{"newest", switches::newest()}, {"y2026_04_06", switches::y2026_04_06()}};
}

const members created{
    {"id", "s"},
    {"name", "s"},
    {"message", "s"},
    {"duplicates_skipped", "i", shipped::row_columns},
    {"blocked_urls", "a", shipped::run_list},
    {"invalid_items", "a", shipped::invalid_items},
    {"duplicate_urls", "a", shipped::invalid_items}};
const members collection_members{
    {"id", "s"},
    {"name", "s"},
    {"created_at", "fn", shipped::run_list},
    {"updated_at", "fn", shipped::run_list}};
const members listed_run{
    {"run_id", "s"},
    {"collection_id", "s"},
    {"status", "s"},
    {"total_requests", "i"},
    {"success_requests", "i"},
    {"failed_requests", "i"},
    {"timeout_requests", "i"},
    {"callback_url", "sn"},
    {"callback_status", "sn"},
    {"created_at", "fn", shipped::run_list}};
const members page{
    {"items", "a"},
    {"cursor_next", "sn", shipped::row_columns},
    {"has_more", "b", shipped::row_columns}};
const members row{
    {"job_public_id", "s"},
    {"run_public_id", "s"},
    {"collection_id", "s"},
    {"client_id", "s", shipped::client_id},
    {"status", "s"},
    {"url", "s", shipped::row_columns},
    {"url_truncated", "b", shipped::row_columns},
    {"custom_id", "sn", shipped::row_columns},
    {"status_code", "in"},
    // Documented without a date; the example of an old server is without it.
    {"message", "s", shipped::row_columns},
    {"is_success", "b", shipped::verdict},
    {"queued_at", "s", shipped::row_columns},
    {"started_at", "s", shipped::row_columns},
    {"completed_at", "s", shipped::row_columns},
    {"execution_time_ms", "i", shipped::row_columns},
    {"execution_time_sec", "f"},
    {"retries_attempted", "i", shipped::row_columns},
    {"block_reason", "sn", shipped::row_columns},
    {"protection_stack", "a", shipped::row_columns},
    {"rule_hits", "a", shipped::row_columns},
    {"has_extractable_data", "bn", shipped::client_id},
    {"validator_version", "sn", shipped::client_id},
    {"result", "on", shipped::inline_results}};
const members result{
    {"html", "sn"},
    {"markdown", "sn", always, presence::may_lack},
    {"statusCode", "in"},
    {"message", "s", shipped::row_columns},
    {"url", "s", shipped::row_columns},
    {"custom_id", "sn", shipped::row_columns},
    {"content_type", "sn", shipped::binary_bodies},
    {"body_base64", "sn", shipped::binary_bodies},
    {"body_url", "sn", shipped::binary_bodies},
    {"extracted_data", "on", shipped::row_columns},
    {"evaluate_results", "an", shipped::row_columns},
    {"network_requests", "an", shipped::row_columns},
    {"screenshot", "sn", shipped::row_columns},
    {"executionTime", "fn", shipped::row_columns},
    {"timings", "o"},
    {"potentiallyBlockedByCaptcha", "bn"},
    {"cookies", "n", shipped::row_columns},
    {"guidance", "o", shipped::verdict}};

members whole_run()
{
    members all = listed_run;
    all.push_back({"job_ids", "a"});
    all.push_back({"failed_jobs", "a", shipped::row_columns});
    all.push_back({"success_criterion", "o", shipped::verdict});
    all.push_back({"all_jobs_persisted", "b", shipped::all_jobs_persisted});
    return all;
}

/// The fixtures' seven jobs, which end in all ways there are, without a refused item.
struct sound_shop : peer {
    explicit sound_shop(const switches& contract) : peer(prepared(contract))
    {
        std::string list;
        for (const target_page& each : service.made_from().targets) {
            list += list.empty() ? "[" : ",";
            list += R"({"url":")" + each.url + "\"";
            if (each.custom_id) list += R"(,"custom_id":")" + *each.custom_id + "\"";
            list += R"(,"browser":true,"screenshot":true,"extract":{"title":"css:h1"},)"
                    R"("network_capture":{},"actions":[{"type":"evaluate","script":"1"}]})";
        }
        run = run_of(std::string_view(list + "]"));
        collection = run.substr(0, run.find("/runs"));
    }

    static scenario prepared(const switches& contract)
    {
        scenario from = shop();
        from.contract = contract;
        from.contract.set("A41", "present");
        from.enforce_limits = false;
        return from;
    }

    std::string run;
    std::string collection;
};

}  // namespace

TEST_SUITE("mock.members")
{
    TEST_CASE("SRV-001: a create's answer and its buckets have their members")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            const response_plan made = client.send(
                "POST",
                "/v1/async/collections",
                R"({"name":"n","requests":[{"url":"https://a.example/"}]})"
            );
            each.check(parse(made.body), created);
            each.check(
                parse(client.send("PUT", client.collection, R"({"name":"m"})").body), created
            );
        }
        const server newest = both().front();
        sound_shop client{newest.contract};
        const json::value made = parse(
            client.send("POST", "/v1/async/collections", fixture_text("create_request.json")).body
        );
        newest.check(made, created);
        CHECK_FALSE(made.at("blocked_urls").as_array().empty());
        newest.check_each(
            made.at("blocked_urls"),
            {{"index", "i"}, {"url", "s"}, {"reason", "s"}, {"message", "sn"}}
        );
        CHECK_FALSE(made.at("invalid_items").as_array().empty());
        for (const json::value& item : made.at("invalid_items").as_array()) {
            newest.check(item, {{"index", "i"}, {"url", "sn"}, {"errors", "a"}});
            newest.check_each(
                item.at("errors"), {{"field", "s"}, {"error_type", "s"}, {"message", "s"}}
            );
        }
        CHECK_FALSE(made.at("duplicate_urls").as_array().empty());
        for (const json::value& url : made.at("duplicate_urls").as_array())
            CHECK(url.is_string());
    }

    TEST_CASE("SRV-001: collections have their members")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            each.check(client.read(client.collection), collection_members);
            each.check_each(client.read("/v1/async/collections"), collection_members);
        }
    }

    TEST_CASE("SRV-001: runs have their members at every time")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            for (int look = 0; look < 30; ++look, client.now += 5s) {
                const json::value run = client.read(client.run);
                each.check(run, whole_run());
                for (const json::value& id : run.at("job_ids").as_array())
                    CHECK(id.is_string());
                if (!each.contract.predates(shipped::row_columns))
                    each.check_each(
                        run.at("failed_jobs"),
                        {{"job_id", "s"}, {"url", "s"}, {"error", "sn"}, {"status", "s"}}
                    );
                if (!each.contract.predates(shipped::verdict))
                    each.check(run.at("success_criterion"), {{"version", "s"}, {"rules", "a"}});
                if (each.contract.predates(shipped::run_list)) continue;
                const json::value list = client.read(client.collection + "/runs");
                each.check(list, {{"items", "a"}, {"total", "i"}});
                each.check_each(list.at("items"), listed_run);
            }
            CHECK_EQ(client.read(client.run).at("status"), "completed");
        }
    }

    TEST_CASE("SRV-001: pages and rows have their members, whatever became of the job")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            client.finish(client.run);
            for (const char* query : {"limit=100", "limit=100&include_results=true", "limit=2"}) {
                const json::value seen = client.read(client.run + "/jobs?" + query);
                each.check(seen, page);
                each.check_each(seen.at("items"), row);
            }
            // To the old server, which knows no custom_id, two of the seven are one.
            const std::size_t jobs = each.contract.predates(shipped::row_columns) ? 6 : 7;
            CHECK_EQ(client.read(client.run + "/jobs").at("items").as_array().size(), jobs);
        }
    }

    TEST_CASE("SRV-001: results have their members, whatever became of the job")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            client.finish(client.run);
            const auto run = client.service.find_run(id_in(client.run), client.now);
            CHECK_GE(run->job_ids.size(), 6);
            for (const std::string& job : run->job_ids) {
                const json::value seen = client.read(client.run + "/jobs/" + job + "/result");
                each.check(seen, result);
                for (const auto& took : seen.at("timings").as_object())
                    CHECK(took.value().is_int64());
                if (each.contract.predates(shipped::verdict)) continue;
                each.check(
                    seen.at("guidance"),
                    {{"success", "b"},
                     {"error_type", "sn"},
                     {"error_provider", "sn"},
                     {"credits_charged", "in"},
                     {"credits_refunded", "bn"},
                     {"next_steps", "a"},
                     {"suggested_request", "on"},
                     {"stop_reason", "sn"}}
                );
            }
        }
    }

    TEST_CASE("SRV-001: a result that is not there is explained, by an old server in one string")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            const auto job = client.service.find_job(id_in(client.run), 0);
            for (const duration after : {duration{0}, duration{100h}}) {
                client.now += after;
                const response_plan plan = client.get(client.run + "/jobs/" + job->id + "/result");
                CHECK_EQ(plan.status, 404);
                const json::value body = parse(plan.body);
                each.check(body, {{"detail", "so"}});
                CHECK_EQ(body.at("detail").is_string(), each.contract.predates(shipped::run_list));
                if (body.at("detail").is_string()) continue;
                each.check(
                    body.at("detail"),
                    {{"error_code", "s"},
                     {"message", "s"},
                     {"completed_at", "sn"},
                     {"age_hours", "fn"}}
                );
            }
        }
    }

    TEST_CASE("SRV-001: health and plans have their members")
    {
        for (const server& each : both()) {
            sound_shop client{each.contract};
            each.check(client.read("/v1/health"), {{"status", "s"}});
            const json::value plans = client.read("/v1/plans");
            each.check(plans, {{"plans", "a"}});
            CHECK_FALSE(plans.at("plans").as_array().empty());
            each.check_each(
                plans.at("plans"),
                {{"name", "s"},
                 {"display_name", "s"},
                 {"credits_monthly", "i"},
                 {"max_concurrent_jobs", "i"}}
            );
        }
    }
}
