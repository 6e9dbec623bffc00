#include "listing_model.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace models {
namespace {

struct seen_row {
    const row* of;
    std::string_view status;
    std::optional<stamp_ms> stamp;
};

bool before(const seen_row& a, const seen_row& b, bool by_stamp)
{
    if (by_stamp) return std::tie(*a.stamp, a.of->id) < std::tie(*b.stamp, b.of->id);
    return a.of->number < b.of->number;
}

/// -1: the row lies before the place, 0: it is the row of the place, 1: behind it.
int compare(const seen_row& row, const place& with)
{
    if (!with.by_stamp)
        return row.of->number < with.number ? -1 : row.of->number > with.number ? 1 : 0;
    const auto mine = std::tie(*row.stamp, row.of->id);
    const auto other = std::tie(with.stamp, with.id);
    return mine < other ? -1 : other < mine ? 1 : 0;
}

}  // namespace

answer list(const std::vector<row>& table, const question& asked, instant now)
{
    // 7.1: 1 to 1000, 100 with inline results; over that it is clamped (A33), 100 by default (A32).
    const long long wanted = asked.limit.value_or(100);
    if (wanted < 1) return {.status = 400, .ids = {}, .end = {}};
    const auto limit =
        static_cast<std::size_t>(std::min(wanted, asked.inline_results ? 100 : 1000LL));
    // 7.3: a cursor of one order with the other one.
    if (asked.cursor && asked.cursor->by_stamp != asked.by_stamp)
        return {.status = 400, .ids = {}, .end = {}};

    std::vector<seen_row> rows;
    for (const row& each : table) {
        if (now < each.inserted) continue;
        seen_row seen{&each, "processing", std::nullopt};
        if (now >= each.settled) seen = {&each, each.final_status, each.completed_at};
        if (asked.statuses && !asked.statuses->contains(std::string(seen.status))) continue;
        if (asked.since && !(seen.stamp && instant{*seen.stamp} > *asked.since)) continue;
        if (asked.by_stamp && !seen.stamp) continue;
        rows.push_back(seen);
    }
    std::sort(rows.begin(), rows.end(), [&](const seen_row& a, const seen_row& b) {
        return before(a, b, asked.by_stamp);
    });
    if (asked.descending) std::reverse(rows.begin(), rows.end());
    if (asked.cursor)
        std::erase_if(rows, [&](const seen_row& each) {
            const int at = compare(each, *asked.cursor);
            return asked.descending ? at >= 0 : at <= 0;
        });

    answer given;
    given.has_more = rows.size() > limit;
    if (given.has_more) rows.resize(limit);
    for (const seen_row& each : rows)
        given.ids.push_back(each.of->id);
    if (given.has_more) {
        const seen_row& last = rows.back();
        given.end = {asked.by_stamp, last.stamp.value_or(stamp_ms{}), last.of->id, last.of->number};
    }
    return given;
}

}  // namespace models
