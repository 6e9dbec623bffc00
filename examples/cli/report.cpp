#include "report.hpp"

#include <iostream>

#include "progress.hpp"

namespace cli {
namespace {

namespace sp = scrapingpros;

/// More lines than that are for nobody to read; the output and the ledger have them all.
constexpr std::size_t most_lines = 50;

/// Prints a line for each of some things, and how many more there are.
class listing {
public:
    std::ostream& line()
    {
        static std::ostream nowhere(nullptr);
        return ++count_ > most_lines ? nowhere : std::cerr << "  ";
    }
    ~listing()
    {
        if (count_ > most_lines) std::cerr << "  ... and " << count_ - most_lines << " more\n";
    }

private:
    std::size_t count_ = 0;
};

void tell_counts(const session_end& end, std::chrono::steady_clock::duration spent)
{
    const auto& s = end.summary;
    const auto& c = s.counts;
    const auto& r = end.requests;
    std::cerr << s.submitted << " submitted, " << s.queued << " taken: " << c.usable + c.undecided
              << " usable, " << c.not_usable << " not usable, " << c.failed + c.timed_out
              << " failed, " << c.filtered << " left out as not usable, "
              << s.left.jobs.size() + s.left.unnamed << " missing";
    const auto settled =
        delivered(c) + c.filtered + s.left.jobs.size() + s.left.unnamed + end.unfetched.size();
    if (settled < s.queued) std::cerr << ", " << s.queued - settled << " to come";
    std::cerr << '\n';
    std::cerr << r.total() << " requests: " << r.creates << " create, " << r.starts << " start, "
              << r.looks << " looks, " << r.pages << " pages, " << r.results << " results, "
              << r.others << " other; "
              << clock_text(std::chrono::round<std::chrono::seconds>(spent)) << '\n';
}

std::string place_of(const batch_input& in, const std::optional<std::uint64_t>& index)
{
    if (!index || *index >= in.lines.size()) return "";
    return in.place_of(static_cast<std::size_t>(*index)) + ": ";
}

void tell_refusals(const batch_input& in, const session_end& end)
{
    const auto& s = end.summary;
    if (s.duplicates > 0) std::cerr << s.duplicates << " duplicates were skipped\n";
    if (s.untold > 0) std::cerr << s.untold << " items were dropped without a word\n";
    if (s.blocked + s.invalid == 0) return;
    std::cerr << s.blocked + s.invalid << " items were refused\n";
    if (!end.created) return;
    listing list;
    for (const auto& one : end.created->blocked_urls)
        list.line() << place_of(in, one.index) << one.url << ": " << one.reason_text << '\n';
    for (const auto& one : end.created->invalid_items)
        for (const auto& fault : one.errors)
            list.line() << place_of(in, one.index) << one.url.value_or("?") << ": " << fault.field
                        << ": " << fault.message << '\n';
}

void tell_missing(const session_end& end)
{
    const auto& left = end.summary.left;
    if (left.jobs.empty() && left.unnamed == 0 && end.unfetched.empty()) return;
    std::cerr << "missing:\n";
    listing list;
    for (const auto* part : {&left.jobs, &end.unfetched})
        for (const auto& one : *part)
            list.line() << one.id.value << ' ' << one.custom_id.value_or("-") << ' '
                        << one.url.value_or("-") << ": " << to_string(one.cause) << '\n';
    if (left.unnamed > 0)
        list.line() << left.unnamed << " jobs that the run counts and nothing names\n";
}

bool is_of_store(const session_end& end)
{
    return end.ec && end.why.place == "checkpoint";
}

std::string why_of(const session_end& end, const open_checkpoint& kept)
{
    if (end.interrupted && end.summary.stage >= sp::batch_stage::running)
        return "the wait was ended; the run goes on";
    if (end.interrupted)
        return "ended while the pages were submitted; the service may have heard of them";
    if (!end.ec) return {};
    if (is_of_store(end) && code_of(end, 0) == exit_code::cannot_write)
        return "cannot write the checkpoint: " + describe(end.ec, kept.details());
    return describe(end.ec, end.why);
}

bool can_go_on(exit_code code)
{
    switch (code) {
    case exit_code::delivered:
    case exit_code::bad_input:
    case exit_code::run_failed: return false;
    default: return true;
    }
}

}  // namespace

exit_code code_of(const session_end& end, std::uint64_t known_duplicates)
{
    const auto& s = end.summary;
    if (end.interrupted) return exit_code::interrupted;
    if (end.ec == sp::errc::wait_timed_out) return exit_code::deadline;
    if (end.ec == sp::cond::refused || end.ec == sp::errc::criterion_mismatch)
        return exit_code::refused;
    if (end.ec == sp::cond::invalid_input) return exit_code::bad_input;
    if (is_of_store(end)) return exit_code::cannot_write;
    if (end.ec) return exit_code::unreachable;
    if (s.status == sp::run_status::failed || s.status == sp::run_status::cancelled)
        return exit_code::run_failed;
    const bool is_whole = s.left.empty() && s.blocked + s.invalid == 0 &&
                          s.untold <= known_duplicates && end.unfetched.empty();
    return is_whole ? exit_code::delivered : exit_code::remainder;
}

std::string command_to_go_on(const arguments& given, const sp::batch_summary& end)
{
    const bool same_again =
        given.what == verb::attach || (!given.checkpoint.empty() && given.input != "-");
    if (same_again) return shell_text(given.words);
    std::vector<std::string> words{given.words.front(), "attach"};
    const auto option = [&](const char* name, const std::string& value) {
        words.insert(words.end(), {name, value});
    };
    if (!given.checkpoint.empty()) {
        option("--checkpoint", given.checkpoint);
        if (ledger_of(given.checkpoint)) option("--name", name_of(given));
    } else if (end.target && !end.target->run.value.empty()) {
        words.insert(words.end(), {end.target->collection.value, end.target->run.value});
    } else {
        return {};
    }
    if (given.delivery.folder) option("--folder", *given.delivery.folder);
    if (given.delivery.output) option("--output", *given.delivery.output);
    if (given.include_failed) words.emplace_back("--include-failed");
    if (given.delivery.store_errors) words.emplace_back("--store-errors");
    return shell_text(words);
}

exit_code report(
    const arguments& given,
    const batch_input& in,
    const open_checkpoint& kept,
    const session_end& end,
    std::chrono::steady_clock::duration spent
)
{
    auto code = code_of(end, in.duplicates);
    std::string why = why_of(end, kept);
    if (end.thrown) {
        try {
            std::rethrow_exception(end.thrown);
        } catch (const failure& error) {
            code = error.code();
            if (code != exit_code::interrupted) why = error.what();
        }
    }
    const bool is_begun = end.summary.stage >= sp::batch_stage::created;
    if (given.what != verb::submit && is_begun) tell_counts(end, spent);
    if (is_begun) tell_refusals(in, end);
    if (!end.ec && !end.thrown && given.what != verb::submit) tell_missing(end);
    if (!why.empty()) std::cerr << "scrapingpros: " << why << '\n';
    if (end.summary.status == sp::run_status::failed ||
        end.summary.status == sp::run_status::cancelled)
        std::cerr << "scrapingpros: the service says that the run is "
                  << to_string(end.summary.status) << '\n';
    const auto command = can_go_on(code) ? command_to_go_on(given, end.summary) : std::string();
    if (!command.empty()) std::cerr << "to go on:\n    " << command << '\n';
    return code;
}

}  // namespace cli
