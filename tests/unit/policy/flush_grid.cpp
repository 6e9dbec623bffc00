#include <scrapingpros/policy/flush_grid.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <optional>

using namespace scrapingpros;

namespace {

/// A steady run whose rows become listable every `period` seconds from `phase` on, each turn `drift`
/// late; 0: at once. Ten jobs end in a second.
class flushed_run {
public:
    flushed_run(double period, double phase, double drift = 0)
        : period_(period), phase_(phase), drift_(drift)
    {
    }

    /// Reads everything at that moment.
    void read(double at, flush_grid& grid)
    {
        const double shown = newest_;
        newest_ = std::floor(flush_before(at) * 10) / 10;
        if (newest_ > shown && shown > 0)
            grid.on_next_rows(
                shown + 0.1, newest_ > shown + 0.25 ? std::optional(shown + 0.3) : std::nullopt
            );
        if (newest_ > shown) grid.on_page(newest_, at);
    }

    double flush_before(double at) const
    {
        if (period_ == 0) return at;
        return phase_ + std::floor((at - phase_) / (period_ + drift_)) * (period_ + drift_);
    }

private:
    double period_;
    double phase_;
    double drift_;
    double newest_ = 0;
};

/// Distance of what the grid presumes from what is, where the grid says anything.
double error_at(double moment, const flushed_run& run, const flush_grid& grid)
{
    const double off = grid.latest_before(moment, 10) - run.flush_before(moment);
    return std::abs(off);
}

}  // namespace

TEST_SUITE("policy.flush_grid")
{
    TEST_CASE("learns the phase of the period that the contract names")
    {
        flushed_run run(5, 1001.7);
        flush_grid grid;
        CHECK_FALSE(grid.has_grid());
        for (double at = 1000; at < 1100; at += 8.3)
            run.read(at, grid);
        REQUIRE(grid.has_grid());
        CHECK_EQ(grid.period(), doctest::Approx(5));
        CHECK_LT(error_at(1202, run, grid), 0.5);
        CHECK_LE(run.flush_before(1202), grid.latest_before(1202, 10));
    }

    TEST_CASE("learns a period that is not the one assumed")
    {
        for (const double period : {2.0, 7.0, 10.0, 20.0}) {
            CAPTURE(period);
            flushed_run run(period, 1001.3);
            flush_grid grid;
            double at = 1000;
            for (int i = 0; i < 60; ++i)
                run.read(at += 3.1 + (i * 37 % 11), grid);
            REQUIRE(grid.has_grid());
            // Or a multiple of it: to read at each second flush is as good, if that was asked for.
            const double times = grid.period() / period;
            CHECK_LT(std::abs(times - std::round(times)), 0.05);
        }
    }

    TEST_CASE("follows a service that is late by a little at each turn")
    {
        flushed_run run(5, 1001, 0.015);
        flush_grid grid;
        for (double at = 1000; at < 2000; at += 7.7)
            run.read(at, grid);
        REQUIRE(grid.has_grid());
        CHECK_EQ(grid.period(), doctest::Approx(5.015).epsilon(0.001));
        CHECK_LT(error_at(2006.5, run, grid), 0.6);
    }

    TEST_CASE("rows that are listable at once have no grid")
    {
        flushed_run run(0, 0);
        flush_grid grid;
        double at = 1000;
        for (int i = 0; i < 60; ++i)
            run.read(at += 3.13 + (i * 37 % 11) * 0.77, grid);
        CHECK_FALSE(grid.has_grid());
    }

    TEST_CASE("a period of 0 says: look for none")
    {
        flushed_run run(5, 1000);
        flush_grid grid(0);
        for (double at = 1000; at < 1100; at += 8)
            run.read(at, grid);
        CHECK_FALSE(grid.has_grid());
    }

    TEST_CASE("evidence that contradicts itself does no harm")
    {
        flush_grid grid;
        grid.on_next_rows(5, std::nullopt);
        grid.on_page(20, 10);
        CHECK_FALSE(grid.has_grid());
        grid.on_page(10, 12);
        grid.on_next_rows(3, 2);
        grid.on_page(10, 10);
        grid.on_next_rows(1e12, 1e12);
        CHECK(std::isfinite(grid.latest_before(100, 0)));
    }
}
