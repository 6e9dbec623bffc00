#ifndef SCRAPINGPROS_IMPL_WIRE_LIMITS_IPP
#define SCRAPINGPROS_IMPL_WIRE_LIMITS_IPP

#include <scrapingpros/impl/wire/header_value.hpp>
#include <scrapingpros/wire/limits.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0 {
namespace detail {

inline std::optional<std::uint64_t> count_field(
    const http_fields& fields, std::string_view name
) noexcept
{
    const auto value = fields.find(name);
    return value ? parse_count(*value) : std::nullopt;
}

/// Reads the reset as a point in time or, being far too small for one, as a span.
inline void read_reset(std::string_view value, account_limits& out) noexcept
{
    constexpr std::uint64_t year_2001 = 1'000'000'000;
    value = trim_blanks(value);
    // A fraction is allowed and dropped: a reset is never needed that exactly.
    const auto point = value.find('.');
    if (point != value.npos && !all_digits(value.substr(point + 1))) return;
    const auto seconds = parse_count(value.substr(0, point));
    if (!seconds) return;
    if (*seconds >= year_2001)
        out.rate_reset_at = timestamp_from_unix(static_cast<double>(*seconds));
    else
        out.rate_reset_in = std::chrono::seconds(static_cast<std::int64_t>(*seconds));
}

}  // namespace detail

account_limits read_limits(const http_fields& fields) noexcept
{
    account_limits out;
    out.rate_limit = detail::count_field(fields, "X-RateLimit-Limit");
    out.rate_remaining = detail::count_field(fields, "X-RateLimit-Remaining");
    if (const auto reset = fields.find("X-RateLimit-Reset")) detail::read_reset(*reset, out);
    out.quota_limit = detail::count_field(fields, "X-Quota-Limit");
    out.quota_used = detail::count_field(fields, "X-Quota-Used");
    out.quota_remaining = detail::count_field(fields, "X-Quota-Remaining");
    const auto remaining = fields.find("X-Quota-Remaining");
    out.quota_unlimited =
        remaining && detail::same_text(detail::trim_blanks(*remaining), "unlimited");
    out.credits_charged = detail::count_field(fields, "X-Credits-Charged");
    return out;
}

}  // namespace scrapingpros::inline v0

#endif
