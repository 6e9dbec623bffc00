#include <scrapingpros/wire/page_limits.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("wire.page_limits")
{
    TEST_CASE("the defaults let through the largest page that the service sends")
    {
        const page_limits limits;
        CHECK_GE(limits.max_rows, 1000u);
        // Inline bodies are capped at 256 KB by the service.
        CHECK_GE(limits.max_body, 262'144u);
        CHECK_EQ(limits, page_limits{});
    }
}
