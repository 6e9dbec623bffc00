#include <scrapingpros/core/wait_until.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("core.wait_until")
{
    TEST_CASE("waits are told apart by their end")
    {
        CHECK(core::wait_until{instant(1s)} == core::wait_until{instant(1s)});
        CHECK_FALSE(core::wait_until{instant(1s)} == core::wait_until{});
    }
}
