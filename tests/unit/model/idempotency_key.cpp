#include <scrapingpros/model/idempotency_key.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace scrapingpros;

TEST_SUITE("model.idempotency_key")
{
    TEST_CASE("a key of up to 200 visible characters is taken as it is")
    {
        CHECK_EQ(make_idempotency_key("0d1c6f0a-6c3f")->text(), "0d1c6f0a-6c3f");
        CHECK(make_idempotency_key(std::string(200, 'k')).has_value());
        CHECK(make_idempotency_key("~!/=").has_value());
    }

    TEST_CASE("what the service refuses is refused before it is sent")
    {
        for (const std::string bad :
             {"", "a b", "a:b", "a\tb", "a\r\nX-Other: 1", "k\x7f", "\xC3\xA9"}) {
            CAPTURE(bad);
            const auto key = make_idempotency_key(bad);
            REQUIRE(key.has_error());
            CHECK(key.error() == errc::bad_idempotency_key);
        }
        CHECK(make_idempotency_key(std::string(201, 'k')).has_error());
        CHECK(make_idempotency_key(std::string_view("a\0b", 3)).has_error());
    }

    TEST_CASE("there is no other way to a key")
    {
        CHECK_FALSE(std::is_default_constructible_v<idempotency_key>);
        CHECK_FALSE(std::is_constructible_v<idempotency_key, std::string>);
    }
}
