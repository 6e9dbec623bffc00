#include <scrapingpros/job_stream.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// Before that day a listing was one page, whatever limit was asked for.
mock::scenario paging_server()
{
    return test::server_with(mock::shipped::row_columns);
}

using next_row = std::optional<listed_job>;

next_row next(client_fixture& f, job_stream& rows, error_code& ec)
{
    auto got = f.run<next_row>([&](auto h) { rows.async_next(h); });
    ec = got.ec;
    return std::move(got.value);
}

/// How often each job was handed out.
std::map<std::string, int> drain(client_fixture& f, job_stream& rows, error_code& ec)
{
    std::map<std::string, int> count;
    while (auto row = next(f, rows, ec))
        ++count[row->job.id.value];
    return count;
}

bool each_once(const std::map<std::string, int>& count, std::size_t jobs)
{
    for (const auto& [id, n] : count)
        if (n != 1) return false;
    return count.size() == jobs;
}

}  // namespace

TEST_SUITE("job_stream")
{
    TEST_CASE(
        "nothing is asked for before the first row is wanted, and pages only as they are needed"
    )
    {
        client_fixture f(paging_server());
        const auto at = f.finished_run(10);
        const auto before = f.wire.seen().size();
        auto api = f.client();
        auto rows = api.iter_run_jobs({.target = at, .limit = 4});
        f.context.poll();
        CHECK_EQ(f.wire.seen().size(), before);
        error_code ec;
        for (int i = 0; i < 4; ++i)
            CHECK(next(f, rows, ec));
        CHECK_EQ(f.wire.seen().size(), before + 1);
        CHECK(next(f, rows, ec));
        CHECK_EQ(f.wire.seen().size(), before + 2);
        auto rest = drain(f, rows, ec);
        CHECK_FALSE(ec);
        CHECK(each_once(rest, 5));
        CHECK_EQ(f.wire.seen().size(), before + 3);
        CHECK_FALSE(next(f, rows, ec));
        CHECK_EQ(f.wire.seen().size(), before + 3);
    }

    TEST_CASE("a page cut anywhere is read again and no row is lost or given twice")
    {
        for (const std::size_t at_byte : {0u, 64u, 70u, 200u, 900u, 1500u, 2500u, 4000u}) {
            CAPTURE(at_byte);
            client_fixture f(paging_server());
            const auto at = f.finished_run(12);
            f.fault(
                {.on = mock::operation::list_jobs,
                 .when = mock::occurrence::nth(2),
                 .phase = mock::fault_phase::after,
                 .effect = mock::effect::cut{at_byte}}
            );
            auto api = f.client();
            auto rows = api.iter_run_jobs({.target = at, .limit = 5});
            error_code ec;
            CHECK(each_once(drain(f, rows, ec), 12));
            CHECK_FALSE(ec);
            CHECK_EQ(f.world.seen().summary().list_jobs, 4u);
        }
    }

    TEST_CASE("when the retries are used up, the next call goes on with the same page")
    {
        client_fixture f(paging_server());
        const auto at = f.finished_run(9);
        f.fault(
            {.on = mock::operation::list_jobs,
             .when = {2, 3},
             .phase = mock::fault_phase::after,
             .effect = mock::effect::cut{1200}}
        );
        auto api = f.client_with(f.policies().with_retry(no_retry{}), f.options());
        auto rows = api.iter_run_jobs({.target = at, .limit = 5});
        std::map<std::string, int> count;
        int errors = 0;
        for (;;) {
            error_code ec;
            auto row = next(f, rows, ec);
            if (ec) {
                ++errors;
                continue;
            }
            if (!row) break;
            ++count[row->job.id.value];
        }
        CHECK_EQ(errors, 2);
        CHECK(each_once(count, 9));
    }

    TEST_CASE(
        "a server that gives the same page for ever, or no way on, is an error and not the end"
    )
    {
        for (const bool repeated : {true, false}) {
            CAPTURE(repeated);
            client_fixture f(paging_server());
            const auto at = f.finished_run(9);
            mock::fault bad{
                .on = mock::operation::list_jobs,
                .when = mock::occurrence::nth(2),
                .phase = mock::fault_phase::after,
                .effect = mock::effect::repeat_cursor{}};
            if (!repeated) bad.effect = mock::effect::drop_members{{"cursor_next"}};
            f.fault(bad);
            diagnostics diag;
            auto api = f.client().with_diagnostics(diag);
            auto rows = api.iter_run_jobs({.target = at, .limit = 3});
            error_code ec;
            const auto count = drain(f, rows, ec);
            CHECK_EQ(ec, errc::malformed_response);
            CHECK_EQ(diag.place, "cursor_next");
            CHECK(each_once(count, 6));
        }
    }

    TEST_CASE("a listing that goes round in a circle is an error, whatever its cursors are called")
    {
        client_fixture f(paging_server());
        const auto at = f.finished_run(9);
        f.fault(mock::parse_faults(R"([{"on": "jobs.list", "do": "cycle-2", "times": "unlimited"}])"
        )
                    .at(0));
        diagnostics diag;
        auto api = f.client().with_diagnostics(diag);
        auto rows = api.iter_run_jobs({.target = at, .limit = 3});
        error_code ec;
        const auto count = drain(f, rows, ec);
        CHECK_EQ(ec, errc::malformed_response);
        CHECK_EQ(diag.client_text, "an earlier page comes again");
        CHECK(each_once(count, 6));
    }

    TEST_CASE("an old server without paging members ends after its one page")
    {
        client_fixture f;
        const auto at = f.finished_run(3);
        f.fault(
            {.on = mock::operation::list_jobs,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::drop_page_end{}}
        );
        auto api = f.client();
        auto rows = api.iter_run_jobs({.target = at});
        error_code ec;
        CHECK(each_once(drain(f, rows, ec), 3));
        CHECK_FALSE(ec);
    }

    TEST_CASE("a malformed inline result costs that result and not the page")
    {
        mock::scenario from = test::server_with(mock::shipped::inline_results);
        from.contract.set("A30", "off");  // a row of hardly any members has no result either
        client_fixture f(from);
        const auto at = f.finished_run(3);
        f.fault(
            {.on = mock::operation::list_jobs,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::malform_inline{mock::inline_form::string, 1}}
        );
        auto api = f.client();
        auto rows = api.iter_run_jobs({.target = at, .results = inline_results::include});
        error_code ec;
        std::vector<inline_state> states;
        while (auto row = next(f, rows, ec))
            states.push_back(row->state);
        CHECK_EQ(
            states,
            std::vector<inline_state>{
                inline_state::present, inline_state::unreadable, inline_state::present}
        );
    }

    TEST_CASE("a row that cannot be read is named, the others are delivered")
    {
        client_fixture f;
        const auto at = f.finished_run(1);
        f.before = [](const auto&, auto) {
            return test::reply(
                R"({"items":[{"job_public_id":"a"},7,{"status":"completed"},{"job_public_id":"b"}],"has_more":false})"
            );
        };
        auto api = f.client();
        auto rows = api.iter_run_jobs({.target = at});
        error_code ec;
        CHECK(each_once(drain(f, rows, ec), 2));
        REQUIRE_EQ(rows.unreadable().size(), 2u);
        CHECK_EQ(rows.unreadable()[0].index, 1u);
        CHECK_EQ(rows.unreadable()[1].index, 2u);
        const auto page =
            f.run<job_page>([&](auto h) { api.async_get_run_jobs({.target = at}, h); });
        CHECK_EQ(page.value.rows.size(), 4u);
    }

    TEST_CASE("a cancelled row is asked for again and nothing is lost")
    {
        client_fixture f;
        const auto at = f.finished_run(6);
        auto api = f.client();
        auto rows = api.iter_run_jobs({.target = at, .limit = 3});
        std::map<std::string, int> count;
        for (int round = 0;; ++round) {
            boost::asio::cancellation_signal stop;
            std::optional<test::outcome<next_row>> got;
            rows.async_next(boost::asio::bind_cancellation_slot(
                stop.slot(),
                [&](error_code ec, next_row row) {
                    got = test::outcome<next_row>{ec, std::move(row)};
                }
            ));
            if (round % 2 == 0) stop.emit(boost::asio::cancellation_type::total);
            run_virtual(f.context, f.clock, [&] { return got.has_value(); });
            if (round % 2 == 0) {
                CHECK_EQ(got->ec, boost::asio::error::operation_aborted);
                continue;
            }
            if (!got->value) break;
            ++count[got->value->job.id.value];
        }
        CHECK(each_once(count, 6));
    }

    TEST_CASE(
        "a stream that is destroyed while a row is awaited completes it with operation_aborted"
    )
    {
        client_fixture f;
        const auto at = f.finished_run(2);
        f.fault(
            {.on = mock::operation::list_jobs,
             .when = mock::occurrence::every(),
             .effect = mock::effect::stall{0}}
        );
        auto api = f.client();
        std::optional<error_code> got;
        {
            auto rows = api.iter_run_jobs({.target = at});
            rows.async_next([&](error_code ec, next_row) { got = ec; });
            f.context.poll();
            f.context.restart();
        }
        run_virtual(f.context, f.clock, [&] { return got.has_value(); });
        CHECK_EQ(*got, boost::asio::error::operation_aborted);
    }

    TEST_CASE("manual paging by cursor and reading all pages give the same rows")
    {
        client_fixture f;
        const auto at = f.finished_run(11);
        auto api = f.client();
        list_jobs what{.target = at, .limit = 4, .order_by = job_order::completed_at};
        std::vector<page_row> by_hand;
        for (;;) {
            auto page = f.run<job_page>([&](auto h) { api.async_list_jobs(what, h); });
            REQUIRE_FALSE(page.ec);
            for (auto& row : page.value.rows)
                by_hand.push_back(std::move(row));
            if (!page.value.end.has_more) break;
            what.cursor = page.value.end.cursor;
        }
        what.cursor.reset();
        const auto all = f.run<job_page>([&](auto h) { api.async_get_run_jobs(what, h); });
        CHECK_EQ(all.value.rows, by_hand);
        // A row without a stamp has no place in that order (A30).
        std::size_t stamped = 0;
        for (std::size_t i = 0; i < 11; ++i)
            stamped += f.world.find_job(at.run.value, i)->completed_at ? 1 : 0;
        CHECK_EQ(by_hand.size(), stamped);
        CHECK_GT(stamped, 4u);
    }
}
