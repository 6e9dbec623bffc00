#include <doctest/doctest.h>

#include "tests/support/fixture.hpp"

using namespace scrapingpros::tests;

TEST_SUITE("wire.fixtures")
{
    TEST_CASE("every file of the index has a test case that is named after it")
    {
        for (const auto& [file, entry] : fixture_index()) {
            CAPTURE(std::string(file));
            CHECK(covered_fixtures().count(std::string(file)) == 1);
        }
    }

    TEST_CASE("every test case that is named after a file finds it in the index")
    {
        const auto index = fixture_index();
        for (const auto& file : covered_fixtures()) {
            CAPTURE(file);
            CHECK(index.contains(file));
        }
    }
}
