#include <scrapingpros/policy/scarcity.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <limits>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

constexpr instant scarce_now{std::chrono::hours(1)};

/// Thirty reads a minute, and so many of them now.
budget_view thirty(double usable, std::uint64_t results_waiting = 0, std::size_t runs = 1)
{
    budget_view seen;
    seen.per_minute = 30;
    seen.usable = usable;
    seen.next_opening = scarce_now;
    seen.runs = runs;
    seen.results_waiting = results_waiting;
    return seen;
}

/// Rows come at two a second, and may become ten seconds old.
page_outlook slow_page()
{
    return {.carried = 0, .rate = 2, .full = 97, .left = 1000, .age = 10, .since_read = 0};
}

}  // namespace

TEST_SUITE("policy.scarcity")
{
    TEST_CASE("without a limit, and under an ample one, nothing is stretched")
    {
        budget_view none;
        none.runs = 60;
        none.results_waiting = 100;
        CHECK_EQ(scarce_wait(5, none, scarce_now, slow_page()), 5);
        CHECK_EQ(scarce_wait(5, thirty(30), scarce_now, slow_page()), 5);
        CHECK_EQ(scarce_wait(5, thirty(30, 20), scarce_now, slow_page()), 5);
    }

    TEST_CASE(
        "eight runs at thirty a minute look every 27 seconds together, six tenths of the limit"
    )
    {
        CHECK_EQ(
            scarce_wait(5, thirty(30, 0, 8), scarce_now, slow_page()),
            doctest::Approx(26.7).epsilon(0.01)
        );
        CHECK_EQ(scarce_wait(40, thirty(30, 0, 8), scarce_now, slow_page()), 40);
        CHECK_EQ(scarce_wait(5, thirty(30, 0, 1'000'000), scarce_now, slow_page()), 600);
    }

    TEST_CASE("a page that is not full waits while results wait that need what there is")
    {
        // It would be full after 48 s, but no row may be older than three ages.
        CHECK_EQ(scarce_wait(5, thirty(0, 20), scarce_now, slow_page()), 30);
        auto fuller = slow_page();
        fuller.carried = 60;
        CHECK_EQ(scarce_wait(5, thirty(0, 20), scarce_now, fuller), doctest::Approx(18.5));
        auto last = slow_page();
        last.left = 20;
        CHECK_EQ(scarce_wait(5, thirty(0, 20), scarce_now, last), doctest::Approx(8));
        auto old = slow_page();
        old.since_read = 28;
        CHECK_EQ(scarce_wait(5, thirty(0, 20), scarce_now, old), 5);
    }

    TEST_CASE("a full page does not wait, nor one for which tokens will have come back")
    {
        auto full = slow_page();
        full.carried = 90;
        CHECK_EQ(scarce_wait(5, thirty(0, 20), scarce_now, full), 5);
        CHECK_EQ(scarce_wait(8, thirty(0, 2), scarce_now, slow_page()), 8);
        auto shut = thirty(0, 2);
        shut.next_opening = scarce_now + 20s;
        CHECK_EQ(scarce_wait(8, shut, scarce_now, slow_page()), 30);
    }

    TEST_CASE("numbers without a meaning stretch nothing for ever")
    {
        for (const double limit : {-1.0, 0.0, 1e-9, 1e300}) {
            auto seen = thirty(0, 1000, 8);
            seen.per_minute = limit;
            auto page = slow_page();
            page.rate = 0;
            CHECK_LE(scarce_wait(5, seen, scarce_now, page), 600);
            CHECK_GE(scarce_wait(5, seen, scarce_now, page), 5);
        }
        auto far = thirty(0, 5);
        far.next_opening = instant::max();
        CHECK_LE(scarce_wait(5, far, scarce_now, slow_page()), 30);
    }
}
