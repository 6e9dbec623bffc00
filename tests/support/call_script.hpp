#ifndef TESTS_SUPPORT_CALL_SCRIPT_HPP
#define TESTS_SUPPORT_CALL_SCRIPT_HPP

#include <scrapingpros/core/call_engine.hpp>

#include <boost/system/errc.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "failures.hpp"

namespace test {

using scrapingpros::error_code;
using scrapingpros::instant;
using scrapingpros::core::call_action;
using scrapingpros::core::call_effect;

/// When a script begins.
inline constexpr instant script_start{std::chrono::hours(1)};

inline std::string to_text(const call_action& action)
{
    const auto since_start = [](instant when) {
        return std::to_string(std::chrono::round<milliseconds>(when - script_start).count()) +
               " ms";
    };
    if (const auto* a = std::get_if<scrapingpros::core::send_attempt>(&action))
        return "send attempt " + std::to_string(a->attempt);
    if (const auto* a = std::get_if<scrapingpros::core::wait_until>(&action))
        return "wait until " + since_start(a->when);
    if (const auto* a = std::get_if<scrapingpros::core::wait_for_answer>(&action))
        return "wait for the answer" + (a->deadline ? " until " + since_start(*a->deadline) : "");
    return "finish: " + std::get<scrapingpros::core::finish_call>(action).ec.message();
}

inline std::string to_text(call_effect effect)
{
    if (effect == call_effect::none) return "no effect";
    return effect == call_effect::unknown ? "unknown effect" : "answered";
}

/// What an engine is made from. Handles are made anew for every play of a script.
template <
    scrapingpros::retry_policy Retry = scrapingpros::retry_by_class,
    scrapingpros::rate_limit_policy RateLimit = scrapingpros::unlimited_rate>
struct call_setup {
    using engine_type = scrapingpros::core::call_engine<Retry, RateLimit>;

    scrapingpros::core::call_terms terms{};
    Retry retry{};
    /// Needed only of a budget that has no default.
    std::function<RateLimit()> new_budget{};
    int tokens = 500;

    engine_type new_engine() const
    {
        return {terms, retry, budget(), scrapingpros::retry_quota(tokens)};
    }

    RateLimit budget() const
    {
        if constexpr (std::default_initializable<RateLimit>)
            if (!new_budget) return {};
        return new_budget();
    }
};

/** The history of one call, written down before it is played.

    `check` plays it as written; then once per step with the engine replaced by its copy there; then
    once per step with a stop there, before and after the request was sent; and, if the policy is
    `retry_by_class`, once per answer with a refusal in its place.
*/
template <class Retry, class RateLimit>
class call_script {
public:
    using place = std::source_location;

    explicit call_script(call_setup<Retry, RateLimit> setup) : setup_(std::move(setup)) {}

    call_script& sends(unsigned attempt, place at = place::current())
    {
        return add({.expected = scrapingpros::core::send_attempt{attempt}, .line = at.line()});
    }
    /// The engine waits for so long; then it is called again.
    call_script& waits(milliseconds time, place at = place::current())
    {
        now_ += time;
        return add({.expected = scrapingpros::core::wait_until{now_}, .line = at.line()});
    }
    call_script& finishes(error_code ec, call_effect effect, place at = place::current())
    {
        const scrapingpros::core::finish_call expected{ec};
        return add({.expected = expected, .effect = effect, .line = at.line()});
    }
    call_script& fails(attempt_failure failure, place at = place::current())
    {
        return add({.failure = failure, .line = at.line()});
    }
    call_script& succeeds(place at = place::current())
    {
        return add({.success = true, .line = at.line()});
    }
    call_script& stops(error_code why, bool request_sent, place at = place::current())
    {
        return add({.stop = why, .sent = request_sent, .line = at.line()});
    }
    /// Time goes by between an action and its answer.
    call_script& after(milliseconds time)
    {
        now_ += time;
        return *this;
    }

    void check() const { CHECK_EQ(problem(), ""); }

    /// The first thing that went otherwise than written; empty if nothing did.
    std::string problem() const
    {
        std::string found = play(twist::none, 0);
        for (std::size_t at = 0; at < steps_.size() && found.empty(); ++at)
            for (const auto what :
                 {twist::copy, twist::stop_unsent, twist::stop_sent, twist::refuse})
                if (found.empty()) found = play(what, at);
        return found;
    }

private:
    using engine_type = typename call_setup<Retry, RateLimit>::engine_type;
    enum class twist { none, copy, stop_unsent, stop_sent, refuse };

    struct step {
        std::optional<call_action> expected{};
        std::optional<call_effect> effect{};
        std::optional<attempt_failure> failure{};
        bool success = false;
        std::optional<error_code> stop{};
        bool sent = false;
        unsigned line = 0;
        instant now{};
    };

    call_script& add(step s)
    {
        s.now = now_;
        steps_.push_back(std::move(s));
        return *this;
    }

    std::string play(twist what, std::size_t where) const
    {
        std::optional<engine_type> engine(setup_.new_engine());
        bool in_flight = false;
        instant before = script_start;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const step& s = steps_[i];
            const bool twisted = what != twist::none && i == where;
            const auto tell = [&](const std::string& text) {
                static constexpr const char* names[] = {
                    "", ", copied", ", stopped unsent", ", stopped", ", refused"};
                return "line " + std::to_string(s.line) +
                       (twisted ? names[static_cast<int>(what)] : "") + ": " + text;
            };
            if (twisted && what == twist::copy) replace_by_copy(engine, before);
            if (twisted && (what == twist::stop_sent || what == twist::stop_unsent)) {
                const auto found = stop(*engine, before, what == twist::stop_sent, in_flight);
                return found.empty() ? found : tell(found);
            }
            if (twisted && what == twist::refuse &&
                std::same_as<Retry, scrapingpros::retry_by_class>) {
                if (!s.success && !s.failure) return {};
                engine->on_failure(s.now, rejected());
                const auto found = difference(*engine, s.now, errc::rejected, engine->effect());
                return found.empty() ? found : tell(found);
            }
            in_flight =
                s.expected && std::holds_alternative<scrapingpros::core::send_attempt>(*s.expected);
            const auto found = perform(*engine, s, before);
            if (!found.empty()) return tell(found);
            before = s.now;
        }
        return {};
    }

    /// The original is stopped, which must not touch the copy.
    static void replace_by_copy(std::optional<engine_type>& engine, instant now)
    {
        engine_type copy(*engine);
        engine->stop(errc::wait_timed_out, true);
        engine->on_failure(now, rejected());
        engine.emplace(copy);
    }

    std::string stop(engine_type& engine, instant now, bool sent, bool in_flight) const
    {
        if (engine.done()) return {};
        const auto effect = in_flight && sent ? call_effect::unknown : engine.effect();
        engine.stop(errc::wait_timed_out, sent);
        auto found = difference(engine, now, errc::wait_timed_out, effect);
        // Answers that come too late change nothing.
        engine.on_success(now);
        engine.on_failure(now, unavailable());
        engine.stop(errc::deadline_exceeded, true);
        return found.empty() ? difference(engine, now, errc::wait_timed_out, effect) : found;
    }

    std::string difference(engine_type& engine, instant now, error_code ec, call_effect effect)
        const
    {
        return perform(
            engine,
            {.expected = scrapingpros::core::finish_call{ec}, .effect = effect, .now = now},
            now
        );
    }

    std::string perform(engine_type& engine, const step& s, instant before) const
    {
        if (s.failure) engine.on_failure(s.now, *s.failure);
        if (s.success) engine.on_success(s.now);
        if (s.stop) engine.stop(*s.stop, s.sent);
        if (!s.expected) return {};
        const bool waits = std::holds_alternative<scrapingpros::core::wait_until>(*s.expected);
        auto action = engine.next(waits ? before : s.now);
        // Asked again before its time, it says the same.
        if (waits && action == *s.expected)
            action = engine.next(s.now - std::chrono::nanoseconds(1));
        if (action != *s.expected) return to_text(action) + " instead of " + to_text(*s.expected);
        if (s.effect && engine.effect() != *s.effect)
            return to_text(engine.effect()) + " instead of " + to_text(*s.effect);
        if (!std::holds_alternative<scrapingpros::core::send_attempt>(action)) return {};
        // From here on it says that it waits for the answer.
        const call_action awaits = scrapingpros::core::wait_for_answer{setup_.terms.deadline};
        action = engine.next(s.now);
        if (action != awaits) return to_text(action) + " instead of " + to_text(awaits);
        return {};
    }

    call_setup<Retry, RateLimit> setup_;
    instant now_ = script_start;
    std::vector<step> steps_{};
};

}  // namespace test

#endif
