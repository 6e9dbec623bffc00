#include "rows/run_json.hpp"

#include <string>
#include <string_view>

#include "time_text.hpp"
#include "webhooks/webhook_plan.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::string_view success_criterion =
    R"({"version":"content_success_v1","rules":["status == 'completed'",)"
    R"("200 <= status_code < 300","potentiallyBlockedByCaptcha is false",)"
    R"("block_reason is null or 'none'"]})";

class run_writer {
public:
    run_writer(const run& which, const scenario& from, run_extent how, time_point now)
        : run_(which), from_(from), how_(how), now_(now), contract_(from.contract),
          status_(which.future.status_at(now)),
          // A23: nulls as long as the store has not settled.
          nulls_(contract_.run_nulls && status_ == run_status::in_progress)
    {
    }

    void write(json_writer& out) const
    {
        out.begin_object().member("run_id", run_.id).member("status", name_of(status_));
        write_counts(out);
        out.member("collection_id", run_.collection);
        const bool full =
            how_ == run_extent::whole || contract_.runs_list_item == choice::runs_list_item::full;
        const bool terse = contract_.extra_and_missing;
        if (full && !terse && !contract_.predates(shipped::row_columns)) write_failed_jobs(out);
        if (how_ == run_extent::whole) write_job_ids(out);
        if (!terse) write_callback(out);
        if (!contract_.predates(shipped::run_list)) write_created(out);
        if (full && !contract_.predates(shipped::verdict))
            out.raw_member("success_criterion", nulls_ ? "null" : success_criterion);
        if (full) write_persisted(out);
        if (contract_.extra_and_missing) out.raw_member("brand_new_field", R"({"x":1})");
        out.end_object();
    }

private:
    void write_counts(json_writer& out) const
    {
        if (nulls_) {
            for (const char* name :
                 {"total_requests", "success_requests", "failed_requests", "timeout_requests"})
                out.member(name, nullptr);
            return;
        }
        const run_counts counts = run_.future.shown_counts_at(now_);
        out.member("total_requests", run_.future.jobs().size());
        out.member("success_requests", counts.success);
        out.member("failed_requests", counts.failed);
        out.member("timeout_requests", counts.timeout);
    }

    bool is_failed_job(const job_future& job) const
    {
        using enum choice::failed_jobs_content;
        if (contract_.failed_jobs_content == empty) return false;
        if (contract_.failed_jobs_content == all_unsuccessful) return job.ends != outcome::ok;
        return !is_completed(job.ends);
    }

    void write_failed_jobs(json_writer& out) const
    {
        out.key("failed_jobs");
        if (nulls_) {
            out.value(nullptr);
            return;
        }
        out.begin_array();
        for (const std::uint32_t i : run_.future.by_end()) {
            const job_future& job = run_.future.jobs()[i];
            if (job.ended > now_) break;
            if (!is_failed_job(job)) continue;
            out.begin_object().member("job_id", view(job.id));
            out.member("url", run_.future.items()[i].url);
            if (job.ends == outcome::worker_failed)
                out.member("error", error_of(job));
            else
                out.member("error", nullptr);
            out.member("status", job_status(job)).end_object();
        }
        out.end_array();
    }

    std::string error_of(const job_future& job) const
    {
        if (job.target < 0) return "proxy error";
        return from_.targets[static_cast<std::size_t>(job.target)].error;
    }

    static const char* job_status(const job_future& job)
    {
        if (is_completed(job.ends)) return "completed";
        return job.ends == outcome::worker_failed ? "failed" : "timeout";
    }

    void write_job_ids(json_writer& out) const
    {
        using enum choice::job_ids;
        if (contract_.job_ids == choice::job_ids::absent) return;
        out.key("job_ids");
        if (nulls_) {
            out.value(nullptr);
            return;
        }
        out.begin_array();
        const bool unseeded =
            contract_.job_ids == empty_until_seeded && now_ < run_.future.seeded();
        // Before 2026-04-30 a completed run had none.
        const bool dropped =
            contract_.predates(shipped::run_list) && status_ != run_status::in_progress;
        if (!unseeded && !dropped) write_ids(out, contract_.job_ids == short_list);
        out.end_array();
    }

    void write_ids(json_writer& out, bool some_missing) const
    {
        const auto& jobs = run_.future.jobs();
        each_in_set_order(jobs.size(), [&](std::size_t job) {
            const std::size_t from_the_end = jobs.size() - 1 - job;
            if (some_missing && from_the_end % 10 == 0) return;
            out.value(view(jobs[job].id));
        });
    }

    void write_callback(json_writer& out) const
    {
        if (nulls_ || !run_.callback_url) {
            out.member("callback_url", nullptr).member("callback_status", nullptr);
            return;
        }
        out.member("callback_url", *run_.callback_url);
        out.member("callback_status", callback_status(run_, from_, now_));
    }

    void write_created(json_writer& out) const
    {
        // Recovery after a lost start reads the list by this stamp, so only the run object loses
        // it.
        const bool null = nulls_ && how_ == run_extent::whole;
        out.raw_member("created_at", null ? "null" : unix_seconds(run_.future.created()));
    }

    void write_persisted(json_writer& out) const
    {
        using enum choice::all_jobs_persisted;
        const choice::all_jobs_persisted when = contract_.all_jobs_persisted;
        if (contract_.predates(shipped::all_jobs_persisted) ||
            when == choice::all_jobs_persisted::absent)
            return;
        if (when == null || nulls_) {
            out.member("all_jobs_persisted", nullptr);
            return;
        }
        const run_future& future = run_.future;
        bool persisted = status_ != run_status::in_progress && status_ != run_status::cancelled &&
                         now_ >= future.all_visible();
        if (when == after_seeding) persisted = now_ >= future.seeded();
        if (when == always_false) persisted = false;
        out.member("all_jobs_persisted", persisted);
    }

    const run& run_;
    const scenario& from_;
    run_extent how_;
    time_point now_;
    const switches& contract_;
    run_status status_;
    bool nulls_;
};

}  // namespace

void write_run(
    json_writer& out, const run& which, const scenario& from, run_extent how, time_point now
)
{
    run_writer{which, from, how, now}.write(out);
}

}  // namespace scrapingpros_mock
