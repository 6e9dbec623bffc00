#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

// What a listing refuses, in which words, and what it lets pass (A34).

using namespace mock_test;

namespace {

struct finished_run : peer {
    explicit finished_run(scenario from = steady()) : peer(std::move(from)), run(run_of(3))
    {
        finish(run);
    }

    /// The text of a 400, or the status if it is none.
    std::string refusal(const std::string& parameters)
    {
        CAPTURE(parameters);
        const response_plan plan = get(run + "/jobs?" + parameters);
        if (plan.status != 400) return std::to_string(plan.status);
        return text_of(parse(plan.body).at("detail"));
    }
    std::size_t count(const std::string& parameters)
    {
        return read(run + "/jobs?" + parameters).at("items").as_array().size();
    }
    std::string cursor_of(const std::string& order)
    {
        std::string made = text_of(read(run + "/jobs?limit=1&order_by=" + order).at("cursor_next"));
        for (std::size_t at; (at = made.find('=')) != made.npos;)
            made.replace(at, 1, "%3D");
        return made;
    }

    std::string run;
};

}  // namespace

TEST_SUITE("mock.bad_queries")
{
    TEST_CASE("SRV-032: each bad parameter is refused in the published words")
    {
        struct row {
            const char* parameters;
            const char* text;
        };
        static const row table[] = {
            {"order_by=bogus", "Invalid order_by: 'bogus'. Allowed: id, completed_at"},
            {"order_by=", "Invalid order_by: ''. Allowed: id, completed_at"},
            {"order_by=ID", "Invalid order_by: 'ID'. Allowed: id, completed_at"},
            {"order_by=started_at", "Invalid order_by: 'started_at'. Allowed: id, completed_at"},
            {"order_dir=up", "Invalid order_dir: 'up'. Allowed: asc, desc"},
            {"order_dir=ASC", "Invalid order_dir: 'ASC'. Allowed: asc, desc"},
            {"order_dir=", "Invalid order_dir: ''. Allowed: asc, desc"},
            {"status_filter=all",
             "Invalid status_filter value: 'all'. Allowed: processing, completed, failed, timeout"},
            {"status_filter=completed%2Cbogus",
             "Invalid status_filter value: 'bogus'. Allowed: processing, completed, failed, "
             "timeout"},
            {"status_filter=completed,",
             "Invalid status_filter value: ''. Allowed: processing, completed, failed, timeout"},
            {"status_filter=completed,%20failed",
             "Invalid status_filter value: ' failed'. Allowed: processing, completed, failed, "
             "timeout"},
            {"status_filter=cancelled",
             "Invalid status_filter value: 'cancelled'. Allowed: processing, completed, failed, "
             "timeout"},
        };
        finished_run client;
        for (const row& each : table)
            CHECK_EQ(client.refusal(each.parameters), each.text);
    }

    TEST_CASE("SRV-032: a stamp that is none is refused, an epoch too")
    {
        const std::string text = text_of(fixture("error_400_since.json").at("detail"));
        finished_run client;
        for (const char* stamp :
             {"",
              "now",
              "1780308000",
              "1780308000.5",
              "2026-06-01",
              "2026-06-01T10:00",
              "2026-13-01T00:00:00",
              "2026-02-30T00:00:00",
              "2026-06-01T24:00:01",
              "2026-06-01T10:60:00",
              "2026-06-01T10:00:00.",
              "2026-06-01T10:00:00%2B99:00",
              "2026-06-01T10:00:00%2B2",
              "2026-06-01T10:00:00ZZ",
              "2026-06-01T10:00:00%20UTC"}) {
            CAPTURE(std::string(stamp));
            CHECK_EQ(client.refusal(std::string("since_completed_at=") + stamp), text);
        }
    }

    TEST_CASE(
        "SRV-032: a malformed cursor and one of the other order are refused, each in its words"
    )
    {
        finished_run client;
        for (const char* cursor : {"%21", "AAAA", "eA==", "fHw=", "LTE=", "MXw=", "bogus"}) {
            CAPTURE(std::string(cursor));
            CHECK_EQ(client.refusal(std::string("cursor=") + cursor), "Invalid cursor");
        }
        CHECK_EQ(
            client.refusal("order_by=id&cursor=" + client.cursor_of("completed_at")),
            "cursor was generated with order_by=completed_at, received order_by=id; start a new "
            "pagination"
        );
        CHECK_EQ(
            client.refusal("order_by=completed_at&cursor=" + client.cursor_of("id")),
            "cursor was generated with order_by=id, received order_by=completed_at; start a new "
            "pagination"
        );
        // Without the parameter the order is that of the rows.
        CHECK_EQ(
            client.refusal("cursor=" + client.cursor_of("completed_at")),
            text_of(fixture("error_400_cursor_mismatch.json").at("detail"))
        );
        CHECK_EQ(client.refusal("cursor=" + client.cursor_of("id")), "200");
    }

    TEST_CASE("SRV-032: a strict server takes the last of repeated values and no raw plus (A34)")
    {
        finished_run client;
        CHECK_EQ(client.count("limit=1&limit=2"), 2);
        CHECK_EQ(client.count("status_filter=failed&status_filter=completed"), 3);
        CHECK_EQ(client.count("status_filter=completed&status_filter=failed"), 0);
        CHECK_EQ(
            client.refusal("order_by=completed_at&order_by=x"),
            "Invalid order_by: 'x'. Allowed: id, completed_at"
        );
        CHECK_EQ(
            client.refusal("since_completed_at=2026-06-01T10:00:00+00:00"),
            text_of(fixture("error_400_since.json").at("detail"))
        );
        CHECK_EQ(client.count("since_completed_at=2026-06-01T10:00:00%2B00:00"), 3);
    }

    TEST_CASE("SRV-032: a loose server unites repeated values and reads a raw plus (A34)")
    {
        finished_run client{with({{"A34", "loose"}})};
        CHECK_EQ(client.count("status_filter=completed&status_filter=failed"), 3);
        CHECK_EQ(client.count("since_completed_at=2026-06-01T10:00:00+00:00"), 3);
        CHECK_EQ(client.count("since_completed_at=2026-06-01T12:00:00+02:00"), 3);
        CHECK_EQ(client.count("since_completed_at=2026-06-01T10:00:00%2B00:00"), 3);
    }

    TEST_CASE("SRV-032: an unknown parameter is nobody's business, the direction is asc by itself")
    {
        for (const char* how : {"strict", "loose"}) {
            finished_run client{with({{"A34", how}})};
            CHECK_EQ(client.count("nobody=knows&limit=2&LIMIT=x&offset=1"), 2);
            CHECK_EQ(
                client.get(client.run + "/jobs?order_by=completed_at").body,
                client.get(client.run + "/jobs?order_by=completed_at&order_dir=asc").body
            );
        }
    }

    TEST_CASE("SRV-032: the run list and the collection list refuse what they cannot read")
    {
        finished_run client;
        const std::string runs = client.run.substr(0, client.run.rfind('/'));
        for (const char* word : {"done", "", "processing", "completed,failed"})
            CHECK_EQ(client.get(runs + "?status_filter=" + word).status, 400);
        for (const char* stamp : {"now", "1780308000", "2026-06-01"})
            CHECK_EQ(client.get(std::string("/v1/async/collections?since=") + stamp).status, 400);
    }
}
