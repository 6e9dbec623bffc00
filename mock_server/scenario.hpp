#ifndef SCRAPINGPROS_MOCK_SCENARIO_HPP
#define SCRAPINGPROS_MOCK_SCENARIO_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "faults.hpp"
#include "limit_options.hpp"
#include "retention_options.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// A distribution by four of its points, straight lines between them: no floating point, so the
/// same seed draws the same numbers everywhere.
struct quantiles {
    std::int64_t min = 0;
    std::int64_t p50 = 0;
    std::int64_t p90 = 0;
    std::int64_t max = 0;

    static constexpr quantiles always(std::int64_t value) { return {value, value, value, value}; }
    static constexpr quantiles always(duration value) { return always(value.count()); }
    static constexpr quantiles of(duration a, duration b, duration c, duration d)
    {
        return {a.count(), b.count(), c.count(), d.count()};
    }
};

/// How a job can end.
enum class outcome {
    ok,              ///< completed and usable
    not_found,       ///< completed, the target said 404
    server_error,    ///< completed, the target said 500
    soft_block,      ///< completed, the target said 200 and showed a captcha
    worker_failed,   ///< failed
    worker_timeout,  ///< timeout
};

/// Parts of a thousand of each way to end; the rest is `ok`.
struct outcome_mix {
    unsigned not_found = 0;
    unsigned server_error = 0;
    unsigned soft_block = 0;
    unsigned worker_failed = 0;
    unsigned worker_timeout = 0;
};

enum class body_style {
    plain,
    /// In JSON each byte of the body is spelled as \u00XX: six bytes on the wire for one.
    every_byte_escaped,
};

/// How runs go, where no target_page says otherwise.
struct workload {
    std::size_t slots = 20;  ///< jobs at work at the same time
    quantiles execution = quantiles::of(
        std::chrono::milliseconds{600},
        std::chrono::seconds{2},
        std::chrono::seconds{6},
        std::chrono::seconds{20}
    );
    outcome_mix outcomes = {};
    quantiles body_bytes = {1'000, 4'000, 16'000, 64'000};
    body_style style = body_style::plain;
    duration seeding{std::chrono::milliseconds{900}};       ///< run start to the first job's start
    duration flush_period{std::chrono::seconds{5}};         ///< table writes while the run goes on
    duration worker_time_limit{std::chrono::seconds{120}};  ///< what a `worker_timeout` job takes
    unsigned inline_miss = 0;  ///< of a thousand: results missing in listings though they exist
    unsigned lost = 0;         ///< of a thousand: bodies gone 5 to 15 minutes after completion
};

/// What the target at a URL answers; everything unset is drawn as for any other job.
struct target_page {
    std::string url = {};
    std::optional<std::string> custom_id = {};  ///< only for the job with this custom_id
    std::optional<outcome> ends = {};
    std::optional<duration> execution = {};
    std::optional<std::string> body = {};
    std::string content_type = "text/html; charset=utf-8";
    bool binary = false;        ///< the body goes out as body_base64
    std::string body_url = {};  ///< set: the body is not sent, this is
    bool inline_miss = false;
    std::optional<duration> lost_after = {};  ///< from completion
    std::string error = "proxy error";        ///< message of a `worker_failed` job
    // JSON texts, sent as they stand.
    std::string extracted_data = {};
    std::string evaluate_results = {};
    std::string network_requests = {};
};

/// One of the vendor's plans (contract 14).
struct account_plan {
    std::string name = "enterprise";
    std::optional<std::uint64_t> credits = {};  ///< a month; none: unlimited
    std::size_t write_per_minute = 2'000;
};

/// A worker that dies over a create: nothing is made, the answer is a 500, and an idempotency key
/// is free again from then on.
struct create_death {
    occurrence when = {};  ///< of the creates that begin, over all accounts
    duration after{0};     ///< from the request
};

/// Everything a world is made from. A default one is a plain, healthy service.
struct scenario {
    std::uint64_t seed = 1;
    /// Accepted API keys and the account that each belongs to.
    std::map<std::string, std::string, std::less<>> tokens = {{"test_token_a", "client_test"}};
    switches contract = {};
    workload jobs = {};
    std::vector<target_page> targets = {};
    std::vector<fault> faults = {};

    /// Saved pages by URL path. The bytes are read when they are served.
    std::optional<std::filesystem::path> content = {};
    std::size_t max_page_bytes = 64u << 20;

    /// For callers that choose their own clock; the world itself is told the time.
    time_point start{
        std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + std::chrono::hours{10}};

    /// Names of collections from before 2026-04-30, which have no stamps; in every account.
    std::vector<std::string> old_collections = {};

    bool enforce_limits = true;
    account_plan plan = {};
    std::uint64_t credits_used = 0;

    std::string health = "healthy";
    std::set<std::string, std::less<>> approved_countries = {};
    std::set<std::string, std::less<>> unresolvable_hosts = {};  ///< blocked as `dns_failed`
    /// How long a create takes before its answer, besides `create_per_item` for each item.
    duration create_duration{0};
    duration create_per_item{0};
    std::vector<create_death> create_deaths = {};
    std::string webhook_secret = "test_webhook_secret_a";
    std::string public_url = "https://api.scrapingpros.com";

    limit_options limits = {};
    retention_options retention = {};

    /// Failures in the proportions a real service shows, results missing inline as the vendor
    /// measured it (4.6 %).
    static scenario lifelike();
};

}  // namespace scrapingpros_mock

#endif
