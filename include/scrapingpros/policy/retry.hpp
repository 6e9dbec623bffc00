#ifndef SCRAPINGPROS_POLICY_RETRY_HPP
#define SCRAPINGPROS_POLICY_RETRY_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/call_traits.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0 {

/// What kind of failure an attempt met. Each kind has its own limits and counters.
enum class failure_class {
    /// 429 for the request rate. Says nothing bad about the call; not charged as a failure.
    throttled,
    /// 5xx.
    server,
    /// No connection: resolver, connect, proxy, pool. Nothing was sent.
    connect,
    /// The connection ended after the request was sent and before any byte of a response.
    reset_before_response,
    /// The connection ended while a response was being read.
    reset_mid_body,
    /// The peer was silent for longer than allowed.
    client_timeout,
    /// The TLS handshake or the certificate. Nothing was sent.
    tls,
    /// The response could not be read, or has a status that the contract does not know.
    protocol,
    /// 401 and 403.
    auth,
    /// A 404 that heals: the result is not written yet, or no reason was given.
    not_found_grace,
    /// Every other refusal, and failures on this side.
    permanent,
};

inline constexpr std::size_t failure_class_count = 11;

/// One failed attempt, as a retry policy sees it.
struct failed_attempt {
    /// 1 for the first attempt of a call.
    unsigned attempt = 1;
    failure_class kind = failure_class::permanent;
    error_code ec{};
    /// How far the attempt came.
    call_phase phase = call_phase::queued;
    /// A byte of the request was handed to the network.
    bool request_sent = false;
    /// 0 if no complete head arrived.
    unsigned http_status = 0;
    std::optional<milliseconds> retry_after{};
    repeatability repeat = repeatability::safe;
    /// Uniform bits for jitter, drawn by the driver, so that policies need no random device.
    std::uint64_t random = 0;
};

// tag::retry_policy[]
/** Decides whether a failed call is tried again, and after how long.

    For an lvalue `p` of type `P` and a `const failed_attempt` `f`, `p.on_failure(f)` is the wait
    before the next attempt, or empty to give up.

    - Called once per failed attempt, never for a call that was cancelled or hit its deadline.
    - A call with `repeatability::unsafe` that may have taken effect is *not* offered.
    - `retry_after` is a lower bound; the engine enforces it whatever the policy answers.
    - Each call works on its own copy of the prototype, so counters start afresh.
    - Must not throw, block, or read a clock.
*/
// clang-format off
template <class P>
concept retry_policy = std::copy_constructible<P> && requires(P& p, const failed_attempt& f) {
    { p.on_failure(f) } -> std::same_as<std::optional<milliseconds>>;
};
// clang-format on
// end::retry_policy[]

/// Gives up at once.
struct no_retry {
    constexpr std::optional<milliseconds> on_failure(const failed_attempt&) const noexcept
    {
        return {};
    }
};

/// Doubles the wait after each transient failure, up to a ceiling. No jitter: see jittered.
struct exponential_backoff {
    milliseconds first = milliseconds(250);
    milliseconds ceiling = std::chrono::seconds(30);
    unsigned max_attempts = 5;

    std::optional<milliseconds> on_failure(const failed_attempt& f)
    {
        const bool lost = f.kind == failure_class::connect ||
                          f.kind == failure_class::reset_before_response ||
                          f.kind == failure_class::reset_mid_body;
        if (f.attempt >= max_attempts || !(lost || f.ec == cond::transient)) return {};
        if (!last_wait)
            last_wait = (std::min)(first, ceiling);
        else
            last_wait = *last_wait <= ceiling / 2 ? 2 * *last_wait : ceiling;
        return last_wait;
    }

    std::optional<milliseconds> last_wait{};
};

/// Lengthens the waits of another policy by up to `share` of them. Never shortens: a wait that the
/// server asked for is a minimum, and clients refused together must not come back together.
template <retry_policy Policy>
struct jittered {
    Policy inner{};
    /// 0 to 1.
    double share = 0.25;

    std::optional<milliseconds> on_failure(const failed_attempt& f)
    {
        const auto wait = inner.on_failure(f);
        if (!wait) return {};
        const auto base = (std::max)(*wait, f.retry_after.value_or(milliseconds(0)));
        constexpr double two_to_the_53 = 9007199254740992.0;
        const double unit = static_cast<double>(f.random >> 11) / two_to_the_53;
        const double extra = static_cast<double>(base.count()) * unit * std::clamp(share, 0.0, 1.0);
        const auto room = (milliseconds::max)() - base;
        return base + (std::min)(milliseconds(static_cast<milliseconds::rep>(extra)), room);
    }
};

/** Retries by class: each class has its own number of retries and its own doubling wait.

    The limits say what repeating can mend. TLS, protocol, auth and permanent failures are final at
    once; being throttled is no failure and has a patient limit of its own.
*/
struct retry_by_class {
    struct rule {
        unsigned retries = 0;
        milliseconds first = milliseconds(250);
        milliseconds ceiling = std::chrono::seconds(30);
    };

    /// Indexed by failure_class.
    std::array<rule, failure_class_count> rules = stock_rules();

    std::optional<milliseconds> on_failure(const failed_attempt& f)
    {
        const auto index = static_cast<std::size_t>(f.kind);
        const rule& limit = rules[index];
        if (used[index] >= limit.retries) return {};
        const unsigned doublings = (std::min)(used[index]++, 20u);
        return (std::min)(limit.first * (1u << doublings), limit.ceiling);
    }

    std::array<unsigned, failure_class_count> used{};

    static constexpr std::array<rule, failure_class_count> stock_rules()
    {
        using std::chrono::seconds;
        std::array<rule, failure_class_count> rules{};
        const auto of = [&](failure_class c) -> rule& {
            return rules[static_cast<std::size_t>(c)];
        };
        of(failure_class::throttled) = {12, seconds(1), seconds(60)};
        of(failure_class::server) = {4, milliseconds(500), seconds(30)};
        of(failure_class::connect) = {4, milliseconds(250), seconds(15)};
        of(failure_class::reset_before_response) = {3, milliseconds(250), seconds(15)};
        of(failure_class::reset_mid_body) = {3, milliseconds(250), seconds(15)};
        of(failure_class::client_timeout) = {2, milliseconds(250), seconds(15)};
        of(failure_class::not_found_grace) = {4, milliseconds(500), seconds(5)};
        return rules;
    }
};

using default_retry = jittered<retry_by_class>;

static_assert(retry_policy<no_retry>);
static_assert(retry_policy<exponential_backoff>);
static_assert(retry_policy<retry_by_class>);
static_assert(retry_policy<default_retry>);

}  // namespace scrapingpros::inline v0

#endif
