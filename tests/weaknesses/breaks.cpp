// Weaknesses W25 to W32 of the official client: iterations that die although the service is
// fine.

#include <scrapingpros/wire/timestamp.hpp>

#include <algorithm>

#include "tests/support/client_fixture.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using test::client_fixture;

namespace {

/// What a read of a collection is answered with, and what the client makes of it.
struct read_back {
    sp::error_code ec{};
    sp::diagnostics diag{};
};

read_back read_collection(unsigned status, const std::string& body)
{
    client_fixture f(test::newest_server());
    f.before = [&](const auto&, auto) { return test::reply(body, status); };
    read_back got;
    auto api = f.client().with_diagnostics(got.diag);
    got.ec = f.run<sp::collection>([&](auto h) { api.async_get_collection({"c1"}, h); }).ec;
    return got;
}

}  // namespace

TEST_SUITE("weaknesses.breaks")
{
    TEST_CASE("W25: stamps with and without an offset are the same stamps, within a run and across "
              "a resume")
    {
        for (const char* form :
             {"naive_ms", "z_ms", "offset_micro", "no_fraction", "epoch", "mixed"}) {
            CAPTURE(form);
            auto made = plain();
            made.contract.set("A31", form);
            lab l(std::move(made));
            const auto first = l.live(submit(150), {.room = 1, .killed_after = 70});
            CHECK_FALSE(first.end);
            l.advance(3s);
            const auto second = l.live(l.stored());
            check_ended_well(second);
            check_each_once(l, 150);
            CHECK_EQ(second.taken.size(), 80u);
        }
        // Another form in the second process than in the first.
        lab l(plain());
        const auto first = l.live(submit(150), {.room = 1, .killed_after = 70});
        auto other = l.world.made_from().contract;
        other.set("A31", "offset_micro");
        l.world.change_switches(other);
        l.change = [](const mock::request& asked, mock::response_plan& plan) {
            if (asked.target.find("/jobs?") == std::string::npos) return;
            const std::string_view member = R"("completed_at":")";
            for (std::size_t at = 0; (at = plan.body.find(member, at)) != std::string::npos;) {
                at = plan.body.find('"', at + member.size());
                plan.body.insert(at, "+00:00");
            }
        };
        l.advance(30s);
        check_ended_well(l.live(l.stored()));
        check_each_once(l, 150);
    }

    TEST_CASE("W26: a stamp with a Z is read wherever one without it is")
    {
        const auto naive = sp::parse_timestamp("2026-05-04T00:00:00.123");
        REQUIRE(naive);
        CHECK_EQ(sp::parse_timestamp("2026-05-04T00:00:00.123Z"), naive);
        CHECK_EQ(sp::parse_timestamp("2026-05-04T00:00:00.123+00:00"), naive);
        CHECK_EQ(sp::parse_timestamp("2026-05-03T22:30:00.123-01:30"), naive);
        CHECK_EQ(sp::format_timestamp(*naive) + "Z", sp::format_timestamp_utc(*naive));
    }

    TEST_CASE("W27: nulls and holes in a run cost no result")
    {
        for (const std::string what :
             {"json-null:items[*].timeout_requests",
              "json-null:items[*].total_requests",
              "json-null:items[*].failed_requests",
              "json-drop:items[*].success_requests",
              "json-null:items[*].created_at",
              "json-type:items[*].status",
              "json-null:items[*].callback_status",
              "json-drop:items[*].collection_id",
              "json-null:items",
              "json-drop:total"}) {
            CAPTURE(what);
            lab l(plain());
            l.fault(R"({"on": "run.list", "times": "unlimited", "do": ")" + what + R"("})");
            const auto one = l.live(submit(30));
            check_ended_well(one);
            check_each_once(l, 30);
            CHECK_EQ(l.totals().runs_started, 1u);
            CHECK_LE(one.requests_by_end, 60u);
        }
        for (const std::string what :
             {"json-null:timeout_requests",
              "json-null:job_ids",
              "json-null:failed_jobs",
              "json-drop:success_criterion.version",
              "json-null:success_criterion",
              "json-type:job_ids",
              "json-type:failed_jobs",
              "json-type:total_requests"}) {
            for (const std::string on : {"run.get", "run.start"}) {
                CAPTURE(what);
                CAPTURE(on);
                lab l(plain());
                // Without a run list the run itself is what is read.
                l.fault(R"({"on": "run.list", "times": "unlimited", "do": "s:404"})");
                l.fault(
                    R"({"on": ")" + on + R"(", "times": "unlimited", "do": ")" + what + R"("})"
                );
                const auto one = l.live(submit(30));
                check_ended_well(one);
                check_each_once(l, 30);
                CHECK_LE(one.requests_by_end, 60u);
            }
        }
        for (const char* nulls : {"on", "off"}) {
            auto made = plain();
            made.contract.set("A23", nulls);
            lab l(std::move(made));
            check_ended_well(l.live(submit(30)));
            check_each_once(l, 30);
        }
    }

    TEST_CASE("W28: a maintenance page or a redirect is no answer, and the next one is waited for")
    {
        for (const std::string how :
             {"html-200",
              "redirect:https://elsewhere.example/",
              "redirect:/login",
              "redirect:same",
              "redirect:nowhere",
              "s:302",
              "s:304",
              "s:204"}) {
            for (const std::string on : {"run.list", "jobs.list", "job.result"}) {
                CAPTURE(how);
                CAPTURE(on);
                auto made = plain();
                made.jobs.inline_miss = mock::share{200};
                lab l(std::move(made));
                l.fault(R"({"on": ")" + on + R"(", "times": 3, "do": ")" + how + R"("})");
                const auto one = l.live(submit(30));
                check_ended_well(one);
                check_each_once(l, 30);
                CHECK_EQ(usable(one), 30u);
                for (const auto& each : l.requests())
                    CHECK(each.what.target.starts_with("/v1/async/collections"));
            }
        }
    }

    TEST_CASE("W29: a refused read that speaks of a quota is a wait, not the end")
    {
        for (const char* text :
             {"Read quota per minute exceeded", "Monthly quota exceeded", "quota"}) {
            for (const auto on :
                 {mock::operation::list_runs,
                  mock::operation::list_jobs,
                  mock::operation::get_result}) {
                CAPTURE(text);
                auto made = plain();
                made.jobs.inline_miss = mock::share{200};
                lab l(std::move(made));
                l.world.add_fault(
                    {.on = on,
                     .when = {1, 5},
                     .effect =
                         mock::effect::status{
                             429, mock::body_form::detail, text, {{"Retry-After", "2"}}}}
                );
                const auto one = l.live(submit(30));
                check_ended_well(one);
                check_each_once(l, 30);
            }
        }
    }

    TEST_CASE("W29: a used-up month ends no reading of what was paid for")
    {
        for (const char* blocks : {"writes", "everything"}) {
            CAPTURE(blocks);
            auto made = plain();
            made.contract.set("A51", blocks);
            made.plan.credits = 6;
            lab l(std::move(made));
            sp::batch_rules rules;
            rules.poll.deadline = l.local_now() + 20min;
            const auto one = l.live(submit(6), {}, rules);
            if (std::string(blocks) == "writes") {
                check_ended_well(one);
                check_each_once(l, 6);
                continue;
            }
            // Nothing can be read: the batch says so in time, and is not over.
            CHECK_EQ(*one.end, sp::errc::wait_timed_out);
            CHECK_EQ(
                one.taken.size() + one.summary.left.jobs.size() + one.summary.left.unnamed, 6u
            );
            CHECK_EQ(l.stored().stage, sp::batch_stage::running);
        }
    }

    TEST_CASE("W30: a refusal whose words are no words is a refusal all the same")
    {
        for (const std::string body :
             {R"({"message": 42})",
              R"({"message": {"a": [1]}})",
              R"({"message": null})",
              R"({"detail": 42})",
              R"({"detail": [1, null, {"msg": 2}]})",
              R"({"detail": {"x": []}})",
              "[]",
              "17",
              "null",
              "\"words\"",
              "{",
              ""}) {
            CAPTURE(body);
            CHECK_EQ(read_collection(422, body).ec, sp::errc::rejected);
            CHECK_EQ(read_collection(429, body).ec, sp::errc::throttled);
            CHECK_EQ(read_collection(400, body).ec, sp::errc::bad_request);
            CHECK_EQ(read_collection(500, body).ec, sp::errc::server_error);
        }
    }

    TEST_CASE("W31: a wait for a run outlives four 503 and a lost connection, and never loses the "
              "run's id")
    {
        for (const auto& effect :
             std::vector<mock::fault_effect>{mock::effect::status{503}, mock::effect::reset{0}}) {
            auto made = plain();
            made.jobs.execution = mock::quantiles::always(std::chrono::seconds{30});
            client_fixture f(made);
            f.fault({.on = mock::operation::get_run, .when = {1, 4}, .effect = effect});
            auto api = f.client();
            const auto got = f.run<sp::run>([&](auto h) {
                api.async_run_and_wait({f.make_collection(3), {}}, std::nullopt, h);
            });
            CHECK_FALSE(got.ec);
            CHECK_EQ(got.value.status, sp::run_status::completed);
            CHECK_EQ(f.world.seen().summary().runs_started, 1u);
        }
        client_fixture f(plain());
        f.fault(
            {.on = mock::operation::get_run,
             .when = mock::occurrence::every(),
             .effect = mock::effect::status{503}}
        );
        auto api = f.client();
        const auto got = f.run<sp::run>([&](auto h) {
            api.async_run_and_wait({f.make_collection(3), {}}, 60s, h);
        });
        CHECK_EQ(got.ec, sp::errc::wait_timed_out);
        CHECK_EQ(got.value.id.value, f.world.run_ids().at(0));
    }

    TEST_CASE("W32: a refusal is named by its status, and shown in the service's own words")
    {
        struct row {
            unsigned status;
            std::string body;
            sp::errc code;
            std::string words;
        };
        for (const auto& [status, body, code, words] : std::vector<row>{
                 {403,
                  R"({"detail":"Plan does not include browsers"})",
                  sp::errc::forbidden,
                  "Plan does not include browsers"},
                 {403,
                  R"({"detail":"Country proxy BR is not approved"})",
                  sp::errc::forbidden,
                  "Country proxy BR is not approved"},
                 {400,
                  R"({"detail":"URL blocked: private address"})",
                  sp::errc::bad_request,
                  "URL blocked: private address"},
                 {404,
                  R"({"message":"Collection not found"})",
                  sp::errc::not_found,
                  "Collection not found"},
                 {401, "<html>no</html>", sp::errc::unauthorized, "<html>no</html>"}}) {
            CAPTURE(body);
            const auto got = read_collection(status, body);
            CHECK_EQ(got.ec, code);
            CHECK_EQ(got.diag.server_text, words);
            CHECK_EQ(got.diag.http_status, status);
        }
    }
}
