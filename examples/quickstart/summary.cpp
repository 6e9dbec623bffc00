#include "summary.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <set>
#include <sstream>
#include <string_view>

namespace quickstart {

namespace json = boost::json;

std::string summary_of(const effort& used, const delivery_counts& counts)
{
    const request_counts& sent = used.requests;
    std::ostringstream out;
    out << "requests     " << sent.total() << ": create " << sent.create << ", start run "
        << sent.start_run << ", list runs " << sent.list_runs << ", get run " << sent.get_run
        << ", list jobs " << sent.list_jobs << ", get result " << sent.get_result << ", other "
        << sent.other << '\n';
    out << "connections  " << used.connections << '\n';
    out << "results      " << counts.inlined << " inline, " << counts.fetched << " fetched, "
        << counts.missed << " without a body\n";
    return out.str();
}

std::string disagreements(
    const mock_records& records, const effort& used, const delivery_counts& counts
)
{
    const auto ledger = json::parse(records.ledger);
    const auto& summary = ledger.at("summary");
    std::ostringstream out;
    const auto compare = [&](std::string_view what, std::uint64_t ours, std::uint64_t theirs) {
        if (ours != theirs)
            out << "the mock counts " << theirs << ' ' << what << ", and not " << ours << '\n';
    };
    const auto compare_requests = [&](json::string_view what, std::uint64_t ours) {
        compare(what, ours, summary.at("requests").at(what).to_number<std::uint64_t>());
    };
    const request_counts& sent = used.requests;
    compare_requests("create", sent.create);
    compare_requests("start_run", sent.start_run);
    compare_requests("list_runs", sent.list_runs);
    compare_requests("get_run", sent.get_run);
    compare_requests("list_jobs", sent.list_jobs);
    compare_requests("get_result", sent.get_result);
    compare_requests("other", sent.other);
    const auto& bodies = summary.at("bodies");
    compare("inline bodies", counts.inlined, bodies.at("inline").to_number<std::uint64_t>());
    compare("fetched bodies", counts.fetched, bodies.at("fetched").to_number<std::uint64_t>());

    // The ledger knows of no connections; the journal names that of every request.
    std::set<std::uint64_t> connections;
    const auto journal = json::parse(records.journal);
    for (const auto& entry : journal.at("entries").as_array())
        connections.insert(entry.at("connection").to_number<std::uint64_t>());
    compare("connections", used.connections, connections.size());
    return out.str();
}

}  // namespace quickstart
