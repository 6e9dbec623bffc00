#include <scrapingpros/body.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros;

TEST_SUITE("body")
{
    TEST_CASE("the examples of RFC 4648 are decoded")
    {
        CHECK_EQ(*decode_base64(""), "");
        CHECK_EQ(*decode_base64("Zg=="), "f");
        CHECK_EQ(*decode_base64("Zm8="), "fo");
        CHECK_EQ(*decode_base64("Zm9v"), "foo");
        CHECK_EQ(*decode_base64("Zm9vYg=="), "foob");
        CHECK_EQ(*decode_base64("Zm9vYmFy"), "foobar");
        CHECK_EQ(*decode_base64("//79/A=="), "\xFF\xFE\xFD\xFC");
        CHECK_EQ(*decode_base64("AAAA"), std::string(3, '\0'));
    }

    TEST_CASE("what is not plain base64 is refused")
    {
        for (const char* bad :
             {"Z",
              "Zg",
              "Zg=",
              "Zg===",
              "=",
              "====",
              "Z===",
              "Zg==Zg==",
              "Z=g=",
              "Zm9v\n",
              " Zm9v",
              "Zm 9v",
              "Zm9-",
              "Zm9_",
              "----",
              "Zm9vZm9v----",
              "Zm\x80v",
              "data:,Zm9v"}) {
            CAPTURE(bad);
            const auto bytes = decode_base64(bad);
            REQUIRE(bytes.has_error());
            CHECK(bytes.error() == errc::malformed_response);
        }
    }

    TEST_CASE("bodies of megabytes are decoded whole")
    {
        std::string text;
        for (int i = 0; i < 700'000; ++i)
            text += "Zm9v";
        text += "Zg==";
        const auto bytes = decode_base64(text);
        REQUIRE(bytes.has_value());
        CHECK_EQ(bytes->size(), 2'100'001);
        CHECK_EQ(bytes->substr(1'048'570, 9), "oofoofoof");
        CHECK_EQ(bytes->back(), 'f');
    }
}
