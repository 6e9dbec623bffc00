// The verbs that need no network: status, results and --dry-run.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "checkpoint_file.hpp"
#include "json_members.hpp"
#include "ledger_file.hpp"
#include "line_sink.hpp"
#include "verbs.hpp"

namespace cli {
namespace {

namespace json = boost::json;
namespace sp = scrapingpros;

json::array missing_of(const sp::checkpoint& of)
{
    json::array out;
    for (const auto& one : of.missing)
        out.push_back(json::object{
            {"job_public_id", one.id.value},
            {"custom_id", or_null(one.custom_id)},
            {"url", or_null(one.url)},
            {"cause", to_string(one.cause)}});
    return out;
}

json::object status_of(const sp::checkpoint& there)
{
    json::object out;
    out["stage"] = to_string(there.stage);
    out["name"] = there.name;
    out["collection_id"] = there.target ? json::value(there.target->collection.value) : nullptr;
    out["run_id"] = there.target && !there.target->run.value.empty()
                        ? json::value(there.target->run.value)
                        : json::value(nullptr);
    out["submitted"] = there.submitted;
    out["jobs"] = or_null(there.total);
    add_counts(out, there.counts);
    if (there.created) {
        out["blocked"] = there.created->blocked_urls.size();
        out["invalid"] = there.created->invalid_items.size();
        out["duplicates"] = duplicates(*there.created);
    }
    out["missing"] = missing_of(there);
    return out;
}

}  // namespace

exit_code estimate(const batch_input& in)
{
    const auto jobs = in.lines.size() - in.duplicates;
    json::object out;
    out["items"] = in.lines.size();
    out["duplicates"] = in.duplicates;
    out["jobs"] = jobs;
    // A page costs 1 credit, with a browser 5; duplicates cost nothing (contract sections 3.3 and 12).
    out["credits_at_most"] = jobs + 4 * in.with_browser;
    // Create, start, and pages of 100 results; what is over 256 KB is fetched on its own.
    out["requests_at_least"] = 2 + (jobs + 99) / 100;
    line_sink("-", sp::durability::process).write(json::serialize(out) + '\n');
    return exit_code::delivered;
}

exit_code show_status(const arguments& given)
{
    line_sink out("-", sp::durability::process);
    if (const auto ledger = ledger_of(given.checkpoint)) {
        for (const auto& line : lines_of_batches(*ledger, given.name))
            out.write(line + '\n');
        return exit_code::delivered;
    }
    const auto there = look_into(given.checkpoint);
    if (!there) throw bad_input("there is no checkpoint in " + given.checkpoint);
    out.write(json::serialize(status_of(*there)) + '\n');
    return exit_code::delivered;
}

exit_code show_results(const arguments& given)
{
    const auto ledger = ledger_of(given.checkpoint);
    if (!ledger)
        throw bad_input("a checkpoint in a file keeps no results; they are in the output, or in a "
                        "ledger (--checkpoint sqlite:FILE)");
    std::vector<std::string> names{given.name};
    if (given.name.empty()) names = names_of_batches(*ledger);
    if (names.size() > 1)
        throw bad_input("there are several batches in " + *ledger + "; say which: --name NAME");
    line_sink out("-", sp::durability::process);
    list_jobs(*ledger, names.front(), [&](const std::string& line) {
        out.write(line + '\n');
        return true;
    });
    return exit_code::delivered;
}

}  // namespace cli
