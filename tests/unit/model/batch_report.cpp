#include <scrapingpros/model/batch_report.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;

TEST_SUITE("model.batch_report")
{
    TEST_CASE("a report that nobody filled in claims nothing")
    {
        const batch_progress progress;
        CHECK_EQ(progress.delivered, 0);
        CHECK_FALSE(progress.total);
        CHECK_FALSE(progress.eta);
        const batch_summary summary;
        CHECK_FALSE(summary.refusals_known);
        CHECK_FALSE(summary.target);
        CHECK(summary.left.empty());
    }

    TEST_CASE("no refusal differs from not knowing of any")
    {
        CHECK_NE(batch_summary{.refusals_known = true}, batch_summary{});
    }

    TEST_CASE("an end that is now differs from one that is not known")
    {
        CHECK_NE(batch_progress{.eta = std::chrono::seconds(0)}, batch_progress{});
    }
}
