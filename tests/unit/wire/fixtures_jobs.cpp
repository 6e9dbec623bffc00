#include <scrapingpros/wire/page_decoder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/builders.hpp"
#include "tests/support/decoded_page.hpp"
#include "tests/support/fixture.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

decoded_page page(const std::string& file)
{
    auto out = decode_page(fixture(file));
    REQUIRE_EQ(out.error.message(), error_code().message());
    return out;
}

/// The last digit of each job's id, as the fixtures number them.
std::string numbers(const decoded_page& page)
{
    std::string out;
    for (std::size_t i = 0; i < page.rows.size(); ++i)
        out += page.job(i).job.id.value.back();
    return out;
}

const job& first_job(const decoded_page& page)
{
    return page.job(0).job;
}

/// Row 1 of the fixtures, member by member.
job job_1()
{
    return {
        .id = {"10b00000-0000-4000-8000-000000000001"},
        .run = {"7a110000-0000-4000-8000-0000000000a1"},
        .collection = {"c0ffee00-0000-4000-8000-000000000001"},
        .client_id = "client_test",
        .status = job_status::completed,
        .status_text = "completed",
        .url = "https://shop.example/tour/1",
        .url_truncated = false,
        .custom_id = "tour_1",
        .status_code = 200,
        .message = "OK",
        .is_success = true,
        .queued_at = at(200ms),
        .started_at = at(1100ms),
        .completed_at = at(3637ms),
        .execution_time = 1370ms,
        .retries_attempted = 0,
        .block_reason = "none",
        .has_extractable_data = true,
        .validator_version = "0.1.6"};
}

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("jobs_page1_200.json", "decodes to four rows and a cursor")
    {
        const auto p = page("jobs_page1_200.json");
        CHECK_EQ(numbers(p), "1234");
        CHECK_EQ(first_job(p), job_1());
        CHECK_EQ(p.job(0).state, inline_state::null);
        CHECK(p.job(2).job.completed_at == p.job(3).job.completed_at);
        CHECK_EQ(p.job(2).job.block_reason, "captcha");
        CHECK(p.job(2).job.protection_stack == std::vector<std::string>{"cloudflare"});
        CHECK(p.job(2).job.rule_hits == std::vector<std::string>{"cf_turnstile_iframe"});
        CHECK_EQ(p.job(3).job.status_code, 404);
        CHECK(p.end.has_more);
        CHECK_EQ(
            p.end.cursor,
            "MjAyNi0wNi0wMVQxMDowMDowOS4yNTB8MTBiMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAw"
            "MDAwMDA0"
        );
        CHECK_EQ(p.diag.place, "");
    }

    FIXTURE_CASE("jobs_page2_200.json", "decodes to the rest and no cursor")
    {
        const auto p = page("jobs_page2_200.json");
        CHECK_EQ(numbers(p), "765");
        CHECK_EQ(p.job(0).job.status, job_status::failed);
        CHECK_FALSE(p.job(0).job.custom_id.has_value());
        CHECK_FALSE(p.job(0).job.status_code.has_value());
        CHECK_EQ(p.job(0).job.retries_attempted, 3u);
        CHECK_EQ(p.job(2).job.status, job_status::timeout);
        CHECK(p.job(2).job.completed_at == at(121s));
        CHECK_EQ(p.job(2).job.is_success, false);
        CHECK_EQ(p.end, page_end{});
    }

    FIXTURE_CASE("jobs_since_200.json", "decodes to what is later than the tied stamps")
    {
        CHECK_EQ(numbers(page("jobs_since_200.json")), "765");
    }

    FIXTURE_CASE("jobs_by_id_200.json", "decodes to rows in the table's order")
    {
        const auto p = page("jobs_by_id_200.json");
        CHECK_EQ(numbers(p), "21");
        CHECK(p.job(0).job.completed_at > p.job(1).job.completed_at);
        CHECK_EQ(p.end, page_end{true, "ODgxMjA0MTc="});
    }

    FIXTURE_CASE("jobs_empty_200.json", "decodes to no rows and no more")
    {
        const auto p = page("jobs_empty_200.json");
        CHECK(p.rows.empty());
        CHECK_EQ(p.end, page_end{});
    }

    FIXTURE_CASE("jobs_inline_200.json", "decodes to whole, missing and partial results")
    {
        const auto p = page("jobs_inline_200.json");
        CHECK_EQ(numbers(p), "1234765");
        std::string states;
        for (std::size_t i = 0; i < 7; ++i)
            states += "anup"[static_cast<int>(p.job(i).state)];
        CHECK_EQ(states, "pnupnpn");
        const job_result& whole = *p.job(0).result;
        CHECK_EQ(whole.body.kind, body_kind::html);
        CHECK_EQ(whole.body.content.substr(0, 16), "<!doctype html>\n");
        CHECK(whole.guidance->success == true);
        CHECK_EQ(whole.timings_json, R"({"queue_wait_ms":45,"proxy_ms":120})");
        CHECK_FALSE(p.job(3).result->guidance.has_value());
        CHECK_EQ(p.job(5).result->body.kind, body_kind::base64);
        CHECK_EQ(p.job(5).result->content_type, "application/pdf");
        CHECK_EQ(p.diag.place, "items[2].result");
    }

    FIXTURE_CASE("jobs_inline_hostile_200.json", "decodes to rows whose results are to be fetched")
    {
        const auto p = page("jobs_inline_hostile_200.json");
        CHECK_EQ(numbers(p), "126");
        CHECK_EQ(first_job(p), job_1());
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK_EQ(p.job(i).state, inline_state::unreadable);
            CHECK_FALSE(p.job(i).result.has_value());
        }
    }

    FIXTURE_CASE("jobs_old_server_200.json", "decodes without stamps, cursor and results")
    {
        const auto p = page("jobs_old_server_200.json");
        CHECK_EQ(numbers(p), "1");
        CHECK_EQ(p.job(0).state, inline_state::absent);
        CHECK(first_job(p).execution_time == 45200ms);
        CHECK_FALSE(first_job(p).completed_at.has_value());
        CHECK_FALSE(first_job(p).is_success.has_value());
        CHECK_EQ(p.end, page_end{});
    }

    FIXTURE_CASE("jobs_row_drift_200.json", "decodes lists, stamps and words in all their forms")
    {
        const auto p = page("jobs_row_drift_200.json");
        CHECK_EQ(numbers(p), "1246");
        CHECK(p.job(0).job.protection_stack == std::vector<std::string>{"cloudflare"});
        CHECK(p.job(0).job.rule_hits == std::vector<std::string>{"a", "b"});
        CHECK(p.job(1).job.protection_stack.empty());
        CHECK_FALSE(p.job(1).job.url_truncated.has_value());
        CHECK_EQ(p.job(2).job.status, job_status::unknown);
        CHECK_EQ(p.job(2).job.status_text, "cancelled");
        CHECK(p.job(2).job.execution_time == 880500us);
        CHECK(p.job(3).job.queued_at == at(200ms));
        CHECK(p.job(3).job.started_at == at(1100ms));
        CHECK(p.job(3).job.completed_at == at(14731ms));
        CHECK_EQ(p.diag.place, "");
    }

    FIXTURE_CASE("jobs_row_long_url_200.json", "decodes to a URL that is marked as cut")
    {
        const auto p = page("jobs_row_long_url_200.json");
        CHECK_EQ(first_job(p).url->size(), 2048);
        CHECK_EQ(first_job(p).url_truncated, true);
        CHECK_EQ(first_job(p).custom_id, "long_url");
    }

    FIXTURE_CASE("jobs_row_processing_200.json", "decodes to a job that has not ended")
    {
        const auto p = page("jobs_row_processing_200.json");
        CHECK_EQ(first_job(p).status, job_status::processing);
        CHECK_EQ(first_job(p).message, "");
        CHECK(first_job(p).queued_at.has_value());
        CHECK_FALSE(first_job(p).started_at.has_value());
    }

    FIXTURE_CASE("jobs_row_without_stamps_200.json", "decodes to a completed job and little else")
    {
        const auto p = page("jobs_row_without_stamps_200.json");
        CHECK_EQ(first_job(p).id.value, "10b00000-0000-4000-8000-000000000008");
        CHECK_EQ(first_job(p).status, job_status::completed);
        CHECK_FALSE(first_job(p).completed_at.has_value());
        CHECK_FALSE(first_job(p).is_success.has_value());
        CHECK_FALSE(first_job(p).url.has_value());
        CHECK_FALSE(first_job(p).execution_time.has_value());
        CHECK_EQ(p.job(0).state, inline_state::absent);
    }
}
