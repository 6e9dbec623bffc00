#include "books/assertions.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

using namespace mock_test;

namespace {

/// A history of requests, and what holds of it.
class history : public peer {
public:
    explicit history(scenario from = steady()) : peer(std::move(from)) {}

    verification verify(const std::string& list) const
    {
        return service.verify(parse_expectations("[" + list + "]"), now);
    }
    bool holds(const std::string& one) const { return verify(one).passed; }
    std::string message(const std::string& one) const
    {
        const verification found = verify(one);
        REQUIRE_EQ(found.reasons.size(), 1);
        return found.reasons.at(0).message;
    }

    void ask(
        std::string target,
        std::vector<header> headers = {},
        std::string body = {},
        std::uint64_t connection = 1
    )
    {
        headers.push_back({"Authorization", "Bearer " + token});
        last =
            service
                .handle(
                    {"GET", std::move(target), std::move(headers), std::move(body), connection}, now
                )
                .ordinal;
    }
    void end(std::uint64_t ordinal) { service.finished(ordinal, {}, now); }

    std::uint64_t last = 0;
};

}  // namespace

TEST_SUITE("mock.assertions")
{
    TEST_CASE("a count fails with what came nearest and how it differs")
    {
        history client;
        const std::string run = client.run_of(1);
        client.get(run);
        CHECK(client.holds(R"({"count":{"op":"run.start"},"eq":1})"));
        CHECK(client.holds(R"({"count":{},"ge":3,"le":3})"));
        CHECK(client.holds(R"({"none":{"op":"job.result"}})"));
        const verification found =
            client.verify(R"({"count":{"op":"run.start","status":"5xx"},"ge":2})");
        REQUIRE_EQ(found.reasons.size(), 1);
        const failed_assertion& why = found.reasons.at(0);
        CHECK_EQ(why.code, "E_ASSERTION");
        CHECK_EQ(why.path, "$[0]");
        CHECK_EQ(why.message, "0 such requests, not at least 2");
        REQUIRE_EQ(why.near.size(), 3);
        CHECK_EQ(why.near.at(0).ordinal, 2);
        REQUIRE_EQ(why.near.at(0).differences.size(), 1);
        CHECK_EQ(why.near.at(0).differences.at(0), "status is 201, not 5xx");
        CHECK_EQ(why.near.at(1).differences.size(), 2);
        CHECK(parse(to_json(found)).at("reasons").at(0).at("near").as_array().size() == 3);
        CHECK_NE(to_text(found).find("status is 201, not 5xx"), std::string::npos);
        CHECK_EQ(client.message(R"({"none":{"op":"run.get"}})"), "1 such requests, not at most 0");
    }

    TEST_CASE("a filter looks at method, path, query, account, attempt, effect and class")
    {
        scenario from = steady();
        from.faults = {make_fault(operation::list_collections, effect::status{503})};
        history client{from};
        client.get("/v1/async/collections?x=a%20b&y=1");
        client.get("/v1/async/collections?x=a%20b&y=1");
        const auto count = [&](const std::string& of) {
            std::size_t n = 0;
            while (!client.holds(R"({"count":)" + of + R"(,"eq":)" + std::to_string(n) + "}"))
                ++n;
            return n;
        };
        CHECK_EQ(count(R"({"method":"GET","path":"/v1/async/collections"})"), 2);
        CHECK_EQ(count(R"({"query":{"x":"a b","z":null}})"), 2);
        CHECK_EQ(count(R"({"query":{"x":null}})"), 0);
        CHECK_EQ(count(R"({"account":"client_test"})"), 2);
        CHECK_EQ(count(R"({"account":"other"})"), 0);
        CHECK_EQ(count(R"({"attempt":2})"), 1);
        CHECK_EQ(count(R"({"effect":false})"), 1);
        CHECK_EQ(count(R"({"class":"retry"})"), 1);
        CHECK_EQ(count(R"({"faulted":true,"status":503})"), 1);
        CHECK_EQ(count(R"({"ended":"open"})"), 2);
        CHECK_EQ(count(R"({"connection":0})"), 2);
    }

    TEST_CASE("a sequence with gaps, and one without")
    {
        history client;
        const std::string run = client.run_of(1);
        client.get("/v1/health");
        client.get(run);
        const auto steps = [](const char* gaps, const std::string& more = "") {
            return R"({"sequence":[{"op":"run.start"},{"op":"run.get"}],"gaps":")" +
                   std::string(gaps) + '"' + more + "}";
        };
        CHECK(client.holds(steps("allowed")));
        CHECK_EQ(
            client.message(steps("forbidden")), "step 1 of the sequence did not come in its turn"
        );
        CHECK(client.holds(steps("forbidden", R"(,"among":{"account":"client_test"})")));
        CHECK_FALSE(client.holds(R"({"sequence":[{"op":"run.get"},{"op":"run.start"}]})"));
        client.get(run);
        CHECK(client.holds(R"({"sequence":[{"op":"run.get"},{"op":"run.get"}],"gaps":"forbidden"})")
        );
    }

    TEST_CASE("gaps and cadence are measured in the service's time")
    {
        history client;
        for (const auto wait : {0s, 5s, 5s, 4s}) {
            client.now += wait;
            client.get("/v1/health");
        }
        CHECK(client.holds(R"({"min_gap":{"op":"health"},"ge":"4s"})"));
        const verification found = client.verify(R"({"min_gap":{"op":"health"},"ge":"4001ms"})");
        REQUIRE_EQ(found.reasons.size(), 1);
        CHECK_EQ(
            found.reasons.at(0).near.at(1).differences.at(0), "comes 4.0 s after #3, not 4.001"
        );
        CHECK(client.holds(R"({"cadence":{"op":"health"},"every":"4500ms","within":"500ms"})"));
        CHECK_EQ(
            client.message(R"({"cadence":{"op":"health"},"every":"4s"})"), "a request came too late"
        );
        CHECK(client.holds(R"({"min_gap":{"op":"plans"},"ge":"1h"})"));
    }

    TEST_CASE("requests are under way from their start until their end, whatever the clock says")
    {
        history client;
        client.ask("/v1/health");
        const std::uint64_t first = client.last;
        client.end(first);
        client.ask("/v1/health");
        CHECK(client.holds(R"({"max_in_flight":{},"le":1})"));
        const std::uint64_t second = client.last;
        client.ask("/v1/plans");
        client.end(second);
        CHECK_EQ(
            client.message(R"({"max_in_flight":{},"le":1})"),
            "2 requests under way at once, not at most 1"
        );
        CHECK(client.holds(R"({"max_in_flight":{"op":"health"},"le":1})"));
        CHECK(client.holds(R"({"max_in_flight":{},"le":2})"));
    }

    TEST_CASE("connections are counted once each")
    {
        history client;
        for (const std::uint64_t connection : {4, 5, 4})
            client.ask("/v1/health", {}, "", connection);
        CHECK(client.holds(R"({"connections":{},"le":2})"));
        CHECK_EQ(client.message(R"({"connections":{},"le":1})"), "2 connections, not at most 1");
    }

    TEST_CASE("headers: there, not there, with a text, the same in all attempts")
    {
        history client;
        const auto header = [](const std::string& is) {
            return R"({"header":{"op":"health"},"name":"idempotency-key",)" + is + "}";
        };
        client.ask("/v1/health", {{"Idempotency-Key", "k1"}});
        CHECK(client.holds(header(R"("is":"present")")));
        CHECK(client.holds(header(R"("equals":"k1")")));
        CHECK_FALSE(client.holds(header(R"("equals":"k")")));
        CHECK_FALSE(client.holds(header(R"("is":"absent")")));
        client.ask("/v1/health", {{"Idempotency-Key", "k1"}});
        client.ask("/v1/health?other", {{"Idempotency-Key", "k2"}});
        CHECK(client.holds(header(R"("is":"same_across_attempts")")));
        client.ask("/v1/health", {{"Idempotency-Key", "k3"}});
        const verification found = client.verify(header(R"("is":"same_across_attempts")"));
        REQUIRE_EQ(found.reasons.size(), 1);
        REQUIRE_EQ(found.reasons.at(0).near.size(), 1);
        CHECK_EQ(
            found.reasons.at(0).near.at(0).differences.at(0), "idempotency-key is 'k3', not 'k1'"
        );
        client.ask("/v1/health");
        CHECK_FALSE(client.holds(header(R"("is":"present")")));
    }

    TEST_CASE("attempts at one request have the same bytes, or the difference is named")
    {
        history client;
        client.ask("/v1/health", {{"X-Trace", "1"}}, "body");
        client.ask("/v1/health", {{"X-Trace", "2"}}, "body");
        CHECK(client.holds(R"({"same_bytes":{},"except":["x-trace"]})"));
        const verification found = client.verify(R"({"same_bytes":{}})");
        REQUIRE_EQ(found.reasons.size(), 1);
        CHECK_EQ(
            found.reasons.at(0).near.at(0).differences.at(0), "header X-Trace is not as in #1"
        );
        client.ask("/v1/health", {{"X-Trace", "2"}}, "boby");
        CHECK_FALSE(client.holds(R"({"same_bytes":{},"except":["x-trace"]})"));
        client.ask("/v1/plans", {}, std::string(100'000, 'a'));
        client.ask("/v1/plans", {}, std::string(99'999, 'a') + "b");
        CHECK_FALSE(client.holds(R"({"same_bytes":{"op":"plans"}})"));
    }

    TEST_CASE("nothing comes after an event, or its requests are named")
    {
        history client;
        const std::string run = client.run_of(1);
        CHECK(client.holds(R"({"no_request_after":"end_shown"})"));
        client.finish(run);
        client.read(run);
        CHECK(client.holds(R"({"no_request_after":"end_shown"})"));
        CHECK(client.holds(R"({"no_request_after":"all_delivered"})"));
        client.read(run);
        CHECK_EQ(
            client.message(R"({"no_request_after":"end_shown"})"), "1 requests after the event"
        );
        CHECK(client.holds(R"({"no_request_after":"end_shown","of":{"op":"jobs.list"}})"));
        client.read(run + "/jobs?include_results=true");
        CHECK(client.holds(R"({"no_request_after":"all_delivered"})"));
        client.now += 1s;
        client.read(run);
        CHECK_FALSE(client.holds(R"({"no_request_after":"all_delivered"})"));
        CHECK_FALSE(client.holds(R"({"no_request_after":"run_ended"})"));
        CHECK(client.holds(R"({"no_request_after":{"status":401}})"));
        client.token = "none";
        client.get("/v1/async/collections");
        CHECK(client.holds(R"({"no_request_after":{"status":401}})"));
        client.get("/v1/async/collections");
        CHECK_FALSE(client.holds(R"({"no_request_after":{"status":401}})"));
    }

    TEST_CASE("figures of the ledger and unmet faults, in an expect block of the scenario")
    {
        scenario from = steady();
        from.faults = {make_fault(operation::get_result, effect::status{500})};
        from.expect = parse_expectations(
            R"({"ledger":{"lost":0,"runs_started":1,"requests.retry":{"le":0}},
                "journal":[{"count":{"op":"run.start"},"eq":1}],"faults_consumed":"all"})"
        );
        history client{from};
        const std::string run = client.run_of(3);
        client.finish(run);
        verification found = client.service.verify(client.now);
        REQUIRE_EQ(found.reasons.size(), 2);
        CHECK_EQ(found.reasons.at(0).path, "$.ledger");
        CHECK_EQ(found.reasons.at(0).message, "lost is 3, not 0");
        CHECK_EQ(found.reasons.at(1).path, "$.faults_consumed");
        CHECK_EQ(found.reasons.at(1).message, "no request met fault 0 (job.result)");
        client.read(run + "/jobs?include_results=true");
        client.get(run + "/jobs/x/result");
        found = client.service.verify(client.now);
        CHECK(found.passed);
        CHECK_EQ(to_json(found), R"({"passed":true,"reasons":[]})");
        CHECK_EQ(to_text(found), "");
        CHECK_FALSE(client.holds(R"({"faults_consumed":[7]})"));
        CHECK(client.holds(R"({"faults_consumed":[0]})"));
        client.service.report_delivered("nobody", client.now);
        CHECK_FALSE(client.holds(R"({"ledger":{"judge":"client","phantom":0}})"));
    }

    TEST_CASE("SRV-020: a fault that must fire is expected without being named in expect")
    {
        scenario from = steady();
        from.faults = parse_faults(R"([{"id":"F","on":"health","do":"s:503","must_fire":true}])");
        history client{from};
        const verification missed = client.service.verify(client.now);
        REQUIRE_EQ(missed.reasons.size(), 1);
        CHECK_FALSE(missed.passed);
        CHECK_EQ(missed.reasons.at(0).path, "$.faults");
        CHECK_EQ(missed.reasons.at(0).message, "fault 'F' (s:503 on health) has hit no request");
        client.get("/v1/health");
        CHECK(client.service.verify(client.now).passed);
    }

    TEST_CASE("SRV-019: what an overflown journal no longer knows is not asserted")
    {
        scenario from = steady();
        from.journal.entries = 5;
        history client{from};
        for (int i = 0; i < 7; ++i)
            client.get("/v1/health");
        CHECK_EQ(client.service.requests().dropped(), 2);
        for (const char* each :
             {R"({"count":{"op":"health"},"ge":1})",
              R"({"none":{"op":"plans"}})",
              R"({"sequence":[{"op":"health"}]})",
              R"({"min_gap":{"op":"plans"},"ge":"1s"})",
              R"({"max_in_flight":{},"le":100})",
              R"({"connections":{},"le":100})",
              R"({"header":{},"name":"X","is":"absent"})",
              R"({"same_bytes":{}})",
              R"({"no_request_after":{"status":401}})",
              R"({"count":{},"eq":5,"since":1})"}) {
            CAPTURE(each);
            const verification found = client.verify(each);
            REQUIRE_EQ(found.reasons.size(), 1);
            CHECK_EQ(found.reasons.at(0).code, "E_JOURNAL_INCOMPLETE");
        }
        // What the journal still holds, and what it is not asked for.
        CHECK(client.holds(R"({"count":{},"eq":5,"since":2})"));
        CHECK(client.holds(R"({"ledger":{"requests":7}})"));
        CHECK(client.holds(R"({"faults_consumed":"all"})"));
    }
}
