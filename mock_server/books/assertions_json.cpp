#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include "books/assertions.hpp"
#include "books/ledger_figures.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {
namespace {

using demand = decltype(assertion::what);

/// `eq`, or `ge` and `le`, or both.
number_bounds read_bounds(object_in& in, bool needed)
{
    number_bounds made;
    const auto exact = in.find("eq");
    const auto least = in.find("ge");
    const auto most = in.find("le");
    if (exact && (least || most))
        exact->fail("stands beside a bound", R"(either "eq" or "ge" and "le")");
    if (exact) made.least = made.most = exact->unsigned_number();
    if (least) made.least = least->unsigned_number();
    if (most) made.most = most->unsigned_number();
    if (needed && !exact && !least && !most)
        throw bad_scenario{in.path(), "says no number", R"("eq", "ge" or "le")"};
    if (made.least && made.most && *made.least > *made.most)
        throw bad_scenario{in.path(), "has bounds that nothing meets"};
    return made;
}

demand read_count(object_in& in, const value_in& of)
{
    return expected::count{read_journal_filter(of), read_bounds(in, true)};
}

demand read_none(object_in&, const value_in& of)
{
    return expected::count{read_journal_filter(of), {.least = {}, .most = 0}};
}

demand read_sequence(object_in& in, const value_in& steps)
{
    static constexpr std::array<std::string_view, 2> words{"allowed", "forbidden"};
    expected::sequence made;
    for (const value_in& each : steps.elements())
        made.steps.push_back(read_journal_filter(each));
    if (made.steps.empty()) steps.fail("is empty");
    if (const auto gaps = in.find("gaps")) made.gaps = gaps->word(words) == 0;
    if (const auto among = in.find("among")) made.among = read_journal_filter(*among);
    return made;
}

demand read_min_gap(object_in& in, const value_in& of)
{
    return expected::gap{read_journal_filter(of), in.need("ge").time(), {}};
}

demand read_cadence(object_in& in, const value_in& of)
{
    const duration every = in.need("every").time();
    duration within{0};
    in.read("within", within);
    return expected::gap{
        read_journal_filter(of), std::max(duration{0}, every - within), every + within};
}

demand read_in_flight(object_in& in, const value_in& of)
{
    return expected::in_flight{read_journal_filter(of), in.need("le").unsigned_number()};
}

demand read_connections(object_in& in, const value_in& of)
{
    return expected::connections{read_journal_filter(of), in.need("le").unsigned_number()};
}

demand read_header(object_in& in, const value_in& of)
{
    using how = expected::header_is::how;
    static constexpr std::array<std::string_view, 3> words{
        "present", "absent", "same_across_attempts"};
    static constexpr std::array meanings{how::present, how::absent, how::same_across_attempts};
    expected::header_is made{read_journal_filter(of), in.need("name").text()};
    const auto is = in.find("is");
    const auto equals = in.find("equals");
    if (is.has_value() == equals.has_value())
        throw bad_scenario{in.path(), "says not what the header is", R"("is" or "equals")"};
    if (is) made.is = meanings[is->word(words)];
    if (equals) {
        made.is = how::equal;
        made.text = equals->text();
    }
    return made;
}

demand read_same_bytes(object_in& in, const value_in& of)
{
    expected::same_bytes made{read_journal_filter(of)};
    if (const auto except = in.find("except")) made.except = except->texts();
    return made;
}

demand read_nothing_after(object_in& in, const value_in& event)
{
    static constexpr std::array<std::string_view, 3> words{
        "end_shown", "run_ended", "all_delivered"};
    expected::nothing_after made;
    if (event.is_string())
        made.when = static_cast<expected::nothing_after::event>(event.word(words));
    else
        made.reply = read_journal_filter(event);
    if (const auto of = in.find("of")) made.of = read_journal_filter(*of);
    return made;
}

demand read_ledger(object_in&, const value_in& value)
{
    static constexpr std::array<std::string_view, 2> judges{"wire", "client"};
    object_in in{value};
    expected::ledger_has made;
    if (const auto judge = in.find("judge"))
        made.how.by = static_cast<witness>(judge->word(judges));
    if (const auto late = in.find("late_after")) made.how.late_after = late->time();
    for (const std::string_view name : ledger_figure_names()) {
        const auto found = in.find(name);
        if (!found) continue;
        number_bounds wanted;
        if (found->is_object()) {
            object_in range{*found};
            wanted = read_bounds(range, true);
            range.finish();
        } else {
            wanted.least = wanted.most = found->unsigned_number();
        }
        made.figures.emplace_back(name, wanted);
    }
    in.finish();
    return made;
}

demand read_faults(object_in&, const value_in& value)
{
    expected::faults_consumed made;
    if (value.is_string()) {
        static constexpr std::array<std::string_view, 1> words{"all"};
        value.word(words);
        return made;
    }
    made.which.emplace();
    for (const value_in& each : value.elements())
        made.which->push_back(static_cast<std::size_t>(each.unsigned_number()));
    return made;
}

struct kind {
    std::string_view name;
    demand (*read)(object_in&, const value_in&);
};

constexpr std::array<kind, 12> kinds{{
    {"count", read_count},
    {"none", read_none},
    {"sequence", read_sequence},
    {"min_gap", read_min_gap},
    {"cadence", read_cadence},
    {"max_in_flight", read_in_flight},
    {"connections", read_connections},
    {"header", read_header},
    {"same_bytes", read_same_bytes},
    {"no_request_after", read_nothing_after},
    {"ledger", read_ledger},
    {"faults_consumed", read_faults},
}};

assertion read_assertion(const value_in& value)
{
    object_in in{value};
    const kind* which = nullptr;
    for (const kind& each : kinds) {
        if (value.raw().get_object().if_contains({each.name.data(), each.name.size()}) == nullptr)
            continue;
        if (which != nullptr)
            value.fail("says two things", std::string(which->name) + ", " + std::string(each.name));
        which = &each;
    }
    if (which == nullptr) {
        std::vector<std::string_view> names;
        for (const kind& each : kinds)
            names.push_back(each.name);
        const auto& members = value.raw().get_object();
        const std::string_view first =
            members.empty()
                ? std::string_view{}
                : std::string_view(members.begin()->key().data(), members.begin()->key().size());
        value.fail("is no assertion", suggest(first, names));
    }
    const value_in of = in.need(which->name);
    assertion made{value.path(), 0, which->read(in, of)};
    if (const auto since = in.find("since")) made.since = since->unsigned_number();
    in.finish();
    return made;
}

}  // namespace

expectations read_expectations(const value_in& value)
{
    expectations made;
    if (value.is_array()) {
        for (const value_in& each : value.elements())
            made.push_back(read_assertion(each));
        return made;
    }
    object_in in{value};
    if (const auto ledger = in.find("ledger"))
        made.push_back({ledger->path(), 0, read_ledger(in, *ledger)});
    if (const auto journal = in.find("journal"))
        for (const value_in& each : journal->elements())
            made.push_back(read_assertion(each));
    if (const auto faults = in.find("faults_consumed"))
        made.push_back({faults->path(), 0, read_faults(in, *faults)});
    in.finish();
    return made;
}

expectations parse_expectations(std::string_view text)
{
    const boost::json::value parsed = parse_json(text);
    return read_expectations(value_in{parsed});
}

}  // namespace scrapingpros_mock
