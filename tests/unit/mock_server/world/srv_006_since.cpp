#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

// since_completed_at: strictly later, whatever the form of the instant.

using namespace mock_test;

namespace {

/// Ten jobs, five of which end in the same millisecond: 2026-06-01T10:00:02.900.
struct tied_run : peer {
    tied_run() : peer(prepared()), run(run_of(10)) { finish(run); }

    static scenario prepared()
    {
        scenario from = steady(2s, 5);
        from.jobs.seeding = 900ms;
        return from;
    }

    std::size_t rows_since(const std::string& text, const std::string& more = {})
    {
        return rows(run, "limit=3&since_completed_at=" + text + more).size();
    }

    std::string run;
};

}  // namespace

TEST_SUITE("mock.since")
{
    TEST_CASE("SRV-006: rows of the very millisecond are left out, all of them, in every order")
    {
        tied_run client;
        for (const char* order :
             {"",
              "&order_by=id",
              "&order_by=completed_at",
              "&order_by=completed_at&order_dir=desc",
              "&order_by=id&order_dir=desc"}) {
            CAPTURE(std::string(order));
            CHECK_EQ(client.rows_since("2026-06-01T10:00:02.899", order), 10);
            CHECK_EQ(client.rows_since("2026-06-01T10:00:02.900", order), 5);
            CHECK_EQ(client.rows_since("2026-06-01T10:00:02.901", order), 5);
            CHECK_EQ(client.rows_since("2026-06-01T10:00:04.899", order), 5);
            CHECK_EQ(client.rows_since("2026-06-01T10:00:04.900", order), 0);
        }
    }

    TEST_CASE("SRV-006: what is finer than a millisecond counts too")
    {
        tied_run client;
        CHECK_EQ(client.rows_since("2026-06-01T10:00:02.899999"), 10);
        CHECK_EQ(client.rows_since("2026-06-01T10:00:02.900000"), 5);
        CHECK_EQ(client.rows_since("2026-06-01T10:00:02.900001"), 5);
    }

    TEST_CASE("SRV-006: every form of one instant is that instant")
    {
        tied_run client;
        for (const char* same :
             {"2026-06-01T10:00:02.9",
              "2026-06-01T10:00:02.90",
              "2026-06-01T10:00:02.900",
              "2026-06-01T10:00:02.900000000",
              "2026-06-01T10%3A00%3A02.900",
              "2026-06-01T10:00:02.900Z",
              "2026-06-01T10:00:02.900%2B00:00",
              "2026-06-01T10:00:02.900-00:00",
              "2026-06-01T12:00:02.900%2B02:00",
              "2026-06-01T04:30:02.900-05:30",
              "2026-06-02T00:00:02.900%2B14:00",
              "2026-05-31T22:00:02.900-12:00"}) {
            CAPTURE(std::string(same));
            CHECK_EQ(client.rows_since(same), 5);
        }
        CHECK_EQ(client.rows_since("2026-06-01T10:00:02"), 10);
        CHECK_EQ(client.rows_since("2026-06-01T10:00:03"), 5);
    }

    TEST_CASE("SRV-006: a high-water mark that is moved to the last stamp never sees its ties again"
    )
    {
        // Why a client must ask again from before its mark: the boundary itself is lost.
        scenario from = steady(2s, 5);
        from.contract.set("A29", "bursts");
        peer client{from};
        const std::string run = client.run_of(40);
        std::set<std::string> seen;
        std::string mark = "2026-06-01T00:00:00";
        for (int look = 0; look < 40; ++look, client.now += 1s)
            for (const json::value& row :
                 client.rows(run, "limit=100&order_by=completed_at&since_completed_at=" + mark)) {
                seen.insert(text_of(row.at("job_public_id")));
                mark = text_of(row.at("completed_at"));
            }
        CHECK_EQ(client.rows(run, "limit=100").size(), 40);
        CHECK_LT(seen.size(), 40);
    }
}
