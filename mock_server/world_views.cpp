// A world's runs as tests look at them and change them, and what became of their jobs.

#include <algorithm>
#include <string>

#include "books/assertions.hpp"
#include "books/verdicts.hpp"
#include "state.hpp"
#include "world.hpp"

namespace scrapingpros_mock {

std::optional<time_point> world::next_change(time_point after) const
{
    std::optional<time_point> next;
    for (const auto& [name, account] : state_->accounts)
        for (const auto& [id, each] : account.runs)
            if (const auto at = each.future.next_change(after))
                next = std::min(*at, next.value_or(*at));
    return next;
}

run_changes world::changes(time_point from, time_point to) const
{
    run_changes seen;
    for (const auto& [name, account] : state_->accounts)
        for (const auto& [id, each] : account.runs)
            seen += each.future.changes(from, to);
    return seen;
}

bool world::patch_run(std::string_view id, const run_patch& what)
{
    for (auto& [name, account] : state_->accounts)
        if (const auto found = account.runs.find(std::string(id)); found != account.runs.end())
            return found->second.future.apply(what);
    return false;
}

std::vector<std::string> world::run_ids() const
{
    std::vector<std::string> ids;
    for (const auto& [account, id] : state_->run_order)
        ids.push_back(id);
    return ids;
}

std::optional<run_view> world::find_run(std::string_view id, time_point now) const
{
    const run* found = state_->find_run(id);
    if (found == nullptr) return std::nullopt;
    const run_future& future = found->future;
    const run_counts counts = future.counts_at(now);
    run_view seen{
        found->id,
        found->collection,
        name_of(future.status_at(now)),
        future.jobs().size(),
        future.rows_at(now),
        counts.success,
        counts.failed,
        counts.timeout,
        future.created(),
        future.terminal(),
        future.all_visible(),
        {}};
    for (const job_future& job : future.jobs())
        seen.job_ids.emplace_back(view(job.id));
    return seen;
}

std::optional<job_view> world::find_job(std::string_view run_id, std::size_t ordinal) const
{
    const run* found = state_->find_run(run_id);
    if (found == nullptr || ordinal >= found->future.jobs().size()) return std::nullopt;
    const job_future& job = found->future.jobs()[ordinal];
    const item& wanted = found->future.items()[ordinal];
    job_view seen{
        std::string(view(job.id)),
        wanted.url,
        wanted.custom_id.value_or(""),
        job.ends,
        job.started,
        job.ended,
        job.visible,
        job.body_at,
        std::nullopt};
    if (job.has_stamp()) seen.completed_at = job.stamp.time_since_epoch();
    return seen;
}

void world::report_delivered(std::string_view job_id, time_point at)
{
    for (auto& [name, account] : state_->accounts)
        for (const auto& [id, which] : account.runs) {
            const auto index = which.future.find(job_id);
            if (!index) continue;
            run_ledger& book = state_->seen.of(name).runs[which.ledger_place];
            book.reported.resize(book.jobs.size());
            reported_job& job = book.reported[*index];
            ++job.times;
            job.first = std::min(job.first, at);
            return;
        }
    ++state_->seen.unknown_reports;
}

book_summary world::summary(const judgement& how, time_point now) const
{
    return summarize(*state_, how, now);
}

std::optional<job_verdict> world::verdict_of(
    std::string_view run_id, std::size_t ordinal, const judgement& how, time_point now
) const
{
    for (const auto& [name, account] : state_->accounts) {
        const auto found = account.runs.find(std::string(run_id));
        if (found == account.runs.end()) continue;
        const run_ledger* book = state_->seen.find_run(run_id);
        if (book == nullptr || ordinal >= book->jobs.size()) return std::nullopt;
        return judge_job({found->second.future, *book, ordinal, state_->from, name}, how, now);
    }
    return std::nullopt;
}

verification world::verify(time_point now) const
{
    verification made = verify(state_->from.expect, now);
    // A fault that must fire is expected without being named in `expect`.
    for (std::string& each : verify_faults()) {
        made.passed = false;
        made.reasons.push_back({"E_ASSERTION", "$.faults", std::move(each)});
    }
    return made;
}

verification world::verify(const std::vector<assertion>& expect, time_point now) const
{
    return scrapingpros_mock::verify(*state_, expect, now);
}

}  // namespace scrapingpros_mock
