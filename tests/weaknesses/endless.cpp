// Weaknesses W19 to W24 of the official client: loops that never end, or end too late.

#include <algorithm>

#include "tests/weaknesses/lab.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;

namespace {

sp::batch_rules with_deadline(const lab& l, std::chrono::seconds after)
{
    sp::batch_rules rules;
    rules.poll.deadline = l.local_now() + after;
    return rules;
}

mock::run_patch hide(std::size_t job, mock::time_point at)
{
    return {.what = mock::run_patch::kind::hide, .at = at, .job = job};
}

std::uint64_t left(const life& one)
{
    return one.summary.left.jobs.size() + one.summary.left.unnamed;
}

/// The answers say `word` where they said that the run is completed.
auto status_word(std::string word)
{
    return [word](const mock::request& asked, mock::response_plan& plan) {
        if (asked.target.find("/jobs") != std::string::npos) return;
        const std::string_view was = R"("status":"completed")";
        const auto at = plan.body.find(was);
        if (at != std::string::npos)
            plan.body.replace(at, was.size(), R"("status":")" + word + R"(")");
    };
}

}  // namespace

TEST_SUITE("weaknesses.endless")
{
    TEST_CASE("W19: a finished run that half of was delivered before ends with the other half")
    {
        lab l(plain());
        const auto at = l.finished(6);
        const auto first = l.live(attach(at), {.room = 1, .killed_after = 3});
        CHECK_FALSE(first.end);
        const auto before = l.requests().size();
        l.advance(24h);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        check_each_once(l, 6);
        CHECK_EQ(second.taken.size(), 3u);
        CHECK_LE(second.requests_by_end - before, 4u);
        CHECK_LE(second.length(), 6s);
    }

    TEST_CASE("W19: a batch that is taken up when all was delivered asks for nothing")
    {
        lab l(plain());
        check_ended_well(l.live(submit(6)));
        const auto before = l.requests().size();
        const auto again = l.live(l.stored());
        CHECK(again.ended_well());
        CHECK(again.taken.empty());
        CHECK_EQ(l.requests().size(), before);
    }

    TEST_CASE("W20: rows that never appear end the batch after a bounded wait, and are named")
    {
        for (const char* ids : {"full_unordered", "empty_until_seeded", "short", "absent"}) {
            CAPTURE(ids);
            auto made = plain();
            made.contract.set("A55", ids);
            lab l(std::move(made));
            const auto at = l.finished(20);
            l.world.patch_run(at.run.value, hide(3, l.now()));
            l.world.patch_run(at.run.value, hide(7, l.now()));
            const auto one = l.live(attach(at));
            check_ended_well(one);
            // Where the run names them their results can still be fetched.
            CHECK_EQ(one.taken.size() + left(one), 20u);
            CHECK_GE(one.taken.size(), 18u);
            CHECK_LE(one.requests_by_end, 60u);
            CHECK_LE(one.length(), 5min);
        }
    }

    TEST_CASE("W20: a run that is broken off ends the batch, whatever becomes of its open jobs")
    {
        for (const char* rows : {"no_row", "processing_row", "failed_row"}) {
            for (const std::string how : {"cancelled", "failed"}) {
                CAPTURE(rows);
                CAPTURE(how);
                auto made = plain();
                made.contract.set("A54", rows);
                made.jobs.slots = 2;
                lab l(std::move(made));
                l.fault(R"({"on": "run.start", "do": "run-end:)" + how + R"(:6s"})");
                const auto one = l.live(submit(20));
                check_ended_well(one);
                CHECK_EQ(one.summary.status, sp::run_status_from(how));
                CHECK_EQ(one.taken.size() + left(one), 20u);
                CHECK_GE(one.taken.size(), 6u);
                CHECK_LE(one.requests_by_end, 80u);
                CHECK_LE(one.length(), 5min);
            }
        }
    }

    TEST_CASE("W20: a run whose rows are past their retention ends the batch and says what is gone")
    {
        for (const char* after : {"run_readable_listing_empty", "run_404"}) {
            CAPTURE(after);
            auto made = plain();
            made.contract.set("A43", after);
            lab l(std::move(made));
            const auto at = l.finished(6);
            l.advance(std::chrono::hours(24 * 91));
            const auto one = l.live(attach(at));
            CHECK_EQ(one.endless, "");
            REQUIRE(one.end);
            CHECK(one.taken.empty());
            CHECK_LE(one.length(), 10min);
            CHECK_LE(one.requests_by_end, 60u);
            if (std::string(after) == "run_404")
                CHECK_EQ(*one.end, sp::errc::not_found);
            else
                CHECK_EQ(left(one), 6u);
        }
    }

    TEST_CASE("W21: a status word that nobody knows is not waited for without end")
    {
        for (const char* word : {"archived", "", "COMPLETED"}) {
            CAPTURE(word);
            lab l(plain());
            l.change = status_word(word);
            // All rows came, and the total proves that it is all.
            const auto one = l.live(submit(6));
            check_ended_well(one);
            check_each_once(l, 6);
            CHECK_LE(one.requests_by_end, 20u);
        }
        auto made = plain();
        made.jobs.overrides.push_back({.at = 2, .never_finish = true});
        lab l(std::move(made));
        l.fault(R"({"on": "run.start", "do": "run-end:cancelled:30s"})");
        l.change = [](const mock::request& asked, mock::response_plan& plan) {
            if (asked.target.find("/jobs") != std::string::npos) return;
            for (std::size_t at = 0; (at = plan.body.find("cancelled", at)) != std::string::npos;)
                plan.body.replace(at, 9, "evaporated");
        };
        const auto one = l.live(submit(6));
        CHECK_EQ(one.endless, "");
        CHECK_EQ(*one.end, sp::errc::run_stalled);
        CHECK_LE(one.length(), 2h + 5min);
        CHECK_EQ(one.taken.size() + left(one), 6u);
        CHECK_EQ(one.taken.size(), 5u);
    }

    TEST_CASE("W22: cursors that lead nowhere cost neither the end nor a row")
    {
        for (const std::string what :
             {"same-cursor",
              "cycle-2",
              "has-more-null-cursor",
              "cursor-expires",
              "empty-page-with-more",
              "last-page-empty",
              "cursor-on-last",
              "short-page",
              "over-long-page",
              "dup-row-across",
              "reorder-across"}) {
            for (const std::string times : {"1", "4", "\"unlimited\""}) {
                CAPTURE(what);
                CAPTURE(times);
                lab l(plain());
                l.fault(
                    R"({"on": "jobs.list", "times": )" + times + R"(, "do": ")" + what + R"("})"
                );
                const auto one = l.live(attach(l.finished(250)));
                check_ended_well(one);
                check_each_once(l, 250);
                CHECK_LE(one.requests_by_end, 1500u);
            }
        }
    }

    TEST_CASE("W23: the deadline is kept to the moment, in a page, a wait, a result, and a pause")
    {
        for (const std::string fault :
             {R"({"on": "jobs.list", "times": "unlimited", "do": "stall"})",
              R"({"on": "jobs.list", "times": "unlimited", "do": "drip:100/1s"})",
              R"({"on": "jobs.list", "times": "unlimited", "do": "throttle:60"})",
              R"({"on": "job.result", "times": "unlimited", "do": "stall"})",
              R"({"on": "run.list", "times": "unlimited", "do": "stall"})",
              R"({"on": "any", "when": {"probability": 0.7}, "do": "s:503"})"}) {
            CAPTURE(fault);
            auto made = plain();
            made.jobs.inline_miss = mock::share{500};
            made.jobs.execution = mock::quantiles::always(std::chrono::minutes(3));
            lab l(std::move(made));
            const auto at = l.start(40);
            l.fault(fault);
            const auto one =
                l.live(attach(at), {.room = 1, .per_item = 7s}, with_deadline(l, 250s));
            CHECK_EQ(*one.end, sp::errc::wait_timed_out);
            CHECK_EQ(one.length(), 250s);
            CHECK_EQ(one.taken.size() + left(one), one.summary.queued);
            // Nothing is asked for afterwards, the run goes on, and so can the batch.
            l.advance(10min);
            CHECK_EQ(l.requests().size(), one.requests_by_end);
            CHECK_EQ(l.run().status, "completed");
        }
    }

    TEST_CASE("W24: a job that never ends does not hold the batch for ever")
    {
        auto made = plain();
        made.jobs.overrides.push_back({.at = 5, .never_finish = true});
        lab l(std::move(made));
        const auto one = l.live(submit(20));
        CHECK_EQ(*one.end, sp::errc::run_stalled);
        CHECK_EQ(one.taken.size(), 19u);
        CHECK_EQ(left(one), 1u);
        CHECK_GE(one.length(), 2h);
        CHECK_LE(one.length(), 2h + 5min);
    }

    TEST_CASE(
        "W24: results that expire first are fetched first, and one that is gone is no failed job"
    )
    {
        for (const char* ttl : {"24", "48"}) {
            CAPTURE(ttl);
            auto made = plain();
            made.jobs.inline_miss = mock::share{1000};
            // Two jobs an hour, and one read in ten seconds when they are fetched.
            made.jobs.slots = 1;
            made.jobs.execution = mock::quantiles::always(std::chrono::minutes(30));
            made.contract.set("A42", ttl);
            made.contract.set("A47", "token_bucket");
            lab l(std::move(made));
            const auto at = l.start(90);
            l.advance(47h);
            l.budget.emplace(sp::token_bucket::rate{6, 1}, sp::token_bucket::rate{60, 1});
            const auto one = l.live(attach(at));
            check_ended_well(one);
            std::vector<std::optional<sp::timestamp>> order;
            for (const auto& item : one.taken)
                order.push_back(item.job.completed_at);
            CHECK(std::is_sorted(order.begin(), order.end()));
            CHECK_EQ(one.summary.counts.failed, 0u);
            for (const auto& gone : one.summary.left.jobs)
                CHECK_EQ(to_string(gone.cause), "expired");
            const auto books = l.books();
            CHECK_EQ(books.of(mock::verdict::delivered_once), one.taken.size());
            CHECK_EQ(books.of(mock::verdict::expired_unread), one.summary.left.jobs.size());
            CHECK_EQ(books.of(mock::verdict::lost), 0u);
            if (std::string(ttl) == "48") CHECK_EQ(one.taken.size(), 90u);
        }
    }
}
