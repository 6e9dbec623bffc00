#ifndef SCRAPINGPROS_WIRE_RETRY_AFTER_HPP
#define SCRAPINGPROS_WIRE_RETRY_AFTER_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/time.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0 {

/// Longer waits are read as this one; every sensible policy refuses it anyway.
inline constexpr milliseconds max_retry_after = std::chrono::hours(24);

/** Reads how long the server asks to wait: a minimum, never a schedule.

    `Retry-After` as seconds (whole or with a fraction, rounded up to a millisecond) or as an HTTP
    date of any of the three forms of RFC 9110; `Retry-After-Ms`, `X-Retry-After-Ms` and
    `X-MS-Retry-After-Ms` as milliseconds. A date is held against the reply's own `Date`, so that a
    wrong local clock does no harm; `local_now` serves where there is none. A date in the past is 0.
    Of several valid fields the longest wait counts. Negative and unreadable values are no wait at
    all: empty. Anything over `max_retry_after` is cut to it.
*/
SCRAPINGPROS_DECL std::optional<milliseconds> parse_retry_after(
    const http_fields& fields, timestamp local_now
);

/// Reads an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT` or one of the two obsolete forms. `now`
/// settles the century of two-digit years.
SCRAPINGPROS_DECL std::optional<timestamp> parse_http_date(
    std::string_view text, timestamp now
) noexcept;

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/retry_after.ipp>
#endif

#endif
