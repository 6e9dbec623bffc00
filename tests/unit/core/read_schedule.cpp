#include <scrapingpros/core/read_schedule.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;
using core::errand;
using core::read_schedule;

namespace {

constexpr instant start{1h};

}  // namespace

TEST_SUITE("core.read_schedule")
{
    TEST_CASE("what is planned is due at its time, and taken once")
    {
        read_schedule schedule({});
        CHECK_FALSE(schedule.has_plan());
        CHECK_FALSE(schedule.take(start));
        schedule.plan(start + 1s, errand::status);
        CHECK(schedule.has_plan());
        CHECK(schedule.due() == start + 1s);
        CHECK_FALSE(schedule.take(start + 999ms));
        CHECK(schedule.take(start + 1s) == errand::status);
        CHECK_FALSE(schedule.take(start + 1s));
        CHECK_FALSE(schedule.ends_last_look());
        CHECK_FALSE(schedule.is_past_deadline(instant::max()));
    }

    TEST_CASE("the last look comes before the deadline by two round trips, within bounds")
    {
        for (const auto& [trip, before] :
             {std::pair<milliseconds, milliseconds>{0ms, 1ms}, {50ms, 100ms}, {1min, 5s}}) {
            read_schedule schedule(start + 10s);
            schedule.on_round_trip(trip);
            schedule.plan(start + 1h, errand::flow);
            CHECK(schedule.due() == start + 10s - before);
            CHECK_FALSE(schedule.take(start + 10s - before - 1ms));
            CHECK_FALSE(schedule.is_last_look());
            CHECK(schedule.take(start + 10s - before) == errand::flow);
            CHECK(schedule.is_last_look());
        }
    }

    TEST_CASE("as long as no answer has come, one is taken to need half a second")
    {
        read_schedule schedule(start + 10s);
        schedule.plan(start + 1h, errand::flow);
        CHECK(schedule.due() == start + 9s);
    }

    TEST_CASE("a status at the last moment becomes a page")
    {
        read_schedule schedule(start + 10s);
        schedule.plan(start + 10s - 1ms, errand::status);
        CHECK(schedule.take(start + 10s - 1ms) == errand::flow);
    }

    TEST_CASE("a look behind the mark at the last moment becomes one at what is new")
    {
        read_schedule schedule(start + 10s);
        schedule.plan(start + 9'500ms, errand::audit);
        CHECK(schedule.take(start + 9'500ms) == errand::flow);
    }

    TEST_CASE("pages of the last look go on, after it nothing is due")
    {
        read_schedule schedule(start + 10s);
        schedule.plan(start + 1h, errand::flow);
        schedule.take(start + 10s - 1ms);
        schedule.plan(start + 10s - 1ms, errand::flow);
        CHECK(schedule.take(start + 10s - 1ms) == errand::flow);
        CHECK(schedule.ends_last_look());
        CHECK(schedule.is_last_look_done());
        schedule.plan(start, errand::flow);
        CHECK_FALSE(schedule.due());
        CHECK_FALSE(schedule.is_past_deadline(start + 10s - 1ms));
        CHECK(schedule.is_past_deadline(start + 10s));
    }

    TEST_CASE("three errands read pages")
    {
        CHECK(core::reads_pages(errand::flow));
        CHECK(core::reads_pages(errand::audit));
        CHECK(core::reads_pages(errand::closing));
        CHECK_FALSE(core::reads_pages(errand::status));
        CHECK_FALSE(core::reads_pages(errand::ids));
    }
}
