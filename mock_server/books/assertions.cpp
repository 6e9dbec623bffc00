#include "books/assertions.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "books/journal_json.hpp"
#include "books/ledger_figures.hpp"
#include "books/verdicts.hpp"
#include "state.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::size_t most_near = 3;

std::string number(std::uint64_t value)
{
    return std::to_string(value);
}

bool meets(const number_bounds& wanted, std::uint64_t value)
{
    return (!wanted.least || value >= *wanted.least) && (!wanted.most || value <= *wanted.most);
}

std::string text_of(const number_bounds& wanted)
{
    if (wanted.least == wanted.most && wanted.least) return number(*wanted.least);
    if (!wanted.most) return "at least " + number(wanted.least.value_or(0));
    if (!wanted.least) return "at most " + number(*wanted.most);
    return number(*wanted.least) + " to " + number(*wanted.most);
}

near_entry near_of(const journal_entry& entry, std::vector<std::string> differences = {})
{
    return {entry.ordinal, line_of(entry), std::move(differences)};
}

/// Checks one assertion; the outcome is a message, or nothing if it holds.
class checker_of_one {
public:
    checker_of_one(const world_state& world, const assertion& which, time_point now)
        : world_(world), which_(which), now_(now)
    {
    }

    std::optional<failed_assertion> run()
    {
        const bool needs_journal = !std::holds_alternative<expected::ledger_has>(which_.what) &&
                                   !std::holds_alternative<expected::faults_consumed>(which_.what);
        const std::uint64_t dropped = world_.requests.dropped();
        if (needs_journal && dropped > which_.since)
            return failed_assertion{
                "E_JOURNAL_INCOMPLETE",
                which_.path,
                "needs the requests after #" + number(which_.since) + ", and those up to #" +
                    number(dropped) + " are dropped"};
        std::visit([&](const auto& what) { check(what); }, which_.what);
        if (message_.empty()) return std::nullopt;
        return failed_assertion{"E_ASSERTION", which_.path, std::move(message_), std::move(near_)};
    }

private:
    using entries = std::vector<const journal_entry*>;

    entries all_like(const journal_filter& of) const
    {
        entries found;
        for (const journal_entry& each : world_.requests.entries())
            if (each.ordinal > which_.since && matches(of, each)) found.push_back(&each);
        return found;
    }

    void fail(std::string message, std::vector<near_entry> near = {})
    {
        message_ = std::move(message);
        near_ = std::move(near);
        if (near_.size() > most_near) near_.resize(most_near);
    }

    void check(const expected::count& what)
    {
        const entries found = all_like(what.of);
        if (meets(what.times, found.size())) return;
        std::vector<near_entry> near;
        if (what.times.most && found.size() > *what.times.most) {
            for (const journal_entry* each : found)
                near.push_back(near_of(*each));
        } else {
            near = nearest(world_.requests, what.of, which_.since);
        }
        fail(number(found.size()) + " such requests, not " + text_of(what.times), std::move(near));
    }

    void check(const expected::sequence& what)
    {
        const entries among = all_like(what.among);
        std::size_t best = 0;
        const std::size_t starts =
            what.gaps ? std::min<std::size_t>(1, among.size()) : among.size();
        for (std::size_t start = 0; start < starts; ++start) {
            const std::size_t reached = steps_from(what, among, start);
            best = std::max(best, reached);
            if (best == what.steps.size()) return;
        }
        fail(
            "step " + number(best) + " of the sequence did not come in its turn",
            nearest(world_.requests, what.steps[best], which_.since)
        );
    }

    /// How many steps are met, one after the other, from that entry on.
    static std::size_t steps_from(
        const expected::sequence& what, const entries& among, std::size_t start
    )
    {
        std::size_t step = 0;
        for (std::size_t i = start; i < among.size() && step < what.steps.size(); ++i) {
            if (matches(what.steps[step], *among[i]))
                ++step;
            else if (!what.gaps)
                break;
        }
        return step;
    }

    void check(const expected::gap& what)
    {
        const entries found = all_like(what.of);
        for (std::size_t i = 1; i < found.size(); ++i) {
            const duration gap = found[i]->at - found[i - 1]->at;
            const bool short_one = what.least && gap < *what.least;
            if (!short_one && (!what.most || gap <= *what.most)) continue;
            const std::string is = "comes " + decimal_seconds(gap) + " s after #" +
                                   number(found[i - 1]->ordinal) + ", not " +
                                   decimal_seconds(short_one ? *what.least : *what.most);
            return fail(
                short_one ? "a request came too early" : "a request came too late",
                {near_of(*found[i - 1]), near_of(*found[i], {is})}
            );
        }
    }

    void check(const expected::in_flight& what)
    {
        entries open;
        for (const journal_entry* each : all_like(what.of)) {
            std::erase_if(open, [&](const journal_entry* earlier) {
                return earlier->end && earlier->begun_by_end < each->ordinal;
            });
            open.push_back(each);
            if (open.size() <= what.most) continue;
            std::vector<near_entry> near;
            for (const journal_entry* one : open)
                near.push_back(near_of(*one));
            return fail(
                number(open.size()) + " requests under way at once, not at most " +
                    number(what.most),
                std::move(near)
            );
        }
    }

    void check(const expected::connections& what)
    {
        std::map<std::uint64_t, const journal_entry*> first;
        for (const journal_entry* each : all_like(what.of))
            first.emplace(each->connection, each);
        if (first.size() <= what.most) return;
        std::vector<near_entry> near;
        for (const auto& [connection, entry] : first)
            near.push_back(near_of(*entry, {"connection is " + number(connection)}));
        fail(
            number(first.size()) + " connections, not at most " + number(what.most), std::move(near)
        );
    }

    void check(const expected::header_is& what)
    {
        using how = expected::header_is::how;
        std::map<std::uint64_t, std::optional<std::string_view>> first;
        std::vector<near_entry> near;
        for (const journal_entry* each : all_like(what.of)) {
            const auto found = each->find(what.name);
            const auto wanted = what.is == how::same_across_attempts
                                    ? first.emplace(each->logical, found).first->second
                                    : std::optional<std::string_view>(what.text);
            const bool good = what.is == how::present  ? found.has_value()
                              : what.is == how::absent ? !found
                                                       : found == wanted;
            if (good) continue;
            const std::string is = found ? "'" + std::string(*found) + "'" : "absent";
            std::string should = what.is == how::present  ? "present"
                                 : what.is == how::absent ? "absent"
                                 : wanted                 ? "'" + std::string(*wanted) + "'"
                                                          : "absent";
            near.push_back(near_of(*each, {what.name + " is " + is + ", not " + should}));
        }
        if (!near.empty())
            fail("the header is not as it should be in " + number(near.size()) + " requests", near);
    }

    void check(const expected::same_bytes& what)
    {
        std::map<std::uint64_t, const journal_entry*> first;
        std::vector<near_entry> near;
        for (const journal_entry* each : all_like(what.of)) {
            const journal_entry* original = first.emplace(each->logical, each).first->second;
            auto differ = differing_bytes(*original, *each, what.except);
            if (!differ.empty()) near.push_back(near_of(*each, std::move(differ)));
        }
        if (!near.empty()) fail("attempts at one request differ", std::move(near));
    }

    static std::vector<std::string> differing_bytes(
        const journal_entry& a, const journal_entry& b, const std::vector<std::string>& except
    )
    {
        std::vector<std::string> out;
        if (&a == &b) return out;
        const std::string behind = " is not as in #" + number(a.ordinal);
        const auto x = a.headers();
        const auto y = b.headers();
        const auto is_excepted = [&](std::string_view name) {
            return std::any_of(except.begin(), except.end(), [&](const std::string& each) {
                return same_ignoring_case(each, name);
            });
        };
        for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
            const auto& name = i < y.size() ? y[i].first : x[i].first;
            const bool same = i < x.size() && i < y.size() && x[i].first == y[i].first &&
                              (x[i].second == y[i].second || is_excepted(name));
            if (!same) out.push_back("header " + std::string(name) + behind);
        }
        if (a.body_size() != b.body_size() || a.body_hash() != b.body_hash())
            out.push_back("body" + behind);
        return out;
    }

    void check(const expected::nothing_after& what)
    {
        using event = expected::nothing_after::event;
        const auto [ordinal, at] =
            what.when == event::reply ? first_reply(what.reply) : moment_of(what.when);
        if (!at) return;
        std::vector<near_entry> near;
        for (const journal_entry* each : all_like(what.of))
            if (ordinal > 0 ? each->ordinal > ordinal : each->at > *at)
                near.push_back(near_of(*each));
        if (!near.empty()) fail(number(near.size()) + " requests after the event", near);
    }

    using moment = std::pair<std::uint64_t, std::optional<time_point>>;

    moment first_reply(const journal_filter& like) const
    {
        const entries found = all_like(like);
        if (found.empty()) return {0, std::nullopt};
        return {found.front()->ordinal, found.front()->at};
    }

    /// When it had happened for every run; nothing if it has not, or there is no run.
    moment moment_of(expected::nothing_after::event when) const
    {
        using event = expected::nothing_after::event;
        moment last{0, std::nullopt};
        for (const auto& [name, book] : world_.seen.accounts())
            for (const run_ledger& each : book.runs) {
                const run_future& future = world_.find_run(each.id)->future;
                std::optional<time_point> at;
                if (when == event::end_shown) at = each.end_shown;
                if (when == event::run_ended && future.terminal() <= now_) at = future.terminal();
                if (when == event::all_delivered) at = last_delivery(future, each, name);
                if (!at) return {0, std::nullopt};
                if (!last.second || *at >= *last.second) last.second = at;
                if (when == event::end_shown) last.first = std::max(last.first, each.end_shown_by);
            }
        return last;
    }

    std::optional<time_point> last_delivery(
        const run_future& of, const run_ledger& book, std::string_view account
    ) const
    {
        time_point last = of.created();
        for (std::size_t i = 0; i < book.jobs.size(); ++i) {
            const job_case each{of, book, i, world_.from, account};
            const job_verdict found = judge_job(each, {}, now_);
            if (!found.first && each.job().visible != job_future::never) return std::nullopt;
            if (found.first) last = std::max(last, *found.first);
        }
        return last;
    }

    void check(const expected::ledger_has& what)
    {
        const book_summary sum = summarize(world_, what.how, now_);
        std::string wrong;
        for (const auto& [name, wanted] : what.figures) {
            const std::uint64_t is = ledger_figure(sum, name);
            if (meets(wanted, is)) continue;
            wrong += (wrong.empty() ? "" : "; ") + name + " is " + number(is) + ", not " +
                     text_of(wanted);
        }
        if (!wrong.empty()) fail(std::move(wrong));
    }

    void check(const expected::faults_consumed& what)
    {
        std::string wrong;
        for (const std::size_t each : world_.faults.unmet()) {
            if (what.which &&
                std::find(what.which->begin(), what.which->end(), each) == what.which->end())
                continue;
            wrong += (wrong.empty() ? "no request met fault " : ", ") + number(each) + " (" +
                     std::string(dotted_name_of(world_.faults.at(each).on)) + ")";
        }
        if (what.which)
            for (const std::size_t each : *what.which)
                if (each >= world_.faults.size())
                    wrong += (wrong.empty() ? "" : "; ") + ("there is no fault " + number(each));
        if (!wrong.empty()) fail(std::move(wrong));
    }

    const world_state& world_;
    const assertion& which_;
    const time_point now_;
    std::string message_;
    std::vector<near_entry> near_;
};

}  // namespace

std::vector<near_entry> nearest(
    const journal& book, const journal_filter& what, std::uint64_t since
)
{
    std::vector<near_entry> best;
    for (const journal_entry& each : book.entries()) {
        if (each.ordinal <= since) continue;
        auto differ = differences(what, each);
        const auto place = std::find_if(best.begin(), best.end(), [&](const near_entry& other) {
            return differ.size() < other.differences.size();
        });
        if (place == best.end() && best.size() == most_near) continue;
        best.insert(place, near_of(each, std::move(differ)));
        if (best.size() > most_near) best.pop_back();
    }
    return best;
}

verification verify(const world_state& world, const expectations& expect, time_point now)
{
    verification made;
    for (const assertion& each : expect)
        if (auto failed = checker_of_one{world, each, now}.run()) {
            made.passed = false;
            made.reasons.push_back(*std::move(failed));
        }
    return made;
}

}  // namespace scrapingpros_mock
