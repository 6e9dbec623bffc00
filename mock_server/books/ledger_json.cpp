#include <string_view>

#include "books/verdicts.hpp"
#include "state.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

void member(json_writer& out, std::string_view name, time_point at)
{
    if (at == job_ledger::never)
        out.member(name, nullptr);
    else
        out.raw_member(name, unix_seconds(at));
}

void write_job(json_writer& out, const job_case& of, const judgement& how, time_point now)
{
    const job_future& job = of.job();
    const job_ledger& seen = of.seen();
    const item& wanted = of.run.items()[of.index];
    const job_verdict found = judge_job(of, how, now);
    out.begin_object().member("job_id", view(job.id)).member("custom_id", wanted.custom_id);
    if (found.is)
        out.member("verdict", name_of(*found.is));
    else
        out.member("verdict", nullptr);
    out.member("times", found.times);
    member(out, "finished_at", of.finished_at());
    member(out, "counted_at", job.ended);
    member(out, "visible_at", job.visible);
    member(out, "body_at", is_completed(job.ends) ? job.body_at : job_future::never);
    member(out, "expires_at", of.expires_at());
    member(out, "first_listed_at", seen.first_listed);
    member(out, "first_delivered_at", found.first.value_or(job_ledger::never));
    out.member("listed", seen.listed).member("inline", seen.delivered);
    out.member("fetched", seen.fetched).member("asked_after_expiry", seen.came_late);
    if (!of.book.reported.empty()) out.member("reported", of.book.reported[of.index].times);
    out.member("credits", wanted.credits()).member("proxy", wanted.proxy).end_object();
}

void write_run(
    json_writer& out,
    const world_state& world,
    const run& which,
    const run_ledger& book,
    std::string_view account,
    const judgement& how,
    time_point now
)
{
    out.begin_object().member("run_id", book.id).member("collection_id", book.collection_id);
    member(out, "terminal_at", which.future.terminal());
    member(out, "end_shown_at", book.end_shown.value_or(job_ledger::never));
    out.member("status_reads", book.status_reads).member("listings", book.listings);
    out.key("jobs").begin_array();
    for (std::size_t i = 0; i < book.jobs.size(); ++i)
        write_job(out, {which.future, book, i, world.from, account}, how, now);
    out.end_array().end_object();
}

void write_account(
    json_writer& out,
    const world_state& world,
    std::string_view name,
    const account_ledger& book,
    const judgement& how,
    time_point now
)
{
    out.begin_object().key("requests").begin_object();
    for (std::size_t i = 0; i < operation_count; ++i)
        if (book.by_operation[i] > 0)
            out.member(name_of(static_cast<operation>(i)), book.by_operation[i]);
    out.end_object().key("responses").begin_object();
    for (std::size_t i = 1; i < book.by_status_class.size(); ++i)
        out.member(std::to_string(i) + "xx", book.by_status_class[i]);
    out.end_object().member("collections_created", book.collections_created);
    out.member("credits_charged", book.credits_charged).key("runs_by_collection").begin_object();
    for (const auto& [collection, runs] : book.runs_by_collection)
        out.member(collection, runs);
    out.end_object().key("runs").begin_array();
    const auto account = world.accounts.find(name);
    if (account != world.accounts.end())
        for (const run_ledger& run : book.runs)
            write_run(out, world, account->second.runs.at(run.id), run, name, how, now);
    out.end_array().end_object();
}

}  // namespace

void write_figures(json_writer& out, const delay_figures& what)
{
    out.begin_object().member("count", what.count);
    out.raw_member("mean", decimal_seconds(what.mean)).raw_member("p50", decimal_seconds(what.p50));
    out.raw_member("p95", decimal_seconds(what.p95)).raw_member("p99", decimal_seconds(what.p99));
    out.raw_member("max", decimal_seconds(what.max)).end_object();
}

void write_summary(json_writer& out, const book_summary& sum)
{
    const ledger::totals& all = sum.totals;
    out.begin_object().key("requests").begin_object();
    out.member("create", all.create).member("start_run", all.start_run);
    out.member("list_runs", all.list_runs).member("get_run", all.get_run);
    out.member("list_jobs", all.list_jobs).member("get_result", all.get_result);
    out.member("other", all.other).member("total", all.total).end_object();
    out.key("bodies").begin_object();
    out.member("inline", all.inline_bodies).member("fetched", all.fetched_bodies).end_object();
    out.member("runs_started", all.runs_started);
    out.member("collections_created", all.collections_created);
    out.member("jobs", sum.jobs).member("finished", sum.finished).key("verdicts").begin_object();
    for (std::size_t i = 0; i < verdict_count; ++i)
        out.member(name_of(static_cast<verdict>(i)), sum.verdicts[i]);
    out.end_object().key("delay").begin_object().key("since_visible");
    write_figures(out, sum.since_visible);
    out.key("since_finished");
    write_figures(out, sum.since_finished);
    out.key("completion");
    write_figures(out, sum.completion);
    out.end_object().key("classes").begin_object();
    for (std::size_t i = 0; i < request_class_count; ++i)
        out.member(name_of(static_cast<request_class>(i)), sum.by_class[i]);
    out.end_object().member("floor", sum.floor).member("overhead", sum.overhead);
    out.member("asked_after_expiry", sum.came_late).member("proxied_jobs", sum.proxied);
    out.key("credits").begin_object().member("charged", sum.credits_charged);
    out.member("refunded", sum.credits_refunded).end_object().end_object();
}

std::string ledger_json(const world_state& world, const judgement& how, time_point now)
{
    json_writer out;
    out.begin_object().key("summary");
    write_summary(out, summarize(world, how, now));
    out.key("accounts").begin_object();
    for (const auto& [name, book] : world.seen.accounts()) {
        out.key(name);
        write_account(out, world, name, book, how, now);
    }
    return out.end_object().end_object().take();
}

std::string ledger_summary_json(const world_state& world, const judgement& how, time_point now)
{
    json_writer out;
    write_summary(out, summarize(world, how, now));
    return out.take();
}

}  // namespace scrapingpros_mock
