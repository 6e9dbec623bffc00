#include <scrapingpros/model/utf8.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros;

TEST_SUITE("model.utf8")
{
    TEST_CASE("characters are counted, not bytes")
    {
        CHECK_EQ(count_code_points(""), 0u);
        CHECK_EQ(count_code_points("abc"), 3u);
        CHECK_EQ(count_code_points("C\xC3\xB3rdoba"), 7u);
        CHECK_EQ(count_code_points("\xE2\x82\xAC"), 1u);
        CHECK_EQ(count_code_points("\xF0\x9F\x98\x80"), 1u);
        CHECK_EQ(
            count_code_points(std::string(1000, 'a') + "\xC3\xA9" + std::string(9, 'b')), 1010u
        );
    }

    TEST_CASE("the limits of UTF-8 are its limits here")
    {
        for (const char* good :
             {"\xC2\x80",
              "\xDF\xBF",
              "\xE0\xA0\x80",
              "\xED\x9F\xBF",
              "\xEE\x80\x80",
              "\xEF\xBF\xBF",
              "\xF0\x90\x80\x80",
              "\xF4\x8F\xBF\xBF"}) {
            CAPTURE(good);
            CHECK_EQ(count_code_points(good), 1u);
        }
        for (const char* bad :
             {"\x80",
              "\xBF",
              "\xC0\x80",
              "\xC1\xBF",
              "\xC3",
              "\xC3(",
              "\xE0\x9F\xBF",
              "\xE2\x82",
              "\xED\xA0\x80",
              "\xED\xBF\xBF",
              "\xF0\x8F\xBF\xBF",
              "\xF0\x9F\x98",
              "\xF4\x90\x80\x80",
              "\xF5\x80\x80\x80",
              "\xFE",
              "\xFF"}) {
            CAPTURE(bad);
            CHECK_FALSE(count_code_points(bad).has_value());
            CHECK_FALSE(count_code_points("12345678" + std::string(bad)).has_value());
        }
    }

    TEST_CASE("a NUL is a character like any other")
    {
        CHECK_EQ(count_code_points(std::string_view("a\0b", 3)), 3u);
    }
}
