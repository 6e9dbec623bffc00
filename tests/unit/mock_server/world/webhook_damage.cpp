#include <doctest/doctest.h>

#include <bit>

#include "text.hpp"
#include "webhook_support.hpp"
#include "webhooks/webhook_target.hpp"
#include "webhooks/webhooks.hpp"

// Each damage against a receiver that does everything right: one signature over the raw bytes as
// A56 and A60 have it by default, and a time stamp that is at most five minutes off.

using namespace mock_test;

namespace {

using enum webhook_damage;

const std::string secret = "test_webhook_secret_a";

/// What the receiver makes of it.
std::string verdict_of(const webhook_attempt& attempt, time_point now)
{
    if (count_of(attempt, "X-SP-Timestamp") != 1) return "no time stamp";
    if (count_of(attempt, "X-SP-Signature") == 0) return "no signature";
    if (count_of(attempt, "X-SP-Signature") > 1) return "more than one signature";
    const std::string stamp = value_of(attempt, "X-SP-Timestamp");
    if (value_of(attempt, "X-SP-Signature") != hex(hmac_sha256(secret, stamp + "." + attempt.body)))
        return "wrong signature";
    const auto seconds = number_in<std::int64_t>(stamp);
    if (!seconds) return "unreadable time stamp";
    const time_point at{std::chrono::seconds{*seconds}};
    if (at < now - 5min) return "too old";
    if (at > now + 5min) return "from the future";
    return "accepted";
}

scenario damaged(
    webhook_damage how, std::initializer_list<std::pair<const char*, const char*>> set = {}
)
{
    scenario from = sending(set);
    from.webhooks.damage = {how};
    return from;
}

std::string verdict_on(webhook_damage how)
{
    hooked_peer client{damaged(how)};
    client.begin();
    const webhook_attempt attempt = client.take_one();
    return verdict_of(attempt, client.now);
}

}  // namespace

TEST_SUITE("mock.webhooks.damage")
{
    TEST_CASE("each damage to a message shows, and only that one")
    {
        hooked_peer sound;
        sound.begin();
        CHECK_EQ(verdict_of(sound.take_one(), sound.now), "accepted");
        CHECK_EQ(verdict_on(body_bit), "wrong signature");
        CHECK_EQ(verdict_on(signature_bit), "wrong signature");
        CHECK_EQ(verdict_on(timestamp_bit), "wrong signature");
        CHECK_EQ(verdict_on(other_key), "wrong signature");
        CHECK_EQ(verdict_on(reserialised), "wrong signature");
        CHECK_EQ(verdict_on(no_signature), "no signature");
        CHECK_EQ(verdict_on(no_timestamp), "no time stamp");
        CHECK_EQ(verdict_on(several_signatures), "more than one signature");
        CHECK_EQ(verdict_on(stale_timestamp), "too old");
        CHECK_EQ(verdict_on(clock_skew), "from the future");
        for (const webhook_damage harmless : {chunked, duplicate, early, hour_late, out_of_order})
            CHECK_EQ(verdict_on(harmless), "accepted");
    }

    TEST_CASE("a flipped bit is one bit, whatever the scheme and the run")
    {
        for (const char* scheme :
             {"ts_dot_body_hex", "body_hex", "sha256_prefix_hex", "ts_dot_body_base64"}) {
            for (std::uint64_t chance = 0; chance < 500; ++chance) {
                CAPTURE(std::string(scheme));
                CAPTURE(chance);
                const switches contract = with({{"A56", scheme}}).contract;
                webhook_facts facts;
                facts.at = start;
                const webhook sound = make_webhook(facts, contract, secret);
                const auto bits = [&](webhook_damage how) {
                    const webhook made = make_damaged_webhook(
                        facts, contract, secret, start, {.damage = {how}}, 1, chance
                    );
                    std::size_t count = 0;
                    const auto compare = [&](const std::string& a, const std::string& b) {
                        REQUIRE_EQ(a.size(), b.size());
                        for (std::size_t i = 0; i < a.size(); ++i)
                            count += static_cast<std::size_t>(
                                std::popcount(static_cast<unsigned char>(a[i] ^ b[i]))
                            );
                    };
                    compare(made.body, sound.body);
                    for (std::size_t i = 0; i < made.headers.size(); ++i)
                        compare(made.headers[i].value, sound.headers[i].value);
                    return count;
                };
                CHECK_EQ(bits(body_bit), 1);
                CHECK_EQ(bits(signature_bit), 1);
                CHECK_EQ(bits(timestamp_bit), 1);
            }
        }
    }

    TEST_CASE("a flipped bit is no change of case, and leaves a time stamp readable")
    {
        webhook_facts facts;
        facts.at = start;
        const std::string sound = make_webhook(facts, {}, secret).headers[2].value;
        for (std::uint64_t chance = 0; chance < 64; ++chance) {
            const webhook made = make_damaged_webhook(
                facts, {}, secret, start, {.damage = {signature_bit, timestamp_bit}}, 1, chance
            );
            CHECK_FALSE(same_ignoring_case(made.headers[2].value, sound));
            CHECK(number_in<std::int64_t>(made.headers[1].value).has_value());
        }
    }

    TEST_CASE("a flipped bit of a base64 signature changes the digest, not only its spelling")
    {
        const switches contract = with({{"A56", "ts_dot_body_base64"}}).contract;
        webhook_facts facts;
        facts.at = start;
        const auto digest = [](const webhook& made) { return from_base64(made.headers[2].value); };
        const auto sound = digest(make_webhook(facts, contract, secret));
        for (std::uint64_t chance = 0; chance < 64; ++chance)
            CHECK(
                digest(make_damaged_webhook(
                    facts, contract, secret, start, {.damage = {signature_bit}}, 1, chance
                )) != sound
            );
    }

    TEST_CASE("a body that was read and written anew is the same JSON in other bytes")
    {
        hooked_peer sound;
        hooked_peer client{damaged(reserialised)};
        sound.begin();
        client.begin();
        const webhook_attempt a = sound.take_one();
        const webhook_attempt b = client.take_one();
        CHECK_NE(a.body, b.body);
        CHECK_EQ(parse(a.body), parse(b.body));
        CHECK_EQ(value_of(a, "X-SP-Signature"), value_of(b, "X-SP-Signature"));
    }

    TEST_CASE("a huge body is as huge as it says, signed and JSON")
    {
        hooked_peer client{damaged(huge_body)};
        client.begin();
        const webhook_attempt attempt = client.take_one();
        CHECK_EQ(attempt.body.size(), 10'000'000);
        CHECK_EQ(verdict_of(attempt, client.now), "accepted");
        CHECK_EQ(parse(attempt.body).at("event"), "run.completed");

        scenario tiny = damaged(huge_body);
        tiny.webhooks.huge_body_bytes = 1;
        hooked_peer other{tiny};
        other.begin();
        CHECK_EQ(parse(other.take_one().body).at("padding"), "");
    }

    TEST_CASE("of several signatures the last is right")
    {
        hooked_peer client{damaged(several_signatures)};
        client.begin();
        webhook_attempt attempt = client.take_one();
        REQUIRE_EQ(attempt.headers.size(), 4);
        attempt.headers.erase(attempt.headers.begin() + 2);
        CHECK_EQ(verdict_of(attempt, client.now), "accepted");
    }

    TEST_CASE("a duplicate is the same to the bit, a second after a success, and only once")
    {
        hooked_peer client{damaged(duplicate)};
        const std::string run = client.begin();
        const webhook_attempt first = client.take_one();
        const time_point sent = client.now;
        client.answer(first, 200);
        const webhook_attempt second = client.take_one();
        CHECK(client.now == sent + 1s);
        CHECK_EQ(second.number, 2);
        CHECK_EQ(second.body, first.body);
        CHECK_EQ(value_of(second, "X-SP-Signature"), value_of(first, "X-SP-Signature"));
        client.answer(second, 500);
        CHECK_EQ(client.status(run), "sent");
        CHECK_FALSE(client.service.next_webhook());
    }

    TEST_CASE("early: the webhook says completed while the run does not")
    {
        hooked_peer client{damaged(early)};
        const std::string run = client.begin();
        const webhook_attempt attempt = client.take_one();
        CHECK(client.now == client.end_of(run) - 2s);
        CHECK_EQ(parse(attempt.body).at("status"), "completed");
        CHECK_EQ(client.read(run).at("status"), "in_progress");
    }

    TEST_CASE("late and never are what they say")
    {
        hooked_peer late{damaged(hour_late)};
        const std::string run = late.begin();
        CHECK(late.times_until_over(run, 500) == std::vector<duration>{1h + 1s, 1h + 5s, 1h + 25s});
        hooked_peer silent{damaged(never)};
        const std::string unheard = silent.begin();
        silent.now += 24h * 30;
        CHECK_FALSE(silent.service.next_webhook());
        CHECK(silent.service.take_due_webhooks(silent.now).empty());
        CHECK_EQ(silent.status(unheard), "pending");
    }

    TEST_CASE("out of order: of two runs the first to end is told of last")
    {
        for (const bool long_one_first : {false, true}) {
            hooked_peer client{damaged(out_of_order)};
            const std::string a = client.begin(long_one_first ? 60 : 3);
            const std::string b = client.begin(long_one_first ? 3 : 60);
            const std::string first_to_end = id_in(long_one_first ? b : a);
            const webhook_attempt first = client.take_one();
            const webhook_attempt second = client.take_one();
            CHECK_NE(first.delivery, first_to_end);
            CHECK_EQ(second.delivery, first_to_end);
            CHECK(second.due == first.due + 1ms);
        }
        // One alone waits for company, but not for ever.
        hooked_peer client{damaged(out_of_order)};
        const std::string alone = client.begin();
        CHECK_EQ(client.take_next().size(), 1);
        CHECK(client.now == client.end_of(alone) + 10min + 1s);
    }

    TEST_CASE("damage can be left to the first attempts, so that a retry heals it")
    {
        scenario from = damaged(other_key);
        from.webhooks.damaged_attempts = 1;
        hooked_peer client{from};
        client.begin();
        const webhook_attempt first = client.take_one();
        CHECK_EQ(verdict_of(first, client.now), "wrong signature");
        client.answer(first, 401);
        CHECK_EQ(verdict_of(client.take_one(), client.now), "accepted");
    }

    TEST_CASE("damages add up")
    {
        scenario from = damaged(no_signature);
        from.webhooks.damage.push_back(no_timestamp);
        from.webhooks.damage.push_back(chunked);
        hooked_peer client{from};
        client.begin();
        const webhook_attempt attempt = client.take_one();
        CHECK_EQ(attempt.headers.size(), 1);
        CHECK(attempt.chunked);
    }
}

TEST_SUITE("mock.webhooks.target")
{
    TEST_CASE("only this machine is this machine")
    {
        for (const char* url :
             {"http://127.0.0.1/x",
              "https://127.8.9.10:8443/",
              "http://[::1]:80/",
              "HTTP://LOCALHOST",
              "http://localhost:1?x=1"}) {
            CAPTURE(std::string(url));
            const auto target = parse_webhook_url(url);
            REQUIRE(target);
            CHECK(target->loopback);
        }
        for (const char* url :
             {"http://192.0.2.1/",
              "http://10.0.0.1/",
              "http://0.0.0.0/",
              "http://[::]/",
              "http://[::ffff:127.0.0.1]/",
              "http://127.1/",
              "http://2130706433/",
              "http://0x7f000001/",
              "http://localhost.example/",
              "http://localhost./",
              "http://localhos%74/",
              "https://hooks.example/scrapingpros"}) {
            CAPTURE(std::string(url));
            const auto target = parse_webhook_url(url);
            if (target) CHECK_FALSE(target->loopback);
        }
    }

    TEST_CASE("what is no http URL is no target")
    {
        for (const char* url :
             {"",
              "/hook",
              "hooks.example",
              "ftp://127.0.0.1/",
              "file:///etc/passwd",
              "http:///x",
              "http://127.0.0.1:0/",
              "http://127.0.0.1:65536/",
              "http://127.0.0.1@192.0.2.1/",
              "http://me:pass@127.0.0.1/",
              "http://127.0.0.1.nip.io/",
              "http://127.0.0.1x/",
              "http://127.0.0.1/a b",
              "http://127.0.0.1/\r\nX-Evil: 1"}) {
            CAPTURE(std::string(url));
            CHECK_FALSE(parse_webhook_url(url));
        }
    }

    TEST_CASE("a target has what a request needs")
    {
        const auto target = parse_webhook_url("https://[::1]:8443/a/b?c=d#e");
        REQUIRE(target);
        CHECK(target->tls);
        CHECK_EQ(target->host, "::1");
        CHECK_EQ(target->authority, "[::1]:8443");
        CHECK_EQ(target->port, 8443);
        CHECK_EQ(target->path, "/a/b?c=d");
        CHECK_EQ(parse_webhook_url("http://localhost?x=1")->path, "/?x=1");
        CHECK_EQ(parse_webhook_url("http://localhost")->port, 80);
        CHECK_EQ(parse_webhook_url("https://localhost:")->port, 443);
    }

    TEST_CASE("a URL in the books has neither user nor query")
    {
        CHECK_EQ(url_for_records("http://me:pw@h.example:81/a?token=x#y"), "http://h.example:81/a");
        CHECK_EQ(url_for_records("no url"), "(no URL)");
    }
}
