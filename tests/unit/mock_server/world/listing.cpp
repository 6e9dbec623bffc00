#include <doctest/doctest.h>

#include <algorithm>

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
