#include "ledger.hpp"

#include "json_out.hpp"

namespace scrapingpros_mock {
namespace {

void write_summary(json_writer& out, const ledger::totals& sum)
{
    out.begin_object().key("requests").begin_object();
    out.member("create", sum.create).member("start_run", sum.start_run);
    out.member("list_runs", sum.list_runs).member("get_run", sum.get_run);
    out.member("list_jobs", sum.list_jobs).member("get_result", sum.get_result);
    out.member("other", sum.other).member("total", sum.total).end_object();
    out.key("bodies").begin_object();
    out.member("inline", sum.inline_bodies).member("fetched", sum.fetched_bodies).end_object();
    out.member("runs_started", sum.runs_started);
    out.member("collections_created", sum.collections_created).end_object();
}

void write_run(json_writer& out, const run_ledger& run)
{
    out.begin_object().member("run_id", run.id).member("collection_id", run.collection_id);
    out.key("jobs").begin_array();
    for (const job_ledger& job : run.jobs) {
        out.begin_object().member("job_id", job.id).member("custom_id", job.custom_id);
        out.member("listed", job.listed).member("inline", job.delivered);
        out.member("fetched", job.fetched).end_object();
    }
    out.end_array().end_object();
}

void write_account(json_writer& out, const account_ledger& account)
{
    out.begin_object().key("requests").begin_object();
    for (std::size_t i = 0; i < operation_count; ++i)
        if (account.by_operation[i] > 0)
            out.member(name_of(static_cast<operation>(i)), account.by_operation[i]);
    out.end_object().key("responses").begin_object();
    for (std::size_t i = 1; i < account.by_status_class.size(); ++i)
        out.member(std::to_string(i) + "xx", account.by_status_class[i]);
    out.end_object().member("collections_created", account.collections_created);
    out.key("runs_by_collection").begin_object();
    for (const auto& [collection, runs] : account.runs_by_collection)
        out.member(collection, runs);
    out.end_object().key("runs").begin_array();
    for (const run_ledger& run : account.runs)
        write_run(out, run);
    out.end_array().end_object();
}

}  // namespace

account_ledger& ledger::of(std::string_view account)
{
    const auto found = accounts_.find(account);
    if (found != accounts_.end()) return found->second;
    return accounts_.emplace(std::string(account), account_ledger{}).first->second;
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

std::string ledger::to_json() const
{
    json_writer out;
    out.begin_object().key("summary");
    write_summary(out, summary());
    out.key("accounts").begin_object();
    for (const auto& [name, account] : accounts_) {
        out.key(name);
        write_account(out, account);
    }
    return out.end_object().end_object().take();
}

}  // namespace scrapingpros_mock
