#include <scrapingpros/core/closing_rule.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

#include "support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::closing_rule;
using core::errand;

namespace {

constexpr instant start{1h};

core::run_watch watching(run last)
{
    core::run_watch watch({});
    watch.on_run(start, last);
    return watch;
}

}  // namespace

TEST_SUITE("core.closing_rule")
{
    TEST_CASE("nothing is left to be read once as many rows were seen as there are jobs")
    {
        closing_rule rule(30s);
        rule.begin(start);
        const auto run = watching(a_run().completed(3));
        CHECK_FALSE(rule.after(errand::flow, start, run, 3));
        CHECK_FALSE(rule.after(errand::closing, start, run, 3));
    }

    TEST_CASE("the listing is followed by all rows, at once")
    {
        closing_rule rule(30s);
        rule.begin(start);
        const auto step = rule.after(errand::flow, start + 1s, watching(a_run().completed(3)), 2);
        REQUIRE(step);
        CHECK_EQ(step->what, errand::closing);
        CHECK(step->when == start + 1s);
    }

    TEST_CASE("both again with growing pauses until the patience has passed, then the run's own ids"
    )
    {
        closing_rule rule(30s);
        rule.begin(start);
        const auto run = watching(a_run().completed(3));
        auto now = start;
        for (const auto pause : {1s, 2s, 4s, 8s, 15s}) {
            const auto step = rule.after(errand::closing, now, run, 2);
            REQUIRE(step);
            CHECK_EQ(step->what, errand::flow);
            CHECK(step->when == now + pause);
            now += pause;
        }
        const auto last = rule.after(errand::closing, now, run, 2);
        REQUIRE(last);
        CHECK_EQ(last->what, errand::ids);
        CHECK(last->when == now);
    }

    TEST_CASE("a run that was broken off has no more rows than it counted")
    {
        closing_rule rule(30s);
        rule.begin(start);
        const auto run = watching(a_run().status(run_status::cancelled).of(9).finished(2));
        CHECK_EQ(rule.after(errand::closing, start, run, 2)->what, errand::ids);
        CHECK_EQ(rule.after(errand::closing, start, run, 1)->what, errand::flow);
    }

    TEST_CASE("a run that does not count has no number to wait for, and is waited for all the same")
    {
        closing_rule rule(30s);
        rule.begin(start);
        const auto run = watching(a_run().without_counters().status(run_status::completed));
        CHECK_EQ(rule.after(errand::closing, start, run, 2)->what, errand::flow);
        CHECK_EQ(rule.after(errand::closing, start + 30s, run, 2)->what, errand::ids);
    }
}
