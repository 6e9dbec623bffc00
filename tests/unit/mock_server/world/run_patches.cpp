#include <doctest/doctest.h>

#include "runs/workload.hpp"
#include "support.hpp"

using namespace mock_test;
using kind = run_patch::kind;

namespace {

struct patched {
    explicit patched(scenario with, std::size_t jobs)
        : from(std::move(with)), run({&from, draws{from.seed, "client_test"}, 0, start},
                                     std::make_shared<const std::vector<item>>(jobs))
    {
    }
    patched(const patched&) = delete;
    patched& operator=(const patched&) = delete;

    std::uint64_t done_at(time_point t) const
    {
        const run_counts counts = run.counts_at(t);
        return std::uint64_t{counts.success} + counts.failed + counts.timeout;
    }

    scenario from;
    run_future run;
};

scenario by_hand()
{
    scenario from = steady();
    from.jobs.progress = progress_mode::manual;
    return from;
}

}  // namespace

TEST_SUITE("mock.run_patches")
{
    TEST_CASE("a run by hand stands still until its jobs are ended one by one")
    {
        patched by{by_hand(), 3};
        CHECK_EQ(by.run.status_at(start + std::chrono::days{3}), run_status::in_progress);
        CHECK_EQ(by.done_at(start + std::chrono::days{3}), 0);
        CHECK(by.run.apply({.at = start + 11s, .job = 2}));
        CHECK(by.run.apply({.at = start + 12s, .job = 0, .ends = outcome::worker_failed}));
        CHECK_EQ(by.done_at(start + 11s - 1us), 0);
        CHECK_EQ(by.done_at(start + 11s), 1);
        CHECK_EQ(by.done_at(start + 12s), 2);
        CHECK_EQ(by.run.counts_at(start + 12s).failed, 1);
        // The rows wait for their flush as ever.
        CHECK_EQ(by.run.rows_at(start + 14s), 0);
        CHECK_EQ(by.run.rows_at(start + 15s), 2);
        CHECK(by.run.apply({.at = start + 16s, .job = 1}));
        CHECK_EQ(by.run.status_at(start + 16s), run_status::completed);
        CHECK_EQ(by.run.rows_at(start + 16s), 3);
        CHECK_EQ(by.run.patches().size(), 3);
    }

    TEST_CASE("ending a job twice, one that is not there, or a run that is over changes nothing")
    {
        patched by{by_hand(), 2};
        CHECK_FALSE(by.run.apply({.at = start, .job = 2}));
        CHECK(by.run.apply({.at = start + 1s, .job = 1}));
        CHECK_FALSE(by.run.apply({.at = start + 2s, .job = 1}));
        CHECK(by.run.apply({.what = kind::finish_all, .at = start + 3s}));
        CHECK_FALSE(by.run.apply({.what = kind::finish_all, .at = start + 3s}));
        CHECK_FALSE(by.run.apply({.what = kind::terminate, .at = start + 4s}));
        CHECK_EQ(by.run.patches().size(), 2);
    }

    TEST_CASE("a late job ended by hand ends the run, and rows already listed keep their places")
    {
        scenario from = steady(2s, 4);
        from.jobs.overrides = {{.at = 3, .never_finish = true}};
        patched by{from, 40};
        const time_point now = start + 60s;
        const std::vector<std::uint32_t> before(
            by.run.by_row().begin(),
            by.run.by_row().begin() + static_cast<std::ptrdiff_t>(by.run.rows_at(now))
        );
        CHECK_EQ(before.size(), 39);
        CHECK(by.run.apply({.at = now, .job = 3}));
        CHECK(std::equal(before.begin(), before.end(), by.run.by_row().begin()));
        CHECK_EQ(by.run.terminal(), now + 50ms);
        CHECK_EQ(by.run.all_visible(), now + 50ms);
        CHECK_EQ(by.run.jobs()[3].visible, now + 40ms);
        CHECK_EQ(by.run.jobs()[3].body_at, now + 40ms);
    }

    TEST_CASE("the same patches on the same run make the same future")
    {
        patched one{by_hand(), 50};
        for (std::size_t i = 0; i < 50; i += 3)
            one.run.apply({.at = start + i * 1s, .job = i});
        one.run.apply({.what = kind::terminate, .at = start + 60s, .as = run_end::cancelled});
        patched other{by_hand(), 50};
        for (const run_patch& each : one.run.patches())
            CHECK(other.run.apply(each));
        CHECK_EQ(one.run.by_row(), other.run.by_row());
        CHECK_EQ(one.run.by_stamp(), other.run.by_stamp());
        CHECK_EQ(one.run.terminal(), other.run.terminal());
        CHECK_EQ(one.run.status_at(start + 60s), run_status::cancelled);
    }

    TEST_CASE("a run that is going to be cut is cut still when a job is ended by hand before")
    {
        patched by{steady(2s, 1), 30};
        by.run.end_early(start + 20s, run_end::cancelled);
        CHECK_EQ(by.done_at(start + 60s), 9);
        CHECK(by.run.apply({.at = start + 5s, .job = 29}));
        CHECK_EQ(by.run.terminal(), start + 20s);
        CHECK_EQ(by.run.status_at(start + 20s), run_status::cancelled);
        CHECK_EQ(by.done_at(start + 20s), 10);
        CHECK_EQ(by.run.rows_at(start + 20s), 10);
        CHECK(by.run.apply({.what = kind::finish_all, .at = start + 10s}));
        CHECK_EQ(by.run.status_at(start + 11s), run_status::completed);
        CHECK_EQ(by.run.rows_at(start + 11s), 30);
    }

    TEST_CASE("a hidden row is in no listing until it is shown again")
    {
        // Reached through the future alone: the row's state is what the listing asks.
        patched by{steady(1s), 2};
        const time_point late = start + 60s;
        CHECK(by.run.apply({.what = kind::hide, .at = late, .job = 1}));
        CHECK(by.run.jobs()[1].hidden);
        CHECK_FALSE(by.run.apply({.what = kind::hide, .at = late, .job = 1}));
        CHECK_FALSE(by.run.jobs()[0].hidden);
        CHECK(by.run.apply({.what = kind::show, .at = late + 1s}));
        CHECK_FALSE(by.run.jobs()[1].hidden);
    }

    TEST_CASE("an expired body is expired, not lost, however young it is")
    {
        patched by{steady(1s), 2};
        const time_point now = start + 60s;
        CHECK(by.run.apply({.what = kind::expire, .at = now, .job = 0}));
        CHECK(by.run.jobs()[0].expired);
        CHECK_EQ(by.run.jobs()[0].lost_at, now);
        CHECK_FALSE(by.run.jobs()[1].expired);
    }
}
