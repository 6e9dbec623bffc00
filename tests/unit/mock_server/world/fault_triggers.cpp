#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string health = "/v1/health";

/// A peer whose world has the faults of this JSON.
struct tested : peer {
    explicit tested(const std::string& faults, scenario from = steady()) : peer(std::move(from))
    {
        for (fault& each : parse_faults(faults))
            service.add_fault(std::move(each));
    }

    char outcome_of(const std::string& target, std::vector<header> headers = {})
    {
        return send("GET", target, "", std::move(headers)).status == 503 ? 'x' : '.';
    }
    char over(std::uint64_t connection, std::uint64_t on_connection)
    {
        return service.handle({"GET", health, {}, "", connection, on_connection}, now).status == 503
                   ? 'x'
                   : '.';
    }
    const fault_account& account(std::size_t ordinal = 0) const
    {
        return service.faults().account(ordinal);
    }
};

}  // namespace

TEST_SUITE("mock.fault_triggers")
{
    TEST_CASE("an attempt is one at the same method, path and query")
    {
        tested client{R"([{"when":{"attempt":2},"do":"s:503","times":"unlimited"}])"};
        std::string seen;
        for (const char* target :
             {"/v1/health",
              "/v1/plans",
              "/v1/health",
              "/v1/health?a=1",
              "/v1/plans",
              "/v1/health",
              "/v1/health?a=1"})
            seen += client.outcome_of(target);
        CHECK_EQ(seen, "..x.x.x");
    }

    TEST_CASE("a budget is spent and then the fault is quiet")
    {
        tested client{R"([{"do":"s:503","times":2}])"};
        std::string seen;
        for (int i = 0; i < 4; ++i)
            seen += client.outcome_of(health);
        CHECK_EQ(seen, "xx..");
        CHECK_EQ(client.account().hits, 2);
        CHECK_EQ(client.account().spent, 2);
        CHECK_FALSE(client.service.faults().is_armed(0));
    }

    TEST_CASE("a listing's page is counted along its cursors")
    {
        tested client{R"([{"on":"jobs.list","when":{"page":2},"do":"s:503","times":2}])"};
        const std::string run = client.run_of(6);
        client.finish(run);
        const json::value first = client.read(run + "/jobs?limit=2");
        const std::string second = run + "/jobs?limit=2&cursor=" + text_of(first.at("cursor_next"));
        CHECK_EQ(client.outcome_of(second), 'x');
        CHECK_EQ(client.outcome_of(run + "/jobs?limit=2"), '.');
        CHECK_EQ(client.outcome_of(second), 'x');
        const json::value again = client.read(second);
        CHECK_EQ(
            client.outcome_of(run + "/jobs?limit=2&cursor=" + text_of(again.at("cursor_next"))), '.'
        );
        CHECK_EQ(client.account().hits, 2);
    }

    TEST_CASE("a chance is drawn for each attempt and is not moved by what else goes on")
    {
        const auto pattern = [](std::uint64_t seed, bool with_others) {
            scenario from = steady();
            from.seed = seed;
            tested client{R"([{"when":{"probability":0.3},"do":"s:503"}])", from};
            std::string seen;
            for (int i = 0; i < 300; ++i) {
                if (with_others) client.outcome_of("/v1/plans");
                seen += client.outcome_of(health);
            }
            return seen;
        };
        const std::string alone = pattern(1, false);
        CHECK_EQ(alone, pattern(1, true));
        CHECK_NE(alone, pattern(2, false));
        const auto hits = std::count(alone.begin(), alone.end(), 'x');
        CHECK_GT(hits, 60);
        CHECK_LT(hits, 120);
    }

    TEST_CASE("a window of time opens and closes to the microsecond")
    {
        tested client{
            R"([{"when":{"time":{"from":"10s","until":"20s"}},"do":"s:503","times":"unlimited"}])"};
        std::string seen;
        for (const auto at : {0us, 9'999'999us, 10'000'000us, 19'999'999us, 20'000'000us}) {
            client.now = start + at;
            seen += client.outcome_of(health);
        }
        CHECK_EQ(seen, "..xx.");
        tested stamped{
            R"([{"when":{"time":{"from":"2026-06-01T10:00:01Z"}},"do":"s:503","times":"unlimited"}])"};
        CHECK_EQ(stamped.outcome_of(health), '.');
        stamped.now = start + 1s;
        CHECK_EQ(stamped.outcome_of(health), 'x');
    }

    TEST_CASE("a fault may ask for a header, for a connection or for one that is used again")
    {
        tested client{R"([{"when":{"header":"X-Retry: 2"},"do":"s:503","times":"unlimited"}])"};
        CHECK_EQ(client.outcome_of(health), '.');
        CHECK_EQ(client.outcome_of(health, {{"x-retry", "1"}}), '.');
        CHECK_EQ(client.outcome_of(health, {{"x-retry", "2"}}), 'x');
        tested reused{
            R"([{"when":{"request_on_connection":{"from":2}},"do":"s:503","times":"unlimited"}])"};
        CHECK_EQ(reused.over(1, 1), '.');
        CHECK_EQ(reused.over(1, 2), 'x');
        CHECK_EQ(reused.over(2, 1), '.');
        tested second{R"([{"when":{"connection":2},"do":"s:503","times":"unlimited"}])"};
        CHECK_EQ(second.over(1, 1), '.');
        CHECK_EQ(second.over(2, 1), 'x');
    }

    TEST_CASE("a fault may wait for its run to end")
    {
        tested client{
            R"([{"on":"jobs.list","when":{"after_terminal":true},"do":"s:503","times":9}])"};
        const std::string run = client.run_of(3);
        CHECK_EQ(client.outcome_of(run + "/jobs"), '.');
        client.finish(run);
        CHECK_EQ(client.outcome_of(run + "/jobs"), 'x');
        CHECK_EQ(client.outcome_of("/v1/async/collections/none/runs/none/jobs"), '.');
    }

    TEST_CASE("connections meet the faults of their own layers")
    {
        world service{scenario{}};
        for (fault& each : parse_faults(
                 R"([{"on":"connect","when":{"nth":2},"do":"reset"},
                     {"on":"tls","when":{"connection":3},"do":"tls-expired"}])"
             ))
            service.add_fault(std::move(each));
        CHECK_EQ(service.arriving(1, start).lane, arrival::normal);
        CHECK_EQ(service.arriving(2, start).lane, arrival::reset);
        const arrival_plan third = service.arriving(3, start);
        CHECK_EQ(third.lane, arrival::normal);
        CHECK_EQ(third.tls, tls_fault::expired);
        CHECK(service.unmet_faults().empty());
    }

    TEST_CASE("SRV-020: a fault that had to fire and did not is reported with its reason")
    {
        tested client{
            R"([{"id":"never","on":"run.start","do":"reset","must_fire":true},
                {"id":"late","on":"any","when":{"attempt":3},"do":"s:503","must_fire":true},
                {"id":"empty","on":"list_collections","do":"json-null:nothing.there",
                 "must_fire":true},
                {"id":"hit","on":"health","do":"s:503","must_fire":true},
                {"id":"optional","on":"job.result","do":"s:503"}])"};
        client.outcome_of(health);
        client.get("/v1/async/collections");
        const auto reasons = client.service.verify_faults();
        REQUIRE_EQ(reasons.size(), 3);
        CHECK_EQ(reasons[0], "fault 'never' (reset on start_run) has hit no request");
        CHECK_EQ(
            reasons[1], "fault 'late' (s:503 on any) has hit no request; 2 did not meet its trigger"
        );
        CHECK_EQ(
            reasons[2],
            "fault 'empty' (json-null:nothing.there on list_collections) has hit no request; "
            "1 had nothing that it could damage"
        );
        client.start_run(client.create(items(1)));
        CHECK_EQ(client.service.verify_faults().size(), 2);
    }

    TEST_CASE("SRV-020: a hit on a request whose client had gone is spoiled")
    {
        tested client{R"([{"id":"F","do":"cut","must_fire":true,"times":2}])"};
        const std::uint64_t first = client.get(health).ordinal;
        client.service.finished(first, {0, exchange_end::cause::planned}, client.now);
        CHECK(client.service.verify_faults().empty());
        const std::uint64_t second = client.get(health).ordinal;
        client.service.finished(second, {0, exchange_end::cause::client_left}, client.now);
        const auto reasons = client.service.verify_faults();
        REQUIRE_EQ(reasons.size(), 1);
        CHECK_EQ(
            reasons[0], "fault 'F' (cut on any) was spoiled: the client of request 2 had gone"
        );
        const json::value listed = parse(client.service.faults().to_json()).at("faults").at(0);
        CHECK_EQ(listed.at("hit"), 2);
        CHECK_EQ(listed.at("spoiled"), 1);
        CHECK_EQ(listed.at("armed"), false);
        CHECK_EQ(listed.at("do"), "cut");
    }

    TEST_CASE("SRV-020: the faults of one world never meet another's requests")
    {
        tested hit{R"([{"do":"s:503","times":"unlimited"}])"};
        tested spared{"[]"};
        for (int i = 0; i < 20; ++i) {
            CHECK_EQ(hit.outcome_of(health), 'x');
            CHECK_EQ(spared.outcome_of(health), '.');
        }
        CHECK_EQ(hit.account().hits, 20);
    }

    TEST_CASE("a world that is reset arms its scenario's faults anew and forgets the others")
    {
        scenario from = steady();
        from.faults = parse_faults(R"([{"id":"own","do":"s:503"}])");
        peer client{from};
        client.service.add_fault(parse_faults(R"([{"on":"plans","do":"s:503"}])").front());
        CHECK_EQ(client.get(health).status, 503);
        client.service.reset();
        CHECK_EQ(client.service.faults().size(), 1);
        CHECK_EQ(client.get(health).status, 503);
    }
}
