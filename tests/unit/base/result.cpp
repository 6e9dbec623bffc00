#include <scrapingpros/result.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros;

namespace {

result<std::string> name_of(int number)
{
    if (number < 0) return errc::bad_option;
    return std::to_string(number);
}

}  // namespace

TEST_SUITE("base.result")
{
    TEST_CASE("a result is a value or a code of this library")
    {
        CHECK_EQ(name_of(7).value(), "7");
        REQUIRE(name_of(-1).has_error());
        CHECK_EQ(name_of(-1).error(), errc::bad_option);
        CHECK(name_of(-1).error() == cond::invalid_input);
    }
}
