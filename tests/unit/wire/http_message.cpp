#include <scrapingpros/wire/http_message.hpp>

#include <doctest/doctest.h>

using namespace scrapingpros;

TEST_SUITE("wire.http_message")
{
    TEST_CASE("fields are found without regard to case, the first one first")
    {
        http_fields fields;
        fields.add("Retry-After", "1");
        fields.add("retry-after", "2");
        CHECK_EQ(fields.find("RETRY-AFTER"), "1");
        CHECK_EQ(fields.size(), 2);
        CHECK_EQ(fields.value(1), "2");
        CHECK_FALSE(fields.find("Retry").has_value());
    }

    TEST_CASE("cleared fields can be filled again")
    {
        http_fields fields;
        fields.add("A", "1");
        fields.clear();
        CHECK_EQ(fields.size(), 0);
        fields.add("B", "");
        CHECK_EQ(fields.name(0), "B");
        CHECK_EQ(fields.find("b"), "");
    }

    TEST_CASE("endpoints differ by scheme, host and port")
    {
        const endpoint tls{true, "a", "443"};
        CHECK(tls != endpoint{false, "a", "443"});
        CHECK(tls != endpoint{true, "a", "8443"});
        CHECK(tls == endpoint{true, "a", "443"});
    }

    TEST_CASE("methods are spelled as HTTP spells them")
    {
        CHECK_EQ(to_string(http_method::get), "GET");
        CHECK_EQ(to_string(http_method::post), "POST");
        CHECK_EQ(to_string(http_method::put), "PUT");
        CHECK_EQ(to_string(http_method::delete_), "DELETE");
    }
}
