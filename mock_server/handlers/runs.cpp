#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <memory>

#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "limits/retention.hpp"
#include "rows/run_json.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

std::string whole_run(const call& c, const run& which)
{
    json_writer out;
    write_run(out, which, c.world.from, run_extent::whole, c.now);
    return out.take();
}

given::run status_of(const run& which, time_point now)
{
    return {which.ledger_place, which.future.status_at(now) != run_status::in_progress};
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
        return invalid_body(
            c.contract(), {{"json_invalid", {"body", "0"}, "JSON decode error", "{}"}}
        );
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
    run_ledger page;
    page.id = made.id;
    page.collection_id = made.collection;
    page.jobs.resize(made.future.jobs().size());
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

/// What two run starts must share to be the same: the collection, and the body if there is one.
std::string start_digest(const call& c)
{
    const std::string body = payload_digest(c.in.body, c.contract().idempotency_payload_match);
    return c.where.collection + body;
}

/// A10: a server that honours a key answers a repeat with the same run.
std::optional<reply> repeated_start(const call& c, const std::optional<std::string_view>& key)
{
    if (!key || c.contract().run_start_idempotency == choice::run_start_idempotency::ignore)
        return std::nullopt;
    const auto* first = c.account.run_keys.find(*key, c.now);
    if (first == nullptr) return std::nullopt;
    if (first->digest != start_digest(c))
        return error(c.contract(), 422, "Idempotency-Key reused with a different payload.");
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
    for (const item& each : made.future.items())
        credits += each.credits();
    c.account.credits_used += credits;
    c.world.seen.of(c.account.name).credits_charged += credits;
    reply out = json_reply(start_status(c.contract()), whole_run(c, made));
    out.headers.push_back({"X-Credits-Charged", std::to_string(credits)});
    out.gave.created = made.id;
    if (key && c.contract().run_start_idempotency == choice::run_start_idempotency::honour)
        c.account.run_keys.store(*key, {start_digest(c), out, c.now, c.now}, c.now);
    return out;
}

run* find_run(call& c, reply& refused)
{
    const auto of = c.account.by_id.find(c.where.collection);
    const bool unreadable = of == c.account.by_id.end() ||
                            (of->second.deleted && c.contract().deleted_collection_runs ==
                                                       choice::deleted_collection_runs::s404);
    const auto found = unreadable ? c.account.runs.end() : c.account.runs.find(c.where.run);
    if (found != c.account.runs.end() && found->second.collection == c.where.collection &&
        (c.contract().after_metadata_ttl != choice::after_metadata_ttl::run_404 ||
         !metadata_gone(c.world.from, c.account.name, found->second.future, c.now)))
        return &found->second;
    refused = error(c.contract(), 404, unreadable ? "Collection not found" : "Run not found");
    return nullptr;
}

reply list_runs(call& c)
{
    const auto of = c.account.by_id.find(c.where.collection);
    const bool unreadable = of == c.account.by_id.end() || c.now < of->second.exists_from ||
                            (of->second.deleted && c.contract().deleted_collection_runs ==
                                                       choice::deleted_collection_runs::s404);
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
    given gave;
    json_writer out;
    out.begin_object().key("items").begin_array();
    const auto& ids = of->second.runs;
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        run& each = c.account.runs.at(*id);
        if (c.contract().after_metadata_ttl == choice::after_metadata_ttl::run_404 &&
            metadata_gone(c.world.from, c.account.name, each.future, c.now))
            continue;
        each.future.status_read(c.now);
        if (filter && *filter != name_of(each.future.status_at(c.now))) continue;
        write_run(out, each, c.world.from, run_extent::listed, c.now);
        gave.statuses.push_back(status_of(each, c.now));
        ++count;
    }
    reply listed = json_reply(200, out.end_array().member("total", count).end_object().take());
    listed.gave = std::move(gave);
    return listed;
}

reply get_run(call& c)
{
    reply refused;
    run* found = find_run(c, refused);
    if (found == nullptr) return refused;
    found->future.status_read(c.now);
    reply shown = json_reply(200, whole_run(c, *found));
    shown.gave.statuses.push_back(status_of(*found, c.now));
    return shown;
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
