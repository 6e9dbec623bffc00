#include <scrapingpros/policy/account_budget.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "limited_service.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::limited_service;
using how = limited_service::how;

namespace {

constexpr instant budget_start{std::chrono::hours(1)};

rate_request page_of(std::uint64_t lane)
{
    return {rate_bucket::reads, request_rank::page, lane};
}
rate_request result_of(std::uint64_t lane)
{
    return {rate_bucket::reads, request_rank::result, lane};
}
constexpr rate_request a_write{rate_bucket::writes, request_rank::page, 0};

/// Clients of one account on virtual time: each asks, waits, asks again, is answered after 100 ms.
class account {
public:
    account(governor_options options, limited_service service)
        : budget(options), service_(std::move(service))
    {
    }

    /// Wants a request now; `again` after its answer, for as long as there is one.
    void want(instant at, rate_request what, std::optional<milliseconds> again = {})
    {
        moments_.push({at, ++order_, what, again, at, false});
    }

    void until(instant end)
    {
        while (!moments_.empty() && moments_.top().at < end) {
            auto one = moments_.top();
            moments_.pop();
            one.answered ? on_answer(one) : ask(one);
        }
    }

    account_budget budget;
    /// How often each lane got a page or a result, and the longest that one waited.
    std::map<std::uint64_t, std::size_t> pages{};
    std::map<std::uint64_t, std::size_t> results{};
    milliseconds longest_page{0};
    milliseconds longest_result{0};
    std::vector<instant> sent{};
    const limited_service& service() const { return service_; }

private:
    struct moment {
        instant at{};
        std::uint64_t order = 0;
        rate_request what{};
        std::optional<milliseconds> again{};
        instant since{};
        bool answered = false;
        bool operator<(const moment& other) const
        {
            return std::tie(at, order) > std::tie(other.at, other.order);
        }
    };

    void ask(moment one)
    {
        const auto answer = budget.admit(one.at, one.what);
        if (!answer.granted) REQUIRE_GT(answer.when, one.at);
        if (answer.granted) {
            sent.push_back(one.at);
            one.answered = true;
            one.at += 100ms;
        } else {
            one.at = answer.when;
        }
        one.order = ++order_;
        moments_.push(one);
    }

    void on_answer(moment one)
    {
        one.answered = false;
        one.order = ++order_;
        if (const auto wait = service_.ask(one.at - 50ms)) {
            budget.on_throttled(one.at, one.what.bucket, wait);
            moments_.push(one);
            return;
        }
        budget.on_answer(one.at, one.what.bucket);
        const auto waited = std::chrono::ceil<milliseconds>(one.at - one.since);
        const bool is_page = one.what.rank == request_rank::page;
        ++(is_page ? pages : results)[one.what.lane];
        auto& longest = is_page ? longest_page : longest_result;
        longest = (std::max)(longest, waited);
        if (!one.again) return;
        one.at += *one.again;
        one.since = one.at;
        moments_.push(one);
    }

    limited_service service_;
    std::priority_queue<moment> moments_{};
    std::uint64_t order_ = 0;
};

governor_options reads_at(double per_minute)
{
    governor_options made;
    made.reads_per_minute = per_minute;
    return made;
}

}  // namespace

TEST_SUITE("policy.account_budget")
{
    TEST_CASE("single results wait while pages pass, and get what pages leave")
    {
        for (const auto each : {how::window, how::bucket, how::sliding}) {
            CAPTURE(static_cast<int>(each));
            account all(reads_at(30), limited_service(each, 30, budget_start - 11s));
            const auto run = all.budget.open_place();
            all.budget.tell(run, {200, 12.0});
            for (int i = 0; i < 4; ++i)
                all.want(budget_start, result_of(run), 0ms);
            all.want(budget_start + 2s, page_of(run), 5s);  // twelve a minute
            // Until the kind of the limit has shown, a page may have to wait for a window to turn.
            all.until(budget_start + 3min);
            CHECK_LE(all.longest_page, 30s);
            all.longest_page = 0s;
            const auto learned = all.service();
            all.until(budget_start + 13min);
            CHECK_LE(all.longest_page, 4s);
            CHECK_GE(all.pages[run], 130);
            CHECK_GE(all.results[run], 190);
            CHECK_LE(all.service().refused - learned.refused, 2);
        }
    }

    TEST_CASE("three runs with results to fetch get the same, whoever comes first")
    {
        for (const auto each : {how::window, how::bucket, how::sliding}) {
            CAPTURE(static_cast<int>(each));
            account all(reads_at(30), limited_service(each, 30, budget_start - 11s));
            std::array<std::uint64_t, 3> runs{};
            for (std::size_t i = 0; i < runs.size(); ++i) {
                runs[i] = all.budget.open_place();
                all.budget.tell(runs[i], {200, 0.0});
                for (int parallel = 0; parallel < 4; ++parallel)
                    all.want(budget_start + i * 20s, result_of(runs[i]), 0ms);
            }
            all.until(budget_start + 20min);
            std::size_t sum = 0;
            for (const auto run : runs) {
                CHECK_GE(all.results[run], 160);
                sum += all.results[run];
            }
            CHECK_GE(sum, 570);
        }
    }

    TEST_CASE("of two results that wait for one token, that of the run goes that got none so far")
    {
        account_budget budget(reads_at(1));
        const auto served = budget.open_place();
        const auto waits = budget.open_place();
        budget.on_limits(budget_start, rate_bucket::reads, {.rate_limit = 1});
        REQUIRE(budget.admit(budget_start, result_of(served)).granted);
        budget.on_answer(budget_start, rate_bucket::reads);
        const auto refused = budget.admit(budget_start + 1s, result_of(waits));
        REQUIRE_FALSE(refused.granted);
        CHECK_FALSE(budget.admit(refused.when, result_of(served)).granted);
        CHECK(budget.admit(refused.when, result_of(waits)).granted);
    }

    TEST_CASE("a run that asks one at a time does not starve beside one that asks eight at a time")
    {
        account all(reads_at(30), limited_service(how::window, 30, budget_start - 11s));
        const auto greedy = all.budget.open_place();
        const auto modest = all.budget.open_place();
        for (int i = 0; i < 8; ++i)
            all.want(budget_start, result_of(greedy), 0ms);
        all.want(budget_start + 1s, result_of(modest), 0ms);
        all.until(budget_start + 20min);
        CHECK_GE(all.results[modest], 50);
        CHECK_GE(all.results[greedy] + all.results[modest], 570);
    }

    TEST_CASE("pages of three runs go in turn when they want more than there is")
    {
        account all(reads_at(30), limited_service(how::bucket, 30));
        std::array<std::uint64_t, 3> runs{};
        for (auto& each : runs) {
            each = all.budget.open_place();
            all.want(budget_start, page_of(each), 0ms);
        }
        all.until(budget_start + 20min);
        for (const auto each : runs) {
            CHECK_GE(all.pages[each], 150);
            CHECK_LE(all.pages[each], 260);
        }
        CHECK_LE(all.longest_page, 70s);
    }

    TEST_CASE("a result is not starved by pages that want everything")
    {
        account all(reads_at(30), limited_service(how::window, 30, budget_start - 11s));
        const auto busy = all.budget.open_place();
        const auto other = all.budget.open_place();
        all.budget.tell(busy, {0, 600.0});
        all.want(budget_start, page_of(busy), 0ms);
        all.want(budget_start, result_of(other), 0ms);
        all.until(budget_start + 30min);
        CHECK_GE(all.results[other], 7);
        CHECK_LE(all.longest_result, 4min);
    }

    TEST_CASE("sixty runs that wait for one opening do not come back at one moment")
    {
        account all(reads_at(600), limited_service(how::window, 600, budget_start));
        for (int i = 0; i < 60; ++i)
            all.want(budget_start, page_of(all.budget.open_place()));
        all.budget.on_throttled(budget_start, rate_bucket::reads, 10s);
        all.until(budget_start + 1min);
        REQUIRE_EQ(all.sent.size(), 60u);
        std::map<instant, int> at_once;
        for (const auto when : all.sent) {
            CHECK_GT(when, budget_start + 10s);
            CHECK_LE(when, budget_start + 12s);
            ++at_once[when];
        }
        CHECK_GE(at_once.size(), 20u);
    }

    TEST_CASE("a request that was cancelled while it waited has taken nothing")
    {
        account_budget budget(reads_at(2));
        const auto gone = budget.open_place();
        const auto here = budget.open_place();
        for (int i = 0; i < 2; ++i) {
            REQUIRE(budget.admit(budget_start, page_of(here)).granted);
            budget.on_answer(budget_start, rate_bucket::reads);
        }
        budget.on_limits(budget_start, rate_bucket::reads, {.rate_limit = 2});
        const auto refused = budget.admit(budget_start + 1s, page_of(gone));
        CHECK_FALSE(refused.granted);
        CHECK_FALSE(budget.admit(budget_start + 2s, page_of(here)).granted);
        // `gone` does not come back. It had waited for longer, but not after its time.
        CHECK(budget.admit(refused.when + 2s, page_of(here)).granted);
        CHECK(budget.admit(refused.when + 2s, page_of(here)).granted);
        budget.close_place(gone);
        CHECK_EQ(budget.look(budget_start + 61s, here).runs, 1u);
    }

    TEST_CASE("a 429 for the quota stops writes for as long as it says, and no read")
    {
        account_budget budget;
        REQUIRE(budget.admit(budget_start, a_write).granted);
        budget.on_answer(budget_start, rate_bucket::writes);
        budget.on_quota(budget_start, 10min);
        CHECK(budget.admit(budget_start, page_of(0)).granted);
        CHECK_FALSE(budget.admit(budget_start + 1s, a_write).granted);
        CHECK_EQ(budget.admit(budget_start + 1s, a_write).when, budget_start + 10min);
        // Then one goes ahead, and the others wait for what becomes of it.
        CHECK(budget.admit(budget_start + 10min, a_write).granted);
        CHECK_FALSE(budget.admit(budget_start + 10min, a_write).granted);
        budget.on_answer(budget_start + 10min + 1s, rate_bucket::writes);
        CHECK(budget.admit(budget_start + 11min, a_write).granted);
        CHECK(budget.admit(budget_start + 11min, a_write).granted);
    }

    TEST_CASE("a quota that names no time is tried after one, two, four minutes, fifteen at most")
    {
        account_budget budget;
        instant now = budget_start;
        for (const auto wait : {1min, 2min, 4min, 8min, 15min, 15min}) {
            budget.on_quota(now, std::nullopt);
            CHECK_EQ(budget.admit(now, a_write).when, now + wait);
            now += wait;
        }
        budget.on_quota(now, 24h * 30);
        CHECK_EQ(budget.admit(now, a_write).when, now + 15min);
    }

    TEST_CASE("a view counts the runs that ask, and what they wait for together")
    {
        account_budget budget(reads_at(60));
        const auto one = budget.open_place();
        const auto two = budget.open_place();
        const auto silent = budget.open_place();
        budget.tell(one, {3, {}});
        CHECK_EQ(budget.look(budget_start, one).runs, 1u);
        budget.tell(two, {4, {}});
        const auto seen = budget.look(budget_start, two);
        CHECK_EQ(seen.runs, 2u);
        CHECK_EQ(seen.results_waiting, 7u);
        CHECK_EQ(seen.usable, 60);
        CHECK_EQ(*seen.per_minute, 60);
        CHECK(seen.told);
        CHECK_EQ(seen.next_opening, budget_start);
        // One that has not been heard of for a quarter of an hour is not counted any more.
        CHECK_EQ(budget.look(budget_start + 16min, one).runs, 1u);
        budget.close_place(silent);
        CHECK_EQ(budget.look(budget_start + 16min, one).results_waiting, 3u);
    }
}
