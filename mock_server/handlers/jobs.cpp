#include <algorithm>
#include <limits>
#include <variant>

#include "faults/page_hazards.hpp"
#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "limits/retention.hpp"
#include "rows/job_json.hpp"
#include "rows/listing.hpp"

namespace scrapingpros_mock {
namespace {

/// The result inside a row: JSON, or nothing where the service gives none (contract 7.5).
std::optional<std::string> inline_result(
    const job_source& of, std::string_view account, time_point now
)
{
    const switches& contract = of.from.contract;
    const job_future& job = of.job();
    const duration life = content_life(of.from, account, of.wanted());
    if (!is_completed(job.ends) || row_state_at(job, now) != row_state::settled ||
        job.inline_miss || result_state_at(job, life, now) != result_state::available)
        return std::nullopt;
    const bool by_body = contract.inline_cap_measure == choice::inline_cap_measure::body_bytes;
    if (by_body && body_size(of) > contract.inline_cap_bytes) return std::nullopt;
    auto whole = result_json(of);
    if (whole && !by_body && whole->size() > contract.inline_cap_bytes) return std::nullopt;
    return whole;
}

/// What an inline fault puts in the place of a result; nothing: no such member.
std::optional<std::string> malformed(inline_form form)
{
    switch (form) {
    case inline_form::string: return R"("partial")";
    case inline_form::array: return "[1,2,3]";
    case inline_form::empty_object: return "{}";
    case inline_form::missing_message: return R"({"html":"<html>","statusCode":"200"})";
    case inline_form::wrong_type: return R"({"html":5,"message":[],"statusCode":{}})";
    case inline_form::null: return "null";
    case inline_form::absent: break;
    }
    return std::nullopt;
}

constexpr std::size_t largest_guess = std::size_t{1} << 20;

class page_writer {
public:
    page_writer(call& c, run& of, const listing_request& asked, given& gave)
        : c_(c), run_(of), asked_(asked),
          book_(c.world.seen.of(c.account.name).runs[of.ledger_place]), gave_(gave)
    {
    }

    std::string write(const listing_page& page, const page_end& end)
    {
        json_writer out;
        // Rows of usual URLs need less, so that most pages grow no more.
        out.expect(std::min(page.jobs.size() * 800 + 200, largest_guess));
        run_.rows.begin_page(run_.future.revision(), c_.contract(), c_.world.row_room);
        out.begin_object().key("items").begin_array();
        for (std::size_t place = 0; place < page.jobs.size(); ++place)
            write_row_at(out, page.jobs[place], place);
        out.end_array();
        if (!c_.contract().predates(shipped::row_columns)) write_end(out, end);
        return out.end_object().take();
    }

private:
    void write_row_at(json_writer& out, std::size_t job, std::size_t place)
    {
        const job_source of{c_.world.from, run_.future, job};
        row_extras extras{run_.id, run_.collection, c_.account.name, {}, {}};
        const bool again = book_.jobs[job].listed > 0;
        if (row_state_at(of.job(), c_.now) == row_state::settled) note(of, given::how::row);
        fill_result(extras, of, place);
        c_.each_fault<effect::unknown_row_status>([&](const effect::unknown_row_status& what) {
            if (what.row == place) extras.status_word = what.word;
        });
        if (place == 0) change_status(extras, of);
        if (again)
            write_row(out, of, extras, c_.now, run_.rows, c_.world.row_room);
        else
            write_row(out, of, extras, c_.now);
    }

    void change_status(row_extras& extras, const job_source& of)
    {
        for (const fault* each : c_.faults) {
            const auto* page = std::get_if<effect::page>(&each->effect);
            if (page == nullptr || page->what != page_hazard::row_changes_status) continue;
            c_.world.faults.confirm(each);
            extras.status_word = is_completed(of.job().ends) ? "failed" : "completed";
        }
    }

    void note(const job_source& of, given::how as)
    {
        gave_.jobs.push_back({static_cast<std::uint32_t>(of.index), as});
    }

    void fill_result(row_extras& extras, const job_source& of, std::size_t place)
    {
        if (c_.contract().predates(shipped::inline_results)) return;
        if (!asked_.include_results) {
            if (c_.contract().result_when_not_asked == choice::result_when_not_asked::null)
                extras.result = "null";
            return;
        }
        auto whole = inline_result(of, c_.account.name, c_.now);
        bool damaged = false;
        extras.result = whole.value_or("null");
        if (const auto form = of.job().damage(); whole && form) {
            extras.result = malformed(*form);
            damaged = true;
        }
        c_.each_fault<effect::malform_inline>([&](const effect::malform_inline& what) {
            if (what.row && *what.row != place) return;
            extras.result = malformed(what.form);
            damaged = true;
        });
        if (whole && !damaged) note(of, given::how::inlined);
    }

    void write_end(json_writer& out, page_end end)
    {
        bool dropped = false;
        c_.each_fault<effect::drop_page_end>([&](const auto&) { dropped = true; });
        c_.each_fault<effect::repeat_cursor>([&](const auto&) {
            if (!asked_.cursor.empty()) end = {asked_.cursor, true};
        });
        if (dropped) return;
        out.member("cursor_next", end.cursor).member("has_more", end.more);
    }

    call& c_;
    run& run_;
    const listing_request& asked_;
    const run_ledger& book_;
    given& gave_;
};

/// A37: a server may refuse a cursor under other filters than it was made with.
bool is_foreign(const run& of, const listing_request& asked, const switches& contract)
{
    if (contract.cursor_with_changed_filters == choice::cursor_with_changed_filters::apply ||
        !asked.behind)
        return false;
    const auto made = of.cursors.find(asked.cursor);
    return made != of.cursors.end() && made->second != asked.filters();
}

}  // namespace

reply list_jobs(call& c)
{
    reply refused;
    run* of = find_run(c, refused);
    if (of == nullptr) return refused;
    hazardous_listing listing{c, *of};
    auto read = listing.read();
    if (const auto* bad = std::get_if<listing_error>(&read))
        return error(c.contract(), bad->status, bad->text);
    auto& asked = std::get<listing_request>(read);
    if (is_foreign(*of, asked, c.contract()))
        return error(c.contract(), 400, "cursor was generated with other filters");
    // Without paging members the whole listing is one page.
    if (c.contract().predates(shipped::row_columns)) {
        asked.limit = std::numeric_limits<std::size_t>::max();
        asked.behind.reset();
    }
    listing_page page;
    if (!metadata_gone(c.world.from, c.account.name, of->future, c.now)) page = listing.list(asked);
    const page_end end = listing.end(asked, page);
    if (page.next &&
        c.contract().cursor_with_changed_filters == choice::cursor_with_changed_filters::s400)
        of->cursors[*page.next] = asked.filters();
    given gave{.run_place = of->ledger_place};
    reply out = json_reply(200, page_writer{c, *of, asked, gave}.write(page, end));
    out.gave = std::move(gave);
    return out;
}

}  // namespace scrapingpros_mock
