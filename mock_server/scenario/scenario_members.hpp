#ifndef SCRAPINGPROS_MOCK_SCENARIO_MEMBERS_HPP
#define SCRAPINGPROS_MOCK_SCENARIO_MEMBERS_HPP

#include <array>
#include <string_view>

#include "runs/run_shape.hpp"

/// The words of scenario files, shared by reader, writer and the test of the JSON Schema.
namespace scrapingpros_mock::members {

using names = std::string_view;

inline constexpr names format_name = "scrapingpros-scenario/1";

inline constexpr names scenario[] = {
    "format",
    "name",
    "seed",
    "clock",
    "contract",
    "tenants",
    "runs",
    "targets",
    "content",
    "service",
    "faults",
    "webhook",
    "expect"};
inline constexpr names clock[] = {
    "mode", "start", "scale", "wall_waits", "step", "classes", "max_real_block", "serial"};
inline constexpr names contract[] = {"profile", "switches"};
inline constexpr names tenant[] = {"key", "account", "plan", "limits"};
inline constexpr names content[] = {"folder", "max_page_bytes"};
inline constexpr names service[] = {
    "health",
    "public_url",
    "approved_countries",
    "unresolvable_hosts",
    "old_collections",
    "create_duration",
    "create_per_item",
    "enforce_limits",
    "credits_used"};
inline constexpr names target[] = {
    "url",
    "custom_id",
    "outcome",
    "exec",
    "body",
    "body_base64",
    "body_url",
    "content_type",
    "inline",
    "lost_after",
    "error",
    "extracted_data",
    "evaluate_results",
    "network_requests"};
inline constexpr names run[] = {
    "match",        "progress",  "workload", "workers",  "cold_start",
    "seeding",      "seed_rows", "queue",    "exec",     "worker_time_limit",
    "stragglers",   "stalls",    "capacity", "outcomes", "flush",
    "terminal_lag", "inline",    "lost",     "body",     "jobs"};
inline constexpr names match[] = {"nth"};
inline constexpr names polls[] = {"polls", "jobs"};
inline constexpr names quantiles[] = {"dist", "min", "p50", "p90", "max"};
inline constexpr names curve[] = {"dist", "p50", "p99", "cap"};
inline constexpr names body[] = {"dist", "min", "p50", "p90", "max", "p99", "cap", "style"};
inline constexpr names stragglers[] = {"share", "again", "most", "least", "alpha", "longest"};
inline constexpr names stall[] = {"at", "for"};
inline constexpr names capacity[] = {"on", "off", "slow"};
inline constexpr names outcomes[] = {
    "success", "not_found", "server_error", "soft_block", "failed", "timeout"};
inline constexpr names flush[] = {"period", "phase", "drift", "drain_at_end"};
inline constexpr names inline_results[] = {"missing", "malformed"};
inline constexpr names job[] = {
    "at",
    "never_finish",
    "completed_at",
    "exec",
    "outcome",
    "invisible",
    "body",
    "inline",
    "lost_after"};

/// In the order of `outcome`.
inline constexpr std::array<names, 6> outcome_words{
    "success", "not_found", "server_error", "soft_block", "failed", "timeout"};
inline constexpr std::array<names, 3> style_words{"plain", "every_byte_escaped", "hostile-utf8"};
/// In the order of `progress_mode`; `polls` is an object.
inline constexpr std::array<names, 4> progress_words{"virtual", "polls", "manual", "instant"};
inline constexpr std::array<names, 3> distribution_words{"quantiles", "lognormal", "pareto"};
inline constexpr std::array<names, 4> clock_words{"real", "manual", "auto", "per_request"};
inline constexpr std::array<names, 3> profile_words{"newest", "y2026_04_06", "adversarial"};
inline constexpr std::array<names, 7> plan_words{
    "demo", "free", "starter", "growth", "pro", "scale", "enterprise"};

}  // namespace scrapingpros_mock::members

#endif
