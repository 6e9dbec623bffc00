#include "tests/support/builders.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;

TEST_SUITE("model.builders")
{
    TEST_CASE("a built run adds up")
    {
        const run r = a_run().of(7).finished(3).failed(3).timed_out(1);
        CHECK_EQ(finished_jobs(r), 7u);
        CHECK_EQ(r.status, run_status::in_progress);
        CHECK_FALSE(finished_jobs(a_run().without_counters()).has_value());
        CHECK(is_terminal(a_run().completed(2).build().status));
    }

    TEST_CASE("a built row says whether it brings its body")
    {
        CHECK_EQ(a_job("a").with_body("<p>").build().result->body.content, "<p>");
        CHECK_EQ(a_job("a").build().state, inline_state::null);
        const auto spoilt = a_job("a").with_body("x").without_body(inline_state::unreadable);
        CHECK_FALSE(spoilt.build().result.has_value());
    }

    TEST_CASE("values are printed so that one can tell them apart")
    {
        std::ostringstream text;
        text << a_run().id("r9").of(2).finished(1).build() << ' ' << a_job("j").failed().build();
        CHECK_EQ(
            text.str(),
            "run{r9 in_progress 1+0+0 of 2} job{j failed 2026-06-01T10:00:01.000 -} "
            "with result null"
        );
    }
}
