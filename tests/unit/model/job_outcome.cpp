#include <scrapingpros/model/job_outcome.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.job_outcome")
{
    TEST_CASE("an outcome without a result differs from one with an empty result")
    {
        CHECK_EQ(job_outcome{}, job_outcome{});
        CHECK_NE(job_outcome{.result = job_result{}}, job_outcome{});
    }

    TEST_CASE("an outcome that nobody judged is undecided")
    {
        CHECK_EQ(job_outcome{}.verdict.value, judgement::unknown);
    }
}
