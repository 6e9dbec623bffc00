#include "books/verdicts.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <random>
#include <string>

#include "support.hpp"

using namespace mock_test;

namespace {

/// A client of one run, and what the judge says of its jobs.
class judged : public peer {
public:
    explicit judged(scenario from, std::size_t jobs = 1) : peer(std::move(from))
    {
        run = run_of(jobs);
    }

    verdict is(std::size_t job = 0, const judgement& how = {}) const
    {
        const auto found = service.verdict_of(id_in(run), job, how, now);
        REQUIRE(found);
        REQUIRE(found->is);
        return *found->is;
    }
    std::string job(std::size_t ordinal = 0) const
    {
        return service.find_job(id_in(run), ordinal)->id;
    }
    response_plan fetch(std::size_t ordinal = 0)
    {
        return get(run + "/jobs/" + job(ordinal) + "/result");
    }
    response_plan list() { return get(run + "/jobs?include_results=true"); }
    const job_ledger& seen(std::size_t ordinal = 0) const
    {
        return service.seen().find_run(id_in(run))->jobs.at(ordinal);
    }

    std::string run;
};

constexpr judgement by_client{.by = witness::client};

}  // namespace

TEST_SUITE("mock.verdicts")
{
    TEST_CASE("a job is nothing, then pending, then lost until its result leaves, then delivered")
    {
        judged client{steady(), 21};  // more than slots: the first row waits for a flush
        CHECK_FALSE(client.service.verdict_of(id_in(client.run), 0, {}, client.now)->is);
        client.now = start + 3s;
        CHECK_EQ(client.is(), verdict::pending);
        client.finish(client.run);
        CHECK_EQ(client.is(), verdict::lost);
        client.get(client.run + "/jobs");
        CHECK_EQ(client.is(), verdict::lost);
        client.list();
        CHECK_EQ(client.is(), verdict::delivered_once);
        CHECK_FALSE(client.service.verdict_of("nothing", 0, {}, client.now));
        CHECK_FALSE(client.service.verdict_of(id_in(client.run), 21, {}, client.now));
    }

    TEST_CASE("a listing whose reply is lost after the effect delivers nothing")
    {
        for (const fault_effect& how :
             {fault_effect{effect::lose_reply{}},
              fault_effect{effect::cut{400}},
              fault_effect{effect::truncate_json{1}},
              fault_effect{effect::html_200{}},
              fault_effect{effect::lie_about_length{7}}}) {
            scenario from = steady();
            from.faults = {make_fault(operation::list_jobs, how, fault_phase::after)};
            judged client{from};
            client.finish(client.run);
            client.list();
            CHECK_EQ(client.is(), verdict::lost);
            CHECK_EQ(client.seen().listed, 0);
            client.list();
            CHECK_EQ(client.is(), verdict::delivered_once);
        }
        scenario from = steady();
        from.faults = {make_fault(operation::list_jobs, effect::huge_body{90'000})};
        judged client{from};
        client.finish(client.run);
        client.list();  // white space behind the JSON does no harm
        CHECK_EQ(client.is(), verdict::delivered_once);
    }

    TEST_CASE("a client that left before the end has nothing, one whose end is unknown has all")
    {
        judged client{steady()};
        client.finish(client.run);
        const auto first = client.list().ordinal;
        const time_point then = client.now;
        client.now += 7s;
        const auto second = client.list().ordinal;
        CHECK_EQ(client.is(), verdict::duplicated);
        CHECK_EQ(client.seen().first_inlined, then);
        client.service.finished(second, {999, exchange_end::cause::complete}, client.now);
        client.service.finished(first, {50, exchange_end::cause::client_left}, client.now);
        CHECK_EQ(client.is(), verdict::delivered_once);
        CHECK_EQ(client.seen().first_inlined, client.now);
        CHECK_EQ(client.seen().listed, 1);
        client.service.finished(first, {50, exchange_end::cause::client_left}, client.now);
        CHECK_EQ(client.seen().listed, 1);
    }

    TEST_CASE("what was delivered before stays the first, whatever is taken back after it")
    {
        judged client{steady()};
        client.finish(client.run);
        client.service.finished(client.fetch().ordinal, {}, client.now);
        const time_point then = client.now;
        client.now += 1s;
        client.service.finished(
            client.fetch().ordinal, {9, exchange_end::cause::client_left}, client.now
        );
        CHECK_EQ(client.is(), verdict::delivered_once);
        CHECK_EQ(client.seen().first_fetched, then);
    }

    TEST_CASE("thousands of replies whose end nobody tells are whole, and cost a bounded memory")
    {
        judged client{steady()};
        client.finish(client.run);
        const auto first = client.list().ordinal;
        for (int i = 0; i < 3000; ++i)
            client.list();
        client.service.finished(first, {9, exchange_end::cause::client_left}, client.now);
        CHECK_EQ(client.seen().delivered, 3001);
        CHECK_LE(sizeof(job_ledger), 60);
    }

    TEST_CASE("inline and fetched besides is delivered twice")
    {
        judged client{steady()};
        client.finish(client.run);
        client.list();
        client.fetch();
        CHECK_EQ(client.is(), verdict::duplicated);
        CHECK_EQ(client.service.verdict_of(id_in(client.run), 0, {}, client.now)->times, 2);
    }

    TEST_CASE("a result that nobody read in its life is expired, and coming for it is noted")
    {
        judged client{with({{"A42", "24"}})};
        client.finish(client.run);
        const auto stamp = client.service.find_job(id_in(client.run), 0)->completed_at;
        client.now = time_point{*stamp} + 24h - 1us;
        CHECK_EQ(client.is(), verdict::lost);
        client.now += 1us;
        CHECK_EQ(client.is(), verdict::expired_unread);
        CHECK_EQ(client.fetch().status, 404);
        CHECK_EQ(client.is(), verdict::expired_unread);
        CHECK_EQ(client.seen().came_late, 1);
        CHECK_EQ(client.seen().fetched, 0);
        CHECK_EQ(client.service.summary({}, client.now).came_late, 1);
    }

    TEST_CASE("late is what came after more than the threshold, and no threshold is never late")
    {
        judged client{steady()};
        client.finish(client.run);
        const time_point visible = client.service.find_job(id_in(client.run), 0)->visible_at;
        client.now = visible + 30s;
        client.list();
        CHECK_EQ(client.is(0, {.late_after = 30s}), verdict::delivered_once);
        CHECK_EQ(client.is(0, {.late_after = 30s - 1us}), verdict::late);
        CHECK_EQ(client.is(), verdict::delivered_once);
        const book_summary sum = client.service.summary({.late_after = 1s}, client.now);
        CHECK_EQ(sum.of(verdict::late), 1);
        CHECK_EQ(sum.since_visible.mean, duration{30s});
    }

    TEST_CASE("of an unsuccessful job the row is all there is")
    {
        scenario from = steady();
        from.targets = {{.url = "https://shop.example/0", .ends = outcome::worker_failed}};
        judged client{from, 2};
        client.finish(client.run);
        client.get(client.run + "/jobs");
        CHECK_EQ(client.is(0), verdict::delivered_once);
        CHECK_EQ(client.is(1), verdict::lost);
        client.now += std::chrono::days{4};
        CHECK_EQ(client.is(1), verdict::expired_unread);
    }

    TEST_CASE("the client's own word: lost though it left, and phantoms")
    {
        judged client{steady(), 4};
        client.service.report_delivered(client.job(3), start + 1s);
        client.service.report_delivered("no such job", start + 1s);
        client.finish(client.run);
        client.list();
        client.service.report_delivered(client.job(0), client.now);
        client.service.report_delivered(client.job(1), client.now);
        client.service.report_delivered(client.job(1), client.now + 1s);
        CHECK_EQ(client.is(0, by_client), verdict::delivered_once);
        CHECK_EQ(client.is(1, by_client), verdict::duplicated);
        CHECK_EQ(client.is(2, by_client), verdict::lost);
        CHECK_EQ(client.is(3, by_client), verdict::phantom);
        const book_summary sum = client.service.summary(by_client, client.now);
        CHECK_EQ(sum.of(verdict::phantom), 2);
        CHECK_EQ(client.service.summary({}, client.now).of(verdict::delivered_once), 4);
        client.now += std::chrono::days{4};
        CHECK_EQ(client.is(2, by_client), verdict::lost);  // it left in time; the client lost it
    }

    TEST_CASE("each finished job has exactly one verdict, whatever a client does")
    {
        constexpr unsigned seed = 11;
        CAPTURE(seed);
        std::mt19937 draw{seed};
        for (int history = 0; history < 30; ++history) {
            CAPTURE(history);
            scenario from = scenario::lifelike();
            from.seed = static_cast<std::uint64_t>(history);
            from.enforce_limits = false;
            judged client{from, 60};
            for (int step = 0; step < 40; ++step) {
                client.now += 1s * (draw() % 3);
                if (draw() % 50 == 0) client.now += 25h;
                response_plan plan;
                switch (draw() % 4) {
                case 0: plan = client.list(); break;
                case 1: plan = client.get(client.run + "/jobs?limit=10"); break;
                case 2: plan = client.fetch(draw() % 60); break;
                default: client.service.report_delivered(client.job(draw() % 60), client.now);
                }
                if (plan.ordinal > 0 && draw() % 4 == 0)
                    client.service.finished(
                        plan.ordinal, {1, exchange_end::cause::client_left}, client.now
                    );
                const book_summary wire = client.service.summary({}, client.now);
                const auto all = [](const book_summary& sum) {
                    return std::accumulate(sum.verdicts.begin(), sum.verdicts.end(), 0ull);
                };
                REQUIRE_EQ(all(wire), wire.finished);
                REQUIRE_EQ(wire.of(verdict::phantom), 0);
                // Those that a client reports too early are told of besides.
                REQUIRE_GE(all(client.service.summary(by_client, client.now)), wire.finished);
            }
        }
    }

    TEST_CASE("delays are told by their mean and by values that occurred")
    {
        std::vector<duration> delays;
        for (int i = 200; i > 0; --i)
            delays.push_back(duration{i});
        const delay_figures figures = figures_of(delays);
        CHECK_EQ(figures.mean, 100us);
        CHECK_EQ(figures.p50, 100us);
        CHECK_EQ(figures.p95, 190us);
        CHECK_EQ(figures.p99, 198us);
        CHECK_EQ(figures.max, 200us);
        CHECK_EQ(figures_of({}).count, 0);
        CHECK_EQ(figures_of({5us}).p50, 5us);
    }

    TEST_CASE("the end of a run is known by the first answer that shows it")
    {
        judged client{steady()};
        client.read(client.run);
        client.finish(client.run);
        const time_point terminal =
            client.service.find_run(id_in(client.run), client.now)->terminal_at;
        client.now = terminal + 4s;
        client.read(client.run.substr(0, client.run.rfind('/')));  // the list of runs
        client.now += 4s;
        client.read(client.run);
        client.read(client.run.substr(0, client.run.rfind('/')));  // for some other run, then
        const book_summary sum = client.service.summary({}, client.now);
        CHECK_EQ(sum.completion.count, 1);
        CHECK_EQ(sum.completion.max, duration{4s});
        CHECK_EQ(client.service.seen().find_run(id_in(client.run))->status_reads, 3);
    }

    TEST_CASE("floor: create, start, full pages, and a request for each body no page can carry")
    {
        scenario from = steady();
        from.targets = {
            {.url = "https://shop.example/3", .inline_miss = true},
            {.url = "https://shop.example/4", .body = std::string(300'000, 'x')},
            {.url = "https://shop.example/5", .ends = outcome::worker_failed, .inline_miss = true}};
        judged client{from, 150};
        client.finish(client.run);
        client.read(client.run);
        book_summary sum = client.service.summary({}, client.now);
        CHECK_EQ(sum.floor, 1 + 1 + 2 + 2);
        CHECK_EQ(sum.overhead, 3 - 6);
        client.rows(client.run, "limit=100&include_results=true");
        client.fetch(3);
        client.fetch(4);
        sum = client.service.summary({}, client.now);
        CHECK_EQ(sum.overhead, 1);
        CHECK_EQ(sum.of(verdict::delivered_once), 150);
    }

    TEST_CASE("A15: whether items without the member go through a proxy shows in the ledger")
    {
        for (const auto& [value, proxied] : {std::pair{"any", 2}, std::pair{"none", 0}}) {
            judged client{with({{"item_use_proxy_default", value}}), 2};
            CHECK_EQ(client.service.summary({}, client.now).proxied, proxied);
            const json::value told = client.ledger();
            const json::value& job =
                told.at("accounts").at("client_test").at("runs").at(0).at("jobs").at(0);
            CHECK_EQ(job.at("proxy"), proxied > 0);
            CHECK_EQ(job.at("credits"), 1);
        }
    }

    TEST_CASE("credits are charged at the start and come back for what had no success")
    {
        scenario from = steady();
        from.targets = {{.url = "https://shop.example/0", .ends = outcome::worker_timeout}};
        judged client{from, 3};
        CHECK_EQ(client.service.summary({}, client.now).credits_charged, 3);
        CHECK_EQ(client.service.summary({}, client.now).credits_refunded, 0);
        client.finish(client.run);
        CHECK_EQ(client.service.summary({}, client.now).credits_refunded, 1);
    }

    TEST_CASE("the ledger tells each job's facts")
    {
        judged client{steady()};
        client.finish(client.run);
        client.list();
        const json::value told = client.ledger();
        const json::value& job =
            told.at("accounts").at("client_test").at("runs").at(0).at("jobs").at(0);
        CHECK_EQ(text_of(job.at("job_id")), client.job());
        CHECK_EQ(job.at("custom_id"), "c0");
        CHECK_EQ(job.at("verdict"), "delivered_once");
        CHECK_EQ(job.at("times"), 1);
        CHECK_EQ(job.at("listed"), 1);
        CHECK_EQ(job.at("inline"), 1);
        CHECK_EQ(job.at("fetched"), 0);
        CHECK_EQ(job.at("finished_at"), job.at("counted_at"));
        const json::value& sum = told.at("summary");
        CHECK_EQ(sum.at("verdicts").at("delivered_once"), 1);
        CHECK_EQ(sum.at("delay").at("since_visible").at("mean"), 0.01);
        CHECK_EQ(sum.at("classes").at("listing"), 1);
    }
}
