// Retries as a user of the client meets them; the engine's own table is in core/call_engine.cpp.

#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

template <class Api>
test::outcome<creation> create(client_fixture& f, Api api, std::optional<idempotency_key> key)
{
    collection_draft draft{.name = "n", .requests = {scrape_request{.url = "https://a.example/1"}}};
    return f.run<creation>([&](auto h) { api.async_create_collection(draft, key, h); });
}

std::optional<idempotency_key> a_key()
{
    return make_idempotency_key("k-1").value();
}

}  // namespace

TEST_SUITE("client.retries")
{
    TEST_CASE(
        "a create with a key is repeated with the same key and the same bytes, and creates once"
    )
    {
        // Servers before that day do not know the key.
        client_fixture f(test::server_with(mock::shipped::run_list));
        const auto lose = [](std::uint64_t n, mock::fault_effect e) {
            return mock::fault{
                .on = mock::operation::create,
                .when = mock::occurrence::nth(n),
                .phase = mock::fault_phase::after,
                .effect = std::move(e)};
        };
        f.fault(lose(1, mock::effect::lose_reply{}));
        f.fault(lose(2, mock::effect::status{502, mock::body_form::html}));
        f.fault(lose(3, mock::effect::cut{80}));
        const auto got = create(f, f.client(), a_key());
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value.replayed, true);
        std::set<std::string> bodies, keys;
        for (const auto& [request, when] : f.wire.seen()) {
            bodies.insert(request.body);
            keys.insert(std::string(request.find("Idempotency-Key").value_or("none")));
        }
        CHECK_EQ(f.wire.seen().size(), 4u);
        CHECK_EQ(bodies.size(), 1u);
        CHECK_EQ(keys, std::set<std::string>{"k-1"});
        CHECK_EQ(f.world.seen().summary().collections_created, 1u);
    }

    TEST_CASE("a create without a key is not repeated after it may have taken effect")
    {
        client_fixture f;
        f.fault(
            {.on = mock::operation::create,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::lose_reply{}}
        );
        const auto got = create(f, f.client(), std::nullopt);
        CHECK(got.ec);
        CHECK_EQ(f.wire.seen().size(), 1u);
    }

    TEST_CASE("a key that the service would refuse is refused here")
    {
        for (const std::string& text :
             {std::string(),
              std::string(201, 'k'),
              std::string("a b"),
              std::string("a:b"),
              std::string("a\tb"),
              std::string("a\nb")}) {
            CAPTURE(text.size());
            const auto made = make_idempotency_key(text);
            REQUIRE(made.has_error());
            CHECK_EQ(made.error(), errc::bad_idempotency_key);
            CHECK_EQ(made.error(), cond::invalid_input);
        }
        CHECK(make_idempotency_key(std::string(200, 'k')).has_value());
    }

    TEST_CASE("Retry-After is a minimum in all its forms, and jitter only lengthens it")
    {
        for (const char* form : {"integer_seconds", "fraction", "http_date"}) {
            CAPTURE(form);
            mock::scenario s = test::any_server();
            s.contract.set("A48", form);
            client_fixture f(s);
            const auto at = f.finished_run(1);
            f.fault(
                {.on = mock::operation::get_run,
                 .when = mock::occurrence::nth(f.world.seen().summary().get_run + 1),
                 .effect = mock::effect::throttle{"20"}}
            );
            auto api = f.client();
            const auto before = f.clock.elapsed();
            CHECK_FALSE(f.run<run>([&](auto h) { api.async_get_run(at, h); }).ec);
            const auto waited = f.clock.elapsed() - before;
            CHECK_GE(waited / 1ms, 20'000);
            CHECK_LE(waited / 1ms, 25'000);
        }
    }

    TEST_CASE("a wait beyond what the client allows is an error that carries the value")
    {
        client_fixture f;
        f.fault(
            {.on = mock::operation::health,
             .when = mock::occurrence::every(),
             .effect =
                 mock::effect::status{503, mock::body_form::detail, {}, {{"Retry-After", "7200"}}}}
        );
        diagnostics diag;
        auto api = f.client().with_diagnostics(diag);
        const auto got = f.run<health>([&](auto h) { api.async_get_health(h); });
        CHECK_EQ(got.ec, errc::retry_after_too_long);
        CHECK_EQ(diag.retry_after, 7200s);
        CHECK_EQ(diag.attempts, 1u);
        CHECK_EQ(diag.http_status, 503u);
    }

    TEST_CASE("a deadline ends a call in flight, in a wait, and before its first attempt")
    {
        client_fixture f(test::server_with(mock::shipped::run_list));
        const auto at = f.finished_run(1);
        f.fault(
            {.on = mock::operation::get_run,
             .when = mock::occurrence::every(),
             .effect = mock::effect::stall{0}}
        );
        auto api = f.client().with_timeout(4s);
        auto before = f.clock.elapsed();
        CHECK_EQ(f.run<run>([&](auto h) { api.async_get_run(at, h); }).ec, errc::deadline_exceeded);
        CHECK_EQ((f.clock.elapsed() - before) / 1ms, 4000);

        f.fault(
            {.on = mock::operation::list_runs,
             .when = mock::occurrence::every(),
             .effect =
                 mock::effect::status{503, mock::body_form::detail, {}, {{"Retry-After", "3"}}}}
        );
        diagnostics diag;
        auto explained = api.with_diagnostics(diag);
        before = f.clock.elapsed();
        CHECK_EQ(
            f.run<run_list>([&](auto h) {
                 explained.async_list_runs({at.collection, {}}, h);
             }).ec,
            errc::deadline_exceeded
        );
        CHECK_LE((f.clock.elapsed() - before) / 1ms, 4000);
        CHECK_EQ(diag.attempts, 2u);
        CHECK_EQ(diag.client_text, "the last failure was: the service failed");

        auto gone = api.with_timeout(-1ms);
        const auto requests = f.wire.seen().size();
        CHECK_EQ(
            f.run<run>([&](auto h) { gone.async_get_run(at, h); }).ec, errc::deadline_exceeded
        );
        CHECK_EQ(f.wire.seen().size(), requests);
    }

    TEST_CASE("a dead service is not stormed: attempts stay within calls plus retry tokens")
    {
        client_fixture f;
        f.before = [](const auto&, auto) { return test::reply("{}", 503); };
        auto api = f.client();
        for (int i = 0; i < 300; ++i)
            f.run<health>([&](auto h) { api.async_get_health(h); });
        CHECK_LE(f.wire.seen().size(), 300u + 500u / retry_quota::retry_cost);
        const auto got = f.run<health>([&](auto h) { api.async_get_health(h); });
        CHECK_EQ(got.ec, errc::retry_budget_exhausted);
        // When it is back, calls succeed at once and retries come back with them.
        f.before = nullptr;
        CHECK_FALSE(f.run<health>([&](auto h) { api.async_get_health(h); }).ec);
    }

    TEST_CASE("calls of two clients share one budget of requests")
    {
        client_fixture f;
        token_bucket budget({.per_minute = 60, .burst = 1}, {.per_minute = 60, .burst = 1});
        const auto at = f.finished_run(1);
        auto one = f.client_with(f.policies().with_rate_limit(budget), f.options());
        auto two = f.client_with(f.policies().with_rate_limit(budget), f.options());
        const auto before = f.clock.elapsed();
        const auto requests = f.wire.seen().size();
        for (int i = 0; i < 10; ++i) {
            f.run<run>([&](auto h) { one.async_get_run(at, h); });
            f.run<run>([&](auto h) { two.async_get_run(at, h); });
        }
        CHECK_EQ(f.wire.seen().size() - requests, 20u);
        CHECK_EQ((f.clock.elapsed() - before) / 1s, 19);
    }

    TEST_CASE("results that cannot be had stay four different outcomes")
    {
        // Before that day a 404 was a string, whatever its cause.
        client_fixture f(test::server_with(mock::shipped::run_list));
        const auto at = f.finished_run(1);
        auto api = f.client();
        const job_id job = f.jobs_of(at).at(0);
        const auto fetch = [&](const job_id& id) {
            return f.run<job_result>([&](auto h) { api.async_get_job_result(at, id, h); }).ec;
        };
        CHECK_EQ(fetch({"10b00000-0000-4000-8000-00000000dead"}), errc::job_id_invalid);
        CHECK_FALSE(fetch(job));
        f.clock.skip(49h);
        CHECK_EQ(fetch(job), errc::result_expired);
        CHECK_EQ(fetch(job), cond::gone);
        f.fault(
            {.on = mock::operation::get_result,
             .when = mock::occurrence::every(),
             .effect = mock::effect::status{404, mock::body_form::detail, "Job result not found"}}
        );
        CHECK_EQ(fetch(job), errc::result_unavailable);
    }

    TEST_CASE("the observer sees attempts, replies and retries, and never the token")
    {
        struct log {
            std::vector<std::string>* lines;
            void on_attempt(const attempt_event& e)
            {
                lines->push_back(
                    "attempt " + std::to_string(e.attempt) + " " + std::string(e.route)
                );
            }
            void on_reply(const reply_event& e)
            {
                lines->push_back("reply " + std::to_string(e.http_status));
            }
            void on_retry(const retry_event& e)
            {
                lines->push_back("retry after " + e.failure.ec.message());
            }
        };
        std::vector<std::string> lines;
        client_fixture f;
        f.fault({.on = mock::operation::health, .effect = mock::effect::status{500}});
        auto api = f.client_with(f.policies().with_observer(log{&lines}), f.options());
        f.run<health>([&](auto h) { api.async_get_health(h); });
        CHECK_EQ(
            lines,
            std::vector<std::string>{
                "attempt 1 GET /v1/health",
                "reply 500",
                "retry after the service failed",
                "attempt 2 GET /v1/health",
                "reply 200"}
        );
    }
}
