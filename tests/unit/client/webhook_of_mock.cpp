// Every webhook that the mock can make, against the verifier.

#include <scrapingpros/webhook.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/webhooks/webhooks.hpp"

namespace mock = scrapingpros_mock;
namespace sp = scrapingpros;

namespace {

using sp::errc;
using signature = mock::choice::webhook_signature;
using form = mock::choice::webhook_timestamp_form;

const std::string key = "test_webhook_secret_a";
constexpr auto now = sp::timestamp(std::chrono::seconds(1'780'308'126));

sp::webhook_scheme scheme_of(signature what, form stamp)
{
    sp::webhook_scheme scheme;
    const bool with_stamp =
        what == signature::ts_dot_body_hex || what == signature::ts_dot_body_base64;
    if (!with_stamp) scheme.cover = sp::webhook_cover::body_alone;
    if (what == signature::ts_dot_body_base64) scheme.digest = sp::webhook_digest::base64;
    if (what == signature::sha256_prefix_hex) scheme.prefix = "sha256=";
    if (stamp == form::iso_z) scheme.stamp = sp::webhook_stamp::iso;
    return scheme;
}

struct contract {
    signature scheme;
    form stamp;
};

std::vector<contract> contracts()
{
    std::vector<contract> out;
    for (const auto scheme :
         {signature::ts_dot_body_hex,
          signature::body_hex,
          signature::sha256_prefix_hex,
          signature::ts_dot_body_base64})
        for (const auto stamp : {form::unix_seconds, form::iso_z})
            out.push_back({scheme, stamp});
    return out;
}

mock::webhook made(contract by, mock::webhook_options options = {}, std::uint64_t chance = 0)
{
    mock::switches switches;
    switches.webhook_signature = by.scheme;
    switches.webhook_timestamp_form = by.stamp;
    mock::webhook_facts facts;
    facts.run_id = "run";
    facts.collection_id = "collection";
    facts.job_ids = {"job"};
    facts.at = std::chrono::time_point_cast<mock::duration>(now);
    return mock::make_damaged_webhook(facts, switches, key, facts.at, options, 1, chance);
}

sp::error_code judged(const mock::webhook& what, contract by)
{
    sp::http_fields headers;
    for (const auto& each : what.headers)
        headers.add(each.name, each.value);
    std::vector<sp::secret> secrets;
    secrets.emplace_back(key);
    sp::diagnostics diag;
    const sp::webhook_verifier verifier(scheme_of(by.scheme, by.stamp), std::move(secrets));
    const auto event = verifier.read(what.body, headers, now, diag);
    return event.has_value() ? sp::error_code() : event.error();
}

mock::webhook_options with(mock::webhook_damage what)
{
    mock::webhook_options options;
    options.damage = {what};
    return options;
}

}  // namespace

TEST_SUITE("client.webhook")
{
    TEST_CASE("every scheme of the mock can be told to the verifier (A56, A60)")
    {
        for (const contract by : contracts())
            CHECK_FALSE(judged(made(by), by).failed());
    }

    TEST_CASE("a webhook of one scheme is not taken for one of another")
    {
        for (const contract by : contracts())
            for (const contract other : contracts())
                if (by.scheme != other.scheme) {
                    const auto ec = judged(made(by), other);
                    const bool as_expected =
                        ec == errc::webhook_signature_wrong || ec == errc::webhook_header_malformed;
                    CHECK(as_expected);
                }
    }

    TEST_CASE("damage to what is signed is seen under every scheme")
    {
        using enum mock::webhook_damage;
        for (const contract by : contracts()) {
            const bool signs_stamp =
                scheme_of(by.scheme, by.stamp).cover == sp::webhook_cover::stamp_and_body;
            for (std::uint64_t chance = 0; chance < 400; ++chance) {
                CAPTURE(chance);
                CHECK_EQ(
                    judged(made(by, with(body_bit), chance), by), errc::webhook_signature_wrong
                );
                CHECK(judged(made(by, with(signature_bit), chance), by).failed());
            }
            CHECK_EQ(judged(made(by, with(timestamp_bit)), by).failed(), signs_stamp);
            CHECK_EQ(judged(made(by, with(other_key)), by), errc::webhook_signature_wrong);
            CHECK_EQ(judged(made(by, with(reserialised)), by), errc::webhook_signature_wrong);
            CHECK_EQ(judged(made(by, with(no_signature)), by), errc::webhook_unsigned);
            CHECK_EQ(judged(made(by, with(no_timestamp)), by), errc::webhook_unsigned);
        }
    }

    TEST_CASE("stale ones and those of a wrong clock are outside the window")
    {
        using enum mock::webhook_damage;
        for (const contract by : contracts()) {
            CHECK_EQ(judged(made(by, with(stale_timestamp)), by), errc::webhook_outside_window);
            auto early = with(clock_skew);
            CHECK_EQ(judged(made(by, early), by), errc::webhook_outside_window);
            early.skew = std::chrono::minutes(-10);
            CHECK_EQ(judged(made(by, early), by), errc::webhook_outside_window);
            early.skew = std::chrono::minutes(5);
            CHECK_FALSE(judged(made(by, early), by).failed());
        }
    }

    TEST_CASE("what is unusual and well signed is genuine")
    {
        using enum mock::webhook_damage;
        for (const contract by : contracts())
            for (const auto what : {several_signatures, duplicate, chunked, huge_body})
                CHECK_FALSE(judged(made(by, with(what)), by).failed());
    }
}
