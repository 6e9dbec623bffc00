// Starting a run: at most one run for one consent, whatever happens to the reply.

#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// Reconciling reads the run list, which older servers lack.
mock::scenario listing_server()
{
    return test::server_with(mock::shipped::run_list);
}

test::outcome<start_outcome> start(client_fixture& f, const collection_id& id)
{
    auto api = f.client();
    return f.run<start_outcome>([&](auto h) { api.async_start_run({id, {}}, h); });
}

mock::fault on_start(mock::fault_effect what, mock::fault_phase phase = mock::fault_phase::after)
{
    return {.on = mock::operation::start_run, .phase = phase, .effect = std::move(what)};
}

std::uint64_t starts_seen(const client_fixture& f)
{
    return f.world.seen().summary().start_run;
}

}  // namespace

TEST_SUITE("client.start_run")
{
    TEST_CASE("a start that is answered is started, whatever 2xx the server likes")
    {
        for (const char* status : {"201", "200", "202"}) {
            CAPTURE(status);
            mock::scenario s = test::any_server();
            s.contract.set("A9", status);
            client_fixture f(s);
            const auto got = start(f, f.make_collection(2));
            CHECK_FALSE(got.ec);
            CHECK_EQ(got.value.certainty, start_certainty::started);
            REQUIRE(got.value.started_run);
            const std::optional<std::uint64_t> announced = 2;  // or not yet (A23)
            CHECK_EQ(
                got.value.started_run->total_requests,
                s.contract.run_nulls ? std::nullopt : announced
            );
        }
    }

    TEST_CASE(
        "the start is sent once and its outcome is unknown when the reply is lost after the effect"
    )
    {
        struct row {
            const char* what;
            mock::fault_effect effect;
        };
        const std::vector<row> rows{
            {"reply lost", mock::effect::lose_reply{}},
            {"cut in the body", mock::effect::cut{70}},
            {"reset before the head", mock::effect::reset{0}},
            {"reset in the body", mock::effect::reset{80}},
            {"502 after the effect", mock::effect::status{502, mock::body_form::html}},
            {"500 after the effect", mock::effect::status{500}},
            {"503 with Retry-After",
             mock::effect::status{503, mock::body_form::detail, {}, {{"Retry-After", "1"}}}},
            {"an answer that is no JSON", mock::effect::html_200{}},
            {"an answer with a hole", mock::effect::truncate_json{20}},
        };
        for (const auto& r : rows) {
            CAPTURE(r.what);
            client_fixture f(listing_server());
            const auto id = f.make_collection(2);
            f.fault(on_start(r.effect));
            const auto got = start(f, id);
            CHECK_EQ(got.ec, errc::start_unknown);
            CHECK_EQ(got.value.certainty, start_certainty::unknown);
            CHECK(got.value.cause);
            CHECK_EQ(starts_seen(f), 1u);
            CHECK_EQ(f.world.seen().summary().runs_started, 1u);

            auto api = f.client();
            const auto found = f.run<start_outcome>([&](auto h) {
                api.async_reconcile_start(got.value.attempt, h);
            });
            CHECK_FALSE(found.ec);
            CHECK_EQ(found.value.certainty, start_certainty::started);
            REQUIRE(found.value.started_run);
            CHECK_EQ(found.value.started_run->id.value, f.world.run_ids().at(0));
            CHECK_EQ(starts_seen(f), 1u);
        }
    }

    TEST_CASE(
        "a 5xx before the effect is just as unknown, and reconciling proves that there is no run"
    )
    {
        client_fixture f(listing_server());
        const auto id = f.make_collection(1);
        f.fault(on_start(mock::effect::status{503}, mock::fault_phase::before));
        const auto got = start(f, id);
        CHECK_EQ(got.ec, errc::start_unknown);
        auto api = f.client();
        const auto begun = f.clock.elapsed();
        const auto found =
            f.run<start_outcome>([&](auto h) { api.async_reconcile_start(got.value.attempt, h); });
        CHECK_FALSE(found.ec);
        CHECK_EQ(found.value.certainty, start_certainty::not_started);
        CHECK_EQ((f.clock.elapsed() - begun) / 1s, 10);
        CHECK_EQ(f.world.seen().summary().list_runs, 2u);
        CHECK_EQ(f.world.seen().summary().runs_started, 0u);
    }

    TEST_CASE("a 429 proves that nothing was started, so it is tried again after the wait asked for"
    )
    {
        client_fixture f;
        const auto id = f.make_collection(1);
        f.fault(on_start(mock::effect::throttle{"7"}, mock::fault_phase::before));
        const auto begun = f.clock.elapsed();
        const auto got = start(f, id);
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value.certainty, start_certainty::started);
        CHECK_EQ(starts_seen(f), 2u);
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
        CHECK_GE((f.clock.elapsed() - begun) / 1s, 7);
    }

    TEST_CASE("other 4xx prove that nothing was started and end the call")
    {
        struct row {
            unsigned status;
            errc code;
        };
        for (const auto& r :
             {row{401, errc::unauthorized},
              row{403, errc::forbidden},
              row{404, errc::not_found},
              row{400, errc::bad_request},
              row{422, errc::rejected}}) {
            CAPTURE(r.status);
            client_fixture f;
            const auto id = f.make_collection(1);
            f.fault(on_start(mock::effect::status{r.status}, mock::fault_phase::before));
            const auto got = start(f, id);
            CHECK_EQ(got.ec, r.code);
            CHECK_EQ(got.value.certainty, start_certainty::not_started);
            CHECK_EQ(starts_seen(f), 1u);
        }
    }

    TEST_CASE("a start cancelled on its way may have happened, and says so")
    {
        client_fixture f;
        const auto id = f.make_collection(1);
        f.fault(on_start(mock::effect::stall{0}));
        auto api = f.client();
        boost::asio::cancellation_signal stop;
        std::optional<test::outcome<start_outcome>> got;
        api.async_start_run(
            {id, {}},
            boost::asio::bind_cancellation_slot(
                stop.slot(),
                [&](error_code ec, start_outcome o) {
                    got = test::outcome<start_outcome>{ec, std::move(o)};
                }
            )
        );
        while (f.world.seen().summary().runs_started == 0)
            f.context.restart(), f.context.poll();
        CHECK_FALSE(got);
        stop.emit(boost::asio::cancellation_type::terminal);
        run_virtual(f.context, f.clock, [&] { return got.has_value(); });
        CHECK_EQ(got->ec, boost::asio::error::operation_aborted);
        CHECK_EQ(got->value.certainty, start_certainty::unknown);
    }

    TEST_CASE("a start whose deadline passes in silence is unknown")
    {
        client_fixture f;
        const auto id = f.make_collection(1);
        f.fault(on_start(mock::effect::stall{0}));
        auto api = f.client().with_timeout(90s);
        const auto got = f.run<start_outcome>([&](auto h) { api.async_start_run({id, {}}, h); });
        CHECK_EQ(got.ec, errc::start_unknown);
        CHECK_EQ(got.value.cause, errc::deadline_exceeded);
        CHECK_EQ(starts_seen(f), 1u);
    }

    TEST_CASE("the own run is found although the clocks differ by a day, from the dates of earlier "
              "replies")
    {
        for (const auto skew : {-24h, 0h, 24h}) {
            client_fixture f(listing_server());
            const auto here = f.clock.server_now();
            static_cast<void>(here);
            f.before = [&](const auto& request, auto now) {
                return f.world.handle(request, now + skew);
            };
            const auto id = f.make_collection(1);
            // An older run of the same collection must not be taken for it.
            CHECK_EQ(start(f, id).value.certainty, start_certainty::started);
            f.clock.skip(10min);
            auto api = f.client();
            f.run<collection>([&](auto h) { api.async_get_collection(id, h); });
            f.fault(
                {.on = mock::operation::start_run,
                 .when = mock::occurrence::nth(2),
                 .phase = mock::fault_phase::after,
                 .effect = mock::effect::lose_reply{}}
            );
            const auto got = f.run<start_outcome>([&](auto h) {
                api.async_start_run({id, {}}, h);
            });
            CHECK_EQ(got.ec, errc::start_unknown);
            const auto found = f.run<start_outcome>([&](auto h) {
                api.async_reconcile_start(got.value.attempt, h);
            });
            REQUIRE(found.value.started_run);
            CHECK_EQ(found.value.started_run->id.value, f.world.run_ids().at(1));
        }
    }
}
