#include <scrapingpros/policy/budget_view.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("policy.budget_view")
{
    TEST_CASE(
        "a request is a read of pages for no run, an answer lets it start, until told otherwise"
    )
    {
        const rate_request usual;
        CHECK(usual.bucket == rate_bucket::reads);
        CHECK(usual.rank == request_rank::page);
        CHECK_EQ(usual.lane, 0u);
        CHECK(rate_answer{}.granted);
    }

    TEST_CASE("a view of nothing shows no limit")
    {
        const budget_view nothing;
        CHECK_FALSE(nothing.per_minute);
        CHECK_FALSE(nothing.told);
        CHECK_EQ(nothing.runs, 1u);
    }
}
