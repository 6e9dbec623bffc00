#include <scrapingpros/model/recent_submit.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.recent_submit")
{
    TEST_CASE("a collection that was never run has no latest run")
    {
        const recent_submit found{{{"c"}, "tours", {}, {}}, {}};
        CHECK_FALSE(found.latest_run);
        CHECK_NE(found, recent_submit{{{"c"}, "tours", {}, {}}, run{}});
    }
}
