#include "journal.hpp"

#include <algorithm>

#include "json_out.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {

std::uint64_t journal::add(journal_entry entry)
{
    entry.ordinal = ++total_;
    entries_.push_back(std::move(entry));
    if (entries_.size() > capacity) entries_.pop_front();
    return total_;
}

void journal::finish(std::uint64_t ordinal, const exchange_end& end)
{
    if (ordinal <= dropped() || ordinal > total_) return;
    entries_[static_cast<std::size_t>(ordinal - dropped() - 1)].end = end;
}

std::uint64_t journal::count(operation what) const noexcept
{
    return static_cast<std::uint64_t>(std::count_if(
        entries_.begin(), entries_.end(), [&](const journal_entry& e) { return e.what == what; }
    ));
}

std::string journal::to_json(std::uint64_t after) const
{
    const std::uint64_t first = dropped() + 1;
    const std::uint64_t skipped =
        after < first ? 0 : std::min<std::uint64_t>(after - first + 1, entries_.size());
    json_writer out;
    out.begin_object().member("total", total_).member("dropped", dropped());
    out.key("entries").begin_array();
    for (std::size_t i = static_cast<std::size_t>(skipped); i < entries_.size(); ++i) {
        const journal_entry& each = entries_[i];
        out.begin_object().member("ordinal", each.ordinal).raw_member("at", unix_seconds(each.at));
        out.member("operation", name_of(each.what))
            .member("method", is_utf8(each.method) ? std::string_view(each.method) : "");
        out.member("target", is_utf8(each.target) ? std::string_view(each.target) : "");
        out.member("account", each.account).member("connection", each.connection);
        out.member("status", each.status).member("effect", each.effect);
        out.member("body_bytes", each.body_bytes).member("faults", each.faults).end_object();
    }
    return out.end_array().end_object().take();
}

}  // namespace scrapingpros_mock
