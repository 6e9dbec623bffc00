#ifndef SCRAPINGPROS_POLICY_OBSERVER_HPP
#define SCRAPINGPROS_POLICY_OBSERVER_HPP

#include <scrapingpros/policy/retry.hpp>
#include <scrapingpros/time.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0 {

/// An attempt is about to be sent.
struct attempt_event {
    /// Method and path; never a query, a header or the token.
    std::string_view route;
    unsigned attempt = 1;
};

/// An attempt got a complete response, of whatever status.
struct reply_event {
    std::string_view route;
    unsigned attempt = 1;
    unsigned http_status = 0;
    std::uint64_t body_bytes = 0;
    bool reused_connection = false;
};

/// An attempt failed, and another follows after `wait`.
struct retry_event {
    std::string_view route;
    const failed_attempt& failure;
    milliseconds wait{};
};

/// A run was looked at and is not over.
struct poll_event {
    std::string_view run_id;
    std::uint64_t finished_jobs = 0;
    std::uint64_t total_jobs = 0;
    milliseconds next_look{};
};

/// A reply held something that this library could not read and went on without.
struct drift_event {
    std::string_view route;
    /// The member, or the row by its place in the page.
    std::string_view place;
};

/// A run names another success criterion than the pinned one; reported once per run.
struct criterion_event {
    std::string_view run_id;
    std::string_view pinned;
    std::string_view served;
};

/// Watches nothing.
struct no_observer {};

namespace detail {

template <class O>
concept hears_something = requires(
    O& o,
    const attempt_event& a,
    const reply_event& r,
    const retry_event& t,
    const poll_event& p,
    const drift_event& d,
    const criterion_event& c
) {
    requires requires { o.on_attempt(a); } || requires { o.on_reply(r); } ||
                 requires { o.on_retry(t); } || requires { o.on_poll(p); } ||
                 requires { o.on_drift(d); } || requires { o.on_criterion(c); };
};

}  // namespace detail

// tag::observer[]
/** Watches a client. Has any of these members, each called with one event:

    `on_attempt(attempt_event)`, `on_reply(reply_event)`, `on_retry(retry_event)`,
    `on_poll(poll_event)`, `on_drift(drift_event)`, `on_criterion(criterion_event)`.

    - Called on the client's executor, from within its operations: must be quick and must not throw.
    - The views in an event are valid during the call alone.
    - Copies go into the client; an observer that collects holds a pointer to its collection.

    A type with none of the members is refused. `check_observer<O>()` also finds a member of the
    right name that takes the wrong argument, which would never be called.
*/
template <class O>
concept observer =
    std::copy_constructible<O> && (std::same_as<O, no_observer> || detail::hears_something<O>);
// end::observer[]

namespace detail {

/// Calls the hook for an event if the observer has one.
template <class O>
void notify(O& o, const attempt_event& e)
{
    if constexpr (requires { o.on_attempt(e); }) o.on_attempt(e);
}
template <class O>
void notify(O& o, const reply_event& e)
{
    if constexpr (requires { o.on_reply(e); }) o.on_reply(e);
}
template <class O>
void notify(O& o, const retry_event& e)
{
    if constexpr (requires { o.on_retry(e); }) o.on_retry(e);
}
template <class O>
void notify(O& o, const poll_event& e)
{
    if constexpr (requires { o.on_poll(e); }) o.on_poll(e);
}
template <class O>
void notify(O& o, const drift_event& e)
{
    if constexpr (requires { o.on_drift(e); }) o.on_drift(e);
}
template <class O>
void notify(O& o, const criterion_event& e)
{
    if constexpr (requires { o.on_criterion(e); }) o.on_criterion(e);
}

}  // namespace detail

/// Refuses, at compile time, an observer with a hook of the right name and the wrong argument.
template <observer O>
constexpr bool check_observer()
{
    // A hook that is named must be callable with its event.
    static_assert(
        !requires { &O::on_attempt; } ||
            requires(O& o, const attempt_event& e) { o.on_attempt(e); },
        "on_attempt must take one attempt_event"
    );
    static_assert(
        !requires { &O::on_reply; } || requires(O& o, const reply_event& e) { o.on_reply(e); },
        "on_reply must take one reply_event"
    );
    static_assert(
        !requires { &O::on_retry; } || requires(O& o, const retry_event& e) { o.on_retry(e); },
        "on_retry must take one retry_event"
    );
    static_assert(
        !requires { &O::on_poll; } || requires(O& o, const poll_event& e) { o.on_poll(e); },
        "on_poll must take one poll_event"
    );
    static_assert(
        !requires { &O::on_drift; } || requires(O& o, const drift_event& e) { o.on_drift(e); },
        "on_drift must take one drift_event"
    );
    static_assert(
        !requires { &O::on_criterion; } ||
            requires(O& o, const criterion_event& e) { o.on_criterion(e); },
        "on_criterion must take one criterion_event"
    );
    return true;
}

static_assert(observer<no_observer>);

}  // namespace scrapingpros::inline v0

#endif
