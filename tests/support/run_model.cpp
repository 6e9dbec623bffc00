#include "run_model.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <compare>
#include <sstream>
#include <utility>

#include "builders.hpp"
#include "printing.hpp"

namespace test {

using namespace scrapingpros;

namespace {

struct position {
    timestamp stamp{};
    std::string id{};
    friend auto operator<=>(const position&, const position&) = default;
};

std::optional<std::int64_t> number_in(std::string_view text)
{
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) return {};
    return value;
}

/// "id:NUMBER" or "at:MICROSECONDS|ID".
struct parsed_cursor {
    std::optional<std::int64_t> row{};
    std::optional<position> after{};
};

std::optional<parsed_cursor> parse(const std::string& cursor)
{
    const auto rest = std::string_view(cursor).substr(std::min<std::size_t>(3, cursor.size()));
    if (cursor.starts_with("id:")) {
        if (const auto n = number_in(rest)) return parsed_cursor{.row = *n};
        return {};
    }
    const auto bar = rest.find('|');
    if (!cursor.starts_with("at:") || bar == rest.npos) return {};
    const auto n = number_in(rest.substr(0, bar));
    if (!n) return {};
    const position after{
        timestamp(std::chrono::microseconds(*n)), std::string(rest.substr(bar + 1))};
    return parsed_cursor{.after = after};
}

listed_job shown(listed_job row, const list_jobs& ask)
{
    if (ask.results == inline_results::include) return row;
    row.result.reset();
    row.state = inline_state::null;
    return row;
}

bool is_asked_for(const job& row, const list_jobs& ask)
{
    if (!ask.statuses.empty() && std::ranges::find(ask.statuses, row.status) == ask.statuses.end())
        return false;
    if (ask.order_by == job_order::completed_at && !row.completed_at) return false;
    if (!ask.completed_since) return true;
    return row.completed_at &&
           *row.completed_at > std::chrono::floor<milliseconds>(*ask.completed_since);
}

}  // namespace

std::optional<job_page> page_of(std::span<const listed_job> rows, const list_jobs& ask)
{
    parsed_cursor from;
    if (ask.cursor) {
        const auto read = parse(*ask.cursor);
        if (!read || (ask.order_by == job_order::id) != read->row.has_value()) return {};
        from = *read;
    }
    const bool by_stamp = ask.order_by == job_order::completed_at;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (is_asked_for(rows[i].job, ask)) order.push_back(i);
    const auto place = [&](std::size_t i) {
        return position{*rows[i].job.completed_at, rows[i].job.id.value};
    };
    if (by_stamp) std::ranges::sort(order, {}, place);
    job_page page;
    for (const auto i : order) {
        if (from.row && static_cast<std::int64_t>(i) <= *from.row) continue;
        if (from.after && place(i) <= *from.after) continue;
        if (page.rows.size() == ask.limit) {
            page.end.has_more = true;
            break;
        }
        page.rows.emplace_back(shown(rows[i], ask));
        page.end.cursor = by_stamp
                              ? "at:" + std::to_string(place(i).stamp.time_since_epoch().count()) +
                                    "|" + place(i).id
                              : "id:" + std::to_string(i);
    }
    if (!page.end.has_more) page.end.cursor.reset();
    return page;
}

std::vector<reply> run_model::replies_to(const call& asked)
{
    const auto refuse = [](error_code ec) {
        return std::vector<reply>{core::exchange_failure{ec, {}, 0}};
    };
    if (const auto* a = std::get_if<create_collection>(&asked)) {
        const bool replayed = collection_exists;
        take_effect(asked);
        auto answer = created.value_or(sp::tests::a_creation("c1"));
        answer.replayed = replayed && a->key && a->key->text() == key;
        return {answer};
    }
    if (std::holds_alternative<list_collections>(asked)) {
        collection_list list;
        if (collection_exists)
            list.items.push_back({.id = collection, .name = name, .created_at = sp::tests::at()});
        return {list};
    }
    if (std::holds_alternative<start_run>(asked)) {
        take_effect(asked);
        start_outcome outcome{.certainty = start_certainty::started, .started_run = final_run};
        return {outcome};
    }
    if (std::holds_alternative<list_runs>(asked)) {
        run_list list;
        if (run_exists) list.items.push_back(final_run);
        for (auto& one : list.items)
            one.job_ids.clear();
        return {list};
    }
    if (!run_exists) return refuse(errc::not_found);
    if (std::holds_alternative<get_run>(asked)) return {final_run};
    if (const auto* a = std::get_if<list_jobs>(&asked)) {
        const auto page = page_of(rows, *a);
        if (!page) return refuse(errc::bad_request);
        std::vector<reply> all;
        for (const auto& row : page->rows)
            all.push_back(std::get<listed_job>(row));
        all.push_back(page->end);
        return all;
    }
    if (const auto* a = std::get_if<get_result>(&asked)) {
        if (const auto no = refusals.find(a->job.value); no != refusals.end())
            return refuse(no->second);
        if (const auto yes = results.find(a->job.value); yes != results.end()) return {yes->second};
        return refuse(errc::job_id_invalid);
    }
    problem = "asked for what no engine needs";
    return refuse(errc::rejected);
}

void run_model::take_effect(const call& asked)
{
    if (const auto* a = std::get_if<create_collection>(&asked)) {
        const auto used = a->key ? a->key->text() : "";
        if (collection_exists && used != key) problem = "a second collection with key " + used;
        collection_exists = true;
        key = used;
    }
    if (std::holds_alternative<start_run>(asked)) {
        if (run_exists) problem = "a second run";
        run_exists = true;
    }
}

moment script_clock::at(instant local) const
{
    const auto wall =
        sp::tests::at() + std::chrono::floor<std::chrono::microseconds>(local - script_start);
    return {local, wall + server_ahead, wall + wall_ahead};
}

played drive_to_end(
    any_engine& engine,
    run_model& world,
    const script_clock& clock,
    instant now,
    const std::map<ticket, call>& open
)
{
    played so_far;
    const auto fail = [&](std::string text) {
        so_far.problem = std::move(text);
        return so_far;
    };
    const auto answer = [&](ticket id, const call& asked) {
        for (auto& piece : world.replies_to(asked))
            engine.on_reply(clock.at(now), id, std::move(piece));
    };
    for (const auto& [id, asked] : open)
        answer(id, asked);
    const auto latest = now + std::chrono::hours(24 * 10);
    for (int steps = 0; steps < 20'000; ++steps) {
        if (!world.problem.empty()) return fail(world.problem);
        const auto what = engine.next(clock.at(now));
        if (const auto* a = std::get_if<core::exchange>(&what)) {
            answer(a->id, a->what);
        } else if (const auto* d = std::get_if<core::deliver>(&what)) {
            so_far.delivered.push_back(d->item.job.id.value);
            engine.acknowledge(d->item.job.id);
        } else if (const auto* w = std::get_if<core::wait_until>(&what)) {
            now = std::max(now, w->when);
            if (now > latest) return fail("goes on for ever");
        } else if (const auto* f = std::get_if<core::finish>(&what)) {
            so_far.ec = f->ec;
            return so_far;
        } else if (std::holds_alternative<core::wait_for_event>(what)) {
            return fail("waits for an event that never comes");
        } else {
            engine.on_saved({});
        }
    }
    return fail("does 20,000 things without an end");
}

}  // namespace test
