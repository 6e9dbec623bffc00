#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "support.hpp"

// The verdict by content_success_v1: four inputs, all of which must hold.

using namespace mock_test;

namespace {

/// The published rules, from what a client sees.
bool usable(const json::value& row, const json::value& result)
{
    const bool completed = row.at("status") == "completed";
    const bool good_status = row.at("status_code").is_int64() &&
                             row.at("status_code").as_int64() >= 200 &&
                             row.at("status_code").as_int64() < 300;
    const bool no_captcha = result.at("potentiallyBlockedByCaptcha") == false;
    const bool unblocked = row.at("block_reason").is_null() || row.at("block_reason") == "none";
    return completed && good_status && no_captcha && unblocked;
}

struct line {
    outcome how;
    const char* status;
    std::optional<int> code;
    bool captcha;
    bool verdict;
};

const line table[] = {
    {outcome::ok, "completed", 200, false, true},
    {outcome::not_found, "completed", 404, false, false},
    {outcome::server_error, "completed", 500, false, false},
    {outcome::soft_block, "completed", 200, true, false},
    {outcome::worker_failed, "failed", std::nullopt, false, false},
    {outcome::worker_timeout, "timeout", std::nullopt, false, false},
};

}  // namespace

TEST_SUITE("mock.verdict")
{
    TEST_CASE("SRV-009: row, result and counters agree with the truth table, for every way to end")
    {
        for (const line& each : table) {
            scenario from = steady();
            from.targets = {{.url = "https://shop.example/0", .ends = each.how}};
            peer client{from};
            const std::string run = client.run_of(1);
            client.finish(run);
            const json::value row = client.rows(run, "limit=1").at(0);
            const json::value result =
                client.read(run + "/jobs/" + text_of(row.at("job_public_id")) + "/result");
            CAPTURE(json::serialize(row));
            CAPTURE(json::serialize(result));
            CHECK_EQ(text_of(row.at("status")), each.status);
            if (each.code)
                CHECK_EQ(row.at("status_code").as_int64(), *each.code);
            else
                CHECK(row.at("status_code").is_null());
            CHECK_EQ(result.at("statusCode"), row.at("status_code"));
            CHECK_EQ(result.at("potentiallyBlockedByCaptcha") == true, each.captcha);
            CHECK_EQ(row.at("is_success").as_bool(), each.verdict);
            CHECK_EQ(usable(row, result), each.verdict);
            CHECK_EQ(result.at("guidance").at("success").as_bool(), each.verdict);
            const json::value counts = client.read(run);
            CHECK_EQ(counts.at("success_requests"), each.verdict ? 1 : 0);
            const bool timeout = each.how == outcome::worker_timeout;
            CHECK_EQ(counts.at("timeout_requests"), timeout ? 1 : 0);
            CHECK_EQ(counts.at("failed_requests"), !each.verdict && !timeout ? 1 : 0);
            CHECK_EQ(text_of(counts.at("success_criterion").at("version")), "content_success_v1");
            CHECK_EQ(counts.at("success_criterion").at("rules").as_array().size(), 4);
        }
    }

    TEST_CASE("SRV-009: in a run of all sorts each row's verdict is what its columns say")
    {
        scenario from = steady();
        from.jobs.outcomes = {150, 150, 150, 150, 150};
        from.jobs.worker_time_limit = 3s;
        peer client{from};
        const std::string run = client.run_of(200);
        client.finish(run);
        std::int64_t good = 0;
        std::int64_t completed = 0;
        for (const json::value& row : client.rows(run, "limit=100")) {
            const std::string id = text_of(row.at("job_public_id"));
            const json::value result = client.read(run + "/jobs/" + id + "/result");
            CHECK_EQ(row.at("is_success").as_bool(), usable(row, result));
            good += row.at("is_success").as_bool() ? 1 : 0;
            completed += row.at("status") == "completed" ? 1 : 0;
        }
        CHECK_EQ(client.read(run).at("success_requests").as_int64(), good);
        CHECK_GT(completed, good);
        CHECK_GT(good, 0);
    }
}
