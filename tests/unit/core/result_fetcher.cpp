#include <scrapingpros/core/result_fetcher.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::result_fetcher;
using core::ticket;
using core::wanted_result;

namespace {

constexpr instant now{1h};

core::moment now_is(milliseconds later = {})
{
    return {now + later, at(later), at(later)};
}

}  // namespace

TEST_SUITE("core.result_fetcher")
{
    TEST_CASE("the earliest to expire goes first, of those that may go")
    {
        result_fetcher fetcher;
        fetcher.want({.row = a_job("c").completed_after(3s)});
        fetcher.want({.row = a_job("a").completed_after(1s), .not_before = now + 5s});
        fetcher.want({.row = a_job("b").completed_after(2s)});
        CHECK(fetcher.earliest() == at(1s));
        CHECK(fetcher.next_due() == instant());
        CHECK_EQ(fetcher.begin(now, ticket{1})->row.id.value, "b");
        CHECK_EQ(fetcher.begin(now, ticket{2})->row.id.value, "c");
        CHECK_EQ(fetcher.begin(now, ticket{3}), nullptr);
        CHECK(fetcher.next_due() == now + 5s);
        CHECK_EQ(fetcher.begin(now + 5s, ticket{3})->row.id.value, "a");
        CHECK_EQ(fetcher.under_way(), 3u);
        CHECK_EQ(fetcher.waiting(), 0u);
        CHECK_FALSE(fetcher.next_due());
        CHECK_FALSE(fetcher.earliest());
    }

    TEST_CASE("a row without a stamp goes before all")
    {
        result_fetcher fetcher;
        fetcher.want({.row = a_job("a")});
        fetcher.want({.row = a_job("n").without_stamps()});
        CHECK_EQ(fetcher.begin(now, ticket{1})->row.id.value, "n");
    }

    TEST_CASE("an answer ends what is under way, once")
    {
        result_fetcher fetcher;
        fetcher.want({.row = a_job("a")});
        fetcher.begin(now, ticket{7});
        CHECK_FALSE(fetcher.end(ticket{8}));
        CHECK_EQ(fetcher.end(ticket{7})->row.id.value, "a");
        CHECK_FALSE(fetcher.end(ticket{7}));
        CHECK(fetcher.empty());
    }

    TEST_CASE("tries are counted, and pause longer each time")
    {
        result_fetcher fetcher;
        wanted_result wanted{.row = a_job("a"), .allowed = 3};
        const core::exchange_failure failure{errc::result_pending, {}, 0};
        CHECK_FALSE(fetcher.retry(wanted, now_is(), failure, 24h));
        CHECK(fetcher.next_due() == now + 250ms);
        fetcher.begin(now + 250ms, ticket{1});
        CHECK_FALSE(fetcher.retry(*fetcher.end(ticket{1}), now_is(250ms), failure, 24h));
        CHECK(fetcher.next_due() == now + 750ms);
        fetcher.begin(now + 750ms, ticket{2});
        const auto left = fetcher.retry(*fetcher.end(ticket{2}), now_is(750ms), failure, 24h);
        REQUIRE(left);
        CHECK_EQ(left->cause, shortfall_cause::pending);
        CHECK_EQ(left->id.value, "a");
        CHECK_EQ(left->url, "https://shop.example/a");
        CHECK(left->completed_at == at(1s));
        CHECK(fetcher.empty());
    }

    TEST_CASE("what is gone for good is given up at once")
    {
        result_fetcher fetcher;
        const wanted_result wanted{.row = a_job("a"), .allowed = 100};
        const auto left = fetcher.retry(wanted, now_is(), {errc::result_lost, {}, 0}, 24h);
        REQUIRE(left);
        CHECK_EQ(left->cause, shortfall_cause::lost);
        CHECK_EQ(left->ec, errc::result_lost);
    }

    TEST_CASE("a job that no page showed and that stays pending was never listed")
    {
        result_fetcher fetcher;
        const wanted_result wanted{.row = a_job("a"), .unlisted = true};
        CHECK_EQ(
            fetcher.retry(wanted, now_is(), {errc::result_pending, {}, 0}, 24h)->cause,
            shortfall_cause::never_listed
        );
        CHECK_EQ(
            fetcher.retry(wanted, now_is(), {errc::server_error, {}, 0}, 24h)->cause,
            shortfall_cause::unreachable
        );
    }

    TEST_CASE("all of them can be had back, those under way too")
    {
        result_fetcher fetcher;
        fetcher.want({.row = a_job("a")});
        fetcher.want({.row = a_job("b")});
        fetcher.begin(now, ticket{1});
        CHECK_EQ(fetcher.clear().size(), 2u);
        CHECK(fetcher.empty());
        CHECK_FALSE(fetcher.end(ticket{1}));
    }
}
