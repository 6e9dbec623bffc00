#include <scrapingpros/core/action.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>

#include "support/builders.hpp"
#include "support/engine_setups.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::action;
using core::ticket;

namespace {

std::string printed(const action& a)
{
    std::ostringstream text;
    text << a;
    return text.str();
}

}  // namespace

TEST_SUITE("core.action")
{
    TEST_CASE("actions are values, told apart by kind and content")
    {
        CHECK(action(core::save{}) == action(core::save{}));
        CHECK_FALSE(action(core::save{}) == action(core::wait_for_event{}));
        CHECK_FALSE(action(core::finish{}) == action(core::finish{errc::run_stalled}));
        CHECK_FALSE(
            action(core::exchange{ticket{1}, test::runs()}) ==
            action(core::exchange{ticket{2}, test::runs()})
        );
        CHECK_FALSE(
            action(core::deliver{{.job = a_job("a")}}) == action(core::deliver{{.job = a_job("b")}})
        );
        CHECK_FALSE(action(core::wait_until{instant(1s)}) == action(core::wait_until{instant(2s)}));
    }

    TEST_CASE("a failing test shows what an engine does")
    {
        CHECK_EQ(printed(core::exchange{ticket{1}, test::runs()}), "list_runs c1");
        CHECK_EQ(printed(core::exchange{ticket{1}, test::the_run()}), "get_run c1/r1");
        CHECK_EQ(printed(core::exchange{ticket{1}, test::result_of("a")}), "get_result a");
        CHECK_EQ(
            printed(core::exchange{ticket{1}, test::flow_page().since(1s).after("c1")}),
            "list_jobs with results, limit 100, 3 statuses, since 2026-06-01T10:00:01.000, cursor "
            "c1"
        );
        CHECK_EQ(
            printed(core::exchange{ticket{1}, test::closing_page()}),
            "list_jobs by id, limit 1000, 0 statuses"
        );
        CHECK_EQ(printed(core::exchange{ticket{1}, start_run{{"c1"}, {}}}), "start_run c1");
        CHECK_EQ(
            printed(core::exchange{ticket{1}, list_collections{"tours", {}, {}}}),
            "list_collections tours"
        );
        CHECK_EQ(
            printed(core::exchange{ticket{1}, create_collection{{.name = "tours"}, {}}}),
            "create_collection tours without a key"
        );
        CHECK_EQ(printed(core::exchange{ticket{1}, get_health{}}), "another call");
        CHECK_EQ(printed(core::deliver{{.job = a_job("a")}}), "deliver a");
        CHECK_EQ(printed(core::append{{{"a"}, settlement::failed, {}, {}}}), "append a failed");
        CHECK_EQ(printed(core::save{}), "save");
        CHECK_EQ(printed(core::wait_until{instant(2s)}), "wait until 2000 ms");
        CHECK_EQ(printed(core::wait_for_event{}), "wait for an event");
        CHECK_EQ(printed(core::finish{}), "finish");
        CHECK_EQ(
            printed(core::finish{errc::run_stalled}),
            "finish: the run has not moved for as long as allowed"
        );
    }
}
