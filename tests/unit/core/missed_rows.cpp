#include <scrapingpros/core/missed_rows.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/builders.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;
using core::missed_rows;

namespace {

missed_rows so_many(int rows)
{
    missed_rows missed;
    for (int i = 0; i < rows; ++i)
        missed.add(a_job(std::to_string(i)).completed_after(100s - i * 1s));
    return missed;
}

}  // namespace

TEST_SUITE("core.missed_rows")
{
    TEST_CASE("up to eight are fetched one by one, more by pages from the oldest on")
    {
        auto few = so_many(8);
        CHECK_FALSE(few.worth_pages_from());
        CHECK_EQ(few.take().size(), 8u);
        CHECK_EQ(few.size(), 0u);
        auto many = so_many(9);
        CHECK(many.worth_pages_from() == at(92s));
        CHECK_EQ(many.size(), 9u);
    }

    TEST_CASE("pages are tried once, what they did not bring is fetched")
    {
        auto missed = so_many(9);
        CHECK(missed.worth_pages_from());
        missed.clear();
        CHECK_EQ(missed.size(), 0u);
        for (int i = 0; i < 9; ++i)
            missed.add(a_job(std::to_string(i)));
        CHECK_FALSE(missed.worth_pages_from());
        CHECK_EQ(missed.take().size(), 9u);
        for (int i = 0; i < 9; ++i)
            missed.add(a_job(std::to_string(i)));
        CHECK(missed.worth_pages_from() == at(1s));
    }

    TEST_CASE("rows without stamps are on no such page")
    {
        missed_rows missed;
        for (int i = 0; i < 20; ++i)
            missed.add(a_job(std::to_string(i)).without_stamps());
        CHECK_FALSE(missed.worth_pages_from());
    }
}
