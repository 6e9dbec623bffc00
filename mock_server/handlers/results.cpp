#include <cstdio>

#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "limits/retention.hpp"
#include "rows/job_json.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

/// 404 by cause (contract 8.2); one sentence for all on servers from before.
reply no_result(
    const switches& contract,
    const char* code,
    const char* message,
    const job_future* finished,
    time_point now
)
{
    if (contract.predates(shipped::run_list))
        return detail_error(
            404, "Job result not found. Results are available for 24 hours after completion."
        );
    json_writer out;
    out.begin_object().key("detail").begin_object();
    out.member("error_code", code).member("message", message);
    if (finished != nullptr && finished->has_stamp()) {
        const duration age = now - time_point{finished->stamp};
        const auto tenths = age / std::chrono::minutes{6};
        out.member("completed_at", iso_seconds(finished->stamp) + "Z");
        out.raw_member(
            "age_hours", std::to_string(tenths / 10) + "." + std::to_string(tenths % 10)
        );
    } else {
        out.member("completed_at", nullptr).member("age_hours", nullptr);
    }
    return {.status = 404, .body = out.end_object().end_object().take(), .headers = {}};
}

reply lost(const switches& contract, const job_future& job, time_point now)
{
    return no_result(
        contract,
        "result_lost",
        "Job result is unavailable due to a service incident during the completion window.",
        &job,
        now
    );
}

}  // namespace

reply get_result(call& c)
{
    reply refused;
    run* of = find_run(c, refused);
    if (of == nullptr) return refused;
    const auto index = of->future.find(c.where.job);
    if (!index)
        return no_result(
            c.contract(), "job_id_invalid", "Job id does not exist in this run.", nullptr, c.now
        );
    const job_source source{c.world.from, of->future, *index};
    const job_future& job = source.job();
    const duration life = content_life(c.world.from, c.account.name, source.wanted());
    const result_state state = result_state_at(job, life, c.now);
    // The service looks up the cause for two seconds and may find none.
    if (state != result_state::available &&
        c.account.chance.permille(
            "unclassified", c.world.from.retention.unclassified, of->row_base, *index
        ))
        return detail_error(404, "Job result not found");
    const auto noted = [&](reply out, given::how as) {
        out.gave.run_place = of->ledger_place;
        out.gave.jobs.push_back({static_cast<std::uint32_t>(*index), as});
        return out;
    };
    switch (state) {
    case result_state::pending:
        return no_result(
            c.contract(), "result_pending", "Job has not finished yet.", nullptr, c.now
        );
    case result_state::expired:
        return noted(
            no_result(
                c.contract(), "result_expired", "Job result is no longer available.", &job, c.now
            ),
            given::how::gone
        );
    case result_state::lost: return noted(lost(c.contract(), job, c.now), given::how::gone);
    case result_state::available: break;
    }
    if (!is_completed(job.ends) &&
        c.contract().result_of_unsuccessful == choice::result_of_unsuccessful::s404_string)
        return detail_error(404, "Job result not found");
    auto body = result_json(source);
    if (!body) return lost(c.contract(), job, c.now);
    return noted(json_reply(200, *std::move(body)), given::how::fetched);
}

}  // namespace scrapingpros_mock
