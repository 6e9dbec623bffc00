#include <scrapingpros/client_options.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("client_options")
{
    TEST_CASE("the defaults verify certificates, bound replies and hold no token")
    {
        const client_options o;
        CHECK_EQ(o.base_url, "https://api.scrapingpros.com");
        CHECK(o.token.empty());
        CHECK_GE(o.limits.row, 262'144u);
        CHECK_FALSE(o.call_timeout);
        CHECK_EQ(o.item_rules, validation_options{});
    }
}
