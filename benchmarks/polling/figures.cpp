#include "benchmarks/polling/figures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "mock_server/books/frontier.hpp"

namespace polling {
namespace {

namespace json = boost::json;

constexpr std::size_t page = 100;

double seconds_of(duration time)
{
    return std::chrono::duration<double>(time).count();
}

/// The smallest value that `share` of the sorted ones do not exceed.
double quantile(const std::vector<double>& sorted, double share)
{
    if (sorted.empty()) return 0;
    const auto place = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(place, 1.0)) - 1];
}

double rounded(double value)
{
    return std::round(value * 1e6) / 1e6;
}

void add_delays(const worlds& all, figures& into)
{
    std::vector<double> delays;
    double found = 0;
    std::size_t listed = 0;
    for (const auto& in : all) {
        const auto& jobs = in->run().jobs();
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (jobs[i].ended == mock::job_future::never) continue;
            if (in->delivered_at()[i] == time_point::max())
                ++into.lost;
            else
                delays.push_back(seconds_of(in->delivered_at()[i] - jobs[i].ended));
            if (in->listed_at()[i] == time_point::max()) continue;
            ++listed;
            found += seconds_of(in->listed_at()[i] - jobs[i].ended);
        }
    }
    std::sort(delays.begin(), delays.end());
    for (const double each : delays)
        into.mean += each / static_cast<double>(delays.size());
    into.p50 = quantile(delays, 0.5);
    into.p95 = quantile(delays, 0.95);
    into.p99 = quantile(delays, 0.99);
    into.longest = delays.empty() ? 0 : delays.back();
    if (listed > 0) into.discovery_mean = found / static_cast<double>(listed);
}

void add_bounds(const world& in, bool with_clairvoyant, figures& into)
{
    std::vector<time_point> visible;
    double hidden = 0;
    std::size_t missing = 0;
    for (const auto& job : in.run().jobs()) {
        if (job.ended == mock::job_future::never) continue;
        visible.push_back(job.visible);
        hidden += seconds_of(job.visible - job.ended);
        missing += job.inline_miss && mock::is_completed(job.ends);
        into.body_kilobytes += mock::is_completed(job.ends) ? job.body_bytes / 1024.0 : 0;
    }
    into.floor += (visible.size() + page - 1) / page + missing;
    if (!with_clairvoyant || visible.empty()) return;
    const double own = into.discovery_mean - hidden / static_cast<double>(visible.size());
    const auto mean = duration{static_cast<duration::rep>(std::max(own, 0.0) * 1e6)};
    into.clairvoyant = mock::frontier{std::move(visible), page}.polls_for_mean(mean);
}

}  // namespace

std::uint64_t figures::polls() const
{
    return total() - requests[static_cast<std::size_t>(request_kind::result)] - refused;
}

std::uint64_t figures::total() const
{
    std::uint64_t all = refused;
    for (const auto each : requests)
        all += each;
    return all;
}

figures figures_of(const worlds& all, const decision_log& log, bool with_clairvoyant)
{
    figures made;
    add_delays(all, made);
    time_point last = all.front()->begin();
    time_point over = last;
    for (const auto& each : all) {
        const auto& in = *each;
        for (std::size_t kind = 0; kind < request_kinds; ++kind)
            made.requests[kind] += in.requests[kind];
        made.refused += in.refused;
        made.kilobytes += in.kilobytes;
        made.twice += in.twice;
        made.rows_held = std::max(made.rows_held, in.rows_held_max);
        made.endless = made.endless || !in.is_ended();
        for (const auto& job : in.run().jobs())
            if (job.ended != mock::job_future::never) last = std::max(last, job.ended);
        for (const auto& read : in.reads)
            if (read.what == request_kind::inline_page)
                ++made.page_fill[std::min<std::size_t>(read.rows / 10, 9)];
        add_bounds(in, with_clairvoyant && all.size() == 1, made);
    }
    for (const auto& each : all)
        over = std::max(over, each->ended_at().value_or(last));
    made.end_known = seconds_of(over - last);
    for (const auto& each : all)
        for (const time_point at : each->delivered_at())
            if (at != time_point::max()) over = std::max(over, at);
    made.makespan = seconds_of(over - all.front()->begin());
    made.decision_ns = log.median();
    return made;
}

std::string json_line(const worlds& all, const line_subject& about, const figures& from)
{
    const auto& how = all.front()->options();
    const auto& load = all.front()->workload();
    std::size_t jobs = 0;
    for (const auto& each : all)
        jobs += each->workload().jobs.size();
    const auto of = [&](request_kind kind) {
        return from.requests[static_cast<std::size_t>(kind)];
    };
    json::object surroundings{
        {"limiter", name_of(how.limiter)},
        {"reads_per_minute", how.reads_per_minute},
        {"flush", rounded(seconds_of(load.flush_period))}};
    if (how.webhook) surroundings["webhook"] = true;
    if (how.limiter != limiter_kind::none) {
        surroundings["known"] = how.limit_known;
        surroundings["headers"] = how.rate_headers;
        surroundings["competitor"] = how.competitor;
    }
    json::object out{
        {"workload", about.workload},
        {"hash", about.hash},
        {"seed", how.seed},
        {"jobs", jobs},
        {"world", std::move(surroundings)},
        {"client", about.client}};
    if (all.size() > 1) out["runs"] = all.size();
    out["requests"] = json::object{
        {"status", of(request_kind::status) + of(request_kind::run)},
        {"inline", of(request_kind::inline_page)},
        {"metadata", of(request_kind::metadata_page)},
        {"result", of(request_kind::result)},
        {"rejected_429", from.refused}};
    out["bytes"] = json::object{
        {"total", std::llround(from.kilobytes * 1024)},
        {"beside_bodies",
         std::llround(std::max(0.0, from.kilobytes - from.body_kilobytes) * 1024)}};
    out["lateness_s"] = json::object{
        {"mean", rounded(from.mean)},
        {"p50", rounded(from.p50)},
        {"p95", rounded(from.p95)},
        {"p99", rounded(from.p99)},
        {"max", rounded(from.longest)}};
    out["discovery_mean_s"] = rounded(from.discovery_mean);
    out["end_known_s"] = rounded(from.end_known);
    out["makespan_s"] = rounded(from.makespan);
    out["lost"] = from.lost;
    out["twice"] = from.twice;
    out["endless"] = from.endless;
    out["rows_held_max"] = from.rows_held;
    out["page_fill"] = json::array(from.page_fill.begin(), from.page_fill.end());
    out["clairvoyant_requests"] = from.clairvoyant;
    out["floor_requests"] = from.floor;
    out["decision_ns_p50"] = from.decision_ns;
    return json::serialize(out);
}

std::string timeline_line(const world& in, const std::string& client)
{
    const auto since = [&](time_point at) { return rounded(seconds_of(at - in.begin())); };
    json::array completions;
    json::array listable;
    for (const auto place : in.run().by_end()) {
        completions.push_back(since(in.run().jobs()[place].ended));
        listable.push_back(since(in.run().jobs()[place].visible));
    }
    json::array reads;
    for (const auto& read : in.reads)
        if (read.what != request_kind::result)
            reads.push_back(json::array{
                since(read.at),
                read.what == request_kind::inline_page || read.what == request_kind::metadata_page,
                read.fresh});
    return json::serialize(json::object{
        {"timeline", in.workload().name},
        {"client", client},
        {"completed", std::move(completions)},
        {"listable", std::move(listable)},
        {"reads", std::move(reads)}});
}

}  // namespace polling
