#include <scrapingpros/batch_options.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("batch_options")
{
    TEST_CASE("a batch keeps nothing and has no bound unless it is told to")
    {
        batch_options how;
        CHECK_FALSE(how.checkpoint.load().value());
        CHECK_EQ(how.acknowledge, acknowledgement::automatic);
        CHECK_FALSE(how.timeout);
        CHECK_FALSE(how.poll.deadline);
        CHECK_FALSE(how.key);
    }
}
