#include <scrapingpros/webhook.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/signed_webhook.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

TEST_SUITE("client.webhook")
{
    TEST_CASE("a signature of another form is malformed, not wrong")
    {
        const message webhook = example();
        std::string upper = webhook.signature;
        std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
            return c >= 'a' ? static_cast<char>(c - 32) : c;
        });
        std::vector<std::string> bad{
            "",
            " ",
            ",",
            "0",
            "null",
            upper,
            webhook.signature + "0",
            "sha256=" + webhook.signature,
            "0x" + webhook.signature.substr(2),
            std::string(63, 'a') + "g",
            std::string(63, 'a') + '\0',
            std::string(1'000'000, 'a'),
            "sj4r4PS8r4nCgFqvMp6Yj6A1pP59HPJphc8gq/c0H7Q="};
        for (std::size_t size = 1; size < webhook.signature.size(); ++size)
            bad.push_back(webhook.signature.substr(0, size));
        for (const auto& signature : bad) {
            CAPTURE(signature);
            const auto r = refused({webhook.body, webhook.stamp, signature});
            CHECK_EQ(r.ec, errc::webhook_header_malformed);
            CHECK_EQ(r.diag.place, "X-SP-Signature");
        }
    }

    TEST_CASE("a time stamp of another form is malformed, whatever the signature")
    {
        for (const char* stamp :
             {"",
              " ",
              "0x6a1d589e",
              "-1780308126",
              "+1780308126",
              "1780308126.5",
              "1.780308126e9",
              "1780308126s",
              "17803081 26",
              "1780308126000000",
              "99999999999999999999999999",
              "nan",
              "2026-06-01T10:02:06Z"}) {
            CAPTURE(stamp);
            message webhook = example();
            webhook.stamp = stamp;
            webhook.signature = hex_hmac(key, webhook.stamp + "." + webhook.body);
            const auto r = refused(webhook);
            CHECK_EQ(r.ec, errc::webhook_header_malformed);
            CHECK_EQ(r.diag.place, "X-SP-Timestamp");
        }
    }

    TEST_CASE("what lacks a header is unsigned, and is told which")
    {
        const message webhook = example();
        const auto no_signature =
            refused(verifier_of(), webhook.body, fields({{"X-SP-Timestamp", webhook.stamp}}));
        CHECK_EQ(no_signature.ec, errc::webhook_unsigned);
        CHECK_EQ(no_signature.diag.place, "X-SP-Signature");
        const auto no_stamp =
            refused(verifier_of(), webhook.body, fields({{"X-SP-Signature", webhook.signature}}));
        CHECK_EQ(no_stamp.ec, errc::webhook_unsigned);
        CHECK_EQ(no_stamp.diag.place, "X-SP-Timestamp");
        CHECK_EQ(refused(verifier_of(), "", {}).ec, errc::webhook_unsigned);
    }

    TEST_CASE("one of several signatures is enough, in one header or in several")
    {
        const message webhook = example();
        const std::string other = hex_hmac("other", webhook.body);
        const std::string both = other + " ,\t" + webhook.signature;
        const auto takes = [&](const http_fields& headers) {
            return !refused(verifier_of(), webhook.body, headers).ec.failed();
        };
        const auto& stamp = webhook.stamp;
        CHECK(takes(fields({{"x-sp-signature", both}, {"x-sp-timestamp", stamp}})));
        CHECK(takes(fields(
            {{"X-SP-Signature", other},
             {"X-SP-Timestamp", stamp},
             {"X-SP-SIGNATURE", webhook.signature}}
        )));
        CHECK(takes(fields({{"X-SP-Signature", "?," + both}, {"X-SP-Timestamp", stamp}})));
        CHECK_FALSE(takes(fields({{"X-SP-Signature", other}, {"X-SP-Timestamp", stamp}})));
    }

    TEST_CASE("a flood of signatures is refused before anything is compared")
    {
        const message webhook = example();
        http_fields headers = webhook.headers();
        for (std::size_t i = 1; i < webhook_verifier::max_signatures; ++i)
            headers.add("X-SP-Signature", "-");
        CHECK_FALSE(refused(verifier_of(), webhook.body, headers).ec.failed());
        headers.add("X-SP-Signature", "-");
        CHECK_EQ(refused(verifier_of(), webhook.body, headers).ec, errc::webhook_header_malformed);
        CHECK_EQ(
            refused({webhook.body, webhook.stamp, std::string(1'000'000, ',')}).ec,
            errc::webhook_header_malformed
        );
    }

    TEST_CASE("two time stamps are none")
    {
        const message webhook = example();
        http_fields headers = webhook.headers();
        headers.add("X-SP-Timestamp", webhook.stamp);
        CHECK_EQ(refused(verifier_of(), webhook.body, headers).ec, errc::webhook_header_malformed);
    }

    TEST_CASE("the digests of RFC 4231 are accepted, in both spellings")
    {
        const webhook_scheme bare{
            .cover = webhook_cover::body_alone,
            .signature_header = "Signature",
            .timestamp_header = ""};
        diagnostics diag;
        const auto accepts = [&](const webhook_scheme& scheme,
                                 const std::string& with,
                                 std::string_view data,
                                 std::string_view digest) {
            std::vector<secret> keys;
            keys.emplace_back(with);
            return webhook_verifier(scheme, std::move(keys))
                .authenticate(data, fields({{"Signature", digest}}), sent, diag)
                .has_value();
        };
        CHECK(accepts(
            bare,
            std::string(20, '\x0b'),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ));
        CHECK(accepts(
            bare,
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ));
        CHECK(accepts(
            bare,
            std::string(131, '\xaa'),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ));
        auto base64 = bare;
        base64.digest = webhook_digest::base64;
        const std::string spelled = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        CHECK(accepts(base64, "Jefe", "what do ya want for nothing?", spelled));
        // The last digit has bits of no meaning: another spelling of the same bytes is not taken.
        for (const char* other :
             {"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEN=",
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM",
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=="})
            CHECK_FALSE(accepts(base64, "Jefe", "what do ya want for nothing?", other));
    }
}
