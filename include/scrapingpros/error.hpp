#ifndef SCRAPINGPROS_ERROR_HPP
#define SCRAPINGPROS_ERROR_HPP

#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

#include <string>
#include <type_traits>

namespace scrapingpros::inline v0 {

using error_code = boost::system::error_code;

/// What this library itself reports. Values are stable; new ones go at the end.
enum class errc {
    /// The server refused for now (429 for the request rate) and the retry policy gave up.
    throttled = 1,
    /// The account's monthly quota is used up; reading goes on, submitting does not.
    quota_exceeded,
    /// The job has not finished, or its body is not written yet.
    result_pending,
    /// The result's retention has passed; it cannot be had again.
    result_expired,
    /// The body is gone although its retention has not passed (an incident of the service).
    result_lost,
    /// The run has no such job.
    job_id_invalid,
    /// The result was refused without a typed reason (old server, or its own look-up failed).
    result_unavailable,
    /// The run names another success criterion than the pinned one.
    criterion_mismatch,
    /// The server sent something this library cannot read.
    malformed_response,
    /// A body is larger than the limit for its route.
    body_too_large,
    /// The head of a response is larger than the transport's limit.
    head_too_large,
    /// The connection ended before the body did.
    incomplete_body,
    /// The token was refused (401).
    unauthorized,
    /// The account may not do this (403).
    forbidden,
    /// There is no such collection, run or route (404).
    not_found,
    /// The service refused a parameter (400).
    bad_request,
    /// The service refused the request as it stands (422 and other 4xx).
    rejected,
    /// A request with the same idempotency key is still being worked on (409).
    conflict,
    /// The request body is too large for the service (413); split it.
    request_too_large,
    /// The service or something in front of it failed (5xx).
    server_error,
    /// A status that the contract does not know (1xx, 3xx).
    unexpected_status,
    /// The run may or may not have been started; list the runs before starting again.
    start_unknown,
    /// The deadline of the call passed.
    deadline_exceeded,
    /// The wait for a run ended before the run did. The run goes on.
    wait_timed_out,
    /// The server asks for a longer wait than the client allows.
    retry_after_too_long,
    /// Too many calls fail at present; the retry budget of the client is used up.
    retry_budget_exhausted,
    /// No connection within the time allowed.
    connect_timeout,
    /// No TLS or proxy handshake within the time allowed.
    handshake_timeout,
    /// The peer sent or took nothing for the time allowed.
    silence_timeout,
    /// No free connection within the time allowed.
    pool_timeout,
    /// The proxy refused the tunnel.
    proxy_refused,
    /// The proxy asks for other credentials (407).
    proxy_unauthorized,
    /// A certificate or key given in the options cannot be read.
    bad_certificate_file,
    /// The base URL is not an absolute http or https URL.
    bad_base_url,
    /// The token is empty or holds characters that no header may carry.
    bad_token,
    /// The idempotency key is empty, over 200 characters, or holds white space or a colon.
    bad_idempotency_key,
    /// An option is out of its range.
    bad_option,
    /// A request item breaks a rule of the service; the diagnostics name item and member.
    bad_request_item,
    /// Neither the counters nor the listing of the run moved for as long as the options allow.
    run_stalled,
    /// The checkpoint is damaged, or none of this library's.
    checkpoint_unreadable,
    /// The checkpoint was written by a newer version of this library.
    checkpoint_too_new,
    /// Another process uses the checkpoint.
    checkpoint_in_use,
    /// The checkpoint is that of another batch.
    checkpoint_mismatch,
    /// A webhook lacks the header with its signature, or the one with its time stamp.
    webhook_unsigned,
    /// The signature or the time stamp of a webhook is not spelled as the scheme has it.
    webhook_header_malformed,
    /// No secret fits the signature of a webhook: it is not genuine, or its bytes were changed.
    webhook_signature_wrong,
    /// A genuine webhook is too old or from the future: sent again by somebody, or a clock is wrong.
    webhook_outside_window,
    /// A genuine webhook holds something that this library cannot read.
    webhook_unreadable,
    /// The store holds no checkpoint to go on from.
    checkpoint_missing,
    /// The consumer threw; its exception is kept in the batch, and the outcome comes again.
    consumer_failed,
};

/// What a caller can do about an error. Compare with `==`.
enum class cond {
    /// The same call may succeed later.
    transient = 1,
    /// Nothing brings the content back.
    gone,
    /// The service understood and said no; the same call will be refused again.
    refused,
    /// The caller's own input or configuration; nothing was sent.
    invalid_input,
};

}  // namespace scrapingpros::inline v0

template <>
struct boost::system::is_error_code_enum<scrapingpros::errc> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<scrapingpros::cond> : std::true_type {};

namespace scrapingpros::inline v0 {
namespace detail {

class cond_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "scrapingpros.cond"; }
    std::string message(int value) const override
    {
        switch (static_cast<cond>(value)) {
        case cond::transient: return "may succeed later";
        case cond::gone: return "gone for good";
        case cond::refused: return "refused by the service";
        case cond::invalid_input: return "invalid input, nothing was sent";
        }
        return "unknown condition";
    }
};

inline constexpr cond_category cond_category_instance{};

class errc_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "scrapingpros"; }
    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::throttled: return "the server asked to slow down and the retry policy gave up";
        case errc::quota_exceeded: return "the account's monthly quota is used up";
        case errc::result_pending: return "the result is not written yet";
        case errc::result_expired: return "the result's retention period has passed";
        case errc::result_lost: return "the service has lost the result";
        case errc::job_id_invalid: return "the run has no such job";
        case errc::result_unavailable: return "the server gave no reason why there is no result";
        case errc::criterion_mismatch: return "the run's success criterion is not the pinned one";
        case errc::malformed_response: return "the server's response could not be read";
        case errc::body_too_large: return "the response body is over the configured limit";
        case errc::head_too_large: return "the response head is over the configured limit";
        case errc::incomplete_body: return "the response body was cut off";
        case errc::unauthorized: return "the token was refused";
        case errc::forbidden: return "the account is not allowed to do this";
        case errc::not_found: return "there is no such resource";
        case errc::bad_request: return "the service refused a parameter of the request";
        case errc::rejected: return "the service refused the request";
        case errc::conflict: return "the same request is still being worked on";
        case errc::request_too_large: return "the request body is too large for the service";
        case errc::server_error: return "the service failed";
        case errc::unexpected_status: return "the server answered with an unexpected status";
        case errc::start_unknown: return "it is unknown whether the run was started";
        case errc::deadline_exceeded: return "the deadline passed";
        case errc::wait_timed_out: return "the wait ended before the run did";
        case errc::retry_after_too_long: return "the server asks for a longer wait than allowed";
        case errc::retry_budget_exhausted: return "the retry budget of the client is used up";
        case errc::connect_timeout: return "no connection within the time allowed";
        case errc::handshake_timeout: return "no TLS or proxy handshake within the time allowed";
        case errc::silence_timeout: return "the peer was silent for longer than allowed";
        case errc::pool_timeout: return "no free connection within the time allowed";
        case errc::proxy_refused: return "the proxy refused the tunnel";
        case errc::proxy_unauthorized: return "the proxy asks for other credentials";
        case errc::bad_certificate_file:
            return "a certificate or key in the options cannot be read";
        case errc::bad_base_url: return "the base URL is not an absolute http or https URL";
        case errc::bad_token: return "the token is empty or holds forbidden characters";
        case errc::bad_idempotency_key: return "the idempotency key is not one the service takes";
        case errc::bad_option: return "an option is out of its range";
        case errc::bad_request_item: return "a request item breaks a rule of the service";
        case errc::run_stalled: return "the run has not moved for as long as allowed";
        case errc::checkpoint_unreadable: return "the checkpoint is damaged";
        case errc::checkpoint_too_new: return "the checkpoint is of a newer version";
        case errc::checkpoint_in_use: return "another process uses the checkpoint";
        case errc::checkpoint_mismatch: return "the checkpoint is that of another batch";
        case errc::webhook_unsigned: return "the webhook lacks its signature or its time stamp";
        case errc::webhook_header_malformed: return "a header of the webhook could not be read";
        case errc::webhook_signature_wrong: return "the webhook's signature fits no secret";
        case errc::webhook_outside_window: return "the webhook's time stamp is too far from now";
        case errc::webhook_unreadable: return "the webhook's body could not be read";
        case errc::checkpoint_missing: return "there is no checkpoint to go on from";
        case errc::consumer_failed: return "the consumer of the outcomes threw";
        }
        return "unknown scrapingpros error";
    }
    boost::system::error_condition default_error_condition(int value) const noexcept override
    {
        const auto is = [](cond c) {
            return boost::system::error_condition(static_cast<int>(c), cond_category_instance);
        };
        switch (static_cast<errc>(value)) {
        case errc::throttled:
        case errc::result_pending:
        case errc::result_unavailable:
        case errc::incomplete_body:
        case errc::conflict:
        case errc::server_error:
        case errc::retry_budget_exhausted:
        case errc::connect_timeout:
        case errc::handshake_timeout:
        case errc::silence_timeout:
        case errc::pool_timeout:
        case errc::retry_after_too_long: return is(cond::transient);
        case errc::result_expired:
        case errc::result_lost: return is(cond::gone);
        case errc::quota_exceeded:
        case errc::unauthorized:
        case errc::forbidden:
        case errc::not_found:
        case errc::bad_request:
        case errc::rejected:
        case errc::request_too_large:
        case errc::job_id_invalid: return is(cond::refused);
        case errc::bad_certificate_file:
        case errc::bad_base_url:
        case errc::bad_token:
        case errc::bad_idempotency_key:
        case errc::bad_option:
        case errc::bad_request_item:
        case errc::checkpoint_unreadable:
        case errc::checkpoint_too_new:
        case errc::checkpoint_in_use:
        case errc::checkpoint_mismatch:
        case errc::checkpoint_missing: return is(cond::invalid_input);
        default: return {value, *this};
        }
    }
};

inline constexpr errc_category errc_category_instance{};

}  // namespace detail

inline error_code make_error_code(errc value) noexcept
{
    return {static_cast<int>(value), detail::errc_category_instance};
}

inline boost::system::error_condition make_error_condition(cond value) noexcept
{
    return {static_cast<int>(value), detail::cond_category_instance};
}

}  // namespace scrapingpros::inline v0

#endif
