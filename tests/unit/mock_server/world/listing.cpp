#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "support.hpp"

using namespace mock_test;

namespace {

using rows_t = std::vector<std::string>;

rows_t ids_of(const json::array& rows)
{
    rows_t ids;
    for (const json::value& row : rows)
        ids.push_back(text_of(row.at("job_public_id")));
    return ids;
}

/// What a listing must give by the contract, from the futures of the jobs and nothing else.
rows_t naive(peer& client, const std::string& run, bool descending, std::optional<time_point> since)
{
    std::vector<std::pair<std::chrono::milliseconds, std::string>> rows;
    const auto view = client.service.find_run(id_in(run), client.now);
    for (std::size_t i = 0; i < view->total; ++i) {
        const auto job = client.service.find_job(id_in(run), i);
        if (job->visible_at > client.now || !job->completed_at) continue;
        if (since && time_point{*job->completed_at} <= *since) continue;
        rows.emplace_back(*job->completed_at, job->id);
    }
    std::sort(rows.begin(), rows.end());
    if (descending) std::reverse(rows.begin(), rows.end());
    rows_t ids;
    for (auto& [stamp, id] : rows)
        ids.push_back(id);
    return ids;
}

scenario busy(std::initializer_list<std::pair<const char*, const char*>> set = {})
{
    scenario from = with(set);
    from.jobs.execution = quantiles::of(200ms, 1s, 5s, 20s);
    from.jobs.outcomes = {50, 50, 100, 100, 20};
    from.jobs.worker_time_limit = 25s;
    return from;
}

}  // namespace

TEST_SUITE("mock.listing")
{
    TEST_CASE("pages of any size give the rows of the naive model, in both directions")
    {
        for (const char* bursts : {"natural", "bursts"}) {
            peer client{busy({{"tied_stamps", bursts}, {"late_rows", "on"}})};
            const std::string run = client.run_of(120);
            for (int step = 0; step < 12; ++step) {
                client.now += 3s;
                for (const std::size_t limit : {1u, 7u, 1000u}) {
                    const std::string query =
                        "order_by=completed_at&limit=" + std::to_string(limit);
                    CHECK_EQ(ids_of(client.rows(run, query)), naive(client, run, false, {}));
                    CHECK_EQ(
                        ids_of(client.rows(run, query + "&order_dir=desc")),
                        naive(client, run, true, {})
                    );
                    CHECK_EQ(
                        ids_of(
                            client.rows(run, query + "&since_completed_at=2026-06-01T10:00:12.500")
                        ),
                        naive(client, run, false, start + 12'500ms)
                    );
                }
            }
        }
    }

    TEST_CASE("the order of ids is the order of flushing and only grows at its end")
    {
        peer client{busy()};
        const std::string run = client.run_of(100);
        rows_t before;
        for (int step = 0; step < 15; ++step) {
            client.now += 2s;
            const rows_t rows = ids_of(client.rows(run, "limit=9"));
            REQUIRE_GE(rows.size(), before.size());
            CHECK(std::equal(before.begin(), before.end(), rows.begin()));
            rows_t reversed = ids_of(client.rows(run, "limit=4&order_dir=desc"));
            std::reverse(reversed.begin(), reversed.end());
            CHECK_EQ(reversed, rows);
            before = rows;
        }
    }

    TEST_CASE("a cursor goes on behind its row when more rows have come meanwhile")
    {
        peer client{steady(2s, 1)};
        const std::string run = client.run_of(6);
        client.now = start + 6s;
        const json::value page = client.read(run + "/jobs?limit=1");
        const std::string cursor = text_of(page.at("cursor_next"));
        client.finish(run);
        std::string query = "limit=100&cursor=" + cursor.substr(0, cursor.find('='));
        CHECK_EQ(client.rows(run, query).size(), 5);
    }

    TEST_CASE(
        "the boundary of since is strict to the millisecond, in every form of the same instant"
    )
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        client.finish(run);
        const auto stamp = client.service.find_job(id_in(run), 0)->completed_at;
        REQUIRE_EQ(time_point{*stamp}, start + 2900ms);
        const auto rows = [&](const std::string& since) {
            return client.rows(run, "since_completed_at=" + since).size();
        };
        for (const char* same :
             {"2026-06-01T10:00:02.900",
              "2026-06-01T10:00:02.9Z",
              "2026-06-01T10:00:02.900000%2B00:00",
              "2026-06-01T12:00:02.900%2B02:00",
              "2026-06-01T04:30:02.900-05:30"}) {
            CAPTURE(std::string(same));
            CHECK_EQ(rows(same), 0);
        }
        CHECK_EQ(rows("2026-06-01T10:00:02.899"), 1);
        CHECK_EQ(rows("2026-06-01T10:00:02"), 1);
        CHECK_EQ(rows("2026-06-01T10:00:03"), 0);
    }

    TEST_CASE("a bad parameter is 400")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        for (const char* query :
             {"limit=0",
              "limit=-1",
              "limit=x",
              "order_dir=up",
              "order_by=",
              "status_filter=all",
              "status_filter=",
              "cursor=%21",
              "cursor=AAAA",
              "cursor=eA==",
              "include_results=maybe",
              "since_completed_at=",
              "since_completed_at=2026-13-01T00:00:00",
              "since_completed_at=2026-06-01",
              "since_completed_at=2026-06-01T10:00:00.1234567890",
              "limit=%zz",
              "limit=%ff"}) {
            CAPTURE(std::string(query));
            CHECK_EQ(client.get(run + "/jobs?" + query).status, 400);
        }
    }

    TEST_CASE("filters take one word or several and count what they say")
    {
        peer client{busy()};
        const std::string run = client.run_of(200);
        client.finish(run);
        const auto count = [&](const char* words) {
            return client.rows(run, std::string("limit=1000&status_filter=") + words).size();
        };
        CHECK_EQ(count("completed") + count("failed") + count("timeout"), 200);
        CHECK_EQ(count("completed,failed,timeout"), 200);
        CHECK_GT(count("failed"), 0);
        CHECK_EQ(count("failed%2Ctimeout"), count("failed") + count("timeout"));
        CHECK_EQ(count("processing"), 0);
    }

    TEST_CASE("a page holds at most 1000 rows, 100 with results")
    {
        peer client{steady()};
        const std::string run = client.run_of(1200);
        client.finish(run);
        const auto size = [&](const char* query) {
            return client.read(run + "/jobs?" + query).at("items").as_array().size();
        };
        CHECK_EQ(size("limit=5000"), 1000);
        CHECK_EQ(size("limit=1000&include_results=true"), 100);
        CHECK_EQ(size(""), 100);
        CHECK_EQ(size("limit=10"), 10);
    }

    TEST_CASE("an inline result is exactly what the result route gives")
    {
        scenario from = busy();
        from.contract.set("A35", "200_without_body");
        peer client{from};
        const std::string run = client.run_of(60);
        client.finish(run);
        for (const json::value& row : client.rows(run, "limit=100&include_results=true")) {
            const bool completed = row.at("status") == "completed";
            CHECK_EQ(row.at("result").is_object(), completed);
            if (!completed) continue;
            const std::string id = text_of(row.at("job_public_id"));
            CHECK_EQ(client.read(run + "/jobs/" + id + "/result"), row.at("result"));
        }
    }

    TEST_CASE("the inline cap is exact to the byte under both measures")
    {
        const auto is_inline = [](const char* measure, std::size_t cap) {
            scenario from = with({{"inline_cap_measure", measure}});
            from.contract.inline_cap_bytes = cap;
            from.targets = {{.url = "https://shop.example/0", .body = std::string(5000, 'x')}};
            peer client{from};
            const std::string run = client.run_of(1);
            client.finish(run);
            const json::array rows = client.rows(run, "include_results=true");
            return rows.at(0).at("result").is_object();
        };
        CHECK(is_inline("body_bytes", 5000));
        CHECK_FALSE(is_inline("body_bytes", 4999));

        peer client{steady()};
        client.service.add_fault(make_fault(operation::health, effect::html_200{}));
        scenario from = steady();
        from.targets = {{.url = "https://shop.example/0", .body = std::string(5000, 'x')}};
        peer measured{from};
        const std::string run = measured.run_of(1);
        measured.finish(run);
        const std::string job = measured.service.find_job(id_in(run), 0)->id;
        const std::size_t whole = measured.get(run + "/jobs/" + job + "/result").body.size();
        CHECK(is_inline("result_json_bytes", whole));
        CHECK_FALSE(is_inline("result_json_bytes", whole - 1));
    }

    TEST_CASE("a share of results is missing inline and can still be fetched")
    {
        scenario from = steady();
        from.jobs.inline_miss = 300;
        peer client{from};
        const std::string run = client.run_of(100);
        client.finish(run);
        std::size_t missed = 0;
        for (const json::value& row : client.rows(run, "limit=100&include_results=true")) {
            if (row.at("result").is_object()) continue;
            ++missed;
            const std::string id = text_of(row.at("job_public_id"));
            CHECK_EQ(client.get(run + "/jobs/" + id + "/result").status, 200);
        }
        CHECK_GT(missed, 10);
        CHECK_LT(missed, 60);
    }

    TEST_CASE("repeated parameters, unknown ones and a raw plus are a strict server's")
    {
        peer client{steady()};
        const std::string run = client.run_of(2);
        client.finish(run);
        CHECK_EQ(client.rows(run, "status_filter=failed&status_filter=completed").size(), 2);
        CHECK_EQ(client.rows(run, "nobody=knows&limit=5").size(), 2);
        CHECK_EQ(
            client.get(run + "/jobs?since_completed_at=2026-06-01T10:00:00+00:00").status, 400
        );
    }

    TEST_CASE("a page of a 50,000-job run is quick at any place")
    {
        peer client{steady(20s, 5'000)};
        const std::string run = client.run_of(50'000);
        client.finish(run);
        const auto began = std::chrono::steady_clock::now();
        std::size_t rows = 0;
        for (int i = 0; i < 100; ++i) {
            client.now += 1ms;
            rows += client
                        .read(
                            run +
                            "/jobs?limit=10&order_by=completed_at&since_completed_at="
                            "2026-06-01T10:02:0" +
                            std::to_string(i % 10)
                        )
                        .at("items")
                        .as_array()
                        .size();
        }
        CHECK_EQ(rows, 1000);
        // A walk over all rows would take a hundred times as long as this bound allows.
        CHECK_LT(std::chrono::steady_clock::now() - began, 2s);
    }
}
