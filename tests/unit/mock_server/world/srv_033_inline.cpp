#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

// Results inside rows: how many, how large, and when there is null in their place.

using namespace mock_test;

namespace {

const std::string inlined = "limit=100&include_results=true";

/// One job whose page is that body.
struct one_page : peer {
    explicit one_page(std::string body, const switches& contract = {})
        : peer(prepared(std::move(body), contract)), run(run_of(1))
    {
        finish(run);
    }

    static scenario prepared(std::string body, const switches& contract)
    {
        scenario from = steady();
        from.contract = contract;
        from.targets = {{.url = "https://shop.example/0", .body = std::move(body)}};
        return from;
    }

    json::value row(const std::string& query = inlined) { return rows(run, query).at(0); }
    std::size_t result_bytes()
    {
        const std::string job = service.find_job(id_in(run), 0)->id;
        return get(run + "/jobs/" + job + "/result").body.size();
    }

    std::string run;
};

bool is_inline(const std::string& body, choice::inline_cap_measure measure, std::size_t cap)
{
    switches contract;
    contract.inline_cap_measure = measure;
    contract.inline_cap_bytes = cap;
    return one_page{body, contract}.row().at("result").is_object();
}

}  // namespace

TEST_SUITE("mock.inline")
{
    TEST_CASE("SRV-033: a page holds at most 1000 rows, 100 with results")
    {
        peer client{steady()};
        const std::string run = client.run_of(1200);
        client.finish(run);
        const auto size = [&](const char* query) {
            return client.read(run + "/jobs?" + query).at("items").as_array().size();
        };
        CHECK_EQ(size("limit=5000"), 1000);
        CHECK_EQ(size("limit=1000"), 1000);
        CHECK_EQ(size("limit=1000&include_results=true"), 100);
        CHECK_EQ(size("limit=101&include_results=true"), 100);
        CHECK_EQ(size("limit=99&include_results=true"), 99);
        CHECK_EQ(size("include_results=true"), 100);
        CHECK_EQ(size(""), 100);
        CHECK_EQ(size("limit=10"), 10);
        // The cap clamps where the server refuses too large a limit otherwise (A33).
        peer strict{with({{"A33", "422"}})};
        const std::string other = strict.run_of(150);
        strict.finish(other);
        CHECK_EQ(strict.get(other + "/jobs?limit=1001").status, 422);
        CHECK_EQ(
            strict.read(other + "/jobs?limit=1000&include_results=true")
                .at("items")
                .as_array()
                .size(),
            100
        );
    }

    TEST_CASE("SRV-033: the cap is exact to the byte under both measures (A38)")
    {
        using enum choice::inline_cap_measure;
        // Plain bytes, bytes that JSON spells in two and six, and letters of two bytes.
        for (const std::string& body :
             {std::string(5000, 'x'),
              std::string(500, '"'),
              std::string(500, '\x01'),
              std::string("C\xC3\xB3rdoba"),
              std::string()}) {
            CAPTURE(body.size());
            CHECK(is_inline(body, body_bytes, body.size()));
            if (!body.empty()) CHECK_FALSE(is_inline(body, body_bytes, body.size() - 1));
            const std::size_t whole = one_page{body}.result_bytes();
            CHECK_GT(whole, body.size());
            CHECK(is_inline(body, result_json_bytes, whole));
            CHECK_FALSE(is_inline(body, result_json_bytes, whole - 1));
        }
    }

    TEST_CASE("SRV-033: by default 262,144 bytes of JSON pass and one more does not")
    {
        const std::size_t around = one_page{""}.result_bytes();
        CHECK(one_page{std::string(262'144 - around, 'x')}.row().at("result").is_object());
        one_page large{std::string(262'144 - around + 1, 'x')};
        CHECK(large.row().at("result").is_null());
        CHECK_EQ(large.result_bytes(), 262'145);
    }

    TEST_CASE("SRV-033: an inline result is exactly what the result route gives")
    {
        scenario from = steady();
        from.jobs.outcomes = {50, 50, 100, 100, 50};
        from.jobs.worker_time_limit = 3s;
        peer client{from};
        const std::string run = client.run_of(60);
        client.finish(run);
        std::size_t unfinished = 0;
        for (const json::value& row : client.rows(run, inlined)) {
            const bool completed = row.at("status") == "completed";
            CHECK_EQ(row.at("result").is_object(), completed);
            CHECK_EQ(row.at("result").is_null(), !completed);
            unfinished += completed ? 0 : 1;
            if (!completed) continue;
            const std::string id = text_of(row.at("job_public_id"));
            CHECK_EQ(client.read(run + "/jobs/" + id + "/result"), row.at("result"));
        }
        CHECK_GT(unfinished, 0);
    }

    TEST_CASE("SRV-033: there is null for a job that is not finished")
    {
        peer client{with({{"A25", "present"}})};
        const std::string run = client.run_of(1);
        client.now += 1s;
        const json::array rows = client.rows(run, inlined);
        REQUIRE_EQ(rows.size(), 1);
        CHECK_EQ(rows.at(0).at("status"), "processing");
        CHECK(rows.at(0).at("result").is_null());
    }

    TEST_CASE("SRV-033: there is null for a body that is missing, and the result route has it")
    {
        scenario from = steady();
        from.jobs.inline_miss = 300;
        peer client{from};
        const std::string run = client.run_of(100);
        client.finish(run);
        std::size_t missed = 0;
        for (const json::value& row : client.rows(run, inlined)) {
            if (row.at("result").is_object()) continue;
            CHECK(row.at("result").is_null());
            ++missed;
            const std::string id = text_of(row.at("job_public_id"));
            CHECK_EQ(client.get(run + "/jobs/" + id + "/result").status, 200);
        }
        CHECK_GT(missed, 10);
        CHECK_LT(missed, 60);
    }

    TEST_CASE("SRV-033: there is null from the microsecond of expiry on, and for a lost body")
    {
        one_page client{"page"};
        const auto stamp = client.service.find_job(id_in(client.run), 0)->completed_at;
        client.now = time_point{*stamp} + 48h - 1us;
        CHECK(client.row().at("result").is_object());
        client.now += 1us;
        CHECK(client.row().at("result").is_null());
        CHECK_EQ(client.row().at("is_success"), true);

        scenario from = steady();
        from.targets = {{.url = "https://shop.example/0", .lost_after = 10min}};
        peer losing{from};
        const std::string run = losing.run_of(1);
        losing.finish(run);
        CHECK(losing.rows(run, inlined).at(0).at("result").is_object());
        losing.now += 10min;
        CHECK(losing.rows(run, inlined).at(0).at("result").is_null());
    }

    TEST_CASE("SRV-033: there is null for a body that comes after its row (A68)")
    {
        peer client{with({{"A68", "delayed"}})};
        const std::string run = client.run_of(20);
        client.finish(run);
        for (int look = 0; look < 3; ++look, client.now += 1s)
            for (const json::value& row : client.rows(run, inlined)) {
                const std::string id = text_of(row.at("job_public_id"));
                const bool there = client.get(run + "/jobs/" + id + "/result").status == 200;
                CHECK_EQ(row.at("result").is_object(), there);
            }
    }

    TEST_CASE("SRV-033: where nothing was asked for there is null, or no member (A39)")
    {
        for (const char* query : {"limit=1", "limit=1&include_results=false"}) {
            CHECK(one_page{"page"}.row(query).at("result").is_null());
            switches contract;
            contract.set("A39", "absent");
            one_page client{"page", contract};
            CHECK_FALSE(client.row(query).as_object().contains("result"));
            CHECK(client.row().at("result").is_object());
        }
    }
}
