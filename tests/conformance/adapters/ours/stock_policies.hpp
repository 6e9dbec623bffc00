#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_POLICIES_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_STOCK_POLICIES_HPP

#include <scrapingpros/policies.hpp>
#include <scrapingpros/policy/elapsed_share.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>

#include "words.hpp"

namespace conformance {

/// One of the library's poll strategies, chosen when the program runs.
struct stock_strategy {
    std::variant<
        sp::status_then_pages<sp::official_interval>,
        sp::status_then_pages<sp::fixed_interval>,
        sp::status_then_pages<sp::exponential_interval>,
        sp::elapsed_share,
        sp::pacer>
        chosen{};

    sp::poll_decision first(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.first(seen); }, chosen);
    }
    sp::poll_decision after_page(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.after_page(seen); }, chosen);
    }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.after_tick(seen); }, chosen);
    }
};

static_assert(sp::poll_strategy<stock_strategy>);

/// By the names of `kit/subjects.py`; ends the program at any other.
inline stock_strategy strategy_named(std::string_view name)
{
    using std::chrono::seconds;
    if (name.empty()) return {sp::strategy_of(sp::default_policies.poll_interval)};
    if (name == "official") return {sp::strategy_of(sp::official_interval{})};
    if (name == "fixed") return {sp::strategy_of(sp::fixed_interval{seconds(5)})};
    if (name == "exponential")
        return {sp::strategy_of(sp::exponential_interval{seconds(5), seconds(45), 1.5, false})};
    if (name == "exponential_reset") return {sp::strategy_of(sp::exponential_interval{seconds(2)})};
    if (name == "elapsed_share") return {sp::elapsed_share{}};
    if (name == "pacer") return {sp::pacer{}};
    if (name == "pacer_thrifty") return {sp::pacer{sp::pacer_options::thrifty()}};
    if (name == "pacer_fresh") return {sp::pacer{sp::pacer_options::fresh()}};
    std::cerr << "SP_POLL: there is no strategy " << name << '\n';
    std::exit(2);
}

/// The server's word, as by default; and a run that is judged by another criterion is worth telling.
struct server_verdict_by_v1 : sp::server_verdict {
    static constexpr std::string_view version = "content_success_v1";
};

/// What the client has found odd, as `warning` events.
struct told_as_warnings {
    void on_drift(const sp::drift_event& e) const { tell("odd: " + std::string(e.place)); }
    void on_criterion(const sp::criterion_event& e) const
    {
        tell("success is judged by " + std::string(e.served));
    }

private:
    static void tell(std::string_view text)
    {
        std::cout << json::serialize(json::object{
                         {"id", verb_at_work()}, {"event", "warning"}, {"text", text}})
                  << std::endl;
    }
};

/// The library's default policies, but for the strategy that SP_POLL names, and for what is to be told.
inline auto stock_policies()
{
    return sp::default_policies.with_poll_interval(strategy_named(environment("SP_POLL")))
        .with_classifier(sp::pinned<server_verdict_by_v1>{{}, sp::on_mismatch::event})
        .with_observer(told_as_warnings{});
}

}  // namespace conformance

#endif
