#include <scrapingpros/blocking_client.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

namespace {

client_options nowhere()
{
    client_options o;
    // Nothing listens on the discard port of the loopback interface.
    o.base_url = "http://127.0.0.1:9";
    o.token = secret("test_token_a");
    o.connection.proxy.mode = proxy_mode::none;
    return o;
}

}  // namespace

TEST_SUITE("blocking_client")
{
    TEST_CASE("a call that fails gives a code, and the throwing spelling its details")
    {
        basic_blocking_client api(nowhere(), default_policies.with_retry(no_retry{}));
        const auto got = api.try_get_run({{"c"}, {"r"}});
        REQUIRE(got.has_error());
        CHECK_EQ(api.details().attempts, 1u);
        CHECK_EQ(api.details().phase, call_phase::connect);
        try {
            api.get_run({{"c"}, {"r"}});
            FAIL("it did not throw");
        } catch (const api_error& e) {
            CHECK_EQ(e.code(), got.error());
            CHECK_EQ(e.details().route, "GET /v1/async/collections/c/runs/r");
            CHECK_EQ(std::string(e.what()).find("test_token_a"), std::string::npos);
        }
    }

    TEST_CASE("a start that met no connection is proven not to have happened")
    {
        basic_blocking_client api(nowhere(), default_policies.with_retry(no_retry{}));
        const auto got = api.try_start_run({{"c"}, {}});
        REQUIRE(got.has_error());
        CHECK_THROWS_AS(api.start_run({{"c"}, {}}), api_error);
    }

    TEST_CASE("cancelling while nothing is under way does not hit the next call")
    {
        basic_blocking_client api(nowhere(), default_policies.with_retry(no_retry{}));
        api.cancel();
        const auto got = api.try_get_run({{"c"}, {"r"}});
        REQUIRE(got.has_error());
        CHECK_NE(got.error(), make_error_code(boost::system::errc::operation_canceled));
    }

    TEST_CASE("a client with an empty token is not made")
    {
        client_options o = nowhere();
        o.token = {};
        CHECK_THROWS_AS(blocking_client{o}, api_error);
    }
}
