#include <doctest/doctest.h>

#include <algorithm>

#include "books/journal_json.hpp"
#include "webhook_support.hpp"

using namespace mock_test;

namespace {

scenario ending(
    run_end as, duration after, std::initializer_list<std::pair<const char*, const char*>> set = {}
)
{
    scenario from = sending(set);
    from.faults = {make_fault(operation::start_run, effect::end_run{as, after})};
    return from;
}

}  // namespace

TEST_SUITE("mock.webhooks.schedule")
{
    TEST_CASE("SRV-011: two answers of 500, then 200: attempts 1, 5 and 25 s after the end")
    {
        hooked_peer client;
        const std::string run = client.begin();
        const time_point end = client.end_of(run);
        CHECK_EQ(client.status(run), "pending");
        CHECK(client.service.next_webhook() == end + 1s);
        client.now = end + 1s - 1us;
        CHECK(client.service.take_due_webhooks(client.now).empty());
        CHECK_EQ(client.status(run), "pending");

        const webhook_attempt first = client.take_one();
        CHECK(client.now == end + 1s);
        CHECK_EQ(first.number, 1);
        CHECK_EQ(first.url, "http://127.0.0.1:8080/hook");
        CHECK_EQ(client.status(run), "pending");
        CHECK_FALSE(client.service.next_webhook());
        client.answer(first, 500);
        CHECK_EQ(client.status(run), "retrying");

        const webhook_attempt second = client.take_one();
        CHECK(client.now == end + 5s);
        CHECK_EQ(client.status(run), "retrying");
        client.answer(second, 500);

        const webhook_attempt third = client.take_one();
        CHECK(client.now == end + 25s);
        client.answer(third, 200);
        CHECK_EQ(client.status(run), "sent");
        CHECK_FALSE(client.service.next_webhook());

        // The body is the event's and stays; the time stamp and so the signature are the attempt's.
        CHECK_EQ(first.body, third.body);
        CHECK_NE(value_of(first, "X-SP-Timestamp"), value_of(third, "X-SP-Timestamp"));
        CHECK_NE(value_of(first, "X-SP-Signature"), value_of(third, "X-SP-Signature"));
    }

    TEST_CASE("SRV-011: after the last attempt the callback has failed")
    {
        for (const unsigned status : {500u, 404u, 301u, 199u, 0u}) {
            CAPTURE(status);
            hooked_peer client;
            const std::string run = client.begin();
            CHECK(client.times_until_over(run, status) == std::vector<duration>{1s, 5s, 25s});
            CHECK_EQ(client.status(run), "failed");
        }
    }

    TEST_CASE("SRV-011: A57 says how many attempts there are")
    {
        const auto times = [](const char* number) {
            hooked_peer client{sending({{"A57", number}})};
            const std::string run = client.begin();
            return client.times_until_over(run, 503);
        };
        CHECK(times("1") == std::vector<duration>{1s});
        CHECK(
            times("10") == std::vector<duration>{1s, 5s, 25s, 2min, 10min, 30min, 2h, 6h, 12h, 24h}
        );
        CHECK(times("12").back() == 72h);
        CHECK(times("0").empty());
        hooked_peer silent{sending({{"A57", "0"}})};
        const std::string run = silent.begin();
        silent.finish(run);
        CHECK_EQ(silent.status(run), "pending");
        // Neither an overflow nor a wait: attempts are planned one by one.
        hooked_peer stubborn{sending({{"A57", "18446744073709551615"}})};
        stubborn.begin();
        stubborn.answer(stubborn.take_one(), 500);
        CHECK_EQ(stubborn.take_one().number, 2);
    }

    TEST_CASE("a schedule of the scenario's own replaces that of A57")
    {
        scenario from = sending();
        from.webhooks.schedule = {0s, 90s};
        hooked_peer client{from};
        const std::string run = client.begin();
        CHECK(client.times_until_over(run, 500) == std::vector<duration>{0s, 90s});
    }

    TEST_CASE("an answer that comes after the next due time is followed by the next attempt at once"
    )
    {
        hooked_peer client;
        const std::string run = client.begin();
        const webhook_attempt first = client.take_one();
        client.now += 10s;
        CHECK(client.service.take_due_webhooks(client.now).empty());
        client.answer(first, 500);
        CHECK(client.service.next_webhook() == client.now);
        CHECK_EQ(client.take_one().number, 2);
    }

    TEST_CASE("SRV-011: 410 ends a delivery and all later ones to that URL, if it is honoured")
    {
        scenario from = sending();
        from.webhooks.honour_410 = true;
        hooked_peer client{from};
        const std::string run = client.begin();
        client.answer(client.take_one(), 410);
        CHECK_EQ(client.status(run), "failed");
        CHECK_FALSE(client.service.next_webhook());

        const std::string later = client.begin();
        CHECK(client.take_next().empty());
        CHECK_EQ(client.status(later), "failed");
        CHECK_EQ(name_of(client.service.webhooks().records().back().outcome.error), "disabled");
        client.begin(3, "http://127.0.0.1:8080/other");
        CHECK_EQ(client.take_one().url, "http://127.0.0.1:8080/other");
    }

    TEST_CASE("SRV-011: 410 is an answer like any other, if it is not honoured")
    {
        hooked_peer client;
        const std::string run = client.begin();
        CHECK(client.times_until_over(run, 410).size() == 3);
        client.begin();
        CHECK_EQ(client.take_next().size(), 1);
    }

    TEST_CASE("SRV-011: A58: a cancelled run and a failed one tell, or only completed ones do")
    {
        for (const run_end as : {run_end::cancelled, run_end::failed}) {
            hooked_peer client{ending(as, 1s)};
            const std::string run = client.begin();
            const json::value payload = parse(client.take_one().body);
            CHECK_EQ(payload.at("event"), "run.completed");
            CHECK_EQ(payload.at("status"), as == run_end::failed ? "failed" : "cancelled");
            CHECK(client.now == client.end_of(run) + 1s);

            hooked_peer other{ending(as, 1s, {{"A58", "completed_only"}})};
            const std::string silent = other.begin();
            CHECK_FALSE(other.service.next_webhook());
            other.now += 1h;
            CHECK(other.service.take_due_webhooks(other.now).empty());
            CHECK_EQ(other.status(silent), "pending");
        }
        hooked_peer client{sending({{"A58", "completed_only"}})};
        client.begin();
        CHECK_EQ(client.take_next().size(), 1);
    }

    TEST_CASE("a run that is cancelled on the way tells of it a second later")
    {
        hooked_peer client{sending({{"A53", "post_cancel"}})};
        const std::string run = client.begin();
        const auto planned = client.service.next_webhook();
        client.now += 1500ms;
        client.send("POST", run + "/cancel");
        CHECK(client.service.next_webhook() == client.now + 1s);
        CHECK(client.service.next_webhook() < planned);
        CHECK_EQ(parse(client.take_one().body).at("status"), "cancelled");
    }

    TEST_CASE("the payload says what the run's route says")
    {
        scenario from = sending({{"A59", "jobs_array"}});
        from.jobs.outcomes = {200, 100, 100, 100, 100};
        hooked_peer client{from};
        const std::string run = client.begin(40);
        const json::value payload = parse(client.take_one().body);
        const json::value seen = client.read(run);
        for (const char* name :
             {"run_id",
              "collection_id",
              "status",
              "total_requests",
              "success_requests",
              "failed_requests",
              "timeout_requests",
              "job_ids"})
            CHECK_EQ(payload.at(name), seen.at(name));
        CHECK_EQ(payload.at("jobs").as_array().size(), 40);
        CHECK_EQ(payload.at("jobs").at(7).at("custom_id"), "c7");
        CHECK(text_of(payload.at("results_url")).ends_with(run));
    }

    TEST_CASE("a jump over many ends brings the attempts in the order in which they were due")
    {
        hooked_peer client;
        for (const std::size_t jobs : {60u, 20u, 40u}) {
            client.begin(jobs);
            client.now += 10ms;
        }
        client.now += 1h;
        const auto taken = client.service.take_due_webhooks(client.now);
        REQUIRE_EQ(taken.size(), 3);
        CHECK(taken[0].due < taken[1].due);
        CHECK(taken[1].due < taken[2].due);
        CHECK_EQ(parse(taken[0].body).at("total_requests"), 20);
        // Signed when they go out, as every sender does.
        CHECK(taken[0].sent_at == client.now);
    }

    TEST_CASE("the plan does not depend on who looks how often")
    {
        hooked_peer patient;
        hooked_peer nervous;
        const std::string run = patient.begin();
        nervous.begin();
        for (; nervous.now < nervous.end_of(run); nervous.now += 70ms) {
            nervous.service.next_webhook();
            nervous.service.take_due_webhooks(nervous.now);
            nervous.status(run);
        }
        CHECK_EQ(patient.take_one().body, nervous.take_one().body);
        CHECK(patient.now == nervous.now);
    }

    TEST_CASE("a delivery can be made again, whatever became of it")
    {
        hooked_peer client;
        const std::string run = client.begin();
        const std::string id = id_in(run);
        CHECK_EQ(
            client.service.redeliver_webhook("nonsense", client.now), redelivery::no_such_delivery
        );
        CHECK_EQ(client.service.redeliver_webhook(id, client.now), redelivery::not_ended);
        const webhook_attempt first = client.take_one();
        CHECK_EQ(client.service.redeliver_webhook(id, client.now), redelivery::in_flight);
        client.answer(first, 200);

        CHECK_EQ(client.service.redeliver_webhook(id, client.now), redelivery::planned);
        const webhook_attempt again = client.take_one();
        CHECK_EQ(again.number, 2);
        client.answer(again, 500);
        // Sent is sent.
        CHECK_EQ(client.status(run), "sent");
        CHECK_FALSE(client.service.next_webhook());
    }

    TEST_CASE("a delivery that has failed is sent when a later attempt succeeds")
    {
        hooked_peer client{sending({{"A57", "1"}})};
        const std::string run = client.begin();
        client.answer(client.take_one(), 500);
        CHECK_EQ(client.status(run), "failed");
        client.now += 1h;
        CHECK_EQ(client.service.redeliver_webhook(id_in(run), client.now), redelivery::planned);
        client.answer(client.take_one(), 204);
        CHECK_EQ(client.status(run), "sent");
    }

    TEST_CASE("answers to attempts that nobody knows change nothing")
    {
        hooked_peer client;
        const std::string run = client.begin();
        webhook_attempt attempt = client.take_one();
        client.service.webhook_answered("nonsense", 1, {.status = 200}, client.now);
        client.service.webhook_answered(attempt.delivery, 2, {.status = 200}, client.now);
        CHECK_EQ(client.status(run), "pending");
        CHECK_EQ(client.service.webhooks().in_flight(), 1);
        client.answer(attempt, 200);
        client.answer(attempt, 500);
        CHECK_EQ(client.status(run), "sent");
        CHECK_EQ(client.service.webhooks().in_flight(), 0);

        const std::string other = client.begin();
        attempt = client.take_one();
        client.service.reset();
        client.answer(attempt, 200);
        CHECK_EQ(client.service.webhooks().total(), 0);
    }

    TEST_CASE("without a sender nothing is due, and a callback counts as sent when the run ends")
    {
        hooked_peer client{steady()};
        const std::string run = client.begin();
        CHECK_FALSE(client.service.next_webhook());
        CHECK_EQ(client.status(run), "pending");
        client.finish(run);
        CHECK_EQ(client.status(run), "sent");
        CHECK(client.service.take_due_webhooks(client.now + 1h).empty());
        CHECK_EQ(
            client.service.redeliver_webhook(id_in(run), client.now), redelivery::no_such_delivery
        );
    }

    TEST_CASE("a run without a callback URL tells nobody")
    {
        hooked_peer client;
        const std::string run = client.run_of(3);
        const std::string empty = client.begin(3, "");
        client.now += 1h;
        CHECK_FALSE(client.service.next_webhook());
        CHECK(client.service.take_due_webhooks(client.now).empty());
        CHECK(client.read(run).at("callback_status").is_null());
    }

    TEST_CASE("the record tells how the receiver behaved, and no secrets")
    {
        scenario from = sending({{"A57", "2"}});
        from.webhook_secret = "wh-secret-77";
        from.webhooks.damage = {webhook_damage::body_bit};
        from.webhooks.damaged_attempts = 1;
        hooked_peer client{from};
        const std::string run =
            client.begin(3, "http://me:pass-88@127.0.0.1:8080/hook?token=tok-99");
        const webhook_attempt first = client.take_one();
        client.now += 200ms;
        client.service.webhook_answered(
            first.delivery, 1, {.status = 503, .connection = 4, .took = 1200us}, client.now
        );
        const webhook_attempt second = client.take_one();
        client.service.webhook_answered(
            second.delivery, 2, {.error = webhook_error::reset, .connection = 5}, client.now
        );
        const std::string text = client.service.webhooks_json(client.now);
        CAPTURE(text);
        const json::value told = parse(text);
        CHECK_EQ(told.at("deliveries").at(0).at("callback_status"), "failed");
        const json::array& attempts = told.at("attempts").as_array();
        REQUIRE_EQ(attempts.size(), 2);
        CHECK_EQ(attempts[0].at("url"), "http://127.0.0.1:8080/hook");
        CHECK_EQ(attempts[0].at("status"), 503);
        CHECK_EQ(attempts[0].at("connection"), 4);
        CHECK_EQ(attempts[0].at("took_us"), 1200);
        CHECK_EQ(attempts[0].at("damage").at(0), "body_bit");
        CHECK(attempts[1].at("status").is_null());
        CHECK_EQ(attempts[1].at("error"), "reset");
        CHECK(attempts[1].at("damage").as_array().empty());
        for (const std::string& books : {text, journal_json(client.service.requests(), {})})
            for (const std::string& secret :
                 {std::string("wh-secret-77"),
                  std::string("pass-88"),
                  std::string("tok-99"),
                  client.token,
                  value_of(first, "X-SP-Signature"),
                  value_of(second, "X-SP-Signature")})
                CHECK_EQ(books.find(secret), books.npos);
    }

    TEST_CASE("the record is bounded and says what it has forgotten")
    {
        scenario from = sending();
        from.webhooks.schedule.assign(10'050, 0s);
        hooked_peer client{from};
        client.begin();
        for (auto taken = client.take_next(); !taken.empty(); taken = client.take_next())
            client.answer(taken.front(), 500);
        const webhook_book& book = client.service.webhooks();
        CHECK_EQ(book.records().size(), webhook_book::capacity);
        CHECK_EQ(book.total(), 10'050);
        CHECK_EQ(parse(client.service.webhooks_json(client.now)).at("dropped"), 50);
    }
}
