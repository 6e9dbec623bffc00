#include "limits/retention.hpp"

#include <algorithm>

namespace scrapingpros_mock {
namespace {

lives lives_of(const retention_options& options, std::string_view account)
{
    lives made = options.of_all;
    const auto own = options.accounts.find(account);
    if (own == options.accounts.end()) return made;
    if (own->second.content) made.content = own->second.content;
    if (own->second.metadata) made.metadata = own->second.metadata;
    return made;
}

time_point last_completion(const run_future& run)
{
    time_point last = run.created();
    if (!run.by_stamp().empty())
        last = std::max(last, time_point{run.jobs()[run.by_stamp().back()].stamp});
    else
        last = std::max(last, run.terminal());
    return last;
}

}  // namespace

duration content_life(const scenario& from, std::string_view account, const item& wanted)
{
    for (const job_life& each : from.retention.jobs)
        if (each.url == wanted.url && (!each.custom_id || each.custom_id == wanted.custom_id))
            return each.content;
    const auto hours = static_cast<std::chrono::hours::rep>(from.contract.content_ttl_hours);
    return lives_of(from.retention, account).content.value_or(std::chrono::hours{hours});
}

result_state result_state_at(const job_future& job, duration life, time_point now)
{
    if (job.body_at == job_future::never || now < job.body_at) return result_state::pending;
    const duration young = std::min<duration>(std::chrono::hours{24}, life);
    const duration age = now - time_point{job.stamp};
    if (now >= job.lost_at && job.expired) return result_state::expired;
    if (now >= job.lost_at && age < young) return result_state::lost;
    if (now >= job.lost_at || age >= life) return result_state::expired;
    return result_state::available;
}

bool metadata_gone(
    const scenario& from, std::string_view account, const run_future& run, time_point now
)
{
    const duration life =
        lives_of(from.retention, account).metadata.value_or(std::chrono::days{90});
    return now >= run.terminal() && now >= last_completion(run) + life;
}

}  // namespace scrapingpros_mock
