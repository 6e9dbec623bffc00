// Rows behind the mark of a fast flow, where counters tell nothing.
#include <scrapingpros/core/poll_engine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/engine_setups.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using namespace test;

namespace {

constexpr milliseconds gap = 20ms;
constexpr milliseconds page_length = 49 * gap;

milliseconds first_of(int page)
{
    return page * 2s;
}

/// So many dense pages, two seconds apart; each begins a second behind the last row of the one before.
void read_dense_pages(engine_script& script, int from, int to)
{
    for (int p = from; p < to; ++p) {
        if (p > from) script.waits(2s);
        if (p == 0)
            script.expect(flow_page());
        else
            script.expect(flow_page().since(first_of(p - 1) + page_length - 1'001ms));
        for (int i = 0; i < 50; ++i) {
            const auto id = "j" + std::to_string(50 * p + i);
            script.row(a_job(id).completed_after(first_of(p) + i * gap).with_body("1")).takes(id);
        }
        script.ends_page();
    }
}

/// Nine pages' length behind the last row.
call first_audit(int pages)
{
    const auto last = first_of(pages - 1) + page_length;
    return metadata_page().since(last - 9 * page_length - 1ms);
}

}  // namespace

TEST_SUITE("core.poll_engine.audits")
{
    TEST_CASE("a fast flow is looked behind after twelve dense pages, and goes on as was planned")
    {
        engine_script script(polls(page_every{2s}, a_running_batch(1000)));
        read_dense_pages(script, 0, 12);
        script.expect(first_audit(12))
            .row(a_job("j598").completed_after(first_of(11) + 48 * gap))
            .row(a_job("j599").completed_after(first_of(11) + 49 * gap))
            .row(a_job("j599b").completed_after(first_of(11) + 49 * gap))
            // What lies ahead of the mark comes with the next page, its result besides.
            .row(a_job("j600").completed_after(first_of(12)))
            .ends_page("more")
            .waits(2s);
        read_dense_pages(script, 12, 14);
        script.check_as_written();
    }

    TEST_CASE(
        "what it finds is fetched, then all rows are looked at, and all new ones each ten pages"
    )
    {
        engine_script script(polls(page_every{2s}, a_running_batch(2000)));
        script.demands(1000);
        read_dense_pages(script, 0, 12);
        script.expect(first_audit(12))
            .row(a_job("late").completed_after(first_of(11) - 1s))
            .ends_page()
            .expect(result_of("late"))
            .answer(a_result("2"))
            .takes("late")
            .waits(2s);
        read_dense_pages(script, 12, 13);
        const auto swept_to = first_of(12) + page_length;
        script.expect(closing_page())
            .row(a_job("early").completed_after(1s))
            .row(a_job("ahead").completed_after(swept_to + 1s))
            .ends_page()
            .expect(result_of("early"))
            .answer(a_result("2"))
            .takes("early")
            .waits(2s);
        read_dense_pages(script, 13, 23);
        script.expect(metadata_page().since(swept_to - 10'001ms)).ends_page().check_as_written();
    }

    TEST_CASE("a look behind the mark that fails is left, and the flow goes on as was planned")
    {
        for (const auto ec : {errc::bad_request, errc::server_error, errc::body_too_large}) {
            engine_script script(polls(page_every{2s}, a_running_batch(1000)));
            read_dense_pages(script, 0, 12);
            script.expect(first_audit(12)).fails(ec).waits(2s);
            read_dense_pages(script, 12, 14);
            script.check_as_written();
        }
    }

    TEST_CASE("a hint that comes while it is made is followed at once behind it")
    {
        engine_script script(polls(page_every{2s}, a_running_batch(1000)));
        read_dense_pages(script, 0, 12);
        script.expect(first_audit(12)).hints().ends_page().waits(200ms);
        read_dense_pages(script, 12, 13);
        script.check_as_written();
    }
}
