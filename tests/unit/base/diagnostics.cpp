#include <scrapingpros/diagnostics.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <type_traits>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

const diagnostics full{
    .route = "GET /v1/async/collections/c-1/runs",
    .phase = call_phase::done,
    .attempts = 5,
    .http_status = 503,
    .place = "items[3].run_id",
    .client_text = "limit 10, seen 11",
    .server_text = "come back later",
    .retry_after = 2s};

}  // namespace

TEST_SUITE("base.diagnostics")
{
    TEST_CASE("a line for people says what is known, in a fixed order")
    {
        CHECK_EQ(
            describe(errc::server_error, full),
            "the service failed at items[3].run_id: limit 10, seen 11 "
            "[GET /v1/async/collections/c-1/runs, attempt 5, status 503] "
            "server text: come back later"
        );
    }

    TEST_CASE("what is not known is left out")
    {
        CHECK_EQ(describe(errc::bad_token, {}), "the token is empty or holds forbidden characters");
        CHECK_EQ(
            describe(
                errc::bad_request_item, {.place = "requests[2].url", .client_text = "is empty"}
            ),
            "a request item breaks a rule of the service at requests[2].url: is empty"
        );
        CHECK_EQ(
            describe(errc::connect_timeout, {.route = "GET /health", .attempts = 1}),
            "no connection within the time allowed [GET /health, attempt 1]"
        );
        CHECK_EQ(
            describe(errc::deadline_exceeded, {.route = "GET /health"}),
            "the deadline passed [GET /health]"
        );
        CHECK_EQ(
            describe(errc::rejected, {.http_status = 422, .server_text = "no"}),
            "the service refused the request, status 422 server text: no"
        );
    }

    TEST_CASE("the service's words are cut at their limit")
    {
        diagnostics diag;
        diag.set_server_text(std::string(diagnostics::max_server_text, 'a'));
        CHECK_EQ(diag.server_text.size(), 1024);
        diag.set_server_text(std::string(diagnostics::max_server_text + 1, 'b'));
        CHECK_EQ(diag.server_text, std::string(1024, 'b'));
        diag.set_server_text("");
        CHECK_EQ(diag.server_text, "");
    }

    TEST_CASE("phases are in the order of time")
    {
        CHECK_LT(call_phase::queued, call_phase::resolve);
        CHECK_LT(call_phase::resolve, call_phase::connect);
        CHECK_LT(call_phase::connect, call_phase::handshake);
        CHECK_LT(call_phase::handshake, call_phase::write);
        CHECK_LT(call_phase::write, call_phase::head);
        CHECK_LT(call_phase::head, call_phase::body);
        CHECK_LT(call_phase::body, call_phase::done);
    }

    TEST_CASE("an exception carries the code and its details, and says the line once")
    {
        const api_error thrown(errc::server_error, full);
        CHECK_EQ(thrown.code(), errc::server_error);
        CHECK_EQ(thrown.details(), full);
        CHECK_EQ(thrown.what(), describe(errc::server_error, full));
        const api_error copy = thrown;
        CHECK_EQ(copy.details(), full);
        CHECK_EQ(std::string(copy.what()), thrown.what());
    }

    TEST_CASE("an exception can be caught by what it is made from")
    {
        CHECK(std::is_base_of_v<boost::system::system_error, api_error>);
        CHECK_THROWS_AS(throw api_error(errc::not_found, {}), boost::system::system_error);
        CHECK_THROWS_WITH(throw api_error(errc::not_found, {}), "there is no such resource");
    }
}
