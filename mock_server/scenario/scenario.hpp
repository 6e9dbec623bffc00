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

#include "books/assertions.hpp"
#include "books/journal_limits.hpp"
#include "clock/clock_options.hpp"
#include "faults/faults.hpp"
#include "limits/limit_options.hpp"
#include "limits/retention_options.hpp"
#include "runs/run_shape.hpp"
#include "switches.hpp"
#include "types.hpp"
#include "webhooks/webhook_options.hpp"

namespace scrapingpros_mock {

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

/// An account as a scenario file describes it.
struct tenant_options {
    std::string key;      ///< API key
    std::string account;  ///< client_id
    std::string plan;
    std::string limits_json;  ///< as it stands in the file; empty: not there
    std::optional<limit_options> limits = {};
};

/// Everything a world is made from. A default one is a plain, healthy service.
struct scenario {
    std::string name = {};
    std::uint64_t seed = 1;
    clock_options clock = {};
    /// Accepted API keys and the account that each belongs to.
    std::map<std::string, std::string, std::less<>> tokens = {{"test_token_a", "client_test"}};
    switches contract = {};
    run_shape jobs = {};               ///< of runs that none of `runs` matches
    std::vector<run_shape> runs = {};  ///< the first that matches counts
    std::vector<target_page> targets = {};
    std::vector<fault> faults = {};
    /// A request may bring a fault of its own: `X-Mock-Fault: reset@response-body:100`.
    bool fault_header = false;
    journal_limits journal = {};
    expectations expect = {};  ///< what `world::verify` looks at

    /// Saved pages by URL path. The bytes are read when they are served.
    std::optional<std::filesystem::path> content = {};
    std::string content_folder = {};  ///< as the scenario file names it
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
    webhook_options webhooks = {};

    limit_options limits = {};
    retention_options retention = {};

    // Parts of the scenario file as they stand there, for writing it again; empty: not there.
    std::string expect_json = {};
    std::string webhook_json = {};
    std::string faults_json = {};  ///< as `faults` was read from it
    std::vector<tenant_options> tenants = {};

    /// By the run's place among its account's runs, from 0.
    const run_shape& shape_of(std::uint64_t ordinal) const noexcept;

    /// Failures in the proportions a real service shows, results missing inline as the vendor
    /// measured it (4.6 %).
    static scenario lifelike();
};

}  // namespace scrapingpros_mock

#endif
