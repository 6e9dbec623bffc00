// The automatic clock: who holds it, who waits, and when it jumps (rules 4 to 7 of the design).

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "clock/clock.hpp"

using namespace scrapingpros_mock;
using namespace std::chrono_literals;
using enum service_clock::wait_state;

namespace {

constexpr time_point start{1'780'000'000s};

std::shared_ptr<service_clock> automatic(clock_options how = {})
{
    how.mode = clock_mode::automatic;
    how.start = start;
    return service_clock::with(how);
}

}  // namespace

TEST_SUITE("mock_server.clock")
{
    TEST_CASE("SRV-013: an automatic clock jumps to the earliest wait when the last holder sleeps")
    {
        const auto clock = automatic();
        const auto a = clock->take_ticket(holder_kind::participant, "a");
        const auto b = clock->take_ticket(holder_kind::participant, "b");
        clock->wait_until(a, start + 30s);
        CHECK(clock->now() == start);
        CHECK(clock->look_at(a).state == waiting);
        clock->wait_until(b, start + 10s);
        CHECK(clock->now() == start + 10s);
        CHECK(clock->look_at(b).state == over);
        CHECK(clock->look_at(a).state == waiting);
        clock->give_back(b);
        CHECK(clock->now() == start + 30s);
        CHECK(clock->look_at(a).state == over);
        CHECK_EQ(clock->jumps(), 2);
    }

    TEST_CASE("SRV-013: a request under way keeps the clock from jumping")
    {
        const auto clock = automatic();
        const auto sleeper = clock->take_ticket(holder_kind::participant, "sleeper");
        {
            clock_ticket request{clock, holder_kind::request, "GET /"};
            clock->wait_until(sleeper, start + 1h);
            CHECK(clock->now() == start);
        }
        CHECK(clock->now() == start + 1h);
    }

    TEST_CASE("SRV-013: sleepers of one instant wake one by one when the clock is serial")
    {
        clock_options how;
        how.serial = true;
        const auto clock = automatic(how);
        std::vector<service_clock::ticket_id> all;
        for (const char* name : {"a", "b", "c"})
            all.push_back(clock->take_ticket(holder_kind::participant, name));
        for (const auto each : all)
            clock->wait_until(each, start + 5s);
        std::string order;
        for (int turn = 0; turn < 3; ++turn)
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (clock->look_at(all[i]).state != over) continue;
                order += static_cast<char>('a' + i);
                clock->wait_until(all[i], start + 1h);
                break;
            }
        CHECK_EQ(order, "abc");
        CHECK(clock->now() == start + 1h);
    }

    TEST_CASE("SRV-013: a jump wakes the waiters on its way in the order of their times")
    {
        const auto clock = service_clock::manual(start);
        const auto late = clock->take_ticket(holder_kind::participant, "late");
        const auto early = clock->take_ticket(holder_kind::participant, "early");
        clock->wait_until(late, start + 20s);
        clock->wait_until(early, start + 10s);
        clock->advance(15s);
        CHECK(clock->look_at(early).state == over);
        CHECK(clock->look_at(late).state == waiting);
        CHECK(clock->advance_to_next_wait());
        CHECK(clock->now() == start + 20s);
        CHECK_FALSE(clock->advance_to_next_wait());
    }

    TEST_CASE("SRV-013: a clock goes on in another mode from where it is")
    {
        const auto clock = service_clock::manual(start);
        clock->advance(1h);
        clock_options how = clock->options();
        how.mode = clock_mode::automatic;
        clock->change_mode(how);
        const auto sleeper = clock->take_ticket(holder_kind::participant, "sleeper");
        clock->wait_until(sleeper, start + 2h);
        CHECK(clock->now() == start + 2h);
    }

    TEST_CASE("SRV-014: a holder that never sleeps starves the others, and is named")
    {
        clock_options how;
        how.max_real_block = 0ms;
        const auto clock = automatic(how);
        const auto sleeper = clock->take_ticket(holder_kind::participant, "sleeper");
        clock->take_ticket(holder_kind::lock, "forgotten");
        CHECK_FALSE(clock->is_starved());
        clock->wait_until(sleeper, start + 1s);
        CHECK(clock->look_at(sleeper).state == starved);
        CHECK(clock->is_starved());
        const auto tickets = clock->tickets();
        REQUIRE_EQ(tickets.size(), 2);
        CHECK_EQ(tickets[1].name, "forgotten");
        CHECK(tickets[1].awake);
        CHECK(clock->now() == start);
    }

    TEST_CASE("SRV-014: everybody asleep for ever is a deadlock, and told at once")
    {
        const auto clock = automatic();
        int told = 0;
        clock->listen([&] { ++told; });
        const auto a = clock->take_ticket(holder_kind::participant, "a");
        const auto b = clock->take_ticket(holder_kind::participant, "b");
        clock->wait_until(a, service_clock::never);
        CHECK_EQ(told, 0);
        clock->wait_until(b, service_clock::never);
        CHECK_EQ(told, 1);
        CHECK(clock->look_at(a).state == deadlocked);
        CHECK(clock->look_at(b).state == deadlocked);
        CHECK(clock->look_at(a).state == over);
    }

    TEST_CASE("a lease that has run out gives the ticket back")
    {
        const auto clock = automatic();
        const auto sleeper = clock->take_ticket(holder_kind::participant, "sleeper");
        clock->take_ticket(holder_kind::lock, "dead process", service_clock::real_duration{0});
        clock->wait_until(sleeper, start + 1s);
        CHECK(clock->look_at(sleeper).state == over);
        CHECK(clock->now() == start + 1s);
    }

    TEST_CASE("a sleeper can be woken before its time, and an unknown ticket is nobody's")
    {
        const auto clock = service_clock::manual(start);
        const auto sleeper = clock->take_ticket(holder_kind::participant, "sleeper");
        clock->wait_until(sleeper, service_clock::never);
        CHECK(clock->look_at(sleeper).state == waiting);
        clock->wait_until(sleeper, time_point::min());
        CHECK(clock->look_at(sleeper).state == over);
        clock->wait_until(4711, start + 1s);
        clock->give_back(4711);
        CHECK_FALSE(clock->renew(4711));
        CHECK(clock->look_at(4711).state == over);
        CHECK(clock->now() == start);
    }
}
