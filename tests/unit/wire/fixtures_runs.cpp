#include <scrapingpros/wire/decode.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/builders.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

run decoded_run(const std::string& file)
{
    diagnostics diag;
    const auto read = decode_run(fixture(file), diag);
    REQUIRE(read.has_value());
    CHECK_EQ(diag.place, "");
    return *read;
}

struct expected_run {
    run_status status = run_status::in_progress;
    std::uint64_t success = 0;
    std::uint64_t failed = 0;
    std::uint64_t timeout = 0;
    std::optional<std::string> callback_status = "pending";
    bool persisted = false;
};

/// Most examples are one run of 7 jobs at several moments.
void is_run_of_seven(const std::string& file, const expected_run& expected)
{
    const run r = decoded_run(file);
    CHECK_EQ(r.id.value, "7a110000-0000-4000-8000-0000000000a1");
    CHECK_EQ(r.collection.value, "c0ffee00-0000-4000-8000-000000000001");
    CHECK_EQ(r.status, expected.status);
    CHECK_EQ(r.total_requests, 7u);
    CHECK_EQ(r.success_requests, expected.success);
    CHECK_EQ(r.failed_requests, expected.failed);
    CHECK_EQ(r.timeout_requests, expected.timeout);
    CHECK_EQ(r.job_ids.size(), 7);
    CHECK_EQ(r.job_ids[0].value, "10b00000-0000-4000-8000-000000000005");
    CHECK(r.callback_status == expected.callback_status);
    CHECK(r.callback_url.has_value() == expected.callback_status.has_value());
    CHECK(r.created_at == at(170ms));
    REQUIRE(r.criterion.has_value());
    CHECK_EQ(r.criterion->version, "content_success_v1");
    CHECK_EQ(r.criterion->rules.size(), 4);
    CHECK_EQ(r.all_jobs_persisted, expected.persisted);
}

run_list decoded_list(const std::string& file)
{
    diagnostics diag;
    const auto list = decode_run_list(fixture(file), diag);
    REQUIRE(list.has_value());
    CHECK_EQ(list->total, list->items.size());
    CHECK_EQ(list->unreadable, 0);
    return *list;
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("run_start_201.json", "decodes to a run at its start")
    {
        is_run_of_seven("run_start_201.json", {});
    }

    FIXTURE_CASE("run_start_minimal_201.json", "decodes to three members and unknown counters")
    {
        const run r = decoded_run("run_start_minimal_201.json");
        CHECK_EQ(r.status, run_status::in_progress);
        CHECK_FALSE(finished_jobs(r).has_value());
        CHECK(r.job_ids.empty());
    }

    FIXTURE_CASE("run_seeding_200.json", "decodes to counters of zero")
    {
        is_run_of_seven("run_seeding_200.json", {});
    }

    FIXTURE_CASE("run_mid_200.json", "decodes to a run under way")
    {
        is_run_of_seven("run_mid_200.json", {.success = 2, .failed = 1});
    }

    FIXTURE_CASE("run_completed_200.json", "decodes to counters that add up, and failed jobs")
    {
        is_run_of_seven("run_completed_200.json", {run_status::completed, 3, 3, 1, "sent", true});
        const run r = decoded_run("run_completed_200.json");
        CHECK_EQ(finished_jobs(r), r.total_requests);
        CHECK(
            r.failed_jobs ==
            std::vector<failed_job>{
                {{"10b00000-0000-4000-8000-000000000007"},
                 "https://shop.example/proxyfail",
                 "proxy error",
                 "failed"},
                {{"10b00000-0000-4000-8000-000000000005"},
                 "https://shop.example/slow",
                 {},
                 "timeout"}}
        );
    }

    FIXTURE_CASE("run_failed_200.json", "decodes to a run that ended early")
    {
        is_run_of_seven("run_failed_200.json", {run_status::failed, 1, 1, 0, "sent", true});
    }

    FIXTURE_CASE("run_cancelled_200.json", "decodes to a run without a callback")
    {
        is_run_of_seven("run_cancelled_200.json", {run_status::cancelled, 1, 0, 0, {}, false});
    }

    FIXTURE_CASE("run_nulls_200.json", "decodes although every member is null that may be")
    {
        const run r = decoded_run("run_nulls_200.json");
        CHECK_EQ(r.status, run_status::in_progress);
        CHECK_FALSE(r.total_requests.has_value());
        CHECK_FALSE(finished_jobs(r).has_value());
        CHECK(r.job_ids.empty());
        CHECK(r.failed_jobs.empty());
        CHECK_FALSE(r.criterion.has_value());
        CHECK_FALSE(r.created_at.has_value());
        CHECK_FALSE(r.all_jobs_persisted.has_value());
    }

    FIXTURE_CASE("run_old_server_200.json", "decodes without the members of newer servers")
    {
        const run r = decoded_run("run_old_server_200.json");
        CHECK_EQ(r.status, run_status::completed);
        CHECK_EQ(finished_jobs(r), 2u);
        CHECK_EQ(r.job_ids.size(), 2);
        CHECK_EQ(r.callback_status, "sent");
        CHECK_FALSE(r.all_jobs_persisted.has_value());
        CHECK_FALSE(r.criterion.has_value());
    }

    FIXTURE_CASE("runs_list_200.json", "decodes newest first, without job ids")
    {
        const auto list = decoded_list("runs_list_200.json");
        REQUIRE_EQ(list.items.size(), 2);
        CHECK_EQ(list.items[0].status, run_status::in_progress);
        CHECK_EQ(list.items[0].success_requests, 2u);
        CHECK_EQ(list.items[1].id.value, "7a110000-0000-4000-8000-0000000000a0");
        CHECK(list.items[0].created_at > list.items[1].created_at);
        CHECK(list.items[0].job_ids.empty());
    }

    FIXTURE_CASE("runs_list_in_progress_200.json", "decodes to the one run that goes on")
    {
        CHECK_EQ(decoded_list("runs_list_in_progress_200.json").items.size(), 1);
    }

    FIXTURE_CASE("runs_list_empty_200.json", "decodes to no runs")
    {
        CHECK(decoded_list("runs_list_empty_200.json").items.empty());
    }
}
