#include <scrapingpros/model/service.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("model.service")
{
    TEST_CASE("reports are compared with their parts")
    {
        const health degraded{"degraded", {{"queue", "degraded"}}};
        CHECK(degraded == health(degraded));
        CHECK(degraded != health{"degraded", {}});
    }

    TEST_CASE("a plan without a figure differs from one with none left")
    {
        CHECK(plan{.credits_monthly = 0} != plan{});
        CHECK(plan_list{{plan{}}} != plan_list{});
        CHECK(raw_document{"{}"} != raw_document{"[]"});
    }
}
