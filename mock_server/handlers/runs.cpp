#include "../json_out.hpp"
#include "../retention.hpp"
#include "../time_text.hpp"
#include "handlers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <memory>

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::string_view success_criterion =
    R"({"version":"content_success_v1","rules":["status == 'completed'",)"
    R"("200 <= status_code < 300","potentiallyBlockedByCaptcha is false",)"
    R"("block_reason is null or 'none'"]})";

/// Which of a run's members a route shows.
enum class extent { whole, listed };

class run_writer {
public:
    run_writer(const call& c, const run& which, extent how)
        : c_(c), run_(which), how_(how), contract_(c.contract()),
          status_(which.future.status_at(c.now)),
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
            how_ == extent::whole || contract_.runs_list_item == choice::runs_list_item::full;
        const bool terse = contract_.extra_and_missing;
        if (full && !terse && !contract_.predates(shipped::row_columns)) write_failed_jobs(out);
        if (how_ == extent::whole) write_job_ids(out);
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
        const run_counts counts = run_.future.shown_counts_at(c_.now);
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
            if (job.ended > c_.now) break;
            if (!is_failed_job(job)) continue;
            out.begin_object().member("job_id", view(job.id));
            out.member("url", run_.future.items()[i].url);
            if (job.ends == outcome::worker_failed) out.member("error", error_of(job));
            else out.member("error", nullptr);
            out.member("status", job_status(job)).end_object();
        }
        out.end_array();
    }

    std::string error_of(const job_future& job) const
    {
        if (job.target < 0) return "proxy error";
        return c_.world.from.targets[static_cast<std::size_t>(job.target)].error;
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
            contract_.job_ids == empty_until_seeded && c_.now < run_.future.seeded();
        // Before 2026-04-30 a completed run had none.
        const bool dropped =
            contract_.predates(shipped::run_list) && status_ != run_status::in_progress;
        if (!unseeded && !dropped) write_ids(out, contract_.job_ids == short_list);
        out.end_array();
    }

    /// A set's order: every seventh from the end, so that nobody takes it for the input's.
    void write_ids(json_writer& out, bool some_missing) const
    {
        const auto& jobs = run_.future.jobs();
        static constexpr std::size_t step = 7;
        for (std::size_t first = 0; first < std::min(step, jobs.size()); ++first)
            for (std::size_t i = first; i < jobs.size(); i += step) {
                if (some_missing && i % 10 == 0) continue;
                out.value(view(jobs[jobs.size() - 1 - i].id));
            }
    }

    void write_callback(json_writer& out) const
    {
        if (nulls_ || !run_.callback_url) {
            out.member("callback_url", nullptr).member("callback_status", nullptr);
            return;
        }
        const bool over = status_ != run_status::in_progress;
        out.member("callback_url", *run_.callback_url);
        out.member("callback_status", over ? "sent" : "pending");
    }

    void write_created(json_writer& out) const
    {
        // Recovery after a lost start reads the list by this stamp, so only the run object loses it.
        const bool null = nulls_ && how_ == extent::whole;
        out.raw_member("created_at", null ? "null" : unix_seconds(run_.future.created()));
    }

    void write_persisted(json_writer& out) const
    {
        using enum choice::all_jobs_persisted;
        const choice::all_jobs_persisted when = contract_.all_jobs_persisted;
        if (contract_.predates(shipped::all_jobs_persisted) || when == choice::all_jobs_persisted::absent)
            return;
        if (when == null || nulls_) {
            out.member("all_jobs_persisted", nullptr);
            return;
        }
        const run_future& future = run_.future;
        bool persisted = status_ != run_status::in_progress &&
                         status_ != run_status::cancelled && c_.now >= future.all_visible();
        if (when == after_seeding) persisted = c_.now >= future.seeded();
        if (when == always_false) persisted = false;
        out.member("all_jobs_persisted", persisted);
    }

    const call& c_;
    const run& run_;
    extent how_;
    const switches& contract_;
    run_status status_;
    bool nulls_;
};

std::string whole_run(const call& c, const run& which)
{
    json_writer out;
    run_writer{c, which, extent::whole}.write(out);
    return out.take();
}

struct start_options {
    std::optional<std::string> callback_url;
};

/// The optional body of a run start (A11). A body-less POST may still bear a content type.
std::optional<reply> read_start(const call& c, start_options& into)
{
    using enum choice::run_start_body;
    const choice::run_start_body how = c.contract().run_start_body;
    if (c.in.body.empty() || how == ignore) return std::nullopt;
    if (how == reject_422) return error(c.contract(), 422, "Run start takes no body");
    boost::system::error_code bad;
    const json::value body =
        json::parse(json::string_view(c.in.body.data(), c.in.body.size()), bad);
    if (bad || !body.is_object())
        return invalid_body(c.contract(), {{"json_invalid", {"body", "0"}, "JSON decode error", "{}"}});
    const json::value* callback = body.get_object().if_contains("callback_url");
    if (callback == nullptr || callback->is_null()) return std::nullopt;
    if (!callback->is_string())
        return invalid_body(
            c.contract(),
            {{"string_type", {"body", "callback_url"}, "Input should be a valid string"}}
        );
    into.callback_url.emplace(callback->get_string().data(), callback->get_string().size());
    return std::nullopt;
}

void open_ledger(call& c, run& made)
{
    account_ledger& book = c.world.seen.of(c.account.name);
    ++book.runs_by_collection[made.collection];
    made.ledger_place = book.runs.size();
    run_ledger page{made.id, made.collection, {}};
    page.jobs.resize(made.future.jobs().size());
    for (std::size_t i = 0; i < page.jobs.size(); ++i) {
        page.jobs[i].id = view(made.future.jobs()[i].id);
        page.jobs[i].custom_id = made.future.items()[i].custom_id.value_or("");
    }
    book.runs.push_back(std::move(page));
}

run& make_run(call& c, collection& of, const start_options& options)
{
    account_state& account = c.account;
    const std::uint64_t ordinal = account.runs_made++;
    run made{
        .id = std::string(view(account.chance.id("run", ordinal))),
        .collection = of.id,
        .callback_url = options.callback_url ? options.callback_url : of.callback_url,
        .future = run_future{{&c.world.from, account.chance, ordinal, c.now}, of.items},
        .row_base = c.world.rows_given,
        .ledger_place = 0,
        .cursors = {}};
    c.world.rows_given += of.items->size();
    c.each_fault<effect::end_run>([&](const effect::end_run& how) {
        made.future.end_early(c.now + how.after, how.as);
    });
    open_ledger(c, made);
    of.runs.push_back(made.id);
    c.world.run_order.emplace_back(account.name, made.id);
    const std::string id = made.id;
    return account.runs.emplace(id, std::move(made)).first->second;
}

/// A10: a server that honours a key answers a repeat with the same run.
std::optional<reply> repeated_start(const call& c, const std::optional<std::string_view>& key)
{
    if (!key || c.contract().run_start_idempotency == choice::run_start_idempotency::ignore)
        return std::nullopt;
    const auto* first = c.account.run_keys.find(*key, c.now);
    if (first == nullptr) return std::nullopt;
    reply again = first->answer;
    again.headers = {{"Idempotency-Replayed", "true"}};
    again.effect = false;
    return again;
}

unsigned start_status(const switches& contract)
{
    using enum choice::run_start_status;
    if (contract.run_start_status == s200) return 200;
    return contract.run_start_status == s202 ? 202 : 201;
}

}  // namespace

reply start_run(call& c)
{
    const auto key = c.in.find("Idempotency-Key");
    if (auto again = repeated_start(c, key)) return *again;
    collection* of = find_collection(c);
    if (of == nullptr) return error(c.contract(), 404, "Collection not found");
    start_options options;
    if (auto refused = read_start(c, options)) return *refused;
    if (of->items->empty() && c.contract().run_on_empty == choice::run_on_empty::reject_400)
        return error(c.contract(), 400, "Collection has no requests");
    const run& made = make_run(c, *of, options);
    std::uint64_t credits = 0;
    for (const item& each : made.future.items()) credits += each.credits();
    c.account.credits_used += credits;
    reply out = json_reply(start_status(c.contract()), whole_run(c, made));
    out.headers.push_back({"X-Credits-Charged", std::to_string(credits)});
    if (key) c.account.run_keys.store(*key, {"", out, c.now, c.now});
    return out;
}

run* find_run(call& c, reply& refused)
{
    const auto of = c.account.by_id.find(c.where.collection);
    const bool unreadable =
        of == c.account.by_id.end() ||
        (of->second.deleted &&
         c.contract().deleted_collection_runs == choice::deleted_collection_runs::s404);
    refused = error(c.contract(), 404, unreadable ? "Collection not found" : "Run not found");
    if (unreadable) return nullptr;
    const auto found = c.account.runs.find(c.where.run);
    if (found == c.account.runs.end() || found->second.collection != c.where.collection)
        return nullptr;
    if (c.contract().after_metadata_ttl == choice::after_metadata_ttl::run_404 &&
        metadata_gone(found->second.future, c.now))
        return nullptr;
    return &found->second;
}

reply list_runs(call& c)
{
    const auto of = c.account.by_id.find(c.where.collection);
    const bool unreadable =
        of == c.account.by_id.end() || c.now < of->second.exists_from ||
        (of->second.deleted &&
         c.contract().deleted_collection_runs == choice::deleted_collection_runs::s404);
    if (unreadable) return error(c.contract(), 404, "Collection not found");
    const auto filter = c.where.parameters.find("status_filter");
    static constexpr std::string_view words[] = {"in_progress", "completed", "failed", "cancelled"};
    if (filter && std::find(std::begin(words), std::end(words), *filter) == std::end(words))
        return error(
            c.contract(),
            400,
            "Invalid status_filter value: '" + *filter +
                "'. Allowed: in_progress, completed, failed, cancelled"
        );
    std::size_t count = 0;
    json_writer out;
    out.begin_object().key("items").begin_array();
    const auto& ids = of->second.runs;
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        const run& each = c.account.runs.at(*id);
        if (filter && *filter != name_of(each.future.status_at(c.now))) continue;
        run_writer{c, each, extent::listed}.write(out);
        ++count;
    }
    return json_reply(200, out.end_array().member("total", count).end_object().take());
}

reply get_run(call& c)
{
    reply refused;
    const run* found = find_run(c, refused);
    if (found == nullptr) return refused;
    return json_reply(200, whole_run(c, *found));
}

reply cancel_run(call& c)
{
    reply refused;
    run* found = find_run(c, refused);
    if (found == nullptr) return refused;
    if (found->future.status_at(c.now) != run_status::in_progress)
        return error(c.contract(), 409, "Run is not in progress");
    found->future.end_early(c.now, run_end::cancelled);
    return json_reply(200, whole_run(c, *found));
}

}  // namespace scrapingpros_mock
