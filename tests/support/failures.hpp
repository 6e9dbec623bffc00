#ifndef TESTS_SUPPORT_FAILURES_HPP
#define TESTS_SUPPORT_FAILURES_HPP

#include <scrapingpros/core/classify_failure.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace test {

using scrapingpros::call_phase;
using scrapingpros::errc;
using scrapingpros::failure_class;
using scrapingpros::milliseconds;
using scrapingpros::core::attempt_failure;

/// Stands for a category of a library that these tests do not link.
class foreign_category final : public boost::system::error_category {
public:
    explicit foreign_category(const char* name) : name_(name) {}
    const char* name() const noexcept override { return name_; }
    std::string message(int) const override { return std::string("an error of ") + name_; }

private:
    const char* name_;
};

inline boost::system::error_code foreign_error(const char* category)
{
    static const foreign_category ssl("asio.ssl");
    static const foreign_category stream("asio.ssl.stream");
    static const foreign_category http("beast.http");
    for (const auto* known : {&ssl, &stream, &http})
        if (std::string(known->name()) == category) return {1, *known};
    return {1, boost::system::system_category()};
}

/// The service answered with a refusal.
inline attempt_failure refusal(
    unsigned status, errc code, std::optional<milliseconds> retry_after = {}
)
{
    return {
        .ec = code,
        .phase = call_phase::done,
        .request_sent = true,
        .http_status = status,
        .retry_after = retry_after};
}

inline attempt_failure throttled(std::optional<milliseconds> retry_after = {})
{
    return refusal(429, errc::throttled, retry_after);
}

inline attempt_failure unavailable(std::optional<milliseconds> retry_after = {})
{
    return refusal(503, errc::server_error, retry_after);
}

inline attempt_failure not_connected()
{
    return {
        .ec = make_error_code(boost::system::errc::connection_refused),
        .phase = call_phase::connect};
}

inline attempt_failure reset_before_response()
{
    return {
        .ec = make_error_code(boost::system::errc::connection_reset),
        .phase = call_phase::head,
        .request_sent = true};
}

inline attempt_failure cut_in_body()
{
    return {
        .ec = errc::incomplete_body,
        .phase = call_phase::body,
        .request_sent = true,
        .http_status = 200};
}

inline attempt_failure silence()
{
    return {.ec = errc::silence_timeout, .phase = call_phase::head, .request_sent = true};
}

inline attempt_failure tls_refused()
{
    return {.ec = foreign_error("asio.ssl"), .phase = call_phase::handshake};
}

inline attempt_failure unreadable_answer()
{
    return {
        .ec = errc::malformed_response,
        .phase = call_phase::body,
        .request_sent = true,
        .http_status = 200};
}

inline attempt_failure rejected()
{
    return refusal(422, errc::rejected);
}

/// One attempt that failed in the way of each class.
inline attempt_failure example_of(failure_class kind)
{
    switch (kind) {
    case failure_class::throttled: return throttled();
    case failure_class::server: return unavailable();
    case failure_class::connect: return not_connected();
    case failure_class::reset_before_response: return reset_before_response();
    case failure_class::reset_mid_body: return cut_in_body();
    case failure_class::client_timeout: return silence();
    case failure_class::tls: return tls_refused();
    case failure_class::protocol: return unreadable_answer();
    case failure_class::auth: return refusal(401, errc::unauthorized);
    case failure_class::not_found_grace: return refusal(404, errc::result_pending);
    case failure_class::permanent: return rejected();
    }
    return {};
}

}  // namespace test

#endif
