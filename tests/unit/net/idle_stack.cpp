#include <scrapingpros/impl/net/idle_stack.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

TEST_SUITE("net.idle_stack")
{
    const instant noon{1000h};

    TEST_CASE("the most recently used connection is taken first")
    {
        detail::idle_stack<int> idle;
        CHECK_FALSE(idle.take().has_value());
        idle.put(1, noon);
        idle.put(2, noon + 1s);
        idle.put(3, noon + 2s);
        CHECK_EQ(idle.take(), 3);
        idle.put(4, noon + 3s);
        CHECK_EQ(idle.take(), 4);
        CHECK_EQ(idle.take_oldest(), 1);
        CHECK_EQ(idle.take(), 2);
        CHECK(idle.empty());
    }

    TEST_CASE("a connection expires when it has been idle for longer than the age, not at it")
    {
        detail::idle_stack<int> idle;
        idle.put(1, noon);
        idle.put(2, noon + 1s);
        CHECK_FALSE(idle.take_expired(noon + 55s, 55s).has_value());
        CHECK_EQ(idle.take_expired(noon + 55s + 1ns, 55s), 1);
        CHECK_FALSE(idle.take_expired(noon + 55s + 1ns, 55s).has_value());
        CHECK_EQ(idle.size(), 1u);
        CHECK_EQ(idle.take_expired(noon + 57s, 55s), 2);
        CHECK_FALSE(idle.take_expired(noon + 57s, 55s).has_value());
    }
}
