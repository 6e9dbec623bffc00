#include "server/test_ca.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace scrapingpros_mock;

TEST_SUITE("mock_server.test_ca")
{
    TEST_CASE("an authority gives its root and pairs as PEM text")
    {
        const test_ca authority;
        const auto pair = authority.issue(certificate_kind::good);
        const std::string begin = "-----BEGIN CERTIFICATE-----\n";
        CHECK(authority.ca_pem().starts_with(begin));
        CHECK(pair.certificate_pem.starts_with(begin));
        CHECK(pair.key_pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    }

    TEST_CASE("no two authorities and no two pairs are the same")
    {
        const test_ca one;
        const test_ca other;
        CHECK_NE(one.ca_pem(), other.ca_pem());
        CHECK_NE(
            one.issue(certificate_kind::good).key_pem, one.issue(certificate_kind::good).key_pem
        );
    }
}
