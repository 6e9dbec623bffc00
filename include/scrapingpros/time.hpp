#ifndef SCRAPINGPROS_TIME_HPP
#define SCRAPINGPROS_TIME_HPP

#include <chrono>
#include <concepts>

namespace scrapingpros::inline v0 {

using std::chrono::milliseconds;

/// A point on the monotonic clock, as drivers pass it to engines.
using instant = std::chrono::steady_clock::time_point;

/// A point on the server's clock, as stamps on the wire give it. Never compared with an instant.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// tag::engine_clock[]
/** Tells the time to drivers; engines are told it.

    `now()` is monotonic. Deadlines and waits are measured on it, so a jump of the system clock has
    no effect on them. `server_now()` is this machine's idea of the wall clock; it is used for two
    things only, and both allow for it to be wrong: the skew of HTTP dates, and finding a run whose
    start was not answered.
*/
// clang-format off
template <class C>
concept engine_clock = std::copy_constructible<C> && requires(const C& c) {
    { c.now() } -> std::same_as<instant>;
    { c.server_now() } -> std::same_as<timestamp>;
};
// clang-format on
// end::engine_clock[]

/// The clocks of the machine.
struct steady {
    instant now() const noexcept { return std::chrono::steady_clock::now(); }
    timestamp server_now() const noexcept
    {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
};

static_assert(engine_clock<steady>);

}  // namespace scrapingpros::inline v0

#endif
