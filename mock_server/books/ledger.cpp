#include "books/ledger.hpp"

#include <algorithm>
#include <utility>

namespace scrapingpros_mock {
namespace {

constexpr std::array<const char*, request_class_count> class_names{
    "create",
    "start_run",
    "status",
    "listing",
    "empty_listing",
    "page",
    "result",
    "other",
    "retry",
    "refused",
    "early_return",
};

/// The count and the first time of one way to get a job; none for what is not delivered.
struct tally {
    std::uint32_t* times;
    time_point* first;
};

tally tally_of(job_ledger& job, given::how as)
{
    switch (as) {
    case given::how::inlined: return {&job.delivered, &job.first_inlined};
    case given::how::fetched: return {&job.fetched, &job.first_fetched};
    case given::how::gone: return {&job.came_late, nullptr};
    case given::how::row: break;
    }
    return {&job.listed, &job.first_listed};
}

}  // namespace

const char* name_of(request_class kind) noexcept
{
    return class_names[static_cast<std::size_t>(kind)];
}

std::optional<request_class> request_class_named(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < class_names.size(); ++i)
        if (name == class_names[i]) return static_cast<request_class>(i);
    return std::nullopt;
}

account_ledger& ledger::of(std::string_view account)
{
    const auto found = accounts_.find(account);
    if (found != accounts_.end()) return found->second;
    return accounts_.emplace(std::string(account), account_ledger{}).first->second;
}

void ledger::give(std::uint64_t ordinal, account_ledger& to, given what, time_point at)
{
    for (const given::job& each : what.jobs) {
        const tally counted = tally_of(to.runs[what.run_place].jobs[each.index], each.as);
        ++*counted.times;
        if (counted.first != nullptr) *counted.first = std::min(*counted.first, at);
    }
    for (const given::run& each : what.statuses) {
        run_ledger& run = to.runs[each.place];
        if (!each.ended || run.end_shown) continue;
        run.end_shown = at;
        run.end_shown_by = ordinal;
    }
    if (what.jobs.empty() && what.statuses.empty()) return;
    jobs_handed_ += what.jobs.size();
    handed_.push_back({ordinal, &to, std::move(what), at, true});
    forget_finished();
}

void ledger::finish(std::uint64_t ordinal, bool whole)
{
    const auto found = std::lower_bound(
        handed_.begin(),
        handed_.end(),
        ordinal,
        [](const handed& each, std::uint64_t wanted) { return each.ordinal < wanted; }
    );
    if (found == handed_.end() || found->ordinal != ordinal || !found->open) return;
    found->open = false;
    if (!whole) take_back(*found);
    forget_finished();
}

void ledger::take_back(handed& lost)
{
    jobs_handed_ -= lost.what.jobs.size();
    const given what = std::exchange(lost.what, {});
    for (const given::job& each : what.jobs)
        if (each.as != given::how::gone) take_back(*lost.to, what.run_place, each);
    for (const given::run& each : what.statuses) {
        run_ledger& run = lost.to->runs[each.place];
        if (run.end_shown_by != lost.ordinal) continue;
        run.end_shown.reset();
        run.end_shown_by = 0;
    }
}

/// Of the other answers with the job those that are not retired stand in `handed_`; all retired
/// ones are older than the one that is taken back.
void ledger::take_back(account_ledger& from, std::size_t run_place, given::job which)
{
    const tally counted = tally_of(from.runs[run_place].jobs[which.index], which.as);
    --*counted.times;
    std::uint32_t others = 0;
    time_point first = job_ledger::never;
    for (const handed& each : handed_) {
        if (each.to != &from || each.what.run_place != run_place) continue;
        for (const given::job& job : each.what.jobs) {
            if (job.index != which.index || job.as != which.as) continue;
            ++others;
            first = std::min(first, each.at);
        }
    }
    if (*counted.times <= others) *counted.first = first;
}

void ledger::forget_finished()
{
    // Answers that nobody tells the end of, as without sockets, count as whole in the end.
    static constexpr std::size_t most_answers = 256;
    static constexpr std::size_t most_jobs = 1u << 17;
    while (!handed_.empty() &&
           (!handed_.front().open || handed_.size() > most_answers || jobs_handed_ > most_jobs)) {
        jobs_handed_ -= handed_.front().what.jobs.size();
        handed_.pop_front();
    }
}

ledger::totals ledger::summary() const
{
    totals sum;
    for (const auto& [name, account] : accounts_) {
        const auto count = [&](operation what) {
            return account.by_operation[static_cast<std::size_t>(what)];
        };
        sum.create += count(operation::create);
        sum.start_run += count(operation::start_run);
        sum.list_runs += count(operation::list_runs);
        sum.get_run += count(operation::get_run);
        sum.list_jobs += count(operation::list_jobs);
        sum.get_result += count(operation::get_result);
        for (const std::uint64_t each : account.by_operation)
            sum.total += each;
        sum.collections_created += account.collections_created;
        sum.runs_started += account.runs.size();
        for (const run_ledger& run : account.runs)
            for (const job_ledger& job : run.jobs) {
                if (job.delivered > 0) ++sum.inline_bodies;
                sum.fetched_bodies += job.fetched;
            }
    }
    sum.other = sum.total - sum.create - sum.start_run - sum.list_runs - sum.get_run -
                sum.list_jobs - sum.get_result;
    return sum;
}

const run_ledger* ledger::find_run(std::string_view id) const
{
    for (const auto& [name, account] : accounts_)
        for (const run_ledger& run : account.runs)
            if (run.id == id) return &run;
    return nullptr;
}

}  // namespace scrapingpros_mock
