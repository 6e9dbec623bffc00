#include <scrapingpros/policy/elapsed_share.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/policy/remaining_share.hpp>

#include <chrono>
#include <cmath>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "benchmarks/polling/clients.hpp"
#include "benchmarks/polling/engine_client.hpp"
#include "benchmarks/polling/official_client.hpp"
#include "benchmarks/polling/wait_client.hpp"

namespace polling {
namespace {

using std::chrono::seconds;

template <sp::poll_policy Policy>
client_starter with(Policy policy)
{
    return [policy](world& in, decision_log& log) {
        return start_engine(in, sp::strategy_of(policy), log);
    };
}

/// A pacer whose decisions between looks are changed by somebody who wants to know what they are worth.
struct changed_pacer {
    using change = sp::poll_decision (*)(const sp::poll_view&, sp::poll_decision);
    change apply;
    sp::pacer inner{};

    sp::poll_decision first(const sp::poll_view& seen) { return apply(seen, inner.first(seen)); }
    sp::poll_decision after_page(const sp::poll_view& seen) { return inner.after_page(seen); }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        return apply(seen, inner.after_tick(seen));
    }
};

/// The run's status before each page: what the pacer's reading of pages is worth.
sp::poll_decision status_first(const sp::poll_view& seen, sp::poll_decision made)
{
    if (made.when > seen.now) made.what = sp::read_kind::status;
    return made;
}

/// Relies on rows to come in order: what safety costs.
sp::poll_decision without_overlap(const sp::poll_view&, sp::poll_decision made)
{
    made.overlap = sp::milliseconds(0);
    return made;
}

/// Wants the rows when the run is over, and a webhook tells of that.
struct final_only {
    sp::poll_decision first(const sp::poll_view& seen) { return after_tick(seen); }
    sp::poll_decision after_page(const sp::poll_view& seen) { return {.when = seen.now}; }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        return {.when = seen.now + std::chrono::minutes(10), .what = sp::read_kind::status};
    }
};

std::map<std::string, client_starter> stock_clients()
{
    std::map<std::string, client_starter> made;
    made["sdk_0_7_8"] = [](world& in, decision_log&) {
        return start_official(in, official_version::v0_7_8);
    };
    made["sdk_0_7_4"] = [](world& in, decision_log&) {
        return start_official(in, official_version::v0_7_4);
    };
    made["table"] = with(sp::official_interval{});
    made["fixed_5s"] = with(sp::fixed_interval{seconds(5)});
    made["exponential"] = with(sp::exponential_interval{seconds(5), seconds(45), 1.5, false});
    made["exponential_reset"] = with(sp::exponential_interval{seconds(2)});
    made["elapsed_share"] = with(sp::elapsed_share{});
    made["pacer"] = with(sp::pacer{});
    made["pacer_thrifty"] = with(sp::pacer{sp::pacer_options::thrifty()});
    made["pacer_webhook"] = with(sp::pacer{{.expects_webhook = true}});
    made["final_only"] = with(final_only{});
    made["pacer_status_first"] = with(changed_pacer{status_first});
    made["pacer_no_grid"] = with(sp::pacer{{.flush_period = seconds(0)}});
    made["pacer_unsafe"] = [](world& in, decision_log& log) {
        sp::poll_options no_audits;
        no_audits.flush_period = std::chrono::hours(24 * 365);
        no_audits.audit_overlap = sp::milliseconds(0);
        return start_engine(in, changed_pacer{without_overlap}, log, no_audits);
    };
    made["wait_sdk"] = [](world& in, decision_log&) {
        const auto interval = [p = sp::official_status_interval{}](const auto& seen) {
            return p.next_delay(seen);
        };
        return start_wait(in, {interval, true, false});
    };
    made["wait"] = [](world& in, decision_log&) {
        return start_wait(in, {[p = sp::remaining_share{}](const auto& seen) mutable {
                              return p.next_delay(seen);
                          }});
    };
    made["pacer_fresh"] = with(sp::pacer{sp::pacer_options::fresh()});
    return made;
}

/// `name=number,…`
sp::pacer_options options_from(const std::string& text)
{
    sp::pacer_options made;
    const std::map<std::string, double*, std::less<>> numbers{
        {"freshness", &made.freshness},
        {"tail_share", &made.tail_share},
        {"tail_growth", &made.tail_growth},
        {"full_page", &made.full_page}};
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const auto sign = part.find('=');
        const auto name = part.substr(0, sign);
        const double value = sign == part.npos ? 0 : std::stod(part.substr(sign + 1));
        if (const auto found = numbers.find(name); found != numbers.end())
            *found->second = value;
        else if (name == "flush_period")
            made.flush_period = sp::milliseconds(std::llround(1000 * value));
        else if (name == "probe_depth")
            made.probe_depth = sp::milliseconds(std::llround(1000 * value));
        else if (name == "expects_webhook")
            made.expects_webhook = value != 0;
        else if (name == "extra_age")
            made.extra_age = sp::milliseconds(std::llround(1000 * value));
        else
            throw std::runtime_error{"a pacer has no option " + name};
    }
    return made;
}

}  // namespace

client_starter client_named(const std::string& name)
{
    const std::string tuned = "pacer:";
    if (name.starts_with(tuned)) return with(sp::pacer{options_from(name.substr(tuned.size()))});
    const auto found = clients().find(name);
    if (found == clients().end()) throw std::runtime_error{"no such client: " + name};
    return found->second;
}

std::map<std::string, client_starter>& clients()
{
    static std::map<std::string, client_starter> all = stock_clients();
    return all;
}

}  // namespace polling
