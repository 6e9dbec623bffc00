#include <scrapingpros/sqlite_ledger_rows.hpp>

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

TEST_SUITE("sqlite_ledger_rows")
{
    TEST_CASE("a row has what the outcome tells, and nothing about where its body went")
    {
        job_outcome item{
            .job = a_job("j1").custom_id("c1"),
            .result = a_result("<html>"),
            .verdict = {judgement::usable, "is_success", "content_success_v1"}};
        item.result->guidance = result_guidance{.stop_reason = "login"};
        CHECK(
            ledger_outcome_of(item) ==
            ledger_outcome{
                .id = {"j1"},
                .custom_id = "c1",
                .url = "https://shop.example/j1",
                .status = "completed",
                .is_success = true,
                .verdict = judgement::usable,
                .verdict_reason = "is_success",
                .status_code = 200,
                .message = "OK",
                .stop_reason = "login",
                .completed_at = at(std::chrono::seconds(1)),
                .kind = body_kind::html}
        );
    }

    TEST_CASE("a failed job has no body, and a status of tomorrow keeps its spelling")
    {
        job_outcome item{.job = a_job("j1").failed()};
        CHECK_EQ(ledger_outcome_of(item).status, "failed");
        CHECK(ledger_outcome_of(item).kind == body_kind::none);
        CHECK_FALSE(ledger_outcome_of(item).stop_reason.has_value());
        item.job.status = job_status::unknown;
        item.job.status_text = "parked";
        CHECK_EQ(ledger_outcome_of(item).status, "parked");
    }

    TEST_CASE("a row without anything is a row")
    {
        job_outcome item;
        item.job.id = {"j1"};
        CHECK(ledger_outcome_of(item) == ledger_outcome{.id = {"j1"}});
    }

    TEST_CASE("the words of a refusal")
    {
        CHECK_EQ(to_string(rejection::blocked), "blocked");
        CHECK_EQ(to_string(rejection::invalid), "invalid");
        CHECK_EQ(to_string(rejection::duplicate), "duplicate");
    }
}
