#include <map>

#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "limits/plans.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

struct usage {
    std::uint64_t simple_success = 0, simple_failed = 0, browser_success = 0, browser_failed = 0;
    std::map<std::string, std::uint64_t> by_url;
};

usage usage_in(const account_state& account, std::string_view month, time_point now)
{
    usage sum;
    for (const auto& [id, each] : account.runs) {
        if (iso_seconds(each.future.created()).substr(0, 7) != month) continue;
        for (const std::uint32_t i : each.future.by_end()) {
            const job_future& job = each.future.jobs()[i];
            if (job.ended > now) break;
            const item& wanted = each.future.items()[i];
            const bool success = job.ends == outcome::ok;
            auto& count = wanted.browser ? (success ? sum.browser_success : sum.browser_failed)
                                         : (success ? sum.simple_success : sum.simple_failed);
            ++count;
            ++sum.by_url[wanted.url];
        }
    }
    return sum;
}

bool is_month(std::string_view text)
{
    return text.size() == 7 && parse_iso(std::string(text) + "-01T00:00:00").has_value();
}

void write_usage(json_writer& out, const usage& sum, bool by_url)
{
    const std::uint64_t success = sum.simple_success + sum.browser_success;
    const std::uint64_t failed = sum.simple_failed + sum.browser_failed;
    out.begin_object().member("simple_success", sum.simple_success);
    out.member("simple_failed", sum.simple_failed);
    out.member("simple_total", sum.simple_success + sum.simple_failed);
    out.member("browser_success", sum.browser_success).member("browser_failed", sum.browser_failed);
    out.member("browser_total", sum.browser_success + sum.browser_failed);
    out.member("total_requests", success + failed).member("total_success", success);
    out.member("total_failed", failed).key("credits").begin_object();
    out.member("simple", sum.simple_success).member("browser", 5 * sum.browser_success);
    out.member("total", sum.simple_success + 5 * sum.browser_success).end_object();
    out.key("by_url");
    if (by_url) {
        out.begin_object();
        for (const auto& [url, count] : sum.by_url)
            out.member(url, count);
        out.end_object();
    } else {
        out.value(nullptr);
    }
    out.end_object();
}

}  // namespace

/// Billing, and under the two other names the same figures: their bodies are not known.
reply get_billing(call& c)
{
    const query& in = c.where.parameters;
    const std::string month = in.find("month").value_or(iso_seconds(c.now).substr(0, 7));
    if (!is_month(month)) return error(c.contract(), 400, "Invalid month: expected YYYY-MM");
    json_writer out;
    out.begin_object().member("month", month).key("clients").begin_object().key(c.account.name);
    write_usage(out, usage_in(c.account, month, c.now), in.find("detail") == "urls");
    out.end_object().key("credit_system").begin_object();
    out.member("simple_request", 1).member("browser_request", 5).end_object();
    return json_reply(200, out.end_object().take());
}

reply get_health(const world_state& world)
{
    json_writer out;
    out.begin_object().member("status", world.from.health);
    if (world.contract().health_body == choice::health_body::with_components) {
        out.key("components").begin_object().member("api", "healthy");
        out.member("queue", world.from.health).end_object();
    }
    return json_reply(200, out.end_object().take());
}

reply get_plans()
{
    json_writer out;
    out.begin_object().key("plans").begin_array();
    for (const known_plan& each : known_plans()) {
        if (!each.listed) continue;
        out.begin_object().member("name", each.name).member("display_name", each.display_name);
        out.member("credits_monthly", each.credits);
        out.member("max_concurrent_jobs", each.concurrent_jobs).end_object();
    }
    return json_reply(200, out.end_array().end_object().take());
}

}  // namespace scrapingpros_mock
