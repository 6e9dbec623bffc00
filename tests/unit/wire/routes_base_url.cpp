#include <scrapingpros/wire/routes.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros;

TEST_SUITE("wire.routes")
{
    TEST_CASE("a base URL gives endpoint and prefix")
    {
        CHECK(
            *parse_base_url("https://api.scrapingpros.com") ==
            service_address{{true, "api.scrapingpros.com", "443"}, ""}
        );
        CHECK(
            *parse_base_url("HTTP://LocalHost:8080/") ==
            service_address{{false, "localhost", "8080"}, ""}
        );
        CHECK(
            *parse_base_url("https://gate.example/sp/api//") ==
            service_address{{true, "gate.example", "443"}, "/sp/api"}
        );
        CHECK(*parse_base_url("http://[::1]:81") == service_address{{false, "::1", "81"}, ""});
        CHECK(
            *parse_base_url("http://127.0.0.1:") == service_address{{false, "127.0.0.1", "80"}, ""}
        );
    }

    TEST_CASE("what is no base URL is refused")
    {
        for (const std::string bad :
             {"",
              "api.scrapingpros.com",
              "//api.example",
              "ftp://api.example",
              "https://",
              "https:///v1",
              "https:api.example",
              "https://user@api.example",
              "https://user:pw@api.example",
              "https://api.example?x=1",
              "https://api.example?",
              "https://api.example/#x",
              "https://api example",
              "https://api.example:99999",
              "https://api.example:0",
              "https://api.example:x",
              "https://api%2eexample",
              "https://api.example\r\nX: 1",
              "https://[::1",
              "https://\xC3\xB3.example",
              " https://a.b"}) {
            CAPTURE(bad);
            const auto address = parse_base_url(bad);
            REQUIRE(address.has_error());
            CHECK(address.error() == errc::bad_base_url);
        }
    }
}
