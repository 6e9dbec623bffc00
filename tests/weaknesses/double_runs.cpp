// Weaknesses W10 to W18 of the official client: runs that are started and billed twice, and submits of
// which nobody knows what they did. Longer than other files, since a section of the table is one file.

#include <algorithm>
#include <set>

#include "tests/support/client_fixture.hpp"
#include "tests/support/scripted_transport.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using test::client_fixture;

namespace {

std::set<std::string> keys_sent(const lab& l)
{
    std::set<std::string> keys;
    for (const auto& one : l.requests())
        if (one.what.method == "POST" && one.what.target == "/v1/async/collections")
            keys.insert(std::string(one.what.find("Idempotency-Key").value_or("none")));
    return keys;
}

std::size_t starts_sent(const lab& l)
{
    return l.count("POST", "/run");
}

bool is_create(const mock::request& what)
{
    return what.method == "POST" && what.target == "/v1/async/collections";
}

bool is_start(const mock::request& what)
{
    return what.method == "POST" && what.target.ends_with("/run");
}

/// One collection, one run, and each of its jobs delivered once.
void check_one_run(const lab& l, std::size_t jobs)
{
    CHECK_EQ(l.totals().collections_created, 1u);
    CHECK_EQ(l.totals().runs_started, 1u);
    check_each_once(l, jobs);
}

template <class Api>
test::outcome<sp::creation> create(
    client_fixture& f, Api api, std::optional<sp::idempotency_key> key
)
{
    return f.run<sp::creation>([&](auto h) { api.async_create_collection(draft_of(2), key, h); });
}

}  // namespace

TEST_SUITE("weaknesses.double_runs")
{
    TEST_CASE("W10: a start that took effect and was answered by a 502 stays the only run")
    {
        for (const char* honoured : {"ignore", "honour"}) {
            for (const std::string how :
                 {"s:502:html",
                  "s:500",
                  "s:503",
                  "reset",
                  "cut",
                  "html-200",
                  "json-cut",
                  "stall"}) {
                CAPTURE(how);
                CAPTURE(honoured);
                auto made = plain();
                made.contract.set("A10", honoured);
                lab l(std::move(made));
                l.fault(R"({"on": "run.start", "phase": "after-effect", "do": ")" + how + R"("})");
                const auto one = l.live(submit(6));
                check_ended_well(one);
                check_one_run(l, 6);
                CHECK_EQ(starts_sent(l), 1u);
            }
        }
    }

    TEST_CASE("W11: submitting again after a lost answer repeats the same create, not another one")
    {
        for (const char* status : {"201", "200"}) {
            for (const char* stores : {"success_only", "every_reply"}) {
                for (const std::string how : {"stall", "reset", "s:502"}) {
                    CAPTURE(status);
                    CAPTURE(stores);
                    CAPTURE(how);
                    auto made = plain();
                    made.contract.set("A1", status);
                    made.contract.set("A5", stores);
                    lab l(std::move(made));
                    l.fault(
                        R"({"on": "collection.create", "phase": "after-effect", "times": 6, "do": ")" +
                        how + R"("})"
                    );
                    // The user has waited for long enough, and begins anew.
                    sp::batch_rules impatient;
                    impatient.poll.deadline = l.local_now() + 8min;
                    const auto first = l.live(submit(6), {}, impatient);
                    if (first.end == sp::errc::wait_timed_out) {
                        const auto second = l.live(l.stored());
                        check_ended_well(second);
                    } else {
                        check_ended_well(first);
                    }
                    check_one_run(l, 6);
                    CHECK_EQ(keys_sent(l).size(), 1u);
                }
            }
        }
    }

    TEST_CASE("W12: a submit that is repeated with its own key finds the run that it has started")
    {
        for (const char* status : {"201", "200"}) {
            CAPTURE(status);
            auto made = plain();
            made.contract.set("A1", status);
            lab l(std::move(made));
            // Nothing was kept but the caller's key, and the process died behind the start.
            const auto first = l.live(submit(6), {.killed_by = is_start});
            CHECK_FALSE(first.end);
            l.advance(5s);
            const auto second = l.live(submit(6));
            check_ended_well(second);
            check_one_run(l, 6);
            CHECK_EQ(starts_sent(l), 1u);
            CHECK_EQ(l.totals().create, 2u);
        }
    }

    TEST_CASE("W12: wherever a process dies on its way to the run, there is one run in the end")
    {
        for (std::uint64_t step = 1; step <= 12; ++step) {
            CAPTURE(step);
            lab l(plain());
            const auto first = l.live(submit(6), {.killed_at_step = step});
            l.advance(1s);
            const auto second = l.live(l.stored_or(submit(6)));
            check_ended_well(second);
            CHECK_EQ(l.totals().collections_created, 1u);
            CHECK_EQ(l.totals().runs_started, 1u);
            CHECK_EQ(keys_sent(l).size(), 1u);
        }
    }

    TEST_CASE("W13: a batch's create always bears a key, so that repeating it makes nothing twice")
    {
        for (const std::string phase : {"before-effect", "after-effect"}) {
            CAPTURE(phase);
            lab l(plain());
            l.fault(
                R"({"on": "collection.create", "times": 3, "do": "s:503", "phase": ")" + phase +
                R"("})"
            );
            const auto one = l.live(submit(6));
            check_ended_well(one);
            check_one_run(l, 6);
            CHECK_EQ(l.totals().create, 4u);
            CHECK_EQ(keys_sent(l), std::set<std::string>{"key-of-tours"});
        }
    }

    TEST_CASE("W14: trouble between create and run ends in one run, or can be gone on with")
    {
        for (const std::string how : {"s:503", "throttle:20", "s:500:html", "reset"}) {
            CAPTURE(how);
            lab l(plain());
            l.fault(
                R"({"on": "run.start", "phase": "before-effect", "times": 5, "do": ")" + how +
                R"("})"
            );
            const auto one = l.live(submit(6));
            check_ended_well(one);
            check_one_run(l, 6);
        }
        // The service stays away for longer than the user waits: nothing is lost by that.
        lab l(plain());
        l.fault(
            R"({"on": "run.start", "when": {"time": {"until": "1h"}}, "times": "unlimited", "do": "s:503"})"
        );
        sp::batch_rules rules;
        rules.poll.deadline = l.local_now() + 30min;
        const auto first = l.live(submit(6), {}, rules);
        CHECK_EQ(*first.end, sp::errc::wait_timed_out);
        CHECK_EQ(l.totals().runs_started, 0u);
        CHECK_EQ(l.stored().stage, sp::batch_stage::starting);
        REQUIRE(first.summary.target);
        CHECK_FALSE(first.summary.target->collection.value.empty());
        l.advance(1h);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        check_one_run(l, 6);
    }

    TEST_CASE("W16: a create and a start that are silent for 250 s are waited for, once each")
    {
        auto made = plain();
        made.create_duration = 250s;
        made.jobs.execution = mock::quantiles::always(std::chrono::minutes(10));
        lab l(std::move(made));
        l.fault(
            R"({"on": "run.start", "phase": "after-effect", "do": "stall:250s", "must_fire": true})"
        );
        sp::batch_rules rules;
        rules.poll.deadline = l.local_now() + 540s;
        const auto one = l.live(submit(50'000), {}, rules);
        CHECK_EQ(*one.end, sp::errc::wait_timed_out);
        CHECK_EQ(one.summary.stage, sp::batch_stage::running);
        CHECK_EQ(one.summary.queued, 50'000u);
        CHECK_EQ(l.totals().create, 1u);
        CHECK_EQ(l.totals().start_run, 1u);
        CHECK_EQ(l.totals().runs_started, 1u);
        CHECK(l.world.verify_faults().empty());
    }

    TEST_CASE("W16: who sets a deadline has it kept, whatever the service does with the submit")
    {
        for (const std::string how :
             {R"("do": "drip:1/5s")",
              R"("do": "stall")",
              R"("do": "throttle:50")",
              R"("do": "s:503")",
              R"("do": "stall", "phase": "after-effect")"}) {
            for (const std::string on : {"collection.create", "run.start"}) {
                CAPTURE(how);
                CAPTURE(on);
                lab l(plain());
                l.fault(R"({"on": ")" + on + R"(", "times": "unlimited", )" + how + "}");
                sp::batch_rules rules;
                rules.poll.deadline = l.local_now() + 100s;
                const auto one = l.live(submit(6), {}, rules);
                CHECK_EQ(*one.end, sp::errc::wait_timed_out);
                CHECK_EQ(one.length(), 100s);
                CHECK_LE(l.totals().collections_created, 1u);
                CHECK_LE(l.totals().runs_started, 1u);
            }
        }
    }

    TEST_CASE("W17: a collection whose start was lost before its effect is started, not polled")
    {
        lab l(plain());
        l.fault(R"({"on": "run.start", "phase": "before-effect", "do": "reset"})");
        const auto first = l.live(submit(6), {.killed_by = is_start});
        CHECK_FALSE(first.end);
        CHECK_EQ(l.totals().runs_started, 0u);
        l.advance(30s);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        check_one_run(l, 6);
        CHECK_EQ(starts_sent(l), 2u);
        // No request names a run that has no id.
        for (const auto& one : l.requests()) {
            CHECK_EQ(one.what.target.find("//"), std::string::npos);
            CHECK_FALSE(one.what.target.ends_with("/runs/"));
        }
    }

    TEST_CASE("W18: the own batch is found again whatever the own clock says")
    {
        for (const auto skew : {0s, 2s, -2s, 600s, -600s, 86'400s, -86'400s}) {
            for (const char* compare : {"ge", "gt"}) {
                CAPTURE(skew.count());
                CAPTURE(compare);
                auto made = plain();
                made.contract.set("A20", compare);
                lab l(std::move(made));
                l.skew = skew;
                // Dies behind the create; a day later the service has forgotten the key.
                const auto first = l.live(submit(6), {.killed_by = is_create});
                CHECK_FALSE(first.end);
                CHECK_EQ(l.totals().collections_created, 1u);
                l.advance(25h);
                const auto second = l.live(l.stored());
                check_ended_well(second);
                check_one_run(l, 6);
            }
        }
    }

    TEST_CASE("W18: the run of a lost start is found whatever the own clock says")
    {
        for (const auto skew : {2s, -2s, 600s, -600s, 86'400s, -86'400s}) {
            CAPTURE(skew.count());
            lab l(plain());
            l.skew = skew;
            const auto first = l.live(submit(6), {.killed_by = is_start});
            CHECK_FALSE(first.end);
            l.advance(20s);
            const auto second = l.live(l.stored());
            check_ended_well(second);
            check_one_run(l, 6);
            CHECK_EQ(starts_sent(l), 1u);
        }
    }

    TEST_CASE("W10: a start call that a 502 answers after its effect is unknown, and not sent again"
    )
    {
        client_fixture f(test::newest_server());
        const auto id = f.make_collection(2);
        f.fault(
            {.on = mock::operation::start_run,
             .phase = mock::fault_phase::after,
             .effect = mock::effect::status{502, mock::body_form::html}}
        );
        auto api = f.client();
        const auto got = f.run<sp::start_outcome>([&](auto h) {
            api.async_start_run({id, {}}, h);
        });
        CHECK_EQ(got.ec, sp::errc::start_unknown);
        CHECK_EQ(f.world.seen().summary().start_run, 1u);
        // The run is no stranger to the caller.
        const auto found = f.run<sp::start_outcome>([&](auto h) {
            api.async_reconcile_start(got.value.attempt, h);
        });
        REQUIRE(found.value.started_run);
        CHECK_EQ(found.value.started_run->id.value, f.world.run_ids().at(0));
        CHECK_EQ(f.world.seen().summary().runs_started, 1u);
    }

    TEST_CASE("W13: a create without a key is not sent again once it may have taken effect")
    {
        for (const auto phase : {mock::fault_phase::before, mock::fault_phase::after}) {
            for (const bool keyed : {false, true}) {
                client_fixture f(test::newest_server());
                f.fault(
                    {.on = mock::operation::create,
                     .phase = phase,
                     .effect = mock::effect::status{503}}
                );
                std::optional<sp::idempotency_key> key;
                if (keyed) key = sp::make_idempotency_key("k-1").value();
                const auto got = create(f, f.client(), key);
                CHECK_EQ(got.ec == sp::errc::server_error, !keyed);
                CHECK_EQ(f.wire.seen().size(), keyed ? 2u : 1u);
                CHECK_LE(f.world.seen().summary().collections_created, 1u);
            }
        }
    }

    TEST_CASE("W14: what a refused start call leaves behind is told by its outcome")
    {
        struct row {
            mock::fault_effect effect;
            sp::start_certainty certainty;
        };
        const std::vector<row> rows{
            {mock::effect::status{503}, sp::start_certainty::unknown},
            {mock::effect::status{422}, sp::start_certainty::not_started},
            {mock::effect::status{403}, sp::start_certainty::not_started},
            {mock::effect::throttle{"1"}, sp::start_certainty::not_started}};
        for (const auto& [effect, certainty] : rows) {
            client_fixture f(test::newest_server());
            const auto id = f.make_collection(2);
            f.fault(
                {.on = mock::operation::start_run,
                 .when = mock::occurrence::every(),
                 .effect = effect}
            );
            auto api = f.client();
            const auto got = f.run<sp::start_outcome>([&](auto h) {
                api.async_start_run({id, {}}, h);
            });
            CHECK(got.ec);
            CHECK_EQ(got.value.certainty, certainty);
            CHECK_EQ(got.value.attempt.collection, id);
            CHECK(got.value.cause);
        }
    }

    TEST_CASE("W15: a submit that found no connection says that nothing was sent")
    {
        client_fixture f(test::newest_server());
        scrapingpros_test::scripted_transport net(f.context.get_executor());
        net.otherwise([](const sp::http_request&) {
            return scrapingpros_test::failure(sp::errc::pool_timeout, sp::call_phase::queued);
        });
        sp::basic_client<scrapingpros_test::scripted_transport, decltype(f.policies())> api(
            net, f.options(), f.policies()
        );
        sp::diagnostics diag;
        const auto made = create(f, api.with_diagnostics(diag), std::nullopt);
        CHECK_EQ(made.ec, sp::errc::pool_timeout);
        CHECK_EQ(made.ec, sp::cond::transient);
        CHECK_EQ(diag.phase, sp::call_phase::queued);
        const auto got = f.run<sp::start_outcome>([&](auto h) {
            api.async_start_run({sp::collection_id{"c1"}, {}}, h);
        });
        CHECK_EQ(got.ec, sp::errc::pool_timeout);
        CHECK_EQ(got.value.certainty, sp::start_certainty::not_started);
    }

    TEST_CASE("W17: a collection without a run is found as one without a run")
    {
        client_fixture f(test::newest_server());
        const auto id = f.make_collection(2);
        auto api = f.client();
        using found = std::optional<sp::recent_submit>;
        const auto got =
            f.run<found>([&](auto h) { api.async_find_recent("fixture", std::nullopt, h); });
        REQUIRE(got.value);
        CHECK_EQ(got.value->collection.id, id);
        CHECK_FALSE(got.value->latest_run);
        const auto none =
            f.run<found>([&](auto h) { api.async_find_recent("other", std::nullopt, h); });
        CHECK_FALSE(none.ec);
        CHECK_FALSE(none.value);
    }

    TEST_CASE("W18: a client whose clock is ahead finds its own submit by name and time")
    {
        for (const auto ahead : {-2s, 0s, 2s, 20s}) {
            CAPTURE(ahead.count());
            client_fixture f(test::newest_server());
            const auto since = f.clock.server_now() + ahead;
            const auto id = f.make_collection(2);
            auto api = f.client();
            using found = std::optional<sp::recent_submit>;
            const auto got =
                f.run<found>([&](auto h) { api.async_find_recent("fixture", since, h); });
            REQUIRE(got.value);
            CHECK_EQ(got.value->collection.id, id);
        }
    }
}
