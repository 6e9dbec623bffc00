#include <scrapingpros/core/drain_cursor.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

#include "support/builders.hpp"
#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::drain_cursor;
using core::drain_pass;

namespace {

drain_cursor a_cursor(std::optional<timestamp> mark = {})
{
    return drain_cursor({{"c1"}, {"r1"}}, mark);
}

bool asks(const drain_cursor& cursor, const call& expected)
{
    return call(cursor.request()) == expected;
}

}  // namespace

TEST_SUITE("core.drain_cursor")
{
    using test::closing_page;
    using test::flow_page;
    using test::metadata_page;

    TEST_CASE("each pass asks for its own kind of page")
    {
        auto cursor = a_cursor(at(10s));
        CHECK_FALSE(cursor.under_way());
        cursor.begin(drain_pass::flow, 1s);
        CHECK(cursor.under_way());
        CHECK(asks(cursor, flow_page().since(8'999ms)));
        cursor.begin(drain_pass::audit, 5s);
        CHECK(asks(cursor, metadata_page().since(4'999ms)));
        cursor.begin(drain_pass::closing, 5s);
        CHECK(asks(cursor, closing_page()));
        cursor.begin(drain_pass::flow, -5s);
        CHECK(asks(cursor, flow_page().since(9'999ms)));
        cursor.without_inline_results();
        CHECK_FALSE(cursor.has_inline_results());
        CHECK(asks(cursor, metadata_page().since(9'999ms)));
    }

    TEST_CASE("a pass without overlap begins strictly behind the mark, if the last one saw the "
              "listing's end")
    {
        auto cursor = a_cursor(at(10s));
        cursor.begin(drain_pass::flow, 0s);
        CHECK(asks(cursor, flow_page().since(9'999ms)));
        CHECK_FALSE(cursor.on_page_end({false, {}}));
        cursor.begin(drain_pass::flow, 0s);
        CHECK(asks(cursor, flow_page().since(10s)));

        SUBCASE("not after one that was cut short in the midst of equal stamps")
        {
            CHECK_FALSE(cursor.on_page_end({true, {}}));
        }
        SUBCASE("nor after one whose cursor was refused")
        {
            CHECK(cursor.on_page_end({true, "c1"}));
            CHECK(cursor.on_failure(errc::bad_request));
        }
        SUBCASE("nor where the mark was put back to a row that was missed")
        {
            CHECK_FALSE(cursor.on_page_end({false, {}}));
            cursor.rewind(at(10s));
        }
        SUBCASE("nor after one that only looks for rows")
        {
            CHECK_FALSE(cursor.on_page_end({false, {}}));
            cursor.begin(drain_pass::audit, 5s);
            CHECK_FALSE(cursor.on_page_end({false, {}}));
        }
        SUBCASE("nor after one that was left") {}
        cursor.begin(drain_pass::flow, 0s);
        CHECK_EQ(cursor.request().completed_since, at(9'999ms));
    }

    TEST_CASE("the mark moves row by row, and says what lies behind it")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        CHECK_FALSE(cursor.on_row(a_job("a").completed_after(5s)));
        CHECK(cursor.mark() == at(5s));
        CHECK_EQ(cursor.on_row(a_job("b").completed_after(5s)), 0ms);
        CHECK_FALSE(cursor.on_row(a_job("n").without_stamps()));
        CHECK_FALSE(cursor.on_row(a_job("c").completed_after(7s)));
        cursor.begin(drain_pass::flow, 10s);
        CHECK_EQ(cursor.on_row(a_job("d").completed_after(6'499'999us)), 501ms);
        CHECK(cursor.mark() == at(7s));
    }

    TEST_CASE("once rows come out of order, only the end of the pass moves the mark")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        cursor.on_row(a_job("a").completed_after(5s));
        cursor.on_row(a_job("b").completed_after(3s));
        cursor.on_row(a_job("c").completed_after(9s));
        CHECK(cursor.mark() == at(5s));
        CHECK(cursor.on_page_end({true, "c1"}));
        CHECK(cursor.mark() == at(5s));
        CHECK(cursor.goes_on());
        CHECK(asks(cursor, flow_page().after("c1")));
        CHECK_FALSE(cursor.on_page_end({}));
        CHECK(cursor.mark() == at(9s));
        CHECK_FALSE(cursor.under_way());
        CHECK_FALSE(cursor.cut_short());
    }

    TEST_CASE("passes that only look for rows leave the mark where it is")
    {
        for (const auto pass : {drain_pass::audit, drain_pass::closing}) {
            auto cursor = a_cursor(at(5s));
            cursor.begin(pass, 1s);
            CHECK_FALSE(cursor.on_row(a_job("a").completed_after(9s)));
            CHECK_EQ(cursor.on_row(a_job("b").completed_after(4s)), 1000ms);
            CHECK_FALSE(cursor.on_page_end({}));
            CHECK(cursor.mark() == at(5s));
        }
    }

    TEST_CASE("a cursor that comes twice, or does not come, cuts the pass short")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        CHECK(cursor.on_page_end({true, "c1"}));
        CHECK(cursor.on_page_end({true, "c2"}));
        CHECK_FALSE(cursor.on_page_end({true, "c1"}));
        CHECK(cursor.cut_short());
        cursor.begin(drain_pass::flow, 1s);
        CHECK(cursor.on_page_end({true, "c1"}));
        CHECK_FALSE(cursor.on_page_end({true, {}}));
        CHECK(cursor.cut_short());
        cursor.begin(drain_pass::flow, 1s);
        CHECK_FALSE(cursor.on_page_end({false, "c1"}));
        CHECK_FALSE(cursor.cut_short());
    }

    TEST_CASE(
        "a refused page loses first its cursor, then order and filters, and then there is no way"
    )
    {
        for (const auto ec : {errc::bad_request, errc::rejected}) {
            auto cursor = a_cursor(at(5s));
            cursor.begin(drain_pass::flow, 1s);
            cursor.on_page_end({true, "c1"});
            CHECK(cursor.on_failure(ec));
            CHECK_FALSE(cursor.under_way());
            cursor.begin(drain_pass::flow, 1s);
            CHECK(asks(cursor, flow_page().since(3'999ms)));
            CHECK(cursor.on_failure(ec));
            cursor.begin(drain_pass::flow, 1s);
            CHECK(asks(cursor, test::page_call().limit(100).with_results()));
            CHECK_FALSE(cursor.on_failure(ec));
        }
    }

    TEST_CASE("without an order, only whole passes move the mark")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        cursor.on_failure(errc::bad_request);
        cursor.begin(drain_pass::flow, 1s);
        cursor.on_row(a_job("a").completed_after(5s));
        CHECK_FALSE(cursor.mark());
        cursor.on_page_end({});
        CHECK(cursor.mark() == at(5s));
        cursor.begin(drain_pass::flow, 1s);
        CHECK(asks(cursor, test::page_call().limit(100).with_results()));
    }

    TEST_CASE("a page that is unreadable twice in a row is asked for without results")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        CHECK(cursor.on_failure(errc::malformed_response));
        CHECK(cursor.on_failure(errc::server_error));
        CHECK(asks(cursor, flow_page()));
        cursor.on_page_end({true, "c1"});
        CHECK(cursor.on_failure(errc::body_too_large));
        CHECK(asks(cursor, flow_page().after("c1")));
        CHECK(cursor.on_failure(errc::malformed_response));
        CHECK(asks(cursor, test::page_call().limit(100).of_finished_jobs().after("c1")));
        CHECK_FALSE(cursor.asks_for_results());
        cursor.on_page_end({true, "c2"});
        CHECK(asks(cursor, flow_page().after("c2")));
    }

    TEST_CASE("a pass that leads nowhere can be ended")
    {
        auto cursor = a_cursor();
        cursor.begin(drain_pass::flow, 1s);
        cursor.on_row(a_job("a").completed_after(5s));
        cursor.on_page_end({true, "c1"});
        cursor.cut_short_here();
        CHECK_FALSE(cursor.under_way());
        CHECK(cursor.cut_short());
        CHECK(cursor.mark() == at(5s));
    }

    TEST_CASE("the mark can be put back to what was missed, never forward")
    {
        auto cursor = a_cursor();
        cursor.rewind(at(9s));
        CHECK(cursor.mark() == at(9s));
        cursor.begin(drain_pass::flow, 0ms);
        cursor.rewind(at(3s));
        CHECK(cursor.mark() == at(3s));
        CHECK_FALSE(cursor.under_way());
        cursor.rewind(at(8s));
        CHECK(cursor.mark() == at(3s));
    }
}
