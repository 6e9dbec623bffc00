#include "books/journal_json.hpp"

#include <algorithm>
#include <string_view>

#include "scenario/json_in.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

std::string_view readable(std::string_view text)
{
    return is_utf8(text) ? text : std::string_view{};
}

void write_end(json_writer& out, const journal_entry& entry)
{
    if (!entry.end || !entry.ended_at) {
        out.member("end", nullptr);
        return;
    }
    out.key("end").begin_object().member("how", name_of(entry.end->how));
    out.member("bytes_written", entry.end->bytes_written);
    out.raw_member("at", unix_seconds(*entry.ended_at)).end_object();
}

void write_request(json_writer& out, const journal_entry& entry, bool with_head)
{
    out.key("query").begin_object();
    // A name that comes twice is shown once, with its last value, as the service reads it.
    const auto members = entry.query();
    for (auto each = members.begin(); each != members.end(); ++each)
        if (std::none_of(each + 1, members.end(), [&](const auto& later) {
                return later.first == each->first;
            }))
            out.member(each->first, each->second);
    out.end_object().member("request_bytes", entry.body_size());
    out.member("request_sha256", entry.body_hash());
    if (!with_head) return;
    out.member("head", readable(entry.head())).member("body", readable(entry.body()));
}

}  // namespace

journal_request read_journal_request(const value_in& value)
{
    object_in in{value};
    journal_request made;
    if (const auto after = in.find("after")) made.after = after->unsigned_number();
    if (const auto limit = in.find("limit"))
        made.limit = static_cast<std::size_t>(limit->integer(0));
    if (const auto only = in.find("only")) made.only = read_journal_filter(*only);
    in.read("heads", made.with_heads);
    in.finish();
    return made;
}

void write_entry(json_writer& out, const journal_entry& entry, bool with_head)
{
    out.begin_object().member("ordinal", entry.ordinal).raw_member("at", unix_seconds(entry.at));
    out.member("operation", name_of(entry.what)).member("class", name_of(entry.kind));
    out.member("method", readable(entry.method())).member("target", readable(entry.target()));
    write_request(out, entry, with_head);
    out.member("account", entry.account).member("connection", entry.connection);
    out.member("on_connection", entry.on_connection).member("logical", entry.logical);
    if (!entry.server_name.empty()) out.member("server_name", readable(entry.server_name));
    out.member("attempt", entry.attempt).member("status", entry.status);
    out.member("whole", entry.whole).member("effect", entry.effect);
    if (!entry.created.empty()) out.member("created", entry.created);
    out.member("body_bytes", entry.body_bytes).key("faults").begin_array();
    for (const std::size_t each : entry.faults)
        out.value(each);
    out.end_array();
    write_end(out, entry);
    out.end_object();
}

std::string journal_json(const journal& book, const journal_request& asked)
{
    const auto& entries = book.entries();
    const std::uint64_t dropped = book.dropped();
    const auto skipped = static_cast<std::size_t>(
        std::min<std::uint64_t>(asked.after - std::min(asked.after, dropped), entries.size())
    );
    json_writer out;
    out.begin_object().member("total", book.total()).member("dropped", dropped);
    out.key("entries").begin_array();
    std::size_t written = 0;
    for (std::size_t i = skipped; i < entries.size() && written < asked.limit; ++i) {
        if (!matches(asked.only, entries[i])) continue;
        write_entry(out, entries[i], asked.with_heads);
        ++written;
    }
    return out.end_array().end_object().take();
}

std::string line_of(const journal_entry& entry)
{
    return "#" + std::to_string(entry.ordinal) + " " + std::string(dotted_name_of(entry.what)) +
           " " + std::string(readable(entry.method())) + " " +
           std::string(readable(entry.target())) + " -> " + std::to_string(entry.status);
}

}  // namespace scrapingpros_mock
