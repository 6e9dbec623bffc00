#include "benchmarks/polling/cells.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace polling {
namespace {

limiter_kind limiter_of(const std::string& name)
{
    if (name == "bucket") return limiter_kind::bucket;
    return name == "sliding" ? limiter_kind::sliding : limiter_kind::window;
}

/// One run against limiters that the client knows, does not know, is told of, and shares.
void add_limiter_cells(const arguments& asked, std::vector<cell>& to)
{
    for (const char* workload : {"1k-http", "10k-http", "10k-browser-tail"})
        for (const auto kind : {limiter_kind::window, limiter_kind::bucket, limiter_kind::sliding})
            for (const auto& client : asked.clients) {
                cell made{{workload}, client, 5, 30, kind};
                to.push_back(made);
                made.known = false;
                to.push_back(made);
                made.headers = true;
                to.push_back(made);
                made.headers = false;
                made.competitor = 0.4;
                to.push_back(made);
            }
}

/// Four to sixty runs of one account.
void add_several_cells(const arguments& asked, std::vector<cell>& to)
{
    const auto times = [](std::size_t count, const char* name) {
        return std::vector<std::string>(count, name);
    };
    std::vector<std::string> mixed;
    for (int i = 0; i < 2; ++i)
        mixed.insert(mixed.end(), {"100-browser", "1k-browser", "10-slow", "100-straggler"});
    const std::vector<std::pair<std::vector<std::string>, std::size_t>> sets{
        {times(8, "10-slow"), 30},
        {times(8, "10-browser"), 30},
        {times(4, "100-browser"), 30},
        {times(8, "100-one-late"), 30},
        {times(16, "10-slow"), 60},
        {times(8, "100-browser"), 60},
        {times(8, "1k-browser"), 60},
        {mixed, 60},
        {times(16, "1k-browser"), 600},
        {times(60, "100-browser"), 600},
        {times(60, "10-slow"), 600}};
    for (const auto& [workloads, limit] : sets)
        for (const auto kind : {limiter_kind::window, limiter_kind::bucket})
            for (const auto& client : asked.clients) {
                cell made{workloads, client, 5, limit, kind};
                made.known = asked.limit_is == "known";
                made.headers = asked.limit_is == "told";
                to.push_back(std::move(made));
            }
}

/// What is left out or paid for beside the pacer: its twins, and waits for nothing but the end.
void add_twin_cells(const arguments& asked, std::vector<cell>& to)
{
    for (const double flush : asked.flushes)
        for (const auto& workload : asked.workloads)
            for (const char* client :
                 {"pacer_status_first", "pacer_no_grid", "pacer_unsafe", "wait_sdk", "wait"})
                to.push_back({{workload}, client, flush});
}

/// A service that tells of the end; the official client does not listen.
void add_webhook_cells(const arguments& asked, std::vector<cell>& to)
{
    for (const auto& workload : asked.workloads)
        for (const char* client : {"sdk_0_7_8", "pacer_webhook", "final_only"}) {
            cell made{{workload}, client, 5};
            made.webhook = true;
            to.push_back(std::move(made));
        }
}

}  // namespace

std::string cell::workload() const
{
    if (workloads.size() == 1) return workloads.front();
    const auto is_first = [&](const std::string& each) { return each == workloads.front(); };
    const bool alike = std::all_of(workloads.begin(), workloads.end(), is_first);
    return std::to_string(workloads.size()) + " x " + (alike ? workloads.front() : "mixed");
}

std::vector<cell> cells_of(const arguments& asked)
{
    std::vector<cell> made;
    if (asked.cells == "limiters") add_limiter_cells(asked, made);
    if (asked.cells == "several") add_several_cells(asked, made);
    if (asked.cells == "twins") add_twin_cells(asked, made);
    if (asked.cells == "webhook") add_webhook_cells(asked, made);
    if (!made.empty()) return made;
    for (const double flush : asked.flushes)
        for (const std::size_t limit : asked.limits)
            for (const auto& workload : asked.workloads)
                for (const auto& client : asked.clients)
                    made.push_back(
                        {{workload},
                         client,
                         flush,
                         limit,
                         limiter_of(asked.limiter),
                         asked.limit_is == "known",
                         asked.limit_is == "told",
                         asked.competitor,
                         asked.webhook}
                    );
    if (asked.whole) {
        add_twin_cells(asked, made);
        add_webhook_cells(asked, made);
        add_limiter_cells(asked, made);
        add_several_cells(asked, made);
    }
    return made;
}

std::string name_of(const cell& which)
{
    std::string name =
        "poll/" + which.client + "/" + std::filesystem::path(which.workload()).filename().string();
    if (which.flush >= 0) name += "/flush:" + std::to_string(which.flush).substr(0, 4);
    if (which.webhook) name += "/webhook";
    if (which.limit == 0) return name;
    name += "/limit:" + std::to_string(which.limit) + "/" + std::string(name_of(which.limiter));
    if (which.headers) return name + "/told";
    if (!which.known) name += "/unknown";
    if (which.competitor > 0) name += "/shared";
    return name;
}

}  // namespace polling
