// Weaknesses W33 to W40 of the official client: requests that are wasted, or come at the wrong time.

#include <scrapingpros/impl/net/idle_stack.hpp>
#include <scrapingpros/policy/pacer.hpp>

#include <algorithm>

#include "tests/support/client_fixture.hpp"
#include "tests/unit/net/fetch.hpp"
#include "tests/unit/net/raw_server.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using test::client_fixture;

namespace {

std::vector<mock::time_point> times_of(const lab& l, std::string_view method, std::string_view part)
{
    std::vector<mock::time_point> times;
    for (const auto& one : l.requests())
        if (one.is(method, part)) times.push_back(one.at);
    return times;
}

/// Asks for pages first, and for the status only when they stay empty: a strategy of a user's.
struct page_first {
    sp::milliseconds interval = 5s;

    sp::poll_decision first(const sp::poll_view& seen)
    {
        return {.when = seen.now + interval, .what = sp::read_kind::inline_page};
    }
    sp::poll_decision after_page(const sp::poll_view& seen) { return {.when = seen.now}; }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        const bool empty = seen.last_page && seen.last_page->unseen == 0;
        const bool ask = seen.last_read != sp::read_kind::status && empty && ++quiet % 4 == 0;
        return {
            .when = seen.now + interval,
            .what = ask ? sp::read_kind::status : sp::read_kind::inline_page};
    }
    unsigned quiet = 0;
};

/// Pages without results, always.
struct metadata_only : page_first {
    sp::poll_decision first(const sp::poll_view& seen)
    {
        return {.when = seen.now + interval, .what = sp::read_kind::metadata_page};
    }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        const bool page = seen.last_read == sp::read_kind::status;
        return {
            .when = seen.now + interval,
            .what = page ? sp::read_kind::metadata_page : sp::read_kind::status};
    }
};

/// How long a read takes that is refused so often with this `Retry-After`.
std::chrono::milliseconds time_of_refused_read(const std::string& retry_after, std::uint64_t times)
{
    client_fixture f(test::newest_server());
    f.fault(
        {.on = mock::operation::get_collection,
         .when = {1, times},
         .effect = mock::effect::throttle{retry_after}}
    );
    const auto id = f.make_collection(1);
    auto api = f.client();
    const auto before = f.clock.elapsed();
    const auto got = f.run<sp::collection>([&](auto h) { api.async_get_collection(id, h); });
    CHECK_FALSE(got.ec);
    return std::chrono::floor<std::chrono::milliseconds>(f.clock.elapsed() - before);
}

}  // namespace

TEST_SUITE("weaknesses.budget")
{
    TEST_CASE("W34: batches of one client share its budget, and are never refused for their number")
    {
        auto made = plain();
        made.contract.read_per_minute = 60;
        made.jobs.execution = mock::quantiles::always(std::chrono::seconds{40});
        lab l(std::move(made));
        l.budget.emplace(sp::token_bucket::rate{54, 1}, sp::token_bucket::rate{60, 8});
        std::vector<sp::checkpoint> batches;
        for (int i = 0; i < 8; ++i)
            batches.push_back(submit(60, "batch-" + std::to_string(i)));
        const auto lives = l.live_all(std::move(batches));
        for (const auto& one : lives)
            check_ended_well(one);
        check_each_once(l, 480);
        const auto& books = l.world.seen().accounts().at("client_test");
        CHECK_EQ(books.by_class[static_cast<std::size_t>(mock::request_class::refused)], 0u);
        // Started together, they do not ask together.
        auto reads = times_of(l, "GET", "/runs");
        std::sort(reads.begin(), reads.end());
        REQUIRE_GT(reads.size(), 16u);
        for (std::size_t i = 1; i < reads.size(); ++i)
            CHECK_GE(reads[i] - reads[i - 1], 1s);
        // And none of them waits until the others are through.
        for (const auto& one : lives)
            CHECK_LE(one.length(), 4min);
    }

    TEST_CASE("W34: a client without a limit of its own stays shut for as long as it is told to")
    {
        auto made = plain();
        made.contract.read_per_minute = 30;
        made.jobs.execution = mock::quantiles::always(std::chrono::seconds{40});
        // What was on its way already when the first was refused is not early.
        made.limits.early.grace = 200ms;
        lab l(std::move(made));
        l.budget.emplace(sp::token_bucket::rate{6000, 10}, sp::token_bucket::rate{6000, 10});
        std::vector<sp::checkpoint> batches;
        for (int i = 0; i < 8; ++i)
            batches.push_back(submit(60, "batch-" + std::to_string(i)));
        for (const auto& one : l.live_all(std::move(batches)))
            check_ended_well(one);
        check_each_once(l, 480);
        const auto limits = l.world.limits_of("client_test").value();
        CHECK_GT(limits.reads.refused, 0u);
        CHECK_EQ(limits.reads.early_returns, 0u);
    }

    TEST_CASE(
        "W34: eight runs share thirty reads a minute that nobody told them of, and lose nothing"
    )
    {
        using algorithm = mock::choice::rate_algorithm;
        for (const auto kind :
             {algorithm::fixed_window_60s, algorithm::token_bucket, algorithm::sliding_60s}) {
            CAPTURE(static_cast<int>(kind));
            auto made = plain();
            made.contract.read_per_minute = 30;
            made.contract.rate_algorithm = kind;
            made.contract.rate_headers = mock::choice::rate_headers::absent;
            made.jobs.execution = mock::quantiles::always(std::chrono::seconds{40});
            made.jobs.inline_miss = mock::share{100};
            made.limits.early.grace = 200ms;
            lab l(std::move(made));
            l.governor.emplace();
            std::vector<sp::checkpoint> batches;
            for (int i = 0; i < 8; ++i)
                batches.push_back(submit(60, "batch-" + std::to_string(i)));
            const auto lives = l.live_all(std::move(batches), {}, {}, sp::pacer());
            for (const auto& one : lives) {
                check_ended_well(one);
                // None waits until the others are through.
                CHECK_LE(one.length(), 10min);
            }
            check_each_once(l, 480);
            const auto limits = l.world.limits_of("client_test").value();
            MESSAGE("requests ", l.requests().size(), ", refused ", limits.reads.refused);
            CHECK_LE(limits.reads.refused, 20u);
            CHECK_EQ(limits.reads.early_returns, 0u);
        }
    }

    TEST_CASE("W34: runs that are told the limit by headers are not refused once")
    {
        auto made = plain();
        made.contract.read_per_minute = 30;
        made.jobs.execution = mock::quantiles::always(std::chrono::seconds{40});
        lab l(std::move(made));
        l.governor.emplace();
        std::vector<sp::checkpoint> batches;
        for (int i = 0; i < 8; ++i)
            batches.push_back(submit(60, "batch-" + std::to_string(i)));
        for (const auto& one : l.live_all(std::move(batches), {}, {}, sp::pacer()))
            check_ended_well(one);
        check_each_once(l, 480);
        CHECK_EQ(l.world.limits_of("client_test").value().reads.refused, 0u);
    }

    TEST_CASE(
        "W35: a run of unknown size is asked for its size first, and then as seldom as it may be"
    )
    {
        struct row {
            std::size_t jobs;
            std::chrono::seconds interval;
        };
        for (const auto& [jobs, interval] : {row{50, 5s}, row{600, 15s}, row{2000, 30s}}) {
            CAPTURE(jobs);
            auto made = plain();
            made.jobs.slots = 2000;
            made.jobs.execution = mock::quantiles::always(std::chrono::minutes(10));
            lab l(std::move(made));
            const auto at = l.start(jobs);
            l.advance(60s);
            sp::batch_rules rules;
            rules.poll.deadline = l.local_now() + 240s;
            const auto one = l.live(attach(at), {}, rules);
            CHECK_EQ(*one.end, sp::errc::wait_timed_out);
            const auto looks = times_of(l, "GET", "/runs");
            REQUIRE_GT(looks.size(), 3u);
            CHECK_LE(looks.front() - one.began, 100ms);
            for (std::size_t i = 1; i + 2 < looks.size(); ++i)
                CHECK_GE(looks[i] - looks[i - 1], interval);
            CHECK_LE(one.requests_by_end, 240s / interval + 4u);
        }
    }

    TEST_CASE("W36: the interval follows the progress, and the last look is on the deadline")
    {
        auto made = plain();
        made.jobs.execution = mock::quantiles::always(std::chrono::minutes(10));
        lab table(made);
        const auto usual = table.live(submit(20));
        check_ended_well(usual);
        lab l(made);
        const auto one = l.live(
            submit(20),
            {},
            {},
            sp::status_then_pages<sp::exponential_interval>{{.first = 1s, .ceiling = 60s}}
        );
        check_ended_well(one);
        check_each_once(l, 20);
        // The tail is bounded by the ceiling, the silence before it costs next to nothing.
        CHECK_LE(one.requests_by_end * 4, usual.requests_by_end);
        CHECK_LE(one.ended - l.run().all_visible_at, 61s);

        // However seldom it looks, what is there before the deadline is had before the deadline.
        for (const auto spare : {1s, 20s, 200s}) {
            CAPTURE(spare.count());
            lab late(made);
            sp::batch_rules rules;
            rules.poll.deadline = late.local_now() + 10min + 7s + spare;
            const auto last = late.live(
                submit(20),
                {},
                rules,
                sp::status_then_pages<sp::fixed_interval>{{.delay = std::chrono::hours(1)}}
            );
            CHECK_EQ(last.taken.size(), 20u);
        }
    }

    TEST_CASE("W36: news from elsewhere makes the next look a look at once")
    {
        auto made = plain();
        made.jobs.execution = mock::quantiles::always(std::chrono::minutes(2));
        lab l(std::move(made));
        const auto one = l.live(
            submit(20),
            {.hinted_after = 140s},
            {},
            sp::status_then_pages<sp::fixed_interval>{{.delay = std::chrono::hours(1)}}
        );
        check_each_once(l, 20);
        REQUIRE_FALSE(one.taken_at.empty());
        CHECK_LE(one.taken_at.back() - one.began, 142s);
    }

    TEST_CASE(
        "W37: counters that stay ahead of the rows are no reason to read the listing all the time"
    )
    {
        // Rows come 90 s after their jobs were counted, of a run that lasts ten minutes.
        auto made = plain();
        for (std::size_t i = 0; i < 30; ++i) {
            mock::job_override one;
            one.at = i;
            one.invisible = 90s;
            made.jobs.overrides.push_back(one);
        }
        mock::job_override slow;
        slow.at = 39;
        slow.execution = 600s;
        made.jobs.overrides.push_back(slow);
        lab l(made);
        const auto one = l.live(submit(40));
        check_ended_well(one);
        check_each_once(l, 40);
        // 600 s at 5 s a look are 120 looks.
        MESSAGE(
            "stock strategy: ", l.totals().list_runs, " looks, ", l.totals().list_jobs, " pages"
        );
        CHECK_LE(l.totals().list_jobs, 40u);
        lab other(made);
        const auto paged = other.live(submit(40), {}, {}, page_first{});
        check_ended_well(paged);
        check_each_once(other, 40);
        CHECK_LE(paged.requests_by_end, 150u);
    }

    TEST_CASE("W39: the status of a large run is read without its ids")
    {
        auto made = plain();
        made.jobs.slots = 200;
        made.jobs.execution = mock::quantiles::always(std::chrono::seconds{60});
        lab l(std::move(made));
        const auto one = l.live(submit(2000));
        check_ended_well(one);
        check_each_once(l, 2000);
        CHECK_EQ(l.totals().get_run, 0u);
        CHECK_GT(l.totals().list_runs, 5u);
        for (const auto& each : l.requests())
            if (each.is("GET", "/runs") && !each.is("GET", "/jobs"))
                CHECK_LE(each.body_bytes, 2000u);
    }

    TEST_CASE(
        "W40: whoever wants no results in the pages reads rows without them, a thousand at a time"
    )
    {
        auto made = plain();
        made.jobs.outcomes = {.worker_failed = 900};
        lab l(std::move(made));
        const auto at = l.finished(300);
        const auto one = l.live(attach(at), {}, {}, metadata_only{});
        check_ended_well(one);
        check_each_once(l, 300);
        CHECK_EQ(l.count("GET", "include_results=true"), 0u);
        CHECK_LE(l.totals().list_jobs, 4u);
    }

    TEST_CASE("W33: Retry-After is a minimum at any length, and a window without one is waited out")
    {
        CHECK_GE(time_of_refused_read("30", 1), 30s);
        CHECK_LE(time_of_refused_read("30", 1), 38s);
        CHECK_GE(time_of_refused_read("600", 1), 600s);
        CHECK_GE(time_of_refused_read("0.5", 1), 500ms);
        // The fixture's day begins at ten.
        CHECK_GE(time_of_refused_read("Mon, 01 Jun 2026 10:00:50 GMT", 1), 49s);
        // Seven refusals without a word: the official client has given up after 3.5 s.
        for (const char* nothing : {"", "0", "-5", "nan", "soon"}) {
            CAPTURE(nothing);
            CHECK_GE(time_of_refused_read(nothing, 7), 60s);
        }
    }

    TEST_CASE("W34: what the replies say of rate and quota reaches the policy, by bucket")
    {
        struct watching {
            std::vector<std::pair<sp::rate_bucket, sp::account_limits>>* seen;
            sp::instant reserve(sp::instant now, sp::rate_bucket) { return now; }
            void on_throttled(sp::instant, sp::rate_bucket, std::optional<sp::milliseconds>) {}
            void on_limits(sp::instant, sp::rate_bucket bucket, const sp::account_limits& limits)
            {
                seen->emplace_back(bucket, limits);
            }
        };
        client_fixture f(test::newest_server());
        std::vector<std::pair<sp::rate_bucket, sp::account_limits>> seen;
        const auto id = f.make_collection(1);
        auto api = f.client_with(f.policies().with_rate_limit(watching{&seen}), f.options());
        f.run<sp::collection>([&](auto h) { api.async_get_collection(id, h); });
        f.run<sp::start_outcome>([&](auto h) { api.async_start_run({id, {}}, h); });
        REQUIRE_EQ(seen.size(), 2u);
        CHECK_EQ(seen[0].first, sp::rate_bucket::reads);
        CHECK_EQ(seen[0].second.rate_limit, 10'000u);
        CHECK_EQ(seen[1].first, sp::rate_bucket::writes);
        CHECK(seen[1].second.rate_remaining);
    }

    TEST_CASE("W38: a connection outlives every poll interval of the table, so that polls share it")
    {
        const sp::transport_options usual;
        const auto begun = sp::instant(1h);
        for (const std::uint64_t jobs : {10u, 300u, 1000u, 50'000u}) {
            const auto interval = sp::official_interval{}.next_delay({.total_jobs = jobs});
            sp::detail::idle_stack<int> idle;
            idle.put(1, begun);
            CHECK_FALSE(idle.take_expired(begun + interval + 5s, usual.idle_age));
            CHECK_EQ(idle.take(), 1);
        }
        scrapingpros_test::raw_server server([](scrapingpros_test::raw_connection& connection) {
            while (!connection.read_request().empty())
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        boost::asio::io_context context;
        auto transport = scrapingpros_test::make_transport(context);
        for (int poll = 0; poll < 20; ++poll) {
            scrapingpros_test::fetch one(transport, scrapingpros_test::get(server.port()));
            scrapingpros_test::run(context);
            CHECK_EQ(one.status, 200u);
        }
        CHECK_EQ(transport.metrics().opened, 1u);
        CHECK_EQ(server.connections(), 1u);
    }
}
