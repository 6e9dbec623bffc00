// Weaknesses W46 to W56 of the official client: what it reports, and what its interface lacks. The
// tables of W54 and W56 are in offered.hpp.

#include <scrapingpros/policy/classifier.hpp>
#include <scrapingpros/webhook.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <algorithm>
#include <set>

#include "tests/support/batch_fixture.hpp"
#include "tests/support/builders.hpp"
#include "tests/weaknesses/lab.hpp"
#include "tests/weaknesses/offered.hpp"

using namespace weaknesses;
using namespace std::chrono_literals;
using scrapingpros::tests::a_job;
using scrapingpros::tests::a_result;
using test::client_fixture;

namespace {

/// Six pages, a private address, a URL of another protocol, and one page twice.
sp::checkpoint submit_with_refusals()
{
    auto begin = submit(6);
    for (const char* url : {"http://127.0.0.1/", "ftp://shop.example/", "https://shop.example/0"}) {
        sp::scrape_request one;
        one.url = url;
        one.custom_id = "c-0";
        begin.draft->requests.emplace_back(std::move(one));
    }
    begin.submitted = begin.draft->requests.size();
    return begin;
}

void check_refusals(const sp::batch_summary& s)
{
    CHECK(s.refusals_known);
    CHECK_EQ(s.submitted, 9u);
    CHECK_EQ(s.queued, 6u);
    CHECK_EQ(s.duplicates, 1u);
    CHECK_EQ(s.blocked + s.invalid, 2u);
}

}  // namespace

TEST_SUITE("weaknesses.interface")
{
    TEST_CASE("W46: progress counts what was delivered, not what was listed")
    {
        for (const bool apart : {false, true}) {
            CAPTURE(apart);
            auto made = plain();
            // All six rows are listed before the first result is there.
            if (apart) made.jobs.inline_miss = mock::share{1000};
            lab l(std::move(made));
            const auto at = l.finished(6);
            std::vector<sp::batch_progress> seen;
            habits how{.room = 1, .per_item = 10s};
            how.on_outcome = [&](const auto&, const sp::batch_progress& p, const auto&) {
                seen.push_back(p);
            };
            check_ended_well(l.live(attach(at), how));
            REQUIRE_EQ(seen.size(), 6u);
            for (std::size_t i = 0; i < seen.size(); ++i) {
                CHECK_EQ(seen[i].total, 6u);
                CHECK_EQ(seen[i].finished, 6u);
                CHECK_EQ(seen[i].delivered, i + 1);
                CHECK(seen[i].eta);
            }
            // Four in 30 s: some 15 s for two more.
            CHECK_GE(*seen[3].eta, 14s);
            CHECK_LE(*seen[3].eta, 17s);
            CHECK_EQ(*seen[5].eta, 0s);
        }
    }

    TEST_CASE("W47: the summary comes out to the job, also when not all could be had")
    {
        struct row {
            std::string name;
            std::string fault;
            habits how;
        };
        const std::vector<row> rows{
            {"plain", "", {}},
            {"left early", "", {.room = 1, .leaves_after = 2}},
            {"page fails", R"({"on": "jobs.list", "times": 9, "do": "reset"})", {}},
            {"results out of reach",
             R"({"on": "job.result", "times": "unlimited", "do": "s:503"})",
             {}},
            {"broken off", R"({"on": "run.start", "do": "run-end:cancelled:3s"})", {}},
        };
        for (const auto& [name, fault, how] : rows) {
            CAPTURE(name);
            auto made = plain();
            made.jobs.slots = 1;
            made.jobs.inline_miss = mock::share{300};
            lab l(std::move(made));
            if (!fault.empty()) l.fault(fault);
            const auto one = l.live(submit_with_refusals(), how);
            REQUIRE(one.end);
            const auto& s = one.summary;
            check_refusals(s);
            CHECK_EQ(s.submitted, s.queued + s.blocked + s.invalid + s.duplicates);
            CHECK_EQ(s.queued, delivered(s.counts) + s.left.jobs.size() + s.left.unnamed);
            CHECK_EQ(delivered(s.counts), one.taken.size());
            CHECK_EQ(s.left.empty(), one.taken.size() == 6);
        }
    }

    TEST_CASE(
        "W48: the row's verdict counts before the guidance, and a silent guidance says nothing"
    )
    {
        sp::server_verdict judge;
        auto body = a_result("<p>");
        body.guidance.emplace();
        body.guidance->success = false;
        CHECK_EQ(judge.classify(a_job("a").usable(true), &body).value, sp::judgement::usable);
        body.guidance->success = true;
        CHECK_EQ(judge.classify(a_job("a").usable(false), &body).value, sp::judgement::not_usable);
        // Without the row's verdict the guidance counts, and one without `success` is none.
        sp::job row = a_job("a");
        row.is_success.reset();
        CHECK_EQ(judge.classify(row, &body).value, sp::judgement::usable);
        body.guidance->success.reset();
        body.potentially_blocked_by_captcha = false;
        CHECK_EQ(judge.classify(row, &body).value, sp::judgement::usable);
        body.potentially_blocked_by_captcha.reset();
        CHECK_EQ(judge.classify(row, &body).value, sp::judgement::unknown);
    }

    TEST_CASE("W49: a result without HTML is no failure because of that")
    {
        auto made = plain();
        made.contract.set("A40", "absent");
        made.targets.push_back({.url = "https://shop.example/0", .body = "%PDF", .binary = true});
        made.targets.push_back(
            {.url = "https://shop.example/1", .body = "", .extracted_data = R"({"price":"12"})"}
        );
        lab l(std::move(made));
        l.fault(R"({"on": "jobs.list", "times": "unlimited", "do": "is_success-null"})");
        const auto one = l.live(submit(6));
        check_ended_well(one);
        CHECK_EQ(usable(one), 6u);
        for (const auto& item : one.taken)
            CHECK_EQ(item.verdict.reason, "all rules hold");
        const auto binary = std::find_if(one.taken.begin(), one.taken.end(), [](const auto& item) {
            return item.job.custom_id == "c-0";
        });
        REQUIRE(binary != one.taken.end());
        CHECK_EQ(binary->result->body.kind, sp::body_kind::base64);
        // Where an input of the rules is missing too, it is not decided, and not a failure either.
        sp::job row = a_job("a");
        row.is_success.reset();
        auto body = a_result("");
        body.body = {};
        body.extracted_data_json = R"({"price":"12"})";
        CHECK_EQ(sp::server_verdict{}.classify(row, &body).value, sp::judgement::unknown);
    }

    TEST_CASE("W50: the end is told once, whatever it was, and no figure is made up")
    {
        struct row {
            std::string name;
            std::string fault;
            habits how;
            std::optional<std::chrono::seconds> deadline;
            sp::error_code end;
        };
        const sp::error_code left_early = make_error_code(boost::system::errc::operation_canceled);
        const std::vector<row> rows{
            {"plain", "", {}, {}, {}},
            {"left early", "", {.room = 1, .leaves_after = 2}, {}, left_early},
            {"refused",
             R"({"on": "jobs.list", "times": "unlimited", "do": "s:401"})",
             {},
             {},
             sp::errc::unauthorized},
            {"too late",
             R"({"on": "jobs.list", "times": "unlimited", "do": "stall"})",
             {},
             60s,
             sp::errc::wait_timed_out},
        };
        for (const auto& [name, fault, how, deadline, end] : rows) {
            CAPTURE(name);
            auto made = plain();
            made.contract.set("A40", "absent");
            made.jobs.outcomes = {.worker_failed = 300};
            lab l(std::move(made));
            if (!fault.empty()) l.fault(fault);
            sp::batch_rules rules;
            if (deadline) rules.poll.deadline = l.local_now() + *deadline;
            const auto one = l.live(submit(20), how, rules);
            REQUIRE(one.end);
            CHECK_EQ(*one.end, end);
            CHECK_EQ(one.ends, 1u);
            for (const auto& item : one.taken) {
                // A failed job has no result, and nobody says what it cost.
                CHECK_EQ(item.result.has_value(), item.job.status == sp::job_status::completed);
                if (item.result) CHECK_FALSE(item.result->guidance);
            }
        }
    }

    TEST_CASE(
        "W53: whatever all_jobs_persisted says, results come while the run goes on, and all of them"
    )
    {
        for (const char* flag : {"at_end", "after_seeding", "always_false", "null", "absent"}) {
            for (const char* flush : {"sync", "late"}) {
                CAPTURE(flag);
                CAPTURE(flush);
                auto made = plain();
                made.jobs.slots = 2;
                made.contract.set("A26", flag);
                made.contract.set("A27", flush);
                lab l(std::move(made));
                const auto one = l.live(submit(60));
                check_ended_well(one);
                check_each_once(l, 60);
                REQUIRE_FALSE(one.taken_at.empty());
                CHECK_LE(one.taken_at.front() + 20s, l.run().terminal_at);
                CHECK_LE(one.ended - l.run().all_visible_at, 15s);
            }
        }
    }

    TEST_CASE(
        "W55: the refused items and the size of the submit outlive the process, from the store"
    )
    {
        lab l(plain());
        const auto first = l.live(submit_with_refusals(), {.room = 1, .killed_after = 1});
        check_refusals(first.summary);
        l.advance(48h - 1h);
        const auto second = l.live(l.stored());
        check_ended_well(second);
        check_refusals(second.summary);
        const auto kept = l.stored();
        REQUIRE(kept.created);
        REQUIRE_EQ(kept.created->duplicate_urls.size(), 1u);
        CHECK_EQ(kept.created->duplicate_urls.front(), "https://shop.example/0");
        const auto third = l.live(l.stored());
        check_refusals(third.summary);
        check_each_once(l, 6);
    }

    TEST_CASE(
        "W51: the protocol of a URL is left as it is, and one that the service refuses is named"
    )
    {
        sp::diagnostics diag;
        sp::scrape_request loud{.url = "HTTP://shop.example/1"};
        CHECK(sp::validate(loud).empty());
        CHECK_NE(
            sp::encode_item(loud, diag).value().find(R"("HTTP://shop.example/1")"),
            std::string::npos
        );

        client_fixture f(test::newest_server());
        auto api = f.client().with_diagnostics(diag);
        const auto create = [&](sp::request_item item) {
            sp::collection_draft draft{.name = "n", .requests = {std::move(item)}};
            return f.run<sp::creation>([&](auto h) {
                api.async_create_collection(draft, std::nullopt, h);
            });
        };
        CHECK_EQ(
            create(sp::scrape_request{.url = "ftp://shop.example/1"}).ec, sp::errc::bad_request_item
        );
        CHECK_EQ(diag.place, "requests[0].url");
        CHECK(f.wire.seen().empty());
        // Whoever goes around the check is told by the service.
        const auto raw = create(sp::raw_item{R"({"url": "ftp://shop.example/1"})"});
        CHECK_FALSE(raw.ec);
        REQUIRE_EQ(raw.value.blocked_urls.size(), 1u);
        CHECK_EQ(raw.value.blocked_urls.front().reason, sp::block_reason::invalid_protocol);
        CHECK_EQ(f.wire.seen().back().what.body.find("https"), std::string::npos);
    }

    TEST_CASE("W52: paging by hand takes page by page, and the last one says so")
    {
        client_fixture f(test::newest_server());
        const auto at = f.finished_run(250);
        auto api = f.client();
        sp::list_jobs what{.target = at, .limit = 100};
        std::vector<std::size_t> pages;
        std::set<std::string> ids;
        bool more = true;
        while (more) {
            const auto got = f.run<sp::job_page>([&](auto h) { api.async_list_jobs(what, h); });
            REQUIRE_FALSE(got.ec);
            pages.push_back(got.value.rows.size());
            for (const auto& row : got.value.rows)
                ids.insert(std::get<sp::listed_job>(row).job.id.value);
            more = got.value.end.has_more;
            what.cursor = got.value.end.cursor;
        }
        CHECK_EQ(pages, std::vector<std::size_t>{100, 100, 50});
        CHECK_EQ(ids.size(), 250u);
    }

    TEST_CASE("W54: the options of a page are those of each page of a batch")
    {
        client_fixture f(test::newest_server());
        auto api = f.client();
        sp::collection_draft draft{.name = "tours"};
        for (const char* url : {"https://shop.example/1", "https://shop.example/2"})
            draft.requests.emplace_back(sp::scrape_request{
                .url = url, .format = sp::body_format::markdown, .browser = true});
        auto all = api.submit_batch(draft);
        test::delivery_count count;
        for (auto got = test::next(f, all); got.value; got = test::next(f, all)) {
            ++count[got.value->job.id.value];
            REQUIRE(got.value->result);
            CHECK_EQ(got.value->result->body.kind, sp::body_kind::markdown);
        }
        CHECK_EQ(count.size(), 2u);
        CHECK_NE(f.wire.seen().front().what.body.find(R"("browser":true)"), std::string::npos);
    }

    TEST_CASE(
        "W55: the client itself keeps what a batch needs, and goes on with it in another process"
    )
    {
        client_fixture f(test::newest_server());
        sp::memory_checkpoint_store store;
        auto draft = test::draft_of(6);
        draft.requests.push_back(draft.requests.front());
        test::delivery_count count;
        {
            auto first = f.client().submit_batch(draft, {.checkpoint = store});
            CHECK_FALSE(drain(f, first, count, 3));
            CHECK_FALSE(first.close());
        }
        auto second = f.client().resume_batch({.checkpoint = store});
        CHECK_FALSE(drain(f, second, count));
        CHECK(test::equals_ledger(f, count, second.summary()));
        CHECK_EQ(second.summary().submitted, 7u);
        CHECK_EQ(second.summary().queued, 6u);
        CHECK_EQ(second.summary().duplicates, 1u);
        CHECK(second.summary().refusals_known);
    }

    TEST_CASE(
        "W56: the callback of one run is sent with its start, the order of a listing with its call"
    )
    {
        client_fixture f(test::newest_server());
        const auto id = f.make_collection(2);
        auto api = f.client();
        f.run<sp::start_outcome>([&](auto h) {
            api.async_start_run({id, "https://me.example/run"}, h);
        });
        CHECK_NE(f.wire.seen().back().what.body.find("https://me.example/run"), std::string::npos);
        const sp::run_ref at{id, {f.world.run_ids().at(0)}};
        f.run<sp::job_page>([&](auto h) {
            api.async_list_jobs(
                {.target = at,
                 .order_by = sp::job_order::completed_at,
                 .order_dir = sp::sort_direction::descending},
                h
            );
        });
        const auto& target = f.wire.seen().back().what.target;
        CHECK_NE(target.find("order_by=completed_at&order_dir=desc"), std::string::npos);
    }

    TEST_CASE("W56: what came to nothing is submitted again as another batch")
    {
        auto made = plain();
        made.jobs.outcomes = {.not_found = 200, .worker_failed = 300};
        lab l(std::move(made));
        auto begin = submit(40);
        const auto items = begin.draft->requests;
        const auto first = l.live(std::move(begin));
        check_ended_well(first);
        sp::retry_list again;
        for (const auto& item : first.taken)
            again.note(item);
        again.note(first.summary.left);
        // Some bear the advice that another try is for nothing.
        CHECK_EQ(again.size() + again.stopped(), 40u - usable(first));
        CHECK_GT(again.size(), 10u);
        auto second = submit(0, "again");
        second.draft = again.draft("again", items);
        second.submitted = second.draft->requests.size();
        const auto rest = l.live_all({second}).front();
        check_ended_well(rest);
        CHECK_EQ(rest.taken.size(), again.size());
        CHECK_EQ(l.totals().runs_started, 2u);
    }

    TEST_CASE("W56: a call that is cancelled ends at once, and a deadline ends it to the moment")
    {
        client_fixture f(test::newest_server());
        const auto id = f.make_collection(2);
        f.fault(
            {.on = mock::operation::get_collection,
             .when = mock::occurrence::every(),
             .effect = mock::effect::stall{0}}
        );
        auto api = f.client();
        boost::asio::cancellation_signal stop;
        std::optional<sp::error_code> ended;
        api.async_get_collection(
            id,
            boost::asio::bind_cancellation_slot(
                stop.slot(), [&](sp::error_code ec, sp::collection) { ended = ec; }
            )
        );
        f.context.poll();
        CHECK_FALSE(ended);
        stop.emit(boost::asio::cancellation_type::terminal);
        run_virtual(f.context, f.clock, [&] { return ended.has_value(); });
        CHECK_EQ(*ended, boost::asio::error::operation_aborted);
        const auto before = f.clock.elapsed();
        const auto late = f.run<sp::collection>([&](auto h) {
            api.with_timeout(3s).async_get_collection(id, h);
        });
        CHECK_EQ(late.ec, sp::errc::deadline_exceeded);
        CHECK_EQ((f.clock.elapsed() - before) / 1ms, 3000);
    }
}
