#include <scrapingpros/model/verdict.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.verdict")
{
    TEST_CASE("not knowing is a verdict of its own, and the first one")
    {
        CHECK(verdict{}.value == judgement::unknown);
        CHECK_EQ(to_string(judgement::unknown), "unknown");
        CHECK_EQ(to_string(judgement::usable), "usable");
        CHECK_EQ(to_string(judgement::not_usable), "not_usable");
    }

    TEST_CASE("verdicts of two criteria are different verdicts")
    {
        CHECK(
            verdict{judgement::usable, "is_success", "content_success_v1"} !=
            verdict{judgement::usable, "is_success", "content_success_v2"}
        );
    }
}
