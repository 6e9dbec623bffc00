#include <scrapingpros/core/classify_failure.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include "support/failures.hpp"

using namespace scrapingpros;
using core::attempt_failure;
using core::classify_failure;
using core::may_have_taken_effect;

namespace {

/// A failure before a complete head, in a phase.
attempt_failure lost(call_phase phase, error_code ec)
{
    return {.ec = ec, .phase = phase, .request_sent = phase >= call_phase::write};
}

const error_code reset = make_error_code(boost::system::errc::connection_reset);

}  // namespace

TEST_SUITE("core.classify_failure")
{
    TEST_CASE("a refusal is classified by its status and its code")
    {
        const struct {
            unsigned status;
            errc code;
            failure_class kind;
        } rows[] = {
            {429, errc::throttled, failure_class::throttled},
            {429, errc::quota_exceeded, failure_class::permanent},
            {500, errc::server_error, failure_class::server},
            {502, errc::server_error, failure_class::server},
            {503, errc::server_error, failure_class::server},
            {504, errc::server_error, failure_class::server},
            {599, errc::server_error, failure_class::server},
            {408, errc::server_error, failure_class::server},
            {409, errc::conflict, failure_class::server},
            {409, errc::rejected, failure_class::permanent},
            {404, errc::result_pending, failure_class::not_found_grace},
            {404, errc::result_unavailable, failure_class::not_found_grace},
            {404, errc::result_expired, failure_class::permanent},
            {410, errc::result_expired, failure_class::permanent},
            {404, errc::result_lost, failure_class::permanent},
            {404, errc::job_id_invalid, failure_class::permanent},
            {404, errc::not_found, failure_class::permanent},
            {401, errc::unauthorized, failure_class::auth},
            {403, errc::forbidden, failure_class::auth},
            {400, errc::bad_request, failure_class::permanent},
            {402, errc::rejected, failure_class::permanent},
            {413, errc::request_too_large, failure_class::permanent},
            {422, errc::rejected, failure_class::permanent},
            {302, errc::unexpected_status, failure_class::protocol},
            {100, errc::unexpected_status, failure_class::protocol},
        };
        for (const auto& row : rows) {
            CAPTURE(row.status);
            CAPTURE(make_error_code(row.code).message());
            CHECK_EQ(classify_failure(test::refusal(row.status, row.code)), row.kind);
        }
    }

    TEST_CASE("a failure without an answer is classified by phase and code")
    {
        const struct {
            call_phase phase;
            error_code ec;
            failure_class kind;
        } rows[] = {
            {call_phase::queued, errc::pool_timeout, failure_class::connect},
            {call_phase::resolve, test::foreign_error("asio.netdb"), failure_class::connect},
            {call_phase::connect, errc::connect_timeout, failure_class::connect},
            {call_phase::connect, reset, failure_class::connect},
            {call_phase::connect, errc::proxy_refused, failure_class::connect},
            {call_phase::handshake, errc::proxy_refused, failure_class::connect},
            {call_phase::handshake, errc::proxy_unauthorized, failure_class::auth},
            {call_phase::handshake, errc::handshake_timeout, failure_class::connect},
            {call_phase::handshake, reset, failure_class::connect},
            {call_phase::handshake, test::foreign_error("asio.ssl.stream"), failure_class::connect},
            {call_phase::handshake, test::foreign_error("asio.ssl"), failure_class::tls},
            {call_phase::write, reset, failure_class::reset_before_response},
            {call_phase::write, errc::silence_timeout, failure_class::client_timeout},
            {call_phase::head, reset, failure_class::reset_before_response},
            {call_phase::head,
             test::foreign_error("asio.ssl.stream"),
             failure_class::reset_before_response},
            {call_phase::head, errc::silence_timeout, failure_class::client_timeout},
            {call_phase::head, errc::head_too_large, failure_class::protocol},
            {call_phase::head, test::foreign_error("beast.http"), failure_class::protocol},
            {call_phase::body, reset, failure_class::reset_mid_body},
            {call_phase::body, errc::incomplete_body, failure_class::reset_mid_body},
            {call_phase::body, errc::silence_timeout, failure_class::client_timeout},
            {call_phase::body, errc::malformed_response, failure_class::protocol},
            {call_phase::done, errc::malformed_response, failure_class::protocol},
            {call_phase::body, errc::body_too_large, failure_class::permanent},
            {call_phase::done, errc::criterion_mismatch, failure_class::permanent},
            {call_phase::queued, errc::bad_certificate_file, failure_class::permanent},
            {call_phase::queued, errc::bad_request_item, failure_class::permanent},
        };
        for (const auto& row : rows) {
            CAPTURE(static_cast<int>(row.phase));
            CAPTURE(row.ec.message());
            CHECK_EQ(classify_failure(lost(row.phase, row.ec)), row.kind);
        }
    }

    TEST_CASE("a refusal that was cut off counts as the cut, not as the refusal")
    {
        for (const unsigned status : {404u, 429u, 500u}) {
            attempt_failure f = test::cut_in_body();
            f.http_status = status;
            CHECK_EQ(classify_failure(f), failure_class::reset_mid_body);
        }
    }

    TEST_CASE("a code of another library is never read as one of this library's")
    {
        // The same number as errc::throttled, of another category.
        const attempt_failure f{
            .ec = test::foreign_error("beast.http"),
            .phase = call_phase::done,
            .request_sent = true,
            .http_status = 429};
        CHECK_EQ(classify_failure(f), failure_class::protocol);
    }

    TEST_CASE("nothing sent, or a 4xx, proves that nothing happened")
    {
        CHECK_FALSE(may_have_taken_effect({}));
        CHECK_FALSE(may_have_taken_effect({.phase = call_phase::write}));
        for (unsigned status = 400; status < 500; ++status)
            CHECK_FALSE(may_have_taken_effect({.request_sent = true, .http_status = status}));
    }

    TEST_CASE("anything else after the first byte may have happened")
    {
        for (const unsigned status :
             {0u, 100u, 200u, 201u, 204u, 301u, 307u, 399u, 500u, 502u, 503u, 599u}) {
            CAPTURE(status);
            CHECK(may_have_taken_effect({.request_sent = true, .http_status = status}));
        }
    }

    TEST_CASE("the examples of the tests are one of each class")
    {
        for (std::size_t i = 0; i < failure_class_count; ++i) {
            const auto kind = static_cast<failure_class>(i);
            CHECK_EQ(classify_failure(test::example_of(kind)), kind);
        }
    }
}
