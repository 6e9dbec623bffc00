#ifndef SCRAPINGPROS_CORE_CLASSIFY_FAILURE_HPP
#define SCRAPINGPROS_CORE_CLASSIFY_FAILURE_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/policy/retry.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0::core {

/// What a driver reports of an attempt that did not succeed.
struct attempt_failure {
    error_code ec{};
    call_phase phase = call_phase::queued;
    bool request_sent = false;
    /// Status of the head, if one arrived whole; else 0.
    unsigned http_status = 0;
    std::optional<milliseconds> retry_after{};
    /// Uniform bits for the retry policy's jitter.
    std::uint64_t random = 0;
};

/// The class of a refusal that arrived whole (contract section 10).
constexpr failure_class classify_status(unsigned status, errc code) noexcept
{
    switch (code) {
    case errc::throttled: return failure_class::throttled;
    case errc::result_pending:
    case errc::result_unavailable: return failure_class::not_found_grace;
    case errc::conflict:
    case errc::server_error: return failure_class::server;
    case errc::unauthorized:
    case errc::forbidden: return failure_class::auth;
    case errc::unexpected_status: return failure_class::protocol;
    default: return status >= 500 ? failure_class::server : failure_class::permanent;
    }
}

/// The class of a failure that the transport or a decoder reports.
inline failure_class classify_transport(const attempt_failure& f)
{
    // Foreign categories are told by name: Beast and OpenSSL are unknown at this layer.
    const std::string_view category = f.ec.category().name();
    if (f.ec == errc::proxy_unauthorized) return failure_class::auth;
    if (f.ec == cond::invalid_input || f.ec == errc::body_too_large ||
        f.ec == errc::criterion_mismatch)
        return failure_class::permanent;
    if (f.ec == errc::malformed_response || f.ec == errc::head_too_large)
        return failure_class::protocol;
    if (f.phase < call_phase::handshake) return failure_class::connect;
    // "asio.ssl.stream" is a connection that ended, as a server does that is being restarted.
    if (f.phase == call_phase::handshake)
        return category == "asio.ssl" ? failure_class::tls : failure_class::connect;
    if (f.ec == errc::silence_timeout) return failure_class::client_timeout;
    if (category == "beast.http") return failure_class::protocol;
    return f.phase < call_phase::body ? failure_class::reset_before_response
                                      : failure_class::reset_mid_body;
}

inline failure_class classify_failure(const attempt_failure& f)
{
    const bool ours = f.ec.category() == make_error_code(errc::throttled).category();
    const bool refused = f.http_status >= 300 || (f.http_status > 0 && f.http_status < 200);
    if (refused && ours && f.phase == call_phase::done)
        return classify_status(f.http_status, static_cast<errc>(f.ec.value()));
    return classify_transport(f);
}

/** Whether the server may have acted on the attempt.

    Proven not to have: nothing was sent, or it answered 4xx. Everything else after the first byte
    of the request, a 5xx or a cut included, may have taken effect.
*/
constexpr bool may_have_taken_effect(const attempt_failure& f) noexcept
{
    return f.request_sent && !(f.http_status >= 400 && f.http_status < 500);
}

}  // namespace scrapingpros::inline v0::core

#endif
