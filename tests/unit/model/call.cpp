#include <scrapingpros/model/call.hpp>

#include <doctest/doctest.h>

#include <variant>

using namespace scrapingpros;

TEST_SUITE("model.call")
{
    TEST_CASE("there is one alternative for every route of the contract and one for bodies")
    {
        CHECK_EQ(std::variant_size_v<call>, 16);
    }

    TEST_CASE("a listing asks for pages of 100 without results unless told otherwise")
    {
        const list_jobs listing{.target = {{"c"}, {"r"}}};
        CHECK_EQ(listing.limit, 100);
        CHECK(listing.results == inline_results::leave_out);
        CHECK(listing.statuses.empty());
        CHECK_FALSE(listing.cursor.has_value());
    }

    TEST_CASE("calls are compared by kind and members")
    {
        CHECK(call(get_collection{{"c"}}) == call(get_collection{{"c"}}));
        CHECK(call(get_collection{{"c"}}) != call(delete_collection{{"c"}}));
        CHECK(call(start_run{{"c"}, {}}) != call(start_run{{"c"}, "https://hook.example"}));
    }

    TEST_CASE("an update without a list differs from one with an empty list")
    {
        CHECK(update_collection{{"c"}, "n", {}} != update_collection{{"c"}, "n", {{}}});
    }
}
