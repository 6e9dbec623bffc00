#ifndef SCRAPINGPROS_MOCK_LIMIT_HEADERS_HPP
#define SCRAPINGPROS_MOCK_LIMIT_HEADERS_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include "limits/limit_options.hpp"
#include "limits/throttle.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// A wait as a refusal tells it.
struct stated_wait {
    std::vector<header> headers;
    /// The moment that the headers name, on the service's clock; none if they name none.
    std::optional<time_point> until;
};

/// `Retry-After` in the form of A48, or damaged. Never less than the wait, but for the forms
/// `absent` and `zero` and the damages that make no sense.
stated_wait state_wait(const switches&, const limit_options&, duration wait, time_point now);

/// `X-RateLimit-*` in the form of A49.
void add_rate_headers(
    std::vector<header>& to,
    const switches&,
    const limit_options&,
    const limiter::verdict&,
    time_point now
);

/// `X-Quota-*`: of so many credits a month, `unlimited` if none.
void add_quota_headers(
    std::vector<header>& to,
    const switches&,
    const std::optional<std::uint64_t>& credits,
    std::uint64_t used
);

/// A wait on the service's clock in real time, rounded up, and back.
duration real_time_of(duration, const time_scale&) noexcept;
duration service_time_of(duration, const time_scale&) noexcept;

/// When the month of that moment is over: credits are whole again.
time_point month_end(time_point) noexcept;

}  // namespace scrapingpros_mock

#endif
