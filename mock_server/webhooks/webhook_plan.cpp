#include "webhooks/webhook_plan.hpp"

#include <algorithm>
#include <array>

#include "rows/run_json.hpp"

namespace scrapingpros_mock {
namespace {

using namespace std::chrono_literals;

constexpr std::array<duration, 10> ladder{1s, 5s, 25s, 2min, 10min, 30min, 2h, 6h, 12h, 24h};

/// How long a webhook waits to be overtaken by one that never comes.
constexpr duration overtaking_limit = 10min;

/// Ends as far away as this are no ends.
constexpr duration horizon = std::chrono::days{3650};

bool tells_of(const run& which, const scenario& from)
{
    if (from.contract.webhook_events == choice::webhook_events::any_terminal) return true;
    return which.future.status_at(which.future.terminal()) == run_status::completed;
}

}  // namespace

std::size_t webhook_attempt_limit(const scenario& from) noexcept
{
    const auto& schedule = from.webhooks.schedule;
    return schedule.empty() ? from.contract.webhook_attempts : schedule.size();
}

duration webhook_offset(const scenario& from, std::size_t index)
{
    const auto& schedule = from.webhooks.schedule;
    if (!schedule.empty()) return schedule[std::min(index, schedule.size() - 1)];
    if (index < ladder.size()) return ladder[index];
    return ladder.back() + std::chrono::days{index - ladder.size() + 1};
}

bool has_webhook(const run& which, const scenario& from)
{
    return from.webhooks.delivery == webhook_delivery::send && which.callback_url &&
           !which.callback_url->empty() && !from.webhooks.has(webhook_damage::never) &&
           webhook_attempt_limit(from) > 0 && tells_of(which, from);
}

std::optional<time_point> webhook_base(const run& which, const run* partner, const scenario& from)
{
    const webhook_options& options = from.webhooks;
    const time_point ends = which.future.terminal();
    if (ends - which.future.created() > horizon) return std::nullopt;
    time_point base = ends;
    if (options.has(webhook_damage::early))
        base = std::max(which.future.created(), ends - options.early_by) - webhook_offset(from, 0);
    if (options.has(webhook_damage::hour_late)) base += 1h;
    if (options.has(webhook_damage::out_of_order)) {
        if (partner == nullptr) return base + overtaking_limit;
        const time_point other = partner->future.terminal();
        const bool is_first = ends < other || (ends == other && which.row_base < partner->row_base);
        if (is_first) base += std::min(other - ends + 1ms, overtaking_limit);
    }
    return base;
}

webhook_facts webhook_facts_of(const run& which, const scenario& from)
{
    const run_future& future = which.future;
    const run_counts counts = future.counts_at(future.terminal());
    webhook_facts facts;
    facts.run_id = which.id;
    facts.collection_id = which.collection;
    facts.status = name_of(future.status_at(future.terminal()));
    facts.total = future.jobs().size();
    facts.success = counts.success;
    facts.failed = counts.failed;
    facts.timeout = counts.timeout;
    facts.public_url = from.public_url;
    facts.at = future.terminal();
    each_in_set_order(future.jobs().size(), [&](std::size_t job) {
        facts.job_ids.emplace_back(view(future.jobs()[job].id));
    });
    if (from.contract.webhook_custom_ids == choice::webhook_custom_ids::jobs_array)
        for (std::size_t i = 0; i < future.jobs().size(); ++i)
            facts.custom_ids.emplace_back(view(future.jobs()[i].id), future.items()[i].custom_id);
    return facts;
}

const char* callback_status(const run& which, const scenario& from, time_point now)
{
    if (from.webhooks.delivery == webhook_delivery::assume_ok)
        return now >= which.future.terminal() && tells_of(which, from) ? "sent" : "pending";
    const webhook_progress& hook = which.hook;
    if (hook.phase == webhook_phase::sent) return "sent";
    if (hook.phase == webhook_phase::failed) return "failed";
    const unsigned failures = hook.attempts - (hook.in_flight ? 1 : 0);
    return failures > 0 ? "retrying" : "pending";
}

}  // namespace scrapingpros_mock
