#ifndef SCRAPINGPROS_MOCK_TIME_TEXT_HPP
#define SCRAPINGPROS_MOCK_TIME_TEXT_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "types.hpp"

namespace scrapingpros_mock {

using milliseconds_point = std::chrono::sys_time<std::chrono::milliseconds>;

std::string iso_seconds(time_point);               ///< 2026-06-01T10:00:03
std::string iso_milliseconds(milliseconds_point);  ///< 2026-06-01T10:00:03.637
std::string iso_microseconds(time_point);          ///< 2026-06-01T10:00:03.637000Z
/// Seconds as a decimal number without needless zeros: "1780308000.17", "9.0".
std::string decimal_seconds(duration);
/// Unix seconds in that form.
std::string unix_seconds(time_point);
/// Sun, 06 Nov 1994 08:49:37 GMT
std::string http_date(time_point);

/// Date, `T`, time to the second or finer, then nothing (UTC), `Z` or an offset. What is finer
/// than a microsecond is cut off.
std::optional<time_point> parse_iso(std::string_view);

}  // namespace scrapingpros_mock

#endif
