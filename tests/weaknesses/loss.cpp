// Weaknesses W1 to W9 of the official client: results that its consumer never gets. Longer than other
// files, since a section of the table is one file.

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/support/batch_fixture.hpp"
#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using test::client_fixture;

namespace {

/// Nothing comes inline: each result is a request of its own.
mock::scenario without_inline_results()
{
    auto made = plain();
    made.jobs.inline_miss = mock::share{1000};
    return made;
}

mock::job_override late_row(std::size_t job, std::chrono::seconds by)
{
    mock::job_override one;
    one.at = job;
    one.invisible = by;
    return one;
}

sp::batch_rules usable_only()
{
    sp::batch_rules rules;
    rules.poll.wanted = sp::outcome_filter::usable;
    return rules;
}

std::set<std::string> ids_of(const life& one)
{
    std::set<std::string> ids;
    for (const auto& item : one.taken)
        ids.insert(item.job.id.value);
    return ids;
}

}  // namespace

TEST_SUITE("weaknesses.loss")
{
    TEST_CASE("W1: a page that fails after another one costs only itself")
    {
        // Six attempts fail: more than one call makes.
        for (const std::string what : {"reset", "s:503", "cut", "stall", "html-200", "json-cut"}) {
            CAPTURE(what);
            lab l(plain());
            const auto fault = l.fault(
                R"({"on": "jobs.list", "when": {"page": 2, "attempt": {"from": 1, "to": 6}}, "do": ")" +
                what + R"("})"
            );
            const auto at = l.finished(250);
            const auto one = l.live(attach(at));
            check_ended_well(one);
            check_each_once(l, 250);
            CHECK_EQ(usable(one), 250u);
            CHECK_GE(one.stats.failures, 1u);
            CHECK_GE(l.world.fault_hits(fault), 2u);
            // The page before the failed one is not asked for again.
            const auto first_pages =
                std::count_if(l.requests().begin(), l.requests().end(), [](const asked& r) {
                    return r.is("GET", "/jobs?") &&
                           r.what.target.find("cursor=") == std::string::npos;
                });
            CHECK_EQ(first_pages, 1);
            // One that cannot be read is at last asked for without results, which then come singly.
            const bool unreadable = what == "html-200" || what == "json-cut";
            CHECK_LE(one.requests_by_end, unreadable ? 13u + 150u : 13u);
        }
    }

    TEST_CASE("W1: a page that breaks off in the middle gives its rows so far, once")
    {
        for (const std::string what : {"reset", "cut", "stall"}) {
            CAPTURE(what);
            lab l(plain());
            l.fault(
                R"({"on": "jobs.list", "when": {"page": 2, "attempt": {"from": 1, "to": 6}}, "do": ")" +
                what + R"(", "phase": "response-body", "fraction": 0.6})"
            );
            const auto one = l.live(attach(l.finished(250)));
            check_ended_well(one);
            check_each_once(l, 250);
            CHECK_EQ(one.taken.size(), 250u);
        }
    }

    TEST_CASE("W2: a process that dies after the first result leaves the others to the next one")
    {
        for (const std::size_t handed : {1u, 2u, 6u}) {
            for (const std::size_t room : {1u, 0u}) {
                CAPTURE(handed);
                CAPTURE(room);
                lab l(plain());
                const auto at = l.finished(6);
                habits dies{.room = room, .acknowledges = 1, .killed_after = handed};
                const auto first = l.live(attach(at), dies);
                CHECK_FALSE(first.end);
                const auto second = l.live(l.stored());
                check_ended_well(second);
                check_each_once(l, 6);
                // Nothing that it had safe comes again, and everything else does.
                CHECK_EQ(second.taken.size(), 5u);
                CHECK_FALSE(ids_of(second).contains(first.taken.front().job.id.value));
            }
        }
    }

    TEST_CASE("W3: a consumer that leaves after two results finds the other four where it left")
    {
        lab l(plain());
        const auto at = l.finished(6);
        const auto first = l.live(attach(at), {.room = 1, .leaves_after = 2});
        CHECK_EQ(first.taken.size(), 2u);
        CHECK_EQ(first.summary.left.jobs.size() + first.summary.left.unnamed, 4u);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        CHECK_EQ(second.taken.size(), 4u);
        check_each_once(l, 6);
    }

    TEST_CASE(
        "W3: a consumer that stops for an hour and goes on is given the rest by the same batch"
    )
    {
        lab l(plain());
        const auto one =
            l.live(attach(l.finished(6)), {.room = 1, .pauses_after = 2, .pause = 3600s});
        check_ended_well(one);
        check_each_once(l, 6);
        CHECK_GE(one.length(), 1h);
        CHECK_LE(one.requests_by_end, 3u);
    }

    TEST_CASE("W4: a result that cannot be fetched now is fetched later, and is not a failed job")
    {
        for (const std::string how :
             {R"("when": {"attempt": {"from": 1, "to": 4}}, "do": "stall")",
              R"("when": {"attempt": {"from": 1, "to": 5}}, "do": "reset")",
              R"("when": {"attempt": {"from": 1, "to": 5}}, "do": "reset", "phase": "response-body")",
              R"("when": {"attempt": {"from": 1, "to": 14}}, "do": "throttle:1")",
              R"("when": {"attempt": {"from": 1, "to": 6}}, "do": "s:503")",
              R"("when": {"attempt": {"from": 1, "to": 2}}, "do": "s:404")",
              R"("when": {"attempt": 1}, "do": "html-200")",
              R"("do": "json-null:message")"}) {
            CAPTURE(how);
            lab l(without_inline_results());
            const auto fault = l.fault(R"({"on": "job.result", "times": 300, )" + how + "}");
            const auto one = l.live(attach(l.finished(6)));
            check_ended_well(one);
            check_each_once(l, 6);
            CHECK_EQ(usable(one), 6u);
            CHECK(std::all_of(one.taken.begin(), one.taken.end(), [](const auto& item) {
                return item.result && !item.result->body.content.empty();
            }));
            CHECK_GE(l.world.fault_hits(fault), 6u);
        }
    }

    TEST_CASE("W4: a body that is written after its row is waited for")
    {
        auto made = without_inline_results();
        made.contract.set("A68", "delayed");
        lab l(std::move(made));
        const auto one = l.live(submit(6));
        check_ended_well(one);
        check_each_once(l, 6);
        CHECK_EQ(usable(one), 6u);
    }

    TEST_CASE("W4: an inline result of no use is fetched on its own")
    {
        for (const std::string form :
             {"null", "absent", "string", "array", "partial", "wrong-type"}) {
            CAPTURE(form);
            lab l(plain());
            l.fault(R"({"on": "jobs.list", "times": "unlimited", "do": "inline:)" + form + R"("})");
            const auto one = l.live(attach(l.finished(6)));
            check_ended_well(one);
            check_each_once(l, 6);
            CHECK_EQ(usable(one), 6u);
            CHECK_EQ(l.totals().get_result, 6u);
        }
    }

    TEST_CASE("W4: results that stay out of reach are named with the cause, and may be had later")
    {
        lab l(without_inline_results());
        const auto at = l.finished(6);
        l.fault(
            R"({"on": "job.result", "when": {"time": {"until": "5h"}}, "times": "unlimited", "do": "s:503"})"
        );
        const auto first = l.live(attach(at));
        check_ended_well(first);
        CHECK(first.taken.empty());
        CHECK_EQ(first.summary.counts.failed, 0u);
        REQUIRE_EQ(first.summary.left.jobs.size(), 6u);
        for (const auto& one : first.summary.left.jobs) {
            CHECK_EQ(to_string(one.cause), "unreachable");
            CHECK_EQ(one.ec, sp::cond::transient);
            CHECK(one.custom_id);
        }
        l.advance(6h);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        check_each_once(l, 6);
        CHECK_EQ(usable(second), 6u);
    }

    TEST_CASE("W5: who wants only the usable ones gets all of them, late ones too, and no others")
    {
        for (const char* flag : {"at_end", "after_seeding", "always_false", "null", "absent"}) {
            for (const char* flush : {"sync", "late"}) {
                CAPTURE(flag);
                CAPTURE(flush);
                auto made = plain();
                made.contract.set("A26", flag);
                made.contract.set("A27", flush);
                for (const std::size_t blocked : {0u, 1u}) {
                    mock::job_override one;
                    one.at = blocked;
                    one.ends = mock::outcome::soft_block;
                    made.jobs.overrides.push_back(one);
                }
                made.jobs.overrides.push_back(late_row(5, 12s));
                made.jobs.overrides.push_back(late_row(6, 12s));
                lab l(std::move(made));
                const auto one = l.live(submit(7), {}, usable_only());
                check_ended_well(one);
                CHECK_EQ(one.taken.size(), 5u);
                CHECK_EQ(usable(one), 5u);
                CHECK_EQ(one.summary.counts.filtered, 2u);
                CHECK_EQ(times_taken({one}).size(), 5u);
                CHECK(std::all_of(one.taken.begin(), one.taken.end(), [](const auto& item) {
                    return item.verdict.value == sp::judgement::usable;
                }));
            }
        }
    }

    TEST_CASE("W6: rows that become visible behind the high-water mark are found")
    {
        for (const auto by : {3s, 12s, 40s, 300s}) {
            CAPTURE(by.count());
            auto made = plain();
            made.jobs.slots = 1;
            made.jobs.overrides = {late_row(0, by), late_row(2, by)};
            lab l(std::move(made));
            const auto one = l.live(submit(4));
            check_ended_well(one);
            check_each_once(l, 4);
            CHECK_EQ(usable(one), 4u);
            CHECK_LE(one.requests_by_end, 60u);
        }
    }

    TEST_CASE("W6: equal stamps over two flushes, and workers whose clocks differ, lose nothing")
    {
        for (const char* ties : {"natural", "bursts"}) {
            for (const char* late : {"off", "on"}) {
                CAPTURE(ties);
                CAPTURE(late);
                auto made = plain();
                made.contract.set("A28", late);
                made.contract.set("A29", ties);
                lab l(std::move(made));
                const auto one = l.live(submit(240));
                check_ended_well(one);
                check_each_once(l, 240);
                CHECK_LE(one.requests_by_end, 60u);
            }
        }
    }

    TEST_CASE("W7: a row without a stamp is found in the listing by id")
    {
        for (const char* form : {"volatile_row", "failed_and_timeout"}) {
            for (const bool is_over : {true, false}) {
                CAPTURE(form);
                CAPTURE(is_over);
                auto made = plain();
                made.contract.set("A30", form);
                made.jobs.outcomes = {.worker_failed = 300, .worker_timeout = 200};
                made.jobs.worker_time_limit = 5s;
                lab l(std::move(made));
                const auto one = l.live(is_over ? attach(l.finished(20)) : submit(20));
                check_ended_well(one);
                check_each_once(l, 20);
                CHECK_LE(one.requests_by_end, 40u);
            }
        }
    }

    TEST_CASE("W8: one row that drifts is delivered with the others of its page")
    {
        for (const std::string what :
             {"row-drift:protection_stack:null",
              "row-drift:protection_stack:text",
              "row-drift:protection_stack:csv",
              "row-drift:rule_hits:null",
              "row-drift:rule_hits:text",
              "row-drift:rule_hits:csv",
              "row-drift:execution_time_ms:float",
              "row-drift:is_success:null",
              "unknown-status",
              "is_success-null",
              "json-null:items[3].url",
              "json-type:items[3].status_code",
              "json-type:items[3].message",
              "json-drop:items[3].status",
              "json-type:items[3].completed_at",
              "json-bigint:items[3].retries_attempted",
              "json-extra"}) {
            CAPTURE(what);
            lab l(plain());
            l.fault(
                R"({"on": "jobs.list", "when": {"page": 2}, "must_fire": true, "do": ")" + what +
                R"("})"
            );
            const auto one = l.live(attach(l.finished(150)));
            check_ended_well(one);
            check_each_once(l, 150);
            CHECK(l.world.verify_faults().empty());
        }
    }

    TEST_CASE("W9: of five batches at once the one that is refused costs the others nothing")
    {
        lab l(plain());
        l.fault(R"({"on": "collection.create", "when": {"nth": 3}, "do": "s:422:array"})");
        l.budget.emplace(sp::token_bucket::rate{600, 5}, sp::token_bucket::rate{600, 5});
        std::vector<sp::checkpoint> batches;
        for (const char* name : {"a", "b", "c", "d", "e"})
            batches.push_back(submit(20, name));
        const auto lives = l.live_all(std::move(batches));
        for (std::size_t i = 0; i < lives.size(); ++i) {
            CAPTURE(i);
            if (i == 2) {
                CHECK_EQ(*lives[i].end, sp::errc::rejected);
                CHECK(lives[i].taken.empty());
                continue;
            }
            check_ended_well(lives[i]);
            CHECK_EQ(usable(lives[i]), 20u);
            // Each has a handle of its own on what runs, and is billed for.
            REQUIRE(lives[i].summary.target);
            CHECK(l.world.find_run(lives[i].summary.target->run.value, l.now()));
        }
        check_each_once(l, 80);
        CHECK_EQ(l.totals().runs_started, 4u);
        CHECK_EQ(l.totals().collections_created, 4u);
    }

    TEST_CASE("W3: a callback that throws after two of six is given the third again, and the rest")
    {
        client_fixture f(test::newest_server());
        auto api = f.client();
        auto all = api.submit_batch(test::draft_of(6));
        test::delivery_count count;
        const auto each = [&](auto take) {
            return f.run<sp::batch_summary>([&](auto h) { all.async_for_each(take, h); });
        };
        const auto thrown = each([&](const sp::job_outcome& item) {
            if (count.size() == 2) throw std::runtime_error("no space left");
            ++count[item.job.id.value];
        });
        CHECK_EQ(thrown.ec, sp::errc::consumer_failed);
        CHECK_EQ(count.size(), 2u);
        // A loop that is left early leaves the rest, too.
        CHECK_FALSE(each([&](const sp::job_outcome& item) {
                        ++count[item.job.id.value];
                        return false;
                    }).ec);
        CHECK_EQ(count.size(), 3u);
        const auto rest = each([&](const sp::job_outcome& item) { ++count[item.job.id.value]; });
        CHECK_FALSE(rest.ec);
        CHECK(test::equals_ledger(f, count, rest.value));
        CHECK_EQ(count.size(), 6u);
    }

    TEST_CASE("W9: batches of one client are handles of their own, with its policies")
    {
        client_fixture f(test::newest_server());
        f.fault(
            {.on = mock::operation::create,
             .when = mock::occurrence::nth(3),
             .effect = mock::effect::status{422}}
        );
        struct counter {
            std::size_t* attempts;
            void on_attempt(const sp::attempt_event&) { ++*attempts; }
        };
        std::size_t attempts = 0;
        auto api = f.client_with(f.policies().with_observer(counter{&attempts}), f.options());
        std::vector<sp::batch> batches;
        for (const char* name : {"a", "b", "c", "d", "e"})
            batches.push_back(api.submit_batch(test::draft_of(4, name)));
        std::size_t refused = 0, delivered = 0;
        for (auto& one : batches) {
            test::delivery_count count;
            refused += drain(f, one, count) == sp::errc::rejected ? 1 : 0;
            delivered += count.size();
        }
        CHECK_EQ(refused, 1u);
        CHECK_EQ(delivered, 16u);
        CHECK_EQ(f.world.seen().summary().runs_started, 4u);
        CHECK_EQ(attempts, f.wire.seen().size());
    }
}
