#include <scrapingpros/webhook.hpp>
#include <scrapingpros/wire/decode.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/signed_webhook.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

TEST_SUITE("client.webhook")
{
    TEST_CASE("the contract's example is genuine, and says what its bytes say")
    {
        const message webhook = example();
        diagnostics diag;
        const auto event = verifier_of().read(webhook.body, webhook.headers(), sent, diag);
        REQUIRE(event.has_value());
        CHECK(*event == *decode_webhook_event(webhook.body, diag));
        CHECK_EQ(event->event, "run.completed");
        CHECK_EQ(event->status, run_status::completed);
        CHECK_EQ(event->target.run.value, "7a110000-0000-4000-8000-0000000000a1");
    }

    TEST_CASE("a failed run and one with custom ids are told of as well (A58, A59)")
    {
        diagnostics diag;
        const auto failed = signed_message(fixture("webhook_run_failed.json"));
        CHECK_EQ(
            verifier_of().read(failed.body, failed.headers(), sent, diag)->status,
            run_status::failed
        );
        const auto named = signed_message(fixture("webhook_with_custom_ids.json"));
        CHECK_EQ(verifier_of().read(named.body, named.headers(), sent, diag)->jobs.size(), 2);
    }

    TEST_CASE("every bit of the body counts")
    {
        message webhook = example();
        for (std::size_t bit = 0; bit < 8 * webhook.body.size(); ++bit) {
            char& hit = webhook.body[bit / 8];
            const char before = hit;
            hit = static_cast<char>(before ^ (1 << bit % 8));
            CAPTURE(bit);
            CHECK_EQ(refused(webhook).ec, errc::webhook_signature_wrong);
            hit = before;
        }
        CHECK_FALSE(refused(webhook).ec.failed());
    }

    TEST_CASE("a body that is cut or longer is refused")
    {
        const message webhook = example();
        for (std::size_t size = 0; size < webhook.body.size(); ++size)
            CHECK_EQ(
                refused(verifier_of(), webhook.body.substr(0, size), webhook.headers()).ec,
                errc::webhook_signature_wrong
            );
        for (const char* more : {"\n", " ", "}", "\0"})
            CHECK_EQ(
                refused(verifier_of(), webhook.body + std::string(more, 1), webhook.headers()).ec,
                errc::webhook_signature_wrong
            );
    }

    TEST_CASE("the same JSON in other bytes is refused")
    {
        const message webhook = example();
        std::string spaced = webhook.body;
        spaced.insert(1, " ");
        std::string escaped = webhook.body;
        escaped.replace(escaped.find("run.completed"), 1, "\\u0072");
        const std::string sorted =
            R"({"collection_id":"c0ffee00-0000-4000-8000-000000000001",)" + webhook.body.substr(1);
        for (const auto& text :
             {spaced, escaped, sorted, fixture("webhook_run_completed.json"), " " + webhook.body})
            CHECK_EQ(
                refused(verifier_of(), text, webhook.headers()).ec, errc::webhook_signature_wrong
            );
    }

    TEST_CASE("every bit of the signature and of the time stamp counts")
    {
        message webhook = example();
        for (std::string* text : {&webhook.signature, &webhook.stamp}) {
            for (std::size_t bit = 0; bit < 8 * text->size(); ++bit) {
                char& hit = (*text)[bit / 8];
                const char before = hit;
                hit = static_cast<char>(before ^ (1 << bit % 8));
                CAPTURE(*text);
                const auto ec = refused(webhook).ec;
                const bool as_expected =
                    ec == errc::webhook_signature_wrong || ec == errc::webhook_header_malformed;
                CHECK(as_expected);
                hit = before;
            }
        }
        CHECK_FALSE(refused(webhook).ec.failed());
    }

    TEST_CASE("the window is open to both sides, and its bounds are inside")
    {
        const message webhook = example();
        const webhook_verifier verifier({}, secrets({key}), 300s);
        const auto at_time = [&](timestamp now) {
            return refused(verifier, webhook.body, webhook.headers(), now);
        };
        CHECK_FALSE(at_time(sent + 300s).ec.failed());
        CHECK_FALSE(at_time(sent - 300s).ec.failed());
        CHECK_EQ(at_time(sent + 300s + 1us).ec, errc::webhook_outside_window);
        CHECK_EQ(at_time(sent - 300s - 1us).ec, errc::webhook_outside_window);
        CHECK_EQ(at_time((timestamp::max)()).ec, errc::webhook_outside_window);
        CHECK_EQ(at_time((timestamp::min)()).ec, errc::webhook_outside_window);
        const auto late = at_time(sent + 1h);
        CHECK_EQ(late.diag.place, "X-SP-Timestamp");
        CHECK_EQ(late.diag.client_text, "it is 3600000 ms old, 300000 ms allowed");
        CHECK_EQ(at_time(sent - 1h).diag.client_text, "it is 3600000 ms ahead, 300000 ms allowed");
    }

    TEST_CASE("a window may be nothing, and may be everything")
    {
        const message webhook = example();
        const webhook_verifier exact({}, secrets({key}), 0ms);
        CHECK_FALSE(refused(exact, webhook.body, webhook.headers()).ec.failed());
        CHECK_EQ(
            refused(exact, webhook.body, webhook.headers(), sent + 1us).ec,
            errc::webhook_outside_window
        );
        const webhook_verifier any({}, secrets({key}), (milliseconds::max)());
        CHECK_FALSE(refused(any, webhook.body, webhook.headers(), (timestamp::max)()).ec.failed());
        CHECK_FALSE(refused(any, webhook.body, webhook.headers(), (timestamp::min)()).ec.failed());
    }

    TEST_CASE("only what is genuine is called too old")
    {
        message webhook = example();
        webhook.body += ' ';
        CHECK_EQ(refused(webhook, sent + 1h).ec, errc::webhook_signature_wrong);
    }

    TEST_CASE("while a secret is replaced both are good, and the index tells which it was")
    {
        const webhook_verifier verifier({}, secrets({"new", "old", "old"}));
        diagnostics diag;
        const auto by = [&](const char* with) {
            const auto webhook = signed_message("{}", with);
            return verifier.authenticate(webhook.body, webhook.headers(), sent, diag);
        };
        CHECK_EQ(*by("new"), 0);
        CHECK_EQ(*by("old"), 1);
        CHECK_EQ(by("older").error(), errc::webhook_signature_wrong);
        CHECK_EQ(diag.client_text, "none of 3 secrets fits");
        // A secret is a whole text: no part of it is good.
        CHECK_EQ(by("ne").error(), errc::webhook_signature_wrong);
        CHECK_EQ(by("new\n").error(), errc::webhook_signature_wrong);
    }

    TEST_CASE("where the body alone is signed, a new time stamp makes an old webhook fresh")
    {
        const webhook_scheme scheme{.cover = webhook_cover::body_alone, .prefix = "sha256="};
        const message webhook{"{}", "1780308126", "sha256=" + hex_hmac(key, "{}")};
        diagnostics diag;
        const auto by = verifier_of(scheme);
        CHECK(by.authenticate(webhook.body, webhook.headers(), sent, diag).has_value());
        CHECK_EQ(
            by.authenticate(webhook.body, webhook.headers(), sent + 1h, diag).error(),
            errc::webhook_outside_window
        );
        const message renewed{webhook.body, "1780311726", webhook.signature};
        CHECK(by.authenticate(renewed.body, renewed.headers(), sent + 1h, diag).has_value());
    }

    TEST_CASE("a genuine body that is not the documented JSON says where")
    {
        const auto no_json = refused(signed_message("hello"));
        CHECK_EQ(no_json.ec, errc::webhook_unreadable);
        const auto no_run = refused(signed_message(R"({"collection_id":"c"})"));
        CHECK_EQ(no_run.ec, errc::webhook_unreadable);
        CHECK_EQ(no_run.diag.place, "run_id");
        for (const char* body : {"", "null", "[]", "{}", "\xFF", R"({"run_id":1})"})
            CHECK_EQ(refused(signed_message(body)).ec, errc::webhook_unreadable);
        CHECK_EQ(refused(signed_message(std::string(100'000, '['))).ec, errc::webhook_unreadable);
    }

    TEST_CASE("a body of ten megabytes is read like any other")
    {
        const auto webhook = signed_message(
            R"({"run_id":"r","collection_id":"c","padding":")" + std::string(10'000'000, 'x') +
            R"("})"
        );
        CHECK_FALSE(refused(webhook).ec.failed());
    }

    TEST_CASE("a verifier that could not tell anything refuses to")
    {
        const auto webhook = signed_message("{}", "");
        const auto place = [&](const webhook_verifier& by) {
            const auto r = refused(by, webhook.body, webhook.headers());
            CHECK_EQ(r.ec, errc::bad_option);
            return r.diag.place;
        };
        CHECK_EQ(place({{}, {}}), "secrets");
        CHECK_EQ(place({{}, secrets({""})}), "secrets[0]");
        CHECK_EQ(place({{}, secrets({key, ""})}), "secrets[1]");
        CHECK_EQ(place({{}, secrets({key}), -1ms}), "window");
        CHECK_EQ(place({{.signature_header = ""}, secrets({key})}), "scheme.signature_header");
        CHECK_EQ(place({{.timestamp_header = ""}, secrets({key})}), "scheme.timestamp_header");
        CHECK_EQ(place({{.prefix = "a,b"}, secrets({key})}), "scheme.prefix");
    }

    TEST_CASE("what is said of a wrong signature does not help to make a right one")
    {
        const message webhook = example();
        const auto r = refused({webhook.body, webhook.stamp, std::string(64, '0')});
        CHECK_EQ(r.ec, errc::webhook_signature_wrong);
        const std::string said = describe(r.ec, r.diag);
        CHECK_EQ(said.find(webhook.signature.substr(0, 8)), std::string::npos);
        CHECK_EQ(
            said, "the webhook's signature fits no secret at X-SP-Signature: none of 1 secrets fits"
        );
    }
}
