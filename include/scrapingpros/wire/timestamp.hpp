#ifndef SCRAPINGPROS_WIRE_TIMESTAMP_HPP
#define SCRAPINGPROS_WIRE_TIMESTAMP_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/** Reads an ISO 8601 stamp.

    `2026-04-24T12:00:05.100`, with 0 to 9 digits of fraction (cut to microseconds), and with `Z`,
    an offset `+hh:mm` or nothing behind it; nothing means UTC. All else, impossible dates and
    instants outside the years 1 to 9999 included, is empty. Source: contract section 11.
*/
SCRAPINGPROS_DECL std::optional<timestamp> parse_timestamp(std::string_view text) noexcept;

/// Reads Unix seconds; empty if not finite or not within years 1970 to 9999.
SCRAPINGPROS_DECL std::optional<timestamp> timestamp_from_unix(double seconds) noexcept;

/** Writes `2026-05-04T00:00:00.123`: UTC without an offset, whole milliseconds, rounded down, so
    that a listing asked for from there on never starts too late. Instants outside the years 1 to
    9999 become the nearest one inside.
*/
SCRAPINGPROS_DECL std::string format_timestamp(timestamp when);

/// The same with `Z` behind it.
SCRAPINGPROS_DECL std::string format_timestamp_utc(timestamp when);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/timestamp.ipp>
#endif

#endif
