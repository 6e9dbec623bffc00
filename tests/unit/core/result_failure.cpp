#include <scrapingpros/core/result_failure.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>

#include "support/builders.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::cause_of_failure;
using core::ends_reading;
using core::pause_after;

TEST_SUITE("core.result_failure")
{
    TEST_CASE("a typed reason is believed at once")
    {
        const auto cause = [](errc ec) { return cause_of_failure(ec, at(), at(1h), 24h, 1); };
        CHECK_EQ(cause(errc::result_expired), shortfall_cause::expired);
        CHECK_EQ(cause(errc::result_lost), shortfall_cause::lost);
        CHECK_EQ(cause(errc::job_id_invalid), shortfall_cause::invalid);
        CHECK_EQ(cause(errc::result_pending), shortfall_cause::pending);
        CHECK_EQ(cause(errc::malformed_response), shortfall_cause::unreadable);
        CHECK_EQ(cause(errc::body_too_large), shortfall_cause::unreadable);
        CHECK_EQ(cause(errc::head_too_large), shortfall_cause::unreadable);
        CHECK_EQ(cause(errc::throttled), shortfall_cause::unreachable);
        CHECK_EQ(cause(errc::incomplete_body), shortfall_cause::unreachable);
    }

    TEST_CASE("an untyped 404 is pending three times, and is then told by age")
    {
        for (const auto ec : {errc::result_unavailable, errc::not_found}) {
            const auto cause = [ec](
                                   std::optional<timestamp> done, milliseconds age, unsigned times
                               ) { return cause_of_failure(ec, done, at(age), 24h, times); };
            CHECK_EQ(cause(at(), 100h, 2), shortfall_cause::pending);
            CHECK_EQ(cause(at(), 24h - 1ms, 3), shortfall_cause::lost);
            CHECK_EQ(cause(at(), 24h, 3), shortfall_cause::expired);
            CHECK_EQ(cause({}, 100h, 99), shortfall_cause::pending);
        }
    }

    TEST_CASE("pauses double up to half a minute, half of each by chance")
    {
        const auto most = std::numeric_limits<std::uint64_t>::max();
        const auto pause = [](unsigned failures, std::uint64_t random) {
            return pause_after(failures, {errc::server_error, {}, random});
        };
        CHECK_EQ(pause(0, 0), 125ms);
        CHECK_EQ(pause(1, 0), 250ms);
        CHECK_EQ(pause(1, most), 499ms);
        CHECK_EQ(pause(2, 0), 500ms);
        CHECK_EQ(pause(6, 0), 8000ms);
        CHECK_EQ(pause(7, 0), 15'000ms);
        CHECK_LT(pause(7, most), 30'000ms);
        CHECK_EQ(pause(std::numeric_limits<unsigned>::max(), 0), 15'000ms);
    }

    TEST_CASE("no pause is shorter than the server asks for, nor longer for it")
    {
        CHECK_EQ(pause_after(1, {errc::throttled, 20s, 0}), 20s);
        CHECK_EQ(pause_after(1, {errc::throttled, 1ms, 0}), 250ms);
        CHECK_EQ(pause_after(1, {errc::throttled, -5s, 0}), 250ms);
    }

    TEST_CASE("only what every read would be told again ends the reading")
    {
        for (const auto ec :
             {errc::unauthorized,
              errc::forbidden,
              errc::bad_token,
              errc::criterion_mismatch,
              errc::request_too_large,
              errc::bad_base_url})
            CHECK(ends_reading(ec));
        for (const auto ec :
             {errc::quota_exceeded,
              errc::not_found,
              errc::job_id_invalid,
              errc::bad_request,
              errc::rejected,
              errc::throttled,
              errc::server_error,
              errc::result_expired,
              errc::malformed_response,
              errc::unexpected_status})
            CHECK_FALSE(ends_reading(ec));
    }
}
