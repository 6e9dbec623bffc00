#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <variant>

#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr std::size_t name_limit = 255;

/// What a body asks for, its items sorted.
struct submission {
    std::string name;
    std::optional<std::string> callback_url;
    bool has_items = false;
    buckets sorted;
};

void check_name(const json::object& body, const switches& contract, std::vector<problem>& problems)
{
    const json::value* name = body.if_contains("name");
    if (name == nullptr)
        problems.push_back({"missing", {"body", "name"}, "Field required", json::serialize(body)});
    else if (!name->is_string())
        problems.push_back(
            {"string_type",
             {"body", "name"},
             "Input should be a valid string",
             json::serialize(*name)}
        );
    else if (contract.length_limits == choice::length_limits::name_255_url_8192 && code_points(std_view(name->get_string())) > name_limit)
        problems.push_back(
            {"string_too_long",
             {"body", "name"},
             "String should have at most 255 characters",
             json::serialize(*name)}
        );
}

void check_others(const json::object& body, std::vector<problem>& problems)
{
    const json::value* items = body.if_contains("requests");
    if (items != nullptr && !items->is_null() && !items->is_array())
        problems.push_back(
            {"list_type",
             {"body", "requests"},
             "Input should be a valid list",
             json::serialize(*items)}
        );
    const json::value* callback = body.if_contains("callback_url");
    if (callback != nullptr && !callback->is_null() && !callback->is_string())
        problems.push_back(
            {"string_type",
             {"body", "callback_url"},
             "Input should be a valid string",
             json::serialize(*callback)}
        );
}

/// Servers of before the buckets refuse the whole call for one bad item (contract 3.3).
std::optional<reply> refuse_for_one(const submission& asked, const switches& contract)
{
    if (contract.predates(shipped::invalid_items) && !asked.sorted.invalid.empty()) {
        const invalid_item& first = asked.sorted.invalid.front();
        const item_error& why = first.errors.front();
        return invalid_body(
            contract,
            {{why.type, {"body", "requests", std::to_string(first.index), why.field}, why.message}}
        );
    }
    if (contract.predates(shipped::run_list) && !asked.sorted.blocked.empty())
        return error(contract, 400, "URL blocked: " + asked.sorted.blocked.front().url);
    if (asked.sorted.country)
        return error(contract, 403, "Country proxy '" + *asked.sorted.country + "' not approved");
    if (contract.all_items_refused == choice::all_items_refused::reject_422 && asked.has_items &&
        asked.sorted.queued.empty())
        return error(contract, 422, "No item of the collection can be scraped");
    return std::nullopt;
}

std::variant<submission, reply> read_submission(const call& c)
{
    json::monotonic_resource memory;
    boost::system::error_code bad;
    const json::value parsed =
        json::parse(json::string_view(c.in.body.data(), c.in.body.size()), bad, &memory);
    if (bad)
        return invalid_body(
            c.contract(), {{"json_invalid", {"body", "0"}, "JSON decode error", "{}"}}
        );
    if (!parsed.is_object())
        return invalid_body(
            c.contract(),
            {{"model_attributes_type",
              {"body"},
              "Input should be a valid dictionary or object to extract fields from",
              json::serialize(parsed)}}
        );
    const json::object& body = parsed.get_object();
    std::vector<problem> problems;
    check_name(body, c.contract(), problems);
    check_others(body, problems);
    if (!problems.empty()) return invalid_body(c.contract(), problems);

    submission asked;
    asked.name = std_view(body.at("name").get_string());
    if (const json::value* callback = body.if_contains("callback_url");
        callback && callback->is_string())
        asked.callback_url = std_view(callback->get_string());
    if (const json::value* items = body.if_contains("requests"); items && items->is_array()) {
        asked.has_items = true;
        asked.sorted = sort_into_buckets(items->get_array(), c.world.from);
    }
    if (auto refused = refuse_for_one(asked, c.contract())) return *refused;
    return asked;
}

void write_invalid(json_writer& out, const invalid_item& each)
{
    out.begin_object().member("index", each.index).member("url", each.url);
    out.key("errors").begin_array();
    for (const item_error& why : each.errors) {
        out.begin_object().member("field", why.field).member("error_type", why.type);
        out.member("message", why.message).end_object();
    }
    out.end_array().end_object();
}

/// The answer to create and update, with the buckets as far as the server has them.
std::string answer(
    const collection& made, const submission& asked, std::string message, const switches& contract
)
{
    const buckets& sorted = asked.sorted;
    // A64: members that hold nothing may be missing.
    const bool terse = contract.extra_and_missing;
    if (!sorted.blocked.empty())
        message +=
            " " + std::to_string(sorted.blocked.size()) + " URL(s) blocked (SSRF protection).";
    json_writer out;
    out.begin_object().member("id", made.id).member("name", made.name).member("message", message);
    if (!contract.predates(shipped::row_columns))
        out.member("duplicates_skipped", sorted.duplicates.size());
    if (!contract.predates(shipped::run_list) && !(terse && sorted.blocked.empty())) {
        out.key("blocked_urls").begin_array();
        for (const blocked_url& each : sorted.blocked) {
            out.begin_object().member("index", each.index).member("url", each.url);
            out.member("reason", each.reason).member("message", each.message).end_object();
        }
        out.end_array();
    }
    if (!contract.predates(shipped::invalid_items)) {
        if (!(terse && sorted.invalid.empty())) {
            out.key("invalid_items").begin_array();
            for (const invalid_item& each : sorted.invalid)
                write_invalid(out, each);
            out.end_array();
        }
        if (!(terse && sorted.duplicates.empty())) out.member("duplicate_urls", sorted.duplicates);
    }
    if (contract.extra_and_missing) out.raw_member("brand_new_field", R"({"x":1})");
    return out.end_object().take();
}

/// A create that begins at a moment of its own, which is later than the request's where it had to
/// wait for another one.
struct attempt {
    time_point at{};
    duration took{0};
    bool dies = false;
};

/// How long the worker that is given this create lives, if it dies over it.
std::optional<duration> next_death(world_state& world)
{
    const std::uint64_t nth = ++world.creates_begun;
    for (const create_death& each : world.from.create_deaths)
        if (each.when.covers(nth)) return each.after;
    return std::nullopt;
}

/// Among the others by its time: a create that had to wait may come before those that did not.
void enlist(account_state& account, collection made)
{
    const std::string id = made.id;
    auto place = account.collections.end();
    while (place != account.collections.begin() &&
           account.by_id.at(*std::prev(place)).created > made.created)
        --place;
    account.collections.insert(place, id);
    account.by_id.emplace(id, std::move(made));
}

reply create_new(call& c, attempt& mine)
{
    auto read = read_submission(c);
    if (reply* refused = std::get_if<reply>(&read)) return *std::move(refused);
    submission& asked = std::get<submission>(read);
    const scenario& from = c.world.from;
    mine.took = from.create_duration +
                from.create_per_item * static_cast<duration::rep>(asked.sorted.items);
    if (const auto death = next_death(c.world)) {
        mine.took = *death;
        mine.dies = true;
        return error(c.contract(), 500, phrase_of(500));
    }
    collection made;
    made.id = view(c.account.chance.id("collection", c.account.collections_made++));
    made.name = asked.name;
    made.callback_url = asked.callback_url;
    made.created = made.updated = mine.at;
    made.exists_from = mine.at + mine.took;
    made.items = std::make_shared<const std::vector<item>>(std::move(asked.sorted.queued));
    reply out =
        json_reply(201, answer(made, asked, "Collection created successfully.", c.contract()));
    ++c.world.seen.of(c.account.name).collections_created;
    out.gave.created = made.id;
    enlist(c.account, std::move(made));
    return out;
}

void mark_replay(reply& out, bool replayed)
{
    out.headers.push_back({"Idempotency-Replayed", replayed ? "true" : "false"});
}

reply busy(const switches& contract)
{
    const bool conflict = contract.idempotency_busy == choice::idempotency_busy::s409;
    reply made = error(
        contract,
        conflict ? 409 : 503,
        "A request with this Idempotency-Key is still being processed."
    );
    made.delay = key_store::longest_wait;
    return made;
}

/// The answer to a key that was used before, for a request that has waited so long.
reply replay(const switches& contract, const key_store::entry& first, duration waited)
{
    using enum choice::idempotency_replay_status;
    reply again = first.answer;
    again.delay = waited;
    if (again.status == 201 && contract.idempotency_replay_status == s200) again.status = 200;
    again.effect = false;
    mark_replay(again, true);
    return again;
}

/// What a request with a key does: it answers as the first did, or is the first itself.
reply create_once(call& c, std::string_view key)
{
    const switches& contract = c.contract();
    const std::string digest = payload_digest(c.in.body, contract.idempotency_payload_match);
    attempt mine{.at = c.now};
    if (const key_store::entry* first = c.account.create_keys.find(key, c.now)) {
        if (first->digest != digest)
            return error(contract, 422, "Idempotency-Key reused with a different payload.");
        const auto wait = key_store::wait_for(*first, c.now);
        if (!wait) return busy(contract);
        if (!first->dies) return replay(contract, *first, *wait);
        mine.at += *wait;
    }
    reply made = create_new(c, mine);
    const time_point done = mine.at + mine.took;
    const bool stores = made.status == 201 ||
                        contract.idempotency_stores == choice::idempotency_stores::every_reply;
    if (mine.dies || stores)
        c.account.create_keys.store(key, {digest, made, mine.at, done, mine.dies}, c.now);
    made.delay = done - c.now;
    mark_replay(made, false);
    return made;
}

std::optional<reply> refuse_key(const call& c, std::string_view key)
{
    using enum choice::idempotency_bad_key;
    const choice::idempotency_bad_key how = c.contract().idempotency_bad_key;
    if (is_good_key(key) || how == ignore) return std::nullopt;
    return error(
        c.contract(),
        how == s400 ? 400 : 422,
        "Idempotency-Key: at most 200 characters, no white space, no colon."
    );
}

}  // namespace

reply create_collection(call& c)
{
    auto key = c.in.find("Idempotency-Key");
    if (c.contract().predates(shipped::run_list)) key.reset();
    if (key) {
        if (auto refused = refuse_key(c, *key)) return *refused;
        if (!is_good_key(*key)) key.reset();
    }
    if (key) return create_once(c, *key);
    attempt mine{.at = c.now};
    reply made = create_new(c, mine);
    made.delay = mine.took;
    return made;
}

reply update_collection(call& c)
{
    collection* found = find_collection(c);
    if (found == nullptr) return error(c.contract(), 404, "Collection not found");
    const auto is_live = [&](const std::string& id) {
        return c.account.runs.at(id).future.status_at(c.now) == run_status::in_progress;
    };
    if (c.contract().update_on_live_run == choice::update_on_live_run::s409 &&
        std::any_of(found->runs.begin(), found->runs.end(), is_live))
        return error(c.contract(), 409, "Collection has a run in progress");
    auto read = read_submission(c);
    if (reply* refused = std::get_if<reply>(&read)) return *std::move(refused);
    submission& asked = std::get<submission>(read);
    found->name = asked.name;
    found->updated = c.now;
    if (asked.callback_url) found->callback_url = asked.callback_url;
    if (asked.has_items)
        found->items = std::make_shared<const std::vector<item>>(std::move(asked.sorted.queued));
    const bool created = c.contract().update_status == choice::update_status::s201;
    return json_reply(
        created ? 201 : 200, answer(*found, asked, "Collection updated successfully.", c.contract())
    );
}

}  // namespace scrapingpros_mock
