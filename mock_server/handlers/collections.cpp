#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::size_t list_cap = 1000;

bool can_be_seen(const collection& each, time_point now)
{
    return !each.deleted && now >= each.exists_from;
}

void write(json_writer& out, const collection& each, const switches& contract)
{
    out.begin_object().member("id", each.id).member("name", each.name);
    if (!contract.predates(shipped::run_list)) {
        out.raw_member("created_at", each.stamped ? unix_seconds(each.created) : "null");
        out.raw_member("updated_at", each.stamped ? unix_seconds(each.updated) : "null");
    }
    if (contract.extra_and_missing) out.raw_member("brand_new_field", R"({"x":1})");
    out.end_object();
}

struct filter {
    std::optional<std::string> name;
    std::optional<std::string> prefix;
    std::optional<time_point> since;
    bool since_itself = true;

    bool takes(const collection& each) const
    {
        if (name && each.name != *name) return false;
        if (prefix && !each.name.starts_with(*prefix)) return false;
        if (!since) return true;
        if (!each.stamped) return false;
        return since_itself ? each.created >= *since : each.created > *since;
    }
};

/// Servers from before the filters ignore them.
std::optional<filter> read_filter(const call& c)
{
    filter made;
    if (c.contract().predates(shipped::run_list)) return made;
    const query& in = c.where.parameters;
    made.name = in.find("name");
    made.prefix = in.find("name_prefix");
    made.since_itself =
        c.contract().collections_since_compare == choice::collections_since_compare::ge;
    if (const auto since = in.find_stamp("since")) {
        made.since = parse_iso(*since);
        if (!made.since) return std::nullopt;
    }
    return made;
}

}  // namespace

collection* find_collection(call& c)
{
    const auto found = c.account.by_id.find(c.where.collection);
    if (found == c.account.by_id.end() || !can_be_seen(found->second, c.now)) return nullptr;
    return &found->second;
}

reply list_collections(call& c)
{
    const auto wanted = read_filter(c);
    if (!wanted)
        return error(c.contract(), 400, "Invalid since: expected ISO 8601 with Z or an offset");
    const bool capped =
        c.contract().collections_list_cap == choice::collections_list_cap::newest_1000;
    std::size_t count = 0;
    json_writer out;
    out.begin_array();
    const auto& ids = c.account.collections;
    for (auto id = ids.rbegin(); id != ids.rend() && !(capped && count == list_cap); ++id) {
        const collection& each = c.account.by_id.at(*id);
        if (!can_be_seen(each, c.now) || !wanted->takes(each)) continue;
        write(out, each, c.contract());
        ++count;
    }
    return json_reply(200, out.end_array().take());
}

reply get_collection(call& c)
{
    const collection* found = find_collection(c);
    if (found == nullptr) return error(c.contract(), 404, "Collection not found");
    json_writer out;
    write(out, *found, c.contract());
    return json_reply(200, out.take());
}

reply delete_collection(call& c)
{
    using enum choice::delete_reply;
    collection* found = find_collection(c);
    if (found == nullptr) return error(c.contract(), 404, "Collection not found");
    found->deleted = true;
    switch (c.contract().delete_reply) {
    case s200_message: return json_reply(200, R"({"message":"Collection deleted successfully."})");
    case s200_empty_object: return json_reply(200, "{}");
    case s204_empty: break;
    }
    reply none = json_reply(204, "");
    none.content_type.clear();
    return none;
}

}  // namespace scrapingpros_mock
