#ifndef TESTS_SUPPORT_SIGNED_WEBHOOK_HPP
#define TESTS_SUPPORT_SIGNED_WEBHOOK_HPP

// Webhooks to be judged, signed as the verifier assumes unless told otherwise.

#include <scrapingpros/webhook.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/fixture.hpp"

namespace scrapingpros::tests {

inline constexpr const char* key = "test_webhook_secret_a";
inline constexpr auto sent = timestamp(std::chrono::seconds(1'780'308'126));

/// HMAC-SHA256 by another function of OpenSSL than the library uses.
inline std::string hex_hmac(std::string_view with, std::string_view text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(
        EVP_sha256(),
        with.data(),
        static_cast<int>(with.size()),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        digest,
        &size
    );
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += "0123456789abcdef"[digest[i] / 16];
        out += "0123456789abcdef"[digest[i] % 16];
    }
    return out;
}

inline std::vector<secret> secrets(std::initializer_list<const char*> texts)
{
    std::vector<secret> out;
    for (const char* text : texts)
        out.emplace_back(text);
    return out;
}

inline webhook_verifier verifier_of(webhook_scheme scheme = {})
{
    return {std::move(scheme), secrets({key})};
}

inline http_fields fields(std::initializer_list<std::pair<std::string_view, std::string_view>> list)
{
    http_fields out;
    out.add("Content-Type", "application/json");
    for (const auto& [name, value] : list)
        out.add(name, value);
    return out;
}

struct message {
    std::string body;
    std::string stamp;
    std::string signature;

    http_fields headers() const
    {
        return fields({{"X-SP-Timestamp", stamp}, {"X-SP-Signature", signature}});
    }
};

inline message signed_message(std::string body, std::string_view with = key)
{
    message out{std::move(body), "1780308126", {}};
    out.signature = hex_hmac(with, out.stamp + "." + out.body);
    return out;
}

/// The contract's example, signature and all.
inline message example()
{
    const auto index = fixture_index();
    const auto& headers =
        index.at("webhook_run_completed.json").as_object().at("request_headers").as_object();
    return {
        fixture("webhook_run_completed.raw"),
        std::string(headers.at("X-SP-Timestamp").as_string()),
        std::string(headers.at("X-SP-Signature").as_string())};
}

struct refusal {
    error_code ec;
    diagnostics diag;
};

inline refusal refused(
    const webhook_verifier& by,
    std::string_view body,
    const http_fields& headers,
    timestamp now = sent
)
{
    refusal out;
    const auto event = by.read(body, headers, now, out.diag);
    if (event.has_error()) out.ec = event.error();
    const std::string said = describe(out.ec, out.diag);
    CHECK_EQ(said.find(key), std::string::npos);
    return out;
}

inline refusal refused(const message& what, timestamp now = sent)
{
    return refused(verifier_of(), what.body, what.headers(), now);
}

}  // namespace scrapingpros::tests

#endif
