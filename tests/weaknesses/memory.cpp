// Weaknesses W41 to W45 of the official client: what it holds, and who waits for whom.

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "tests/support/client_fixture.hpp"
#include "tests/support/scripted_transport.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using test::client_fixture;

namespace {

mock::scenario without_inline_results()
{
    auto made = plain();
    made.jobs.inline_miss = mock::share{1000};
    return made;
}

}  // namespace

TEST_SUITE("weaknesses.memory")
{
    TEST_CASE("W41: the first result of a finished run of 1,000 is there after two requests")
    {
        lab l(plain());
        const auto at = l.finished(1000);
        std::optional<std::size_t> by_first;
        habits how;
        how.on_outcome = [&](const auto&, const auto&, const auto&) {
            if (!by_first) by_first = l.requests().size();
        };
        const auto one = l.live(attach(at), how);
        check_ended_well(one);
        check_each_once(l, 1000);
        REQUIRE(by_first);
        CHECK_LE(*by_first, 2u);
        CHECK_LE(one.requests_by_end, 12u);
    }

    TEST_CASE("W41: the first row of a page is delivered before the page has been read to 2 %")
    {
        lab l(plain());
        const auto at = l.finished(100);
        // A hundred pieces, a second each.
        std::size_t page_bytes = 0;
        l.change = [&](const mock::request& asked, mock::response_plan& plan) {
            if (asked.target.find("/jobs?") != std::string::npos) page_bytes = plan.body.size();
        };
        const auto whole = l.live(attach(at));
        check_ended_well(whole);
        REQUIRE_GT(page_bytes, 50'000u);
        lab slow(plain());
        const auto there = slow.finished(100);
        const auto piece = std::to_string(page_bytes / 100);
        slow.fault(
            R"({"on": "jobs.list", "phase": "response-body", "at": 0, "do": "drip:)" + piece +
            R"(/1s"})"
        );
        const auto one = slow.live(attach(there));
        check_ended_well(one);
        check_each_once(slow, 100);
        REQUIRE_GT(one.taken_at.size(), 10u);
        CHECK_GE(one.taken_at.back() - one.began, 90s);
        CHECK_LE(one.taken_at.front() - one.began, 3s);
    }

    TEST_CASE("W42: behind a slow consumer at most one row and a few results are held")
    {
        for (const bool apart : {false, true}) {
            CAPTURE(apart);
            lab l(apart ? without_inline_results() : plain());
            const auto at = l.finished(250);
            std::uint64_t most_rows_ahead = 0, most_results_ahead = 0, taken = 0;
            habits how{.room = 1, .per_item = 1s};
            how.on_outcome = [&](const auto&, const auto&, const sp::poll_stats& stats) {
                ++taken;
                if (!apart) most_rows_ahead = std::max(most_rows_ahead, stats.rows - taken);
                most_results_ahead =
                    std::max(most_results_ahead, l.totals().get_result - taken * apart);
            };
            sp::batch_rules rules;
            rules.poll.parallel_results = 3;
            const auto one = l.live(attach(at), how, rules);
            check_ended_well(one);
            check_each_once(l, 250);
            CHECK_LE(most_rows_ahead, 1u);
            CHECK_LE(most_results_ahead, apart ? 3u : 0u);
        }
    }

    TEST_CASE("W43: who leaves in the middle of forty fetches causes not one request more")
    {
        lab l(without_inline_results());
        const auto at = l.finished(40);
        l.fault(
            R"({"on": "job.result", "times": "unlimited", "phase": "response-head", "do": "stall:2s"})"
        );
        const auto one = l.live(attach(at), {.room = 1, .leaves_after = 1});
        CHECK_EQ(one.taken.size(), 1u);
        // It is let go at once, and not when the fetches are through.
        CHECK_EQ(one.ended, one.taken_at.front());
        CHECK_LE(l.totals().get_result, 1u + 4u);
        l.advance(10min);
        CHECK_EQ(l.requests().size(), one.requests_by_end);
        const auto next = l.live(l.stored());
        check_ended_well(next);
        check_each_once(l, 40);
        CHECK_LE(l.totals().get_result, 39u + 5u);
    }

    TEST_CASE("W44: pages and status are read on while results are fetched, so many at a time")
    {
        auto made = without_inline_results();
        made.jobs.slots = 2;
        made.jobs.execution = mock::quantiles::always(std::chrono::seconds{2});
        lab l(std::move(made));
        l.fault(
            R"({"on": "job.result", "times": "unlimited", "phase": "response-head", "do": "stall:20s"})"
        );
        sp::batch_rules rules;
        rules.poll.parallel_results = 4;
        const auto one = l.live(submit(120), {}, rules);
        check_ended_well(one);
        check_each_once(l, 120);
        std::vector<mock::time_point> fetches, looks;
        for (const auto& each : l.requests()) {
            if (each.is("GET", "/result"))
                fetches.push_back(each.at);
            else if (each.is("GET", "/runs"))
                looks.push_back(each.at);
        }
        REQUIRE_EQ(fetches.size(), 120u);
        // Each takes 20 s: never a fifth before the first is through.
        for (std::size_t i = 4; i < fetches.size(); ++i)
            CHECK_GE(fetches[i] - fetches[i - 4], 20s);
        // A tick lasts no longer because of them.
        const auto run_ended = l.run().terminal_at;
        for (std::size_t i = 1; i < looks.size() && looks[i] < run_ended; ++i)
            CHECK_LE(looks[i] - looks[i - 1], 11s);
    }

    TEST_CASE(
        "W44: what expires behind a consumer that is too slow is named as expired, not as failed"
    )
    {
        auto made = plain();
        made.contract.set("A42", "24");
        lab l(std::move(made));
        const auto at = l.finished(200);
        const auto one = l.live(attach(at), {.room = 1, .per_item = 10min});
        check_ended_well(one);
        CHECK_EQ(one.summary.counts.failed, 0u);
        CHECK_EQ(one.taken.size() + one.summary.left.jobs.size(), 200u);
        CHECK_GE(one.taken.size(), 140u);
        for (const auto& gone : one.summary.left.jobs)
            CHECK_EQ(to_string(gone.cause), "expired");
        CHECK_EQ(l.books().of(mock::verdict::delivered_once), one.taken.size());
        CHECK_EQ(l.books().of(mock::verdict::lost), 0u);
    }

    TEST_CASE("W45: on a strand a client serves several threads, and a budget needs no strand")
    {
        boost::asio::thread_pool threads(4);
        const auto strand = boost::asio::make_strand(threads.get_executor());
        scrapingpros_test::scripted_transport net(strand);
        net.otherwise([](const sp::http_request&) {
            return scrapingpros_test::answer(200, R"({"status": "healthy"})");
        });
        client_fixture defaults(test::newest_server());
        std::atomic<int> answered{0};
        {
            sp::basic_client<scrapingpros_test::scripted_transport> api(net, defaults.options());
            for (int i = 0; i < 200; ++i)
                boost::asio::post(strand, [&answered, api] {
                    api.async_get_health([&answered](sp::error_code ec, sp::health) {
                        if (!ec) ++answered;
                    });
                });
        }
        threads.join();
        CHECK_EQ(answered.load(), 200);

        // Whoever asks, and in whatever order: each start is given away once.
        sp::token_bucket budget({60, 1}, {60, 1});
        std::array<std::vector<sp::instant>, 4> starts;
        std::vector<std::thread> askers;
        for (auto& own : starts)
            askers.emplace_back([&own, budget]() mutable {
                for (int i = 0; i < 250; ++i)
                    own.push_back(budget.reserve(sp::instant(1h), sp::rate_bucket::reads));
            });
        for (auto& one : askers)
            one.join();
        std::set<sp::instant> all;
        for (const auto& own : starts)
            all.insert(own.begin(), own.end());
        CHECK_EQ(all.size(), 1000u);
        CHECK_EQ(*all.begin(), sp::instant(1h));
        CHECK_EQ(*all.rbegin(), sp::instant(1h) + 999s);
    }
}
