#include "benchmarks/polling/engine_client.hpp"

#include <string_view>

namespace polling {

sp::account_limits limits_of(const mock::limiter::verdict& rate, time_point server_now)
{
    sp::account_limits made;
    made.rate_limit = rate.limit;
    made.rate_remaining = rate.remaining;
    made.rate_reset_at = std::chrono::ceil<std::chrono::seconds>(rate.reset);
    return sp::with_reset_as_span(made, server_now);
}

sp::run run_of(const world& in, const status_answer& answer, bool with_ids)
{
    sp::run made;
    made.id = {"r1"};
    made.collection = {"c1"};
    made.status = sp::run_status_from(mock::name_of(answer.status));
    made.status_text = mock::name_of(answer.status);
    made.total_requests = in.workload().total;
    made.success_requests = answer.counts.success;
    made.failed_requests = answer.counts.failed;
    made.timeout_requests = answer.counts.timeout;
    made.created_at = in.begin();
    if (with_ids)
        for (const auto& job : in.run().jobs())
            made.job_ids.push_back({std::string(mock::view(job.id))});
    return made;
}

sp::listed_job row_of(const world& in, std::uint32_t job, bool with_results)
{
    const auto& from = in.run().jobs()[job];
    sp::listed_job made;
    made.job.id = {std::string(mock::view(from.id))};
    made.job.status = mock::is_completed(from.ends)               ? sp::job_status::completed
                      : from.ends == mock::outcome::worker_failed ? sp::job_status::failed
                                                                  : sp::job_status::timeout;
    made.job.status_text = to_string(made.job.status);
    made.job.is_success = made.job.status == sp::job_status::completed;
    if (from.has_stamp()) made.job.completed_at = from.stamp;
    if (!with_results) return made;
    made.state = sp::inline_state::null;
    if (!*made.job.is_success || from.inline_miss) return made;
    made.state = sp::inline_state::present;
    made.result.emplace();
    made.result->body = {sp::body_kind::html, "x"};
    made.result->status_code = 200;
    return made;
}

mock::listing_request listing_of(
    const sp::list_jobs& page, const std::vector<mock::position>& cursors
)
{
    mock::listing_request made;
    made.limit = page.limit;
    made.include_results = page.results == sp::inline_results::include;
    if (page.order_by == sp::job_order::completed_at)
        made.by = mock::listing_request::order::completed_at;
    if (page.cursor) made.behind = cursors.at(std::stoul(*page.cursor));
    if (page.completed_since)
        made.since = std::chrono::floor<std::chrono::milliseconds>(*page.completed_since);
    // Bits in the order processing, completed, failed, timeout.
    if (!page.statuses.empty()) made.statuses = 0xE;
    return made;
}

mock::position behind(const world& in, const mock::listing_request& asked, const page_answer& page)
{
    const auto last = page.jobs.back();
    const auto& job = in.run().jobs()[last];
    if (asked.by == mock::listing_request::order::completed_at)
        return mock::stamp_position{job.stamp, std::string(mock::view(job.id))};
    return std::uint64_t(in.run().row_of(last) + 1);
}

}  // namespace polling
