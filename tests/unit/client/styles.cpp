// One implementation, five ways to ask: the same scenario gives the same requests in each.

#include <scrapingpros/blocking_client.hpp>
#include <scrapingpros/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// What each style does: look at the run, list its jobs, fetch the first result. One reply is lost.
struct scenario {
    scenario() : at(f.finished_run(3)), begun(f.wire.seen().size())
    {
        f.fault(
            {.on = mock::operation::get_run,
             .when = mock::occurrence::nth(f.world.seen().summary().get_run + 1),
             .effect = mock::effect::lose_reply{}}
        );
    }

    std::vector<std::string> trace() const
    {
        auto lines = f.wire.trace();
        lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(begun));
        return lines;
    }

    job_id first() const { return f.jobs_of(at).at(0); }

    client_fixture f;
    run_ref at;
    std::size_t begun;
};

std::vector<std::string> by_callback()
{
    scenario s;
    auto api = s.f.client();
    s.f.run<run>([&](auto h) { api.async_get_run(s.at, h); });
    s.f.run<job_page>([&](auto h) { api.async_get_run_jobs({.target = s.at}, h); });
    s.f.run<job_result>([&](auto h) { api.async_get_job_result(s.at, s.first(), h); });
    return s.trace();
}

std::vector<std::string> by_coroutine()
{
    scenario s;
    auto api = s.f.client();
    bool over = false;
    // g++ 12 destroys a braced argument twice if it stands in the co_await expression itself.
    const list_jobs all{.target = s.at};
    const job_id first = s.first();
    const auto body = [&]() -> boost::asio::awaitable<void> {
        co_await api.async_get_run(s.at, boost::asio::use_awaitable);
        co_await api.async_get_run_jobs(all, boost::asio::use_awaitable);
        co_await api.async_get_job_result(s.at, first, boost::asio::use_awaitable);
        over = true;
    };
    boost::asio::co_spawn(s.f.context, body, boost::asio::detached);
    test::run_virtual(s.f.context, s.f.clock, [&] { return over; });
    return s.trace();
}

template <class Future>
auto value_of(scenario& s, Future future)
{
    test::run_virtual(s.f.context, s.f.clock, [&] {
        return future.wait_for(0s) == std::future_status::ready;
    });
    return future.get();
}

std::vector<std::string> by_future()
{
    scenario s;
    auto api = s.f.client();
    value_of(s, api.async_get_run(s.at, boost::asio::use_future));
    value_of(s, api.async_get_run_jobs({.target = s.at}, boost::asio::use_future));
    value_of(s, api.async_get_job_result(s.at, s.first(), boost::asio::use_future));
    return s.trace();
}

std::vector<std::string> by_deferred()
{
    scenario s;
    auto api = s.f.client();
    // Nothing is sent when the operations are made, only when they are begun.
    auto look = api.async_get_run(s.at);
    auto list = api.async_get_run_jobs({.target = s.at});
    s.f.context.poll();
    CHECK(s.trace().empty());
    s.f.run<run>([&](auto h) { std::move(look)(h); });
    s.f.run<job_page>([&](auto h) { std::move(list)(h); });
    auto fetch = api.async_get_job_result(s.at, s.first());
    s.f.run<job_result>([&](auto h) { std::move(fetch)(h); });
    return s.trace();
}

/// The blocking client's loop, on the fixture's context instead of its own.
std::vector<std::string> by_blocking()
{
    scenario s;
    auto api = s.f.client();
    const auto wait = [&](auto begin) {
        std::optional<error_code> done;
        begin([&](error_code ec, auto) { done = ec; });
        while (!done) {
            s.f.context.restart();
            if (s.f.context.poll_one() == 0) s.f.clock.advance_to_next();
        }
        CHECK_FALSE(*done);
    };
    wait([&](auto h) { api.async_get_run(s.at, h); });
    wait([&](auto h) { api.async_get_run_jobs({.target = s.at}, h); });
    wait([&](auto h) { api.async_get_job_result(s.at, s.first(), h); });
    return s.trace();
}

}  // namespace

TEST_SUITE("client.styles")
{
    TEST_CASE("callback, coroutine, future, deferred and blocking make the same requests")
    {
        const auto expected = by_callback();
        CHECK_EQ(expected.size(), 4u);
        CHECK_EQ(by_coroutine(), expected);
        CHECK_EQ(by_future(), expected);
        CHECK_EQ(by_deferred(), expected);
        CHECK_EQ(by_blocking(), expected);
    }
}
