#include "retention.hpp"

namespace scrapingpros_mock {

result_state result_state_at(const job_future& job, const switches& contract, time_point now)
{
    using std::chrono::hours;
    static constexpr duration young = hours{24};
    if (job.body_at == job_future::never || now < job.body_at) return result_state::pending;
    const duration life = hours{static_cast<hours::rep>(contract.content_ttl_hours)};
    const duration age = now - time_point{job.stamp};
    if (now >= job.lost_at && age < young) return result_state::lost;
    if (now >= job.lost_at || age >= life) return result_state::expired;
    return result_state::available;
}

bool metadata_gone(const run_future& run, time_point now) noexcept
{
    return now >= run.created() + std::chrono::days{90};
}

}  // namespace scrapingpros_mock
