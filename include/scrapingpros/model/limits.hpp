#ifndef SCRAPINGPROS_MODEL_LIMITS_HPP
#define SCRAPINGPROS_MODEL_LIMITS_HPP

#include <scrapingpros/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0 {

/** What the headers of one reply say about the account. Every one of them is optional.

    Rates are those of the bucket that the call was counted in. Source: contract section 12.
*/
struct account_limits {
    /// Calls per minute.
    std::optional<std::uint64_t> rate_limit{};
    std::optional<std::uint64_t> rate_remaining{};
    /// When the rate starts anew, on the server's clock (`X-RateLimit-Reset` as Unix seconds).
    std::optional<timestamp> rate_reset_at{};
    /// The same as a span from now, where the header holds a small number (contract A49).
    std::optional<milliseconds> rate_reset_in{};
    /// Credits per month.
    std::optional<std::uint64_t> quota_limit{};
    std::optional<std::uint64_t> quota_used{};
    /// Empty also if `quota_unlimited`.
    std::optional<std::uint64_t> quota_remaining{};
    bool quota_unlimited = false;
    /// Credits that this call cost.
    std::optional<std::uint64_t> credits_charged{};

    friend bool operator==(const account_limits&, const account_limits&) = default;
};

/// The same, `rate_reset_in` filled from `rate_reset_at` if the server told the one and not the other.
inline account_limits with_reset_as_span(account_limits limits, timestamp server_now)
{
    constexpr milliseconds longest = std::chrono::hours(24 * 365);
    if (!limits.rate_reset_at || limits.rate_reset_in) return limits;
    const auto at = *limits.rate_reset_at;
    if (at <= server_now) {
        limits.rate_reset_in = milliseconds(0);
    } else if (at - longest >= server_now) {
        limits.rate_reset_in = longest;
    } else {
        limits.rate_reset_in = std::chrono::ceil<milliseconds>(at - server_now);
    }
    return limits;
}

}  // namespace scrapingpros::inline v0

#endif
