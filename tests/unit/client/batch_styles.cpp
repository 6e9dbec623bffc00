// One implementation, six ways to take outcomes: the same scenario gives the same requests in each.

#include <scrapingpros/batch.hpp>
#include <scrapingpros/blocking_batch.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/support/batch_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// 120 pages, one reply lost, one page cut.
struct scenario {
    scenario() : f(test::server_with(mock::shipped::run_list))
    {
        f.fault({.on = mock::operation::start_run, .effect = mock::effect::lose_reply{}});
        f.fault(
            {.on = mock::operation::list_jobs,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::cut{2000}}
        );
    }

    batch make() { return f.client().submit_batch(test::draft_of(120)); }

    std::vector<std::string> end()
    {
        CHECK(test::equals_ledger(f, count));
        // The ids are drawn by the world, which is the same one each time.
        return f.wire.trace();
    }

    client_fixture f;
    test::delivery_count count;
};

std::vector<std::string> by_callback()
{
    scenario s;
    auto all = s.make();
    CHECK_FALSE(drain(s.f, all, s.count));
    return s.end();
}

std::vector<std::string> by_coroutine()
{
    scenario s;
    auto all = s.make();
    bool over = false;
    const auto body = [&]() -> boost::asio::awaitable<void> {
        while (const auto item = co_await all.async_next(boost::asio::use_awaitable))
            ++s.count[item->job.id.value];
        over = true;
    };
    boost::asio::co_spawn(s.f.context, body, boost::asio::detached);
    test::run_virtual(s.f.context, s.f.clock, [&] { return over; });
    return s.end();
}

std::vector<std::string> by_future()
{
    scenario s;
    auto all = s.make();
    for (;;) {
        auto item = all.async_next(boost::asio::use_future);
        test::run_virtual(s.f.context, s.f.clock, [&] {
            return item.wait_for(0s) == std::future_status::ready;
        });
        const auto got = item.get();
        if (!got) return s.end();
        ++s.count[got->job.id.value];
    }
}

std::vector<std::string> by_deferred()
{
    scenario s;
    auto all = s.make();
    for (;;) {
        auto take = all.async_next();
        const auto got = s.f.run<test::next_outcome>([&](auto h) { std::move(take)(h); });
        CHECK_FALSE(got.ec);
        if (!got.value) return s.end();
        ++s.count[got.value->job.id.value];
    }
}

std::vector<std::string> by_for_each()
{
    scenario s;
    auto all = s.make();
    const auto end = s.f.run<batch_summary>([&](auto h) {
        all.async_for_each([&](const job_outcome& item) { ++s.count[item.job.id.value]; }, h);
    });
    CHECK_FALSE(end.ec);
    return s.end();
}

/// The blocking client's part, on the fixture's context instead of its own.
struct client_of_fixture {
    client_fixture& f;
    diagnostics none{};

    template <class T, class Begin>
    result<T> try_perform(Begin begin)
    {
        auto api = f.client();
        auto got = f.run<T>([&](auto h) { begin(api, std::move(h)); });
        if (got.ec) return got.ec;
        return std::move(got.value);
    }
    const diagnostics& details() const { return none; }
};

std::vector<std::string> by_blocking_range()
{
    scenario s;
    client_of_fixture blocking{s.f};
    basic_blocking_batch all(blocking, s.make());
    for (const auto& item : all)
        ++s.count[item.job.id.value];
    return s.end();
}

}  // namespace

TEST_SUITE("batch.styles")
{
    TEST_CASE("callback, coroutine, future, deferred, for_each and a blocking range make the same "
              "requests")
    {
        const auto expected = by_callback();
        CHECK_GT(expected.size(), 5u);
        CHECK_EQ(by_coroutine(), expected);
        CHECK_EQ(by_future(), expected);
        CHECK_EQ(by_deferred(), expected);
        CHECK_EQ(by_for_each(), expected);
        CHECK_EQ(by_blocking_range(), expected);
    }
}
