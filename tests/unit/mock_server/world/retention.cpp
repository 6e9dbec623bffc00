#include "limits/retention.hpp"

#include <doctest/doctest.h>

#include "support.hpp"
#include "time_text.hpp"

using namespace mock_test;

namespace {

/// One finished job, asked for at any age.
struct aged_job : peer {
    explicit aged_job(scenario from = steady())
        : peer(std::move(from)), run(run_of(1)), job(*service.find_job(id_in(run), 0)),
          completed(*job.completed_at)
    {
    }

    response_plan at_age(duration age)
    {
        now = completed + age;
        return get(run + "/jobs/" + job.id + "/result");
    }
    /// "200", or the code of the 404 and the age that it tells.
    std::string seen_at(duration age)
    {
        const response_plan plan = at_age(age);
        if (plan.status != 404) return std::to_string(plan.status);
        const json::value detail = parse(plan.body).at("detail");
        if (detail.is_string()) return "untyped";
        const std::string code = text_of(detail.at("error_code"));
        if (detail.at("age_hours").is_null()) return code;
        const std::size_t age_at = plan.body.find("\"age_hours\":") + 12;
        return code + " " + plan.body.substr(age_at, plan.body.find('}', age_at) - age_at);
    }

    std::string run;
    job_view job;
    time_point completed;
};

scenario losing(duration after_end)
{
    scenario from = steady();
    from.targets = {{.url = "https://shop.example/0", .execution = 2s, .lost_after = after_end}};
    return from;
}

scenario keeping(const retention_options& options)
{
    scenario from = steady();
    from.retention = options;
    return from;
}

constexpr duration us{1};

}  // namespace

TEST_SUITE("mock.retention")
{
    TEST_CASE("SRV-007: a result expires to the microsecond, under both lives of A42")
    {
        for (const char* hours : {"48", "24"}) {
            scenario from = steady();
            from.contract.set("content_ttl_hours", hours);
            const duration life = std::string(hours) == "48" ? 48h : 24h;
            aged_job client{from};
            CHECK_EQ(client.seen_at(life - us), "200");
            CHECK_EQ(client.seen_at(life).substr(0, 14), "result_expired");
        }
    }

    TEST_CASE("SRV-007: an account's own life goes before the life of all, a job's before both")
    {
        retention_options options;
        options.of_all.content = 3h;
        aged_job all{keeping(options)};
        CHECK_EQ(all.seen_at(3h - us), "200");
        CHECK_EQ(all.seen_at(3h), "result_expired 3.0");

        options.accounts["client_test"].content = 2h;
        options.accounts["client_other"].content = 1min;
        aged_job own{keeping(options)};
        CHECK_EQ(own.seen_at(2h - us), "200");
        CHECK_EQ(own.seen_at(2h), "result_expired 2.0");

        options.jobs = {
            {"https://shop.example/0", "c1", 1min},
            {"https://shop.example/0", "c0", 30min},
            {"https://shop.example/0", {}, 40min}};
        aged_job job{keeping(options)};
        CHECK_EQ(job.seen_at(30min - us), "200");
        CHECK_EQ(job.seen_at(30min), "result_expired 0.5");

        options.jobs.erase(options.jobs.begin() + 1);
        aged_job any{keeping(options)};
        CHECK_EQ(any.seen_at(40min - us), "200");
        CHECK_EQ(any.seen_at(40min), "result_expired 0.6");
    }

    TEST_CASE("SRV-007: a life may be longer than 48 hours, and shorter than a job takes to flush")
    {
        retention_options options;
        options.of_all.content = 24h * 365;
        aged_job patient{keeping(options)};
        CHECK_EQ(patient.seen_at(24h * 365 - us), "200");
        options.of_all.content = 1ms;
        aged_job hasty{keeping(options)};
        hasty.now = hasty.job.body_at;
        const duration age = hasty.now - hasty.completed;
        REQUIRE_GT(age, 1ms);
        CHECK_EQ(hasty.seen_at(age), std::string("result_expired 0.0"));
    }

    TEST_CASE("SRV-007: metadata survives content and goes 90 days after the last completion")
    {
        aged_job client;
        const auto rows = [&](duration age) {
            client.now = client.completed + age;
            return client.rows(client.run, "limit=10");
        };
        REQUIRE_EQ(rows(48h).size(), 1);
        const json::array old = rows(90 * 24h - us);
        REQUIRE_EQ(old.size(), 1);
        CHECK_EQ(old.at(0).at("custom_id"), "c0");
        CHECK(rows(90 * 24h).empty());
        CHECK_EQ(client.get(client.run).status, 200);
    }

    TEST_CASE("SRV-007: after its metadata a run is there without rows, or gone, as A43 says")
    {
        for (const char* how : {"run_readable_listing_empty", "run_404"}) {
            CAPTURE(how);
            scenario from = steady();
            from.contract.set("after_metadata_ttl", how);
            from.retention.of_all.metadata = 10 * 24h;
            aged_job client{from};
            const std::string runs = client.run.substr(0, client.run.rfind('/'));
            client.now = client.completed + 10 * 24h - us;
            CHECK_EQ(client.get(client.run + "/jobs?limit=10").status, 200);
            CHECK_EQ(client.read(runs).at("total"), 1);
            client.now += us;
            const bool gone = std::string(how) == "run_404";
            CHECK_EQ(client.get(client.run).status, gone ? 404 : 200);
            CHECK_EQ(client.get(client.run + "/jobs?limit=10").status, gone ? 404 : 200);
            CHECK_EQ(client.read(runs).at("total"), gone ? 0 : 1);
        }
    }

    TEST_CASE("SRV-007: an account may keep its metadata for a time of its own")
    {
        retention_options options;
        options.of_all.metadata = 10 * 24h;
        options.accounts["client_test"].metadata = 3h;
        aged_job client{keeping(options)};
        client.now = client.completed + 3h - us;
        CHECK_EQ(client.rows(client.run, "limit=10").size(), 1);
        client.now += us;
        CHECK(client.rows(client.run, "limit=10").empty());
    }

    TEST_CASE("SRV-007: no row of a long run goes before its time, nor while the run goes on")
    {
        // Three jobs one after the other, 30 hours each; metadata lives for 24.
        scenario from = steady(30h, 1);
        from.retention.of_all.metadata = 24h;
        peer client{from};
        const std::string run = client.run_of(3);
        client.now = start + 89h;
        CHECK_EQ(client.read(run).at("status"), "in_progress");
        CHECK_EQ(client.rows(run, "limit=10").size(), 2);
        client.finish(run);
        const time_point last{*client.service.find_job(id_in(run), 2)->completed_at};
        client.now = last + 24h - us;
        CHECK_EQ(client.rows(run, "limit=10").size(), 3);
        client.now += us;
        CHECK(client.rows(run, "limit=10").empty());
    }

    TEST_CASE("SRV-007: in a run longer than the life of its first jobs those expire unread")
    {
        // expire-mid-run: eight jobs of 20 minutes, one at a time, content for an hour.
        retention_options options;
        options.of_all.content = 1h;
        scenario from = steady(20min, 1);
        from.retention = options;
        peer client{from};
        const std::string run = client.run_of(8);
        client.now = start + 150min;
        CHECK_EQ(client.read(run).at("status"), "in_progress");
        std::string inlined;
        for (const json::value& row :
             client.rows(run, "limit=100&include_results=true&order_by=completed_at"))
            inlined += row.at("result").is_null() ? '-' : 'x';
        CHECK_EQ(inlined, "----xxx");
        std::string fetched;
        for (std::size_t i = 0; i < 8; ++i) {
            const std::string id = client.service.find_job(id_in(run), i)->id;
            const response_plan plan = client.get(run + "/jobs/" + id + "/result");
            fetched += plan.status == 200
                           ? 'x'
                           : text_of(parse(plan.body).at("detail").at("error_code"))[7];
        }
        CHECK_EQ(fetched, "eeeexxxp");  // expired, there, pending
    }

    TEST_CASE("SRV-007: in line an expired result is null from the same microsecond on")
    {
        aged_job client;
        const auto is_null = [&](duration age) {
            client.now = client.completed + age;
            return client.rows(client.run, "include_results=true").at(0).at("result").is_null();
        };
        CHECK_FALSE(is_null(48h - us));
        CHECK(is_null(48h));
    }

    TEST_CASE("SRV-034: a missing result is told by its cause")
    {
        aged_job client;
        client.now = client.job.body_at - us;
        const json::value pending =
            parse(client.get(client.run + "/jobs/" + client.job.id + "/result").body).at("detail");
        CHECK_EQ(pending.at("error_code"), "result_pending");
        CHECK(pending.at("completed_at").is_null());
        CHECK(pending.at("age_hours").is_null());
        const json::value unknown =
            parse(client.get(client.run + "/jobs/nobody/result").body).at("detail");
        CHECK_EQ(unknown.at("error_code"), "job_id_invalid");
        CHECK(unknown.at("age_hours").is_null());
        const json::value expired = parse(client.at_age(48h).body).at("detail");
        CHECK_EQ(expired.at("error_code"), "result_expired");
        CHECK_EQ(text_of(expired.at("completed_at")), iso_seconds(client.completed) + "Z");
        aged_job lossy{losing(10min)};
        const json::value lost = parse(lossy.at_age(1h).body).at("detail");
        CHECK_EQ(lost.at("error_code"), "result_lost");
        CHECK_EQ(text_of(lost.at("completed_at")), iso_seconds(lossy.completed) + "Z");
    }

    TEST_CASE("SRV-034: a job of another run is no job of this one")
    {
        aged_job client;
        const std::string other = client.run_of(1);
        client.now = client.completed + 1h;
        const response_plan plan = client.get(other + "/jobs/" + client.job.id + "/result");
        CHECK_EQ(parse(plan.body).at("detail").at("error_code"), "job_id_invalid");
    }

    TEST_CASE("SRV-034: lost and expired part at 24 hours, whatever the life of a body")
    {
        aged_job early{losing(10min)};
        CHECK_EQ(early.seen_at(10min - us), "200");
        CHECK_EQ(early.seen_at(10min), "result_lost 0.1");
        CHECK_EQ(early.seen_at(24h - us), "result_lost 23.9");
        CHECK_EQ(early.seen_at(24h), "result_expired 24.0");
        CHECK_EQ(early.seen_at(48h), "result_expired 48.0");
        aged_job late{losing(30h)};
        CHECK_EQ(late.seen_at(24h), "200");
        CHECK_EQ(late.seen_at(30h), "result_expired 30.0");
    }

    TEST_CASE("SRV-034: under a life of an hour a body is lost before it and expired from it on")
    {
        scenario from = losing(10min);
        from.retention.of_all.content = 1h;
        aged_job client{from};
        CHECK_EQ(client.seen_at(1h - us), "result_lost 0.9");
        CHECK_EQ(client.seen_at(1h), "result_expired 1.0");
    }

    TEST_CASE("SRV-034: age_hours counts down to tenths, at the life and far beyond")
    {
        aged_job client;
        CHECK_EQ(client.seen_at(48h), "result_expired 48.0");
        CHECK_EQ(client.seen_at(48h + 6min - us), "result_expired 48.0");
        CHECK_EQ(client.seen_at(48h + 6min), "result_expired 48.1");
        CHECK_EQ(client.seen_at(1000h), "result_expired 1000.0");
        scenario day = steady();
        day.contract.content_ttl_hours = 24;
        aged_job young{day};
        CHECK_EQ(young.seen_at(24h), "result_expired 24.0");
    }

    TEST_CASE("SRV-034: where the look-up of the cause fails, a plain sentence is all there is")
    {
        scenario from = losing(10min);
        from.retention.unclassified = 1'000;
        aged_job client{from};
        CHECK_EQ(client.seen_at(10min - us), "200");
        CHECK_EQ(client.seen_at(10min), "untyped");
        CHECK_EQ(client.seen_at(50h), "untyped");
        from.retention.unclassified = 0;
        aged_job typed{from};
        CHECK_EQ(typed.seen_at(10min), "result_lost 0.1");
    }

    TEST_CASE("SRV-034: a server of before the causes has one sentence for all")
    {
        scenario from = steady();
        from.contract.server_date = std::chrono::year{2026} / 4 / 29;
        aged_job client{from};
        CHECK_EQ(client.seen_at(48h), "untyped");
        client.now = client.job.body_at - us;
        CHECK(parse(client.get(client.run + "/jobs/" + client.job.id + "/result").body)
                  .at("detail")
                  .is_string());
    }
}
