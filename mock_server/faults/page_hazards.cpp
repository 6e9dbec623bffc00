#include "faults/page_hazards.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "text.hpp"

namespace scrapingpros_mock {

hazardous_listing::hazardous_listing(call& c, run& of)
    : c_(c), run_(of), watches_(c.world.faults.watches_pages())
{
    // A fault that the request itself has brought is in no book.
    c.each_fault<effect::page>([&](const effect::page&) { watches_ = true; });
}

bool hazardous_listing::has(page_hazard what) const
{
    bool found = false;
    c_.each_fault<effect::page>([&](const effect::page& each) { found |= each.what == what; });
    return found;
}

bool hazardous_listing::strikes(page_hazard what, bool possible)
{
    if (!possible) return false;
    bool found = false;
    c_.each_fault<effect::page>([&](const effect::page& each) {
        found |= each.what == what;
        return each.what == what;
    });
    return found;
}

page_memory& hazardous_listing::memory()
{
    if (!run_.hazards) run_.hazards = std::make_shared<page_memory>();
    return *run_.hazards;
}

std::string hazardous_listing::alias_of(page_memory::alias where, std::string_view rest)
{
    auto& known = memory().aliases;
    // As long for the thousandth as for the first: the bytes of a page are published.
    std::string number = std::to_string(known.size());
    number.insert(0, number.size() < 8 ? 8 - number.size() : 0, '0');
    std::string cursor = base64_url("~" + number).append(rest);
    known.emplace(cursor, std::move(where));
    return cursor;
}

std::variant<listing_request, listing_error> hazardous_listing::read()
{
    const query& asked = c_.where.parameters;
    const std::string cursor = asked.find("cursor").value_or("");
    if (strikes(page_hazard::cursor_expires, !cursor.empty()))
        return listing_error{400, "cursor expired; start a new pagination"};
    if (!run_.hazards) return read_listing(asked, c_.contract());
    const auto found = run_.hazards->aliases.find(cursor);
    if (found == run_.hazards->aliases.end()) return read_listing(asked, c_.contract());
    alias_ = &found->second;
    auto made = read_listing(asked.without("cursor"), c_.contract());
    if (auto* listing = std::get_if<listing_request>(&made)) {
        listing->cursor = cursor;
        listing->behind = alias_->behind;
    }
    return made;
}

listing_page hazardous_listing::list(const listing_request& asked)
{
    listing_request wanted = asked;
    if (strikes(page_hazard::short_page, asked.limit > 1)) wanted.limit = asked.limit / 2;
    if (has(page_hazard::over_long_page) && wanted.limit < 1'000'000) wanted.limit += 5;
    listing_page page;
    if (alias_ == nullptr || !alias_->at_end)
        page = list_page(run_.future, wanted, run_.row_base, c_.now);
    strikes(page_hazard::over_long_page, page.jobs.size() > asked.limit);
    if (!watches_) return page;
    if (strikes(page_hazard::empty_with_more, !page.jobs.empty())) {
        page.jobs.clear();
        page.next = alias_of({asked.behind, false});
        return page;
    }
    // Before they are changed, the rows are what the next page is told of.
    const std::vector<std::uint32_t> plain = page.jobs;
    repeat_and_drop(page);
    reorder(asked, page);
    if (!plain.empty()) memory().last_page = plain;
    return page;
}

void hazardous_listing::repeat_and_drop(listing_page& page)
{
    if (strikes(page_hazard::dup_row, !page.jobs.empty())) page.jobs.push_back(page.jobs.front());
    const auto& earlier = memory().last_page;
    if (strikes(page_hazard::dup_row_across, !earlier.empty() && !page.jobs.empty()))
        page.jobs.insert(page.jobs.begin(), earlier.back());
    if (strikes(page_hazard::row_disappears, !page.jobs.empty()))
        page.jobs.erase(page.jobs.begin());
}

void hazardous_listing::reorder(const listing_request& asked, listing_page& page)
{
    if (strikes(page_hazard::reorder_in_page, page.jobs.size() > 1))
        std::reverse(page.jobs.begin(), page.jobs.end());
    auto& held = memory().held_back;
    if (!asked.cursor.empty()) {
        page.jobs.insert(page.jobs.end(), held.begin(), held.end());
        held.clear();
    }
    if (strikes(page_hazard::reorder_across, page.next && !page.jobs.empty())) {
        held.push_back(page.jobs.back());
        page.jobs.pop_back();
    }
}

page_end hazardous_listing::end(const listing_request& asked, const listing_page& page)
{
    page_end made{page.next, page.next.has_value()};
    if (!watches_) return made;
    const auto here = [&] { return alias_of({asked.behind, false}); };
    const bool last = !page.next;
    if (strikes(page_hazard::more_null_cursor, true)) made = {std::nullopt, true};
    if (strikes(page_hazard::cursor_on_last, last)) made = {alias_of({asked.behind, true}), false};
    if (strikes(page_hazard::last_empty, last && (alias_ == nullptr || !alias_->at_end)))
        made = {alias_of({asked.behind, true}), true};
    if (strikes(page_hazard::same_cursor, true))
        made = {asked.cursor.empty() ? here() : asked.cursor, true};
    const auto before = memory().before.find(asked.cursor);
    if (strikes(page_hazard::cycle_2, before != memory().before.end()))
        made = {alias_of(before->second), true};
    disguise(made);
    remember(asked, made);
    return made;
}

void hazardous_listing::disguise(page_end& made)
{
    const bool possible = made.cursor && made.more;
    const bool odd = strikes(page_hazard::odd_cursor, possible);
    const bool with_length = strikes(page_hazard::long_cursor, possible);
    if (!odd && !with_length) return;
    const auto known = memory().aliases.find(*made.cursor);
    const page_memory::alias where = known != memory().aliases.end()
                                         ? known->second
                                         : page_memory::alias{parse_cursor(*made.cursor), false};
    std::string rest = odd ? R"( +/=&%?#;:@<>%2B%)" : "";
    if (with_length) rest.append(2'000 - rest.size() - alias_of(where).size(), 'x');
    made.cursor = alias_of(where, rest);
}

void hazardous_listing::remember(const listing_request& asked, const page_end& made)
{
    if (!made.cursor) return;
    memory().before.insert_or_assign(*made.cursor, page_memory::alias{asked.behind, false});
    c_.world.faults.page_gave(run_.id, asked.cursor, *made.cursor);
}

}  // namespace scrapingpros_mock
