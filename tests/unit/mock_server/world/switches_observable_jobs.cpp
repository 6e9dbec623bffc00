#include "switches_observable.hpp"

// A25, A27 to A42 and A68: what is said of jobs and their results, and when.

using namespace mock_test;

namespace {

/// Fourteen jobs of all sorts on few workers.
struct mixed_run : peer {
    explicit mixed_run(scenario from) : peer(prepared(std::move(from))), run(run_of(14)) {}

    static scenario prepared(scenario from)
    {
        from.jobs.outcomes = {100, 0, 100, 200, 100};
        from.jobs.execution = quantiles::of(500ms, 3s, 8s, 12s);
        from.jobs.worker_time_limit = 11'300ms;  // the last job ends well before a flush
        from.jobs.body_bytes = quantiles::always(300);
        return from;
    }

    std::string run;
};

/// Which rows a client sees, each half second until long after the end: id, status, stamp.
std::string rows_over_time(const switches& contract)
{
    mixed_run client{under(contract)};
    std::string told;
    for (int look = 0; look < 60; ++look) {
        client.now += 500ms;
        told += text_of(client.read(client.run).at("status")).substr(0, 1);
        for (const json::value& row : client.rows(client.run, "limit=100"))
            told += text_of(row.at("job_public_id")).substr(0, 4) + text_of(row.at("status")) +
                    json::serialize(row.at("completed_at"));
        told += "\n";
    }
    return told;
}

/// A page of the finished run.
std::string page_of(const switches& contract, const std::string& query)
{
    mixed_run client{under(contract)};
    client.finish(client.run);
    client.now += 15s;
    return seen(client.get(client.run + "/jobs?" + query));
}

/// How many rows a finished run of 1,500 gives for a query, or why none.
std::string rows_given(const switches& contract, const std::string& query)
{
    scenario from = under(contract);
    from.jobs.slots = 1500;
    peer client{from};
    const std::string run = client.run_of(1500);
    client.finish(run);
    const response_plan plan = client.get(run + "/jobs?" + query);
    if (plan.status != 200) return std::to_string(plan.status);
    return std::to_string(parse(plan.body).at("items").as_array().size());
}

/// The result of one job: that item, with that page at its target.
std::string result_of(const switches& contract, std::string_view item, target_page page = {})
{
    scenario from = under(contract);
    if (page.ends) from.targets = {page};
    peer client{from};
    const std::string run = client.run_of("[" + std::string(item) + "]");
    client.finish(run);
    const std::string job = client.service.find_job(id_in(run), 0)->id;
    return seen(client.get(run + "/jobs/" + job + "/result"));
}

const std::string plain_item = R"({"url":"https://a.example/","custom_id":"c"})";

}  // namespace

TEST_SUITE("mock.switches.observable")
{
    SWITCH_CASE("processing_rows")
    {
        return rows_over_time(contract);
    }
    SWITCH_CASE("completion_flush")
    {
        return rows_over_time(contract);
    }
    SWITCH_CASE("late_rows")
    {
        return rows_over_time(contract);
    }
    SWITCH_CASE("tied_stamps")
    {
        return rows_over_time(contract);
    }
    SWITCH_CASE("null_completed_at")
    {
        return rows_over_time(contract);
    }
    SWITCH_CASE("row_time_form")
    {
        return rows_over_time(contract);
    }

    SWITCH_CASE("jobs_limit_default")
    {
        return rows_given(contract, "");
    }
    SWITCH_CASE("jobs_limit_over")
    {
        return rows_given(contract, "limit=1001");
    }

    SWITCH_CASE("query_lenience")
    {
        return joined(
            {rows_given(contract, "since_completed_at=2026-06-01T10:00:00+00:00"),
             " ",
             rows_given(contract, "status_filter=completed&status_filter=failed"),
             " ",
             rows_given(contract, "limit=5&limit=7")}
        );
    }

    SWITCH_CASE("cursor_with_changed_filters")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(3);
        client.finish(run);
        std::string cursor = text_of(client.read(run + "/jobs?limit=1").at("cursor_next"));
        for (std::size_t at; (at = cursor.find('=')) != cursor.npos;)
            cursor.replace(at, 1, "%3D");
        return seen(client.get(run + "/jobs?status_filter=failed&cursor=" + cursor));
    }

    SWITCH_CASE("inline_cap_measure")
    {
        scenario from = under(contract);
        from.contract.inline_cap_bytes = 400;
        return page_of(from.contract, "limit=100&include_results=true");
    }

    SWITCH_CASE("inline_cap_bytes")
    {
        return page_of(contract, "limit=100&include_results=true");
    }

    SWITCH_CASE("result_when_not_asked")
    {
        return page_of(contract, "limit=100");
    }
    SWITCH_CASE("result_guidance")
    {
        return result_of(contract, plain_item);
    }
    SWITCH_CASE("result_custom_id")
    {
        return result_of(contract, plain_item);
    }

    SWITCH_CASE("result_of_unsuccessful")
    {
        return result_of(
            contract, plain_item, {.url = "https://a.example/", .ends = outcome::worker_failed}
        );
    }

    SWITCH_CASE("extract_no_match")
    {
        return result_of(contract, R"({"url":"https://a.example/","extract":{"missing":"css:a"}})");
    }

    SWITCH_CASE("content_ttl_hours")
    {
        peer client{under(contract)};
        const std::string run = client.run_of(1);
        client.finish(run);
        const std::string job = client.service.find_job(id_in(run), 0)->id;
        client.now += 30h;
        return seen(client.get(run + "/jobs/" + job + "/result"));
    }

    SWITCH_CASE("result_after_row")
    {
        // Rows that are listed while their results are not yet there.
        mixed_run client{under(contract)};
        std::size_t early = 0;
        for (int look = 0; look < 120; ++look) {
            client.now += 250ms;
            for (const json::value& row : client.rows(client.run, "limit=100")) {
                const std::string job = text_of(row.at("job_public_id"));
                if (client.get(client.run + "/jobs/" + job + "/result").status == 404) ++early;
            }
        }
        return std::to_string(early);
    }
}
