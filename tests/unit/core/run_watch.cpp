#include <scrapingpros/core/run_watch.hpp>

#include <doctest/doctest.h>

#include <chrono>

#include "support/builders.hpp"
#include "support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::run_watch;

namespace {

constexpr instant start{1h};

}  // namespace

TEST_SUITE("core.run_watch")
{
    TEST_CASE("nothing is known before the first look but what was announced")
    {
        const run_watch watch(7);
        CHECK_EQ(watch.total(), 7u);
        CHECK_EQ(watch.status(), run_status::unknown);
        CHECK_FALSE(watch.is_over());
        CHECK_FALSE(watch.status_at());
        CHECK_FALSE(watch.finished());
        CHECK(watch.total_is_final());
        CHECK_FALSE(run_watch({}).total_is_final());
    }

    TEST_CASE("a look is news if state or counters are other ones")
    {
        run_watch watch({});
        CHECK(watch.on_run(start, a_run().of(3)));
        CHECK_FALSE(watch.on_run(start + 1s, a_run().of(3)));
        CHECK_FALSE(watch.on_run(start + 2s, a_run().of(3)));
        CHECK_EQ(watch.quiet_looks(), 2u);
        CHECK(watch.on_run(start + 3s, a_run().finished(1).of(3)));
        CHECK_EQ(watch.quiet_looks(), 0u);
        CHECK(watch.on_run(start + 4s, a_run().finished(1).of(3).status(run_status::failed)));
        CHECK(watch.is_over());
        CHECK(watch.status_at() == start + 4s);
    }

    TEST_CASE("a total counts as final when announced, persisted, or at the end")
    {
        run_watch watch({});
        watch.on_run(start, a_run().of(3));
        CHECK_FALSE(watch.total_is_final());
        watch.on_run(start, a_run().of(3).persisted(true));
        CHECK(watch.total_is_final());
        run_watch announced(3);
        announced.on_run(start, a_run().of(2));
        CHECK_FALSE(announced.total_is_final());
        announced.on_run(start, a_run().of(3));
        CHECK(announced.total_is_final());
        run_watch over({});
        over.on_run(start, a_run().completed(3));
        CHECK(over.total_is_final());
        over.on_run(start, a_run().without_counters());
        CHECK_EQ(over.total(), 3u);
        CHECK_FALSE(over.finished());
    }

    TEST_CASE("rows to expect: all jobs of a completed run, the counted ones of one broken off")
    {
        run_watch watch({});
        watch.on_run(
            start, a_run().status(run_status::cancelled).of(9).finished(2).failed(1).timed_out(1)
        );
        CHECK_EQ(watch.expected_rows(), 4u);
        watch.on_run(start, a_run().status(run_status::completed).of(9).finished(2));
        CHECK_EQ(watch.expected_rows(), 9u);
    }

    TEST_CASE("jobs that were counted a while ago, unless the counter fell")
    {
        run_watch watch({});
        CHECK_EQ(watch.finished_since(start, 10s), 0u);
        watch.on_run(start, a_run().finished(2).of(9));
        watch.on_run(start + 5s, a_run().finished(5).of(9));
        CHECK_EQ(watch.finished_since(start + 9s, 10s), 0u);
        CHECK_EQ(watch.finished_since(start + 10s, 10s), 2u);
        CHECK_EQ(watch.finished_since(start + 15s, 10s), 5u);
        watch.on_run(start + 16s, a_run().finished(1).of(9));
        CHECK_EQ(watch.finished_since(start + 16s, 10s), 1u);
        watch.on_run(start + 17s, a_run().without_counters());
        CHECK_EQ(watch.finished_since(start + 17s, 10s), 5u);
    }

    TEST_CASE("the history reaches back two flushes however often one looks, and stays small")
    {
        run_watch watch({});
        for (int i = 0; i <= 3000; ++i)
            watch.on_run(
                start + i * 10ms, a_run().finished(static_cast<std::uint64_t>(i)).of(9000)
            );
        CHECK_EQ(watch.finished_since(start + 30s, 10s), 2000u);
        CHECK_EQ(watch.finished_since(start + 30s, 25s), 500u);
    }
}
