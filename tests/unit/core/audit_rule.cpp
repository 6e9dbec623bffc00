#include <scrapingpros/core/audit_rule.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::audit_rule;
using core::errand;

namespace {

constexpr instant start{1h};

/// Two jobs were counted at `start`, and again much later.
core::run_watch counted_two()
{
    core::run_watch watch({});
    watch.on_run(start, a_run().finished(2).of(9));
    return watch;
}

}  // namespace

TEST_SUITE("core.audit_rule")
{
    TEST_CASE("due two flushes after jobs were counted that no page shows")
    {
        const audit_rule rule(5s);
        CHECK_FALSE(rule.is_due(start + 9'999ms, start + 9'999ms, counted_two(), 1));
        CHECK(rule.is_due(start + 10s, start + 10s, counted_two(), 1));
        CHECK_FALSE(rule.is_due(start + 10s, start + 10s, counted_two(), 2));
        CHECK_FALSE(rule.is_due(start + 10s, start + 10s, counted_two(), 3));
    }

    TEST_CASE("not due for rows that have become listable since pages were read last")
    {
        const audit_rule rule(5s);
        CHECK_FALSE(rule.is_due(start + 30s, start + 1s, counted_two(), 1));
        CHECK_FALSE(rule.is_due(start + 30s, std::nullopt, counted_two(), 1));
        CHECK(rule.is_due(start + 30s, start + 10s, counted_two(), 1));
    }

    TEST_CASE("where the service counts nothing, due as long as jobs are missing")
    {
        const audit_rule rule(5s);
        core::run_watch uncounted(3);
        uncounted.on_run(start, a_run().without_counters());
        CHECK(rule.is_due(start, start, uncounted, 2));
        CHECK_FALSE(rule.is_due(start, start, uncounted, 3));
        CHECK_FALSE(rule.is_due(start, start, core::run_watch({}), 0));
    }

    TEST_CASE("each one in vain makes the next one rarer, and every third one reads all rows")
    {
        audit_rule rule(5s);
        auto now = start + 10s;
        std::vector<errand> kinds;
        for (const auto pause :
             {10s, 20s, 40s, 80s, 160s, 320s, 640s, 1280s, 1280s, 1280s, 1280s, 1280s}) {
            REQUIRE(rule.is_due(now, now, counted_two(), 1));
            kinds.push_back(rule.next(now));
            CHECK_FALSE(rule.is_due(now + pause - 1ms, now + pause, counted_two(), 1));
            now += pause;
        }
        for (std::size_t i = 0; i < kinds.size(); ++i)
            CHECK_EQ(kinds[i] == errand::closing, i % 3 == 2);
    }

    TEST_CASE("one that finds rows makes the next one as soon as the first")
    {
        audit_rule rule(5s);
        for (int i = 0; i < 5; ++i)
            rule.next(start);
        rule.on_found();
        CHECK_EQ(rule.next(start + 1h), errand::audit);
        CHECK(rule.is_due(start + 1h + 10s, start + 1h, counted_two(), 1));
    }

    TEST_CASE("a fast flow is looked behind after 12, 62, 112 dense pages")
    {
        audit_rule rule(5s);
        std::vector<int> after;
        for (int page = 1; page <= 170; ++page) {
            CHECK_FALSE(rule.on_page(49));
            if (rule.on_page(50)) after.push_back(page);
        }
        CHECK_EQ(after, std::vector{12, 62, 112, 162});
        CHECK_EQ(rule.behind(at(1h), 2s).what, errand::audit);
        CHECK_EQ(rule.behind(at(1h), 2s).depth, 18s);
        CHECK_EQ(rule.behind(at(1h), 10s).depth, 30s);
    }

    TEST_CASE("once it found rows, all rows are looked at, and then all new ones each ten pages")
    {
        audit_rule rule(5s);
        for (int page = 1; page <= 12; ++page)
            rule.on_page(100);
        rule.on_looked(at(90s));
        rule.on_found();
        CHECK(rule.on_page(100));
        CHECK_EQ(rule.behind(at(100s), 2s).what, errand::closing);
        // It was not made.
        CHECK_EQ(rule.behind(at(100s), 2s).what, errand::closing);
        rule.on_looked(at(100s));
        for (int page = 1; page < 10; ++page)
            CHECK_FALSE(rule.on_page(100));
        CHECK(rule.on_page(100));
        rule.on_found();
        CHECK_EQ(rule.behind(at(160s), 2s).what, errand::audit);
        CHECK_EQ(rule.behind(at(160s), 2s).depth, 70s);
        rule.on_looked(at(160s));
        CHECK_EQ(rule.behind(at(190s), 2s).depth, 40s);
        // A mark that was put back.
        CHECK_EQ(rule.behind(at(150s), 2s).depth, 10s);
        CHECK_FALSE(rule.on_page(100));
    }

    TEST_CASE("a fast flow may go unwatched")
    {
        audit_rule rule(5s, 0ms);
        for (int page = 0; page < 1000; ++page)
            CHECK_FALSE(rule.on_page(100));
    }
}
