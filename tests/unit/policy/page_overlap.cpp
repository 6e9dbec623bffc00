#include <scrapingpros/policy/page_overlap.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

page_snapshot found(std::uint32_t rows, milliseconds deepest = 0ms)
{
    return {.unseen_in_overlap = rows, .deepest_in_overlap = deepest};
}

/// A flow of so many rows a second, whose newest is as new as it can be.
page_overlap::outlook flow(double rate, double seen = 0)
{
    return {.seen = seen, .rate = rate, .settled = 0, .room = 100, .is_page = true};
}

}  // namespace

TEST_SUITE("policy.page_overlap")
{
    TEST_CASE("a page goes back for rows with the stamp of the newest while that is new")
    {
        page_overlap overlap(0);
        CHECK_EQ(overlap.next(flow(10)), doctest::Approx(0.1));
        CHECK_EQ(overlap.next(flow(1)), doctest::Approx(1));
        CHECK_EQ(overlap.next(flow(0.5)), 0);  // too rare
        auto old = flow(10);
        old.settled = 0.6;
        CHECK_EQ(overlap.next(old), 0);
    }

    TEST_CASE("rows found behind the mark are looked for as deep, until five pages find none")
    {
        page_overlap overlap(0);
        overlap.learn(found(1, 4s));
        CHECK_EQ(overlap.next(flow(10)), doctest::Approx(4.4));
        overlap.learn(found(1, 2s));
        CHECK_EQ(overlap.next(flow(10)), doctest::Approx(4.4));
        for (int i = 0; i < 4; ++i)
            overlap.learn(found(0));
        CHECK_EQ(overlap.next(flow(10)), doctest::Approx(4.4));
        overlap.learn(found(0));
        CHECK_LT(overlap.next(flow(10)), 3.2);
        for (int i = 0; i < 30; ++i)
            overlap.learn(found(0));
        // Equal stamps may come a flush later there.
        auto next = flow(10);
        next.settled = 5;
        CHECK_EQ(overlap.next(next), doctest::Approx(0.2));
        next.settled = 6.5;
        CHECK_LT(overlap.next(next), 0.1);
    }

    TEST_CASE("no page goes back by more than a minute")
    {
        page_overlap overlap(0);
        overlap.learn(found(1, 1h));
        CHECK_EQ(overlap.next(flow(10)), 60);
    }

    TEST_CASE("a probe comes after eight looks with rows")
    {
        page_overlap overlap(8);
        const auto next = flow(1, 1000);
        CHECK_LT(overlap.next(next), 8);  // two looks at the least
        overlap.on_look_with_rows();
        overlap.on_look_with_rows();
        auto status = next;
        status.is_page = false;
        CHECK_LT(overlap.next(status), 8);
        CHECK_EQ(overlap.next(next), 8);
        CHECK_LT(overlap.next(next), 8);
        for (int look = 0; look < 7; ++look)
            overlap.on_look_with_rows();
        CHECK_LT(overlap.next(next), 8);
        overlap.on_look_with_rows();
        CHECK_EQ(overlap.next(next), 8);
    }

    TEST_CASE("it brings at most one row in twenty again, and one in forty of the run besides")
    {
        page_overlap overlap(8);
        overlap.on_look_with_rows();
        overlap.on_look_with_rows();
        auto next = flow(1, 40);
        CHECK_EQ(overlap.next(next), doctest::Approx(2));
        for (int look = 0; look < 8; ++look)
            overlap.on_look_with_rows();
        next.seen = 55;
        CHECK_LT(overlap.next(next), 1.1);  // less than a row more: not worth a probe
        next.total = 100;
        CHECK_EQ(overlap.next(next), doctest::Approx(3.25));
        // Once rows have come out of order, nothing is too dear.
        overlap.learn(found(1, 1s));
        for (int look = 0; look < 8; ++look)
            overlap.on_look_with_rows();
        CHECK_EQ(overlap.next(next), 8);
    }

    TEST_CASE("behind a burst, a probe is as dear as the burst was dense")
    {
        page_overlap overlap(8);
        overlap.on_look_with_rows();
        overlap.on_look_with_rows();
        overlap.on_rows(100, 10);
        CHECK_EQ(overlap.next(flow(0.01, 400)), doctest::Approx(2));
    }

    TEST_CASE("a probe reaches as far back as the page has room")
    {
        page_overlap overlap(8);
        overlap.learn(found(1, 1s));
        overlap.on_look_with_rows();
        overlap.on_look_with_rows();
        auto next = flow(10, 50);
        next.room = 5;
        CHECK_EQ(overlap.next(next), 5);
        for (int look = 0; look < 8; ++look)
            overlap.on_look_with_rows();
        next.room = -3;
        CHECK_GE(overlap.next(next), 0);
    }
}
