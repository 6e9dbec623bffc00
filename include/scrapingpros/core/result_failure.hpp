#ifndef SCRAPINGPROS_CORE_RESULT_FAILURE_HPP
#define SCRAPINGPROS_CORE_RESULT_FAILURE_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace scrapingpros::inline v0::core {

/** What a failed read of a result says of the result.

    A 404 without a typed reason (`errc::result_unavailable`) counts as pending three times, and is then
    told by age: expired beyond `content_life`, else lost (contract 8.2).
*/
inline shortfall_cause cause_of_failure(
    error_code ec,
    std::optional<timestamp> completed_at,
    timestamp server_now,
    milliseconds content_life,
    unsigned failures
)
{
    if (ec == errc::result_expired) return shortfall_cause::expired;
    if (ec == errc::result_lost) return shortfall_cause::lost;
    if (ec == errc::job_id_invalid) return shortfall_cause::invalid;
    if (ec == errc::result_pending) return shortfall_cause::pending;
    if (ec == errc::result_unavailable || ec == errc::not_found) {
        if (failures < 3 || !completed_at) return shortfall_cause::pending;
        return server_now - *completed_at >= content_life ? shortfall_cause::expired
                                                          : shortfall_cause::lost;
    }
    if (ec == errc::malformed_response || ec == errc::body_too_large || ec == errc::head_too_large)
        return shortfall_cause::unreadable;
    return shortfall_cause::unreachable;
}

/// How long to leave alone what has failed so often: half a second, doubled each time up to 30 s, half
/// of it random; never less than the server asks for.
inline milliseconds pause_after(unsigned failures, const exchange_failure& failure)
{
    const milliseconds full =
        (std::min)(milliseconds(500) * (1u << (std::min)(failures, 7u)) / 2, milliseconds(30'000));
    const auto share = static_cast<milliseconds::rep>(failure.random % 1024);
    const auto jittered = full / 2 + full * share / 2048;
    return (std::max)(jittered, failure.retry_after.value_or(milliseconds(0)));
}

/// Whether a failure ends all reading: the service understood and said no, or the client is at fault.
/// A used-up quota does not block reads as far as is known (contract A51), so it may pass.
inline bool ends_reading(error_code ec)
{
    if (ec == errc::quota_exceeded || ec == errc::not_found || ec == errc::job_id_invalid ||
        ec == errc::bad_request || ec == errc::rejected)
        return false;
    return ec == cond::refused || ec == cond::invalid_input || ec == errc::criterion_mismatch;
}

}  // namespace scrapingpros::inline v0::core

#endif
