#ifndef TESTS_SUPPORT_BUILDERS_HPP
#define TESTS_SUPPORT_BUILDERS_HPP

// Values of the model in the few words that a test is about.

#include <scrapingpros/models.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace scrapingpros::tests {

/// 2026-06-01T10:00:00, when all runs of the fixtures begin, and so much later.
inline timestamp at(std::chrono::microseconds later = {})
{
    using namespace std::chrono;
    return timestamp(sys_days(year(2026) / June / 1)) + hours(10) + later;
}

class run_builder {
public:
    run_builder()
    {
        run_.id = {"r1"};
        run_.collection = {"c1"};
        run_.created_at = at();
        status(run_status::in_progress).of(0).finished(0).failed(0).timed_out(0);
    }

    run_builder& id(std::string id)
    {
        run_.id.value = std::move(id);
        return *this;
    }
    run_builder& of(std::uint64_t total)
    {
        run_.total_requests = total;
        return *this;
    }
    run_builder& finished(std::uint64_t successes)
    {
        run_.success_requests = successes;
        return *this;
    }
    run_builder& failed(std::uint64_t failures)
    {
        run_.failed_requests = failures;
        return *this;
    }
    run_builder& timed_out(std::uint64_t timeouts)
    {
        run_.timeout_requests = timeouts;
        return *this;
    }
    run_builder& status(run_status s)
    {
        run_.status = s;
        run_.status_text = to_string(s);
        return *this;
    }
    run_builder& completed(std::uint64_t successes)
    {
        return status(run_status::completed).of(successes).finished(successes);
    }
    run_builder& without_counters()
    {
        run_.total_requests = run_.success_requests = {};
        run_.failed_requests = run_.timeout_requests = {};
        return *this;
    }
    run_builder& created(timestamp when)
    {
        run_.created_at = when;
        return *this;
    }
    run_builder& jobs(const std::vector<std::string>& ids)
    {
        run_.job_ids.clear();
        for (const auto& job : ids)
            run_.job_ids.push_back({job});
        return *this;
    }
    run_builder& persisted(bool flag)
    {
        run_.all_jobs_persisted = flag;
        return *this;
    }

    operator run() const { return run_; }
    run build() const { return run_; }

private:
    run run_{};
};

inline run_builder a_run()
{
    return {};
}

inline job_result a_result(std::string html)
{
    job_result out;
    out.body = {body_kind::html, std::move(html)};
    out.status_code = 200;
    out.message = "OK";
    return out;
}

/// A completed and usable job of run `c1/r1`, with its row and perhaps its result.
class job_builder {
public:
    explicit job_builder(std::string id)
    {
        row_.job.id.value = std::move(id);
        row_.job.run = {"r1"};
        row_.job.collection = {"c1"};
        row_.job.url = "https://shop.example/" + row_.job.id.value;
        row_.job.completed_at = at(std::chrono::seconds(1));
        status(job_status::completed).usable(true).without_body();
        row_.job.status_code = 200;
        row_.job.message = "OK";
    }

    job_builder& status(job_status s)
    {
        row_.job.status = s;
        row_.job.status_text = to_string(s);
        return *this;
    }
    job_builder& usable(bool flag)
    {
        row_.job.is_success = flag;
        return *this;
    }
    job_builder& failed() { return status(job_status::failed).usable(false).without_body(); }
    job_builder& timed_out() { return status(job_status::timeout).usable(false).without_body(); }
    job_builder& completed_after(std::chrono::microseconds later)
    {
        row_.job.completed_at = at(later);
        return *this;
    }
    job_builder& without_stamps()
    {
        row_.job.queued_at = row_.job.started_at = row_.job.completed_at = {};
        return *this;
    }
    job_builder& custom_id(std::string id)
    {
        row_.job.custom_id = std::move(id);
        return *this;
    }
    job_builder& with_body(std::string html)
    {
        row_.result = a_result(std::move(html));
        row_.state = inline_state::present;
        return *this;
    }
    job_builder& without_body(inline_state why = inline_state::null)
    {
        row_.result.reset();
        row_.state = why;
        return *this;
    }

    operator job() const { return row_.job; }
    operator listed_job() const { return row_; }
    operator page_row() const { return row_; }
    listed_job build() const { return row_; }

private:
    listed_job row_{};
};

inline job_builder a_job(std::string id)
{
    return job_builder(std::move(id));
}

/// The answer to a create call, with as many entries in each bucket.
inline creation a_creation(
    std::string id, std::size_t blocked = 0, std::size_t invalid = 0, std::size_t duplicate = 0
)
{
    creation out;
    out.id.value = std::move(id);
    out.name = "tours";
    out.blocked_urls.resize(blocked);
    out.invalid_items.resize(invalid);
    out.duplicate_urls.resize(duplicate);
    out.duplicates_skipped = duplicate;
    return out;
}

}  // namespace scrapingpros::tests

#endif
