#include <scrapingpros/policy/nearing_deadline.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};
using each_30s = nearing_deadline<status_then_pages<fixed_interval>>;

instant next_look(std::optional<instant> deadline)
{
    each_30s strategy{.inner = {{30s}}, .share = 0.25, .least = 1s};
    poll_view seen;
    seen.now = start;
    seen.status_at = start;
    seen.finished = 0;
    seen.last_read = read_kind::status;
    seen.deadline = deadline;
    CHECK(strategy.first(seen).when == strategy.after_tick(seen).when);
    return strategy.after_tick(seen).when;
}

}  // namespace

TEST_SUITE("policy.nearing_deadline")
{
    TEST_CASE("waits no longer than a share of what is left")
    {
        CHECK(next_look(std::nullopt) == start + 30s);
        CHECK(next_look(start + 10min) == start + 30s);
        CHECK(next_look(start + 60s) == start + 15s);
        CHECK(next_look(start + 2s) == start + 1s);
    }

    TEST_CASE("a deadline that has passed changes nothing")
    {
        CHECK(next_look(start) == start + 30s);
        CHECK(next_look(start - 1h) == start + 30s);
    }

    TEST_CASE("between pages the other strategy decides")
    {
        each_30s strategy;
        CHECK_EQ(strategy.after_page({}).more, page_flow::continue_);
    }
}
