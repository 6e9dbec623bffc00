#include <scrapingpros/model/remainder.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace scrapingpros;

TEST_SUITE("model.remainder")
{
    TEST_CASE("only what the service has lost or refuses for good is final")
    {
        CHECK(is_final(shortfall_cause::expired));
        CHECK(is_final(shortfall_cause::lost));
        CHECK(is_final(shortfall_cause::invalid));
        for (const auto cause :
             {shortfall_cause::pending,
              shortfall_cause::unreadable,
              shortfall_cause::unreachable,
              shortfall_cause::unfinished,
              shortfall_cause::never_listed}) {
            CAPTURE(to_string(cause));
            CHECK_FALSE(is_final(cause));
        }
    }

    TEST_CASE("every cause has a name of its own")
    {
        std::set<std::string_view> names;
        for (int i = 0; i < 8; ++i)
            names.insert(to_string(static_cast<shortfall_cause>(i)));
        CHECK_EQ(names.size(), 8);
        CHECK_EQ(names.count(""), 0);
        CHECK_EQ(to_string(static_cast<shortfall_cause>(8)), "");
    }

    TEST_CASE("a remainder is empty only if nothing is named and nothing is unnamed")
    {
        CHECK(remainder{}.empty());
        CHECK_FALSE(remainder{.unnamed = 1}.empty());
        CHECK_FALSE(remainder{.jobs = {shortfall{.id = {"a"}}}}.empty());
    }

    TEST_CASE("shortfalls differ by every member")
    {
        const shortfall one{{"a"}, shortfall_cause::lost, "u", "c", timestamp{}, errc::result_lost};
        CHECK_EQ(one, shortfall(one));
        auto other = one;
        other.ec = errc::result_expired;
        CHECK_NE(one, other);
        other = one;
        other.completed_at.reset();
        CHECK_NE(one, other);
        other = one;
        other.custom_id.reset();
        CHECK_NE(one, other);
    }
}
