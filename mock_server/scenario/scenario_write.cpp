#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "clock/clock_json.hpp"
#include "json_out.hpp"
#include "scenario/scenario_json.hpp"
#include "scenario/scenario_members.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

using amount_text = std::string (*)(std::int64_t);

std::string time_amount(std::int64_t microseconds)
{
    return duration_text(duration{microseconds});
}

std::string size_amount(std::int64_t bytes)
{
    return size_text(static_cast<std::uint64_t>(bytes));
}

std::string range_text(duration_range range)
{
    return duration_text(range.low) + ".." + duration_text(range.high);
}

/// To the microsecond, if it is not a whole second.
std::string thousandths_text(std::uint32_t number)
{
    return decimal_seconds(duration{std::int64_t{number} * 1'000});
}

std::string share_text(share part)
{
    const std::uint64_t whole = part.of == 0 ? 1 : part.of;
    const std::uint64_t parts = std::min<std::uint64_t>(part.parts, whole) * certain / whole;
    return probability_text(static_cast<parts_per_million>(parts));
}

void write_points(json_writer& out, const quantiles& points, amount_text text)
{
    out.member("dist", "quantiles").member("min", text(points.min)).member("p50", text(points.p50));
    out.member("p90", text(points.p90)).member("max", text(points.max));
}

template <class Curve>
void write_curve(json_writer& out, const char* name, const Curve& points, amount_text text)
{
    out.member("dist", name).member("p50", text(points.p50)).member("p99", text(points.p99));
    if (points.cap > 0) out.member("cap", text(points.cap));
}

void write_points(json_writer& out, const log_normal& points, amount_text text)
{
    write_curve(out, "lognormal", points, text);
}

void write_points(json_writer& out, const pareto& points, amount_text text)
{
    write_curve(out, "pareto", points, text);
}

void write_spread(json_writer& out, std::string_view name, const spread& any, amount_text text)
{
    out.key(name).begin_object();
    std::visit([&](const auto& points) { write_points(out, points, text); }, any);
    out.end_object();
}

void write_progress(json_writer& out, const run_shape& from)
{
    out.key("progress");
    if (from.progress != progress_mode::polls) {
        out.value(members::progress_words[static_cast<std::size_t>(from.progress)]);
        return;
    }
    out.begin_object().member("polls", from.polls_per_step).member("jobs", from.jobs_per_step);
    out.end_object();
}

void write_match(json_writer& out, const run_match& match)
{
    if (match.from == 1 && match.to == run_match{}.to) return;
    static constexpr std::uint64_t last = std::numeric_limits<std::int64_t>::max();
    out.key("match").begin_object().key("nth").begin_array();
    out.value(match.from).value(std::min(match.to, last)).end_array().end_object();
}

void write_disturbances(json_writer& out, const run_shape& from)
{
    const straggling& late = from.stragglers;
    out.key("stragglers").begin_object().raw_member("share", share_text(late.of));
    out.raw_member("again", share_text(late.again)).member("most", late.most);
    out.member("least", duration_text(late.least));
    out.raw_member("alpha", thousandths_text(late.alpha));
    out.member("longest", duration_text(late.longest)).end_object();
    out.key("stalls").begin_array();
    for (const stall_window& each : from.stalls)
        out.begin_object()
            .member("at", duration_text(each.at))
            .member("for", duration_text(each.lasts))
            .end_object();
    out.end_array();
    if (!from.capacity) return;
    out.key("capacity").begin_object().member("on", range_text(from.capacity->on));
    out.member("off", range_text(from.capacity->off));
    out.raw_member("slow", probability_text(from.capacity->slow)).end_object();
}

void write_outcomes(json_writer& out, const outcome_mix& mix)
{
    const auto member = [&](const char* name, std::uint32_t parts) {
        out.raw_member(name, share_text({parts, mix.of}));
    };
    out.key("outcomes").begin_object();
    member("not_found", mix.not_found);
    member("server_error", mix.server_error);
    member("soft_block", mix.soft_block);
    member("failed", mix.worker_failed);
    member("timeout", mix.worker_timeout);
    out.end_object();
}

void write_flush(json_writer& out, const run_shape& from)
{
    out.key("flush").begin_object().member("period", duration_text(from.flush_period));
    if (from.flush_phase) out.member("phase", duration_text(*from.flush_phase));
    out.member("drift", range_text(from.flush_drift));
    out.member("drain_at_end", from.drain_at_end).end_object();
}

void write_job(json_writer& out, const job_override& from)
{
    out.begin_object().key("at");
    if (from.at == job_override::last)
        out.value("last");
    else
        out.value(from.at);
    if (from.never_finish) out.member("never_finish", true);
    if (from.no_completed_at) out.member("completed_at", nullptr);
    if (from.execution) out.member("exec", duration_text(*from.execution));
    if (from.ends)
        out.member("outcome", members::outcome_words[static_cast<std::size_t>(*from.ends)]);
    if (from.invisible > duration{0}) out.member("invisible", duration_text(from.invisible));
    if (from.body_bytes) out.member("body", size_text(*from.body_bytes));
    if (from.inline_miss) out.member("inline", "missing");
    if (from.lost_after) out.member("lost_after", duration_text(*from.lost_after));
    out.end_object();
}

void write_shape(json_writer& out, const run_shape& from)
{
    out.begin_object();
    write_match(out, from.match);
    write_progress(out, from);
    if (!from.plays_name.empty()) out.member("workload", from.plays_name);
    out.member("workers", from.slots).member("cold_start", duration_text(from.cold_start));
    out.member("seeding", duration_text(from.seeding));
    out.member(
        "seed_rows",
        from.seeded_per_second == 0 ? std::string("at_once")
                                    : "rate:" + std::to_string(from.seeded_per_second) + "/s"
    );
    write_spread(out, "queue", from.queue, time_amount);
    write_spread(out, "exec", from.execution, time_amount);
    out.member("worker_time_limit", duration_text(from.worker_time_limit));
    write_disturbances(out, from);
    write_outcomes(out, from.outcomes);
    write_flush(out, from);
    out.member("terminal_lag", range_text(from.terminal_lag));
    out.key("inline").begin_object().raw_member("missing", share_text(from.inline_miss));
    out.raw_member("malformed", share_text(from.inline_damaged)).end_object();
    out.raw_member("lost", share_text(from.lost));
    out.key("body").begin_object();
    std::visit(
        [&](const auto& points) { write_points(out, points, size_amount); }, from.body_bytes
    );
    out.member("style", members::style_words[static_cast<std::size_t>(from.style)]).end_object();
    out.key("jobs").begin_array();
    for (const job_override& each : from.overrides)
        write_job(out, each);
    out.end_array().end_object();
}

/// The profile that needs the fewest switches beside it.
void write_contract(json_writer& out, const switches& contract)
{
    const std::array<switches, 3> profiles{
        switches::newest(), switches::y2026_04_06(), switches::adversarial()};
    std::optional<std::size_t> best;
    std::vector<std::pair<std::string, std::string>> differences;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (profiles[i].server_date != contract.server_date) continue;
        std::vector<std::pair<std::string, std::string>> found;
        for (const switch_entry& each : known_switches())
            if (profiles[i].get(each.name) != contract.get(each.name))
                found.emplace_back(each.name, contract.get(each.name));
        if (best && found.size() >= differences.size()) continue;
        best = i;
        differences = std::move(found);
    }
    out.key("contract").begin_object().member("profile", members::profile_words[best.value_or(0)]);
    out.key("switches").begin_object();
    for (const auto& [name, value] : differences)
        out.member(name, value);
    out.end_object().end_object();
}

void write_tenants(json_writer& out, const scenario& from)
{
    out.key("tenants").begin_array();
    if (from.tenants.empty())
        for (const auto& [key, account] : from.tokens)
            out.begin_object().member("key", key).member("account", account).end_object();
    for (const tenant_options& each : from.tenants) {
        out.begin_object().member("key", each.key).member("account", each.account);
        if (!each.plan.empty()) out.member("plan", each.plan);
        if (!each.limits_json.empty()) out.raw_member("limits", each.limits_json);
        out.end_object();
    }
    out.end_array();
}

void write_target(json_writer& out, const target_page& from)
{
    out.begin_object().member("url", from.url);
    if (from.custom_id) out.member("custom_id", *from.custom_id);
    if (from.ends)
        out.member("outcome", members::outcome_words[static_cast<std::size_t>(*from.ends)]);
    if (from.execution) out.member("exec", duration_text(*from.execution));
    const bool coded = from.body && (from.binary || !is_utf8(*from.body));
    if (from.body)
        out.member(coded ? "body_base64" : "body", coded ? base64(*from.body) : *from.body);
    out.member("content_type", from.content_type);
    if (!from.body_url.empty()) out.member("body_url", from.body_url);
    if (from.inline_miss) out.member("inline", "missing");
    if (from.lost_after) out.member("lost_after", duration_text(*from.lost_after));
    out.member("error", from.error);
    if (!from.extracted_data.empty()) out.raw_member("extracted_data", from.extracted_data);
    if (!from.evaluate_results.empty()) out.raw_member("evaluate_results", from.evaluate_results);
    if (!from.network_requests.empty()) out.raw_member("network_requests", from.network_requests);
    out.end_object();
}

std::vector<std::string> texts_of(const std::set<std::string, std::less<>>& from)
{
    return {from.begin(), from.end()};
}

void write_service(json_writer& out, const scenario& from)
{
    out.key("service").begin_object().member("health", from.health);
    out.member("public_url", from.public_url);
    out.member("approved_countries", texts_of(from.approved_countries));
    out.member("unresolvable_hosts", texts_of(from.unresolvable_hosts));
    out.member("old_collections", from.old_collections);
    out.member("create_duration", duration_text(from.create_duration));
    out.member("create_per_item", duration_text(from.create_per_item));
    out.member("enforce_limits", from.enforce_limits);
    out.member("credits_used", from.credits_used).end_object();
}

}  // namespace

std::string write_run_shape(const run_shape& from)
{
    json_writer out;
    write_shape(out, from);
    return out.take();
}

std::string write_scenario(const scenario& from)
{
    json_writer out;
    out.begin_object().member("format", members::format_name).member("name", from.name);
    out.member("seed", from.seed);
    out.key("clock");
    write_clock(out, from.clock);
    write_contract(out, from.contract);
    write_tenants(out, from);
    out.key("runs").begin_array();
    for (const run_shape& each : from.runs)
        write_shape(out, each);
    // What none of them matches.
    write_shape(out, from.jobs);
    out.end_array().key("targets").begin_array();
    for (const target_page& each : from.targets)
        write_target(out, each);
    out.end_array();
    if (!from.content_folder.empty())
        out.key("content")
            .begin_object()
            .member("folder", from.content_folder)
            .member("max_page_bytes", size_text(from.max_page_bytes))
            .end_object();
    write_service(out, from);
    out.raw_member("faults", from.faults_json.empty() ? "[]" : from.faults_json);
    if (!from.webhook_json.empty()) out.raw_member("webhook", from.webhook_json);
    if (!from.expect_json.empty()) out.raw_member("expect", from.expect_json);
    return out.end_object().take() + "\n";
}

}  // namespace scrapingpros_mock
