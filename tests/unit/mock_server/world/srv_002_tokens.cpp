#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

// A token opens every route but two, and nothing is said or done without one.

using namespace mock_test;

namespace {

/// A service with one finished run, and a request for each route that wants a token.
struct guarded_service {
    explicit guarded_service(scenario from = steady()) : client(std::move(from))
    {
        const std::string run = client.run_of(1);
        client.finish(run);
        const std::string collection = run.substr(0, run.find("/runs"));
        const std::string job = client.service.find_job(id_in(run), 0)->id;
        routes = {
            {"POST", "/v1/async/collections"},
            {"GET", "/v1/async/collections"},
            {"GET", collection},
            {"PUT", collection},
            {"POST", collection + "/run"},
            {"GET", collection + "/runs"},
            {"GET", run},
            {"GET", run + "/jobs"},
            {"GET", run + "/jobs/" + job + "/result"},
            {"GET", "/v1/sync/billing"},
            {"GET", "/v1/sync/client-metrics"},
            {"GET", "/v1/sync/metrics"},
            {"DELETE", collection}};
    }

    response_plan ask(const std::pair<std::string, std::string>& route, std::vector<header> headers)
    {
        CAPTURE(route.second);
        return client.service.handle(
            {route.first, route.second, std::move(headers), R"({"name":"n"})", 0}, client.now
        );
    }

    peer client;
    std::vector<std::pair<std::string, std::string>> routes;
};

}  // namespace

TEST_SUITE("mock.tokens")
{
    TEST_CASE("SRV-002: every route answers 401 without a token and with a wrong one")
    {
        const std::vector<std::vector<header>> refused{
            {},
            {{"Authorization", ""}},
            {{"Authorization", "Bearer"}},
            {{"Authorization", "Bearer "}},
            {{"Authorization", "Bearer test_token_"}},
            {{"Authorization", "Bearer test_token_aa"}},
            {{"Authorization", "Bearer Test_Token_A"}},
            {{"Authorization", "Bearer  test_token_a"}},
            {{"Authorization", "Basic test_token_a"}},
            {{"Authorization", "test_token_a"}},
            {{"X-Api-Key", "test_token_a"}}};
        guarded_service service;
        for (const auto& route : service.routes)
            for (const std::vector<header>& headers : refused) {
                CAPTURE(route.first + " " + route.second);
                const response_plan plan = service.ask(route, headers);
                CHECK_EQ(plan.status, 401);
                CHECK(parse(plan.body).at("detail").is_string());
                CHECK_EQ(plan.body.find("test_token"), plan.body.npos);
            }
        // Nothing was done: all is as it was for who has the token.
        CHECK_EQ(service.client.service.run_ids().size(), 1);
        CHECK_EQ(service.client.read("/v1/async/collections").as_array().size(), 1);
        for (const auto& route : service.routes) {
            CAPTURE(route.first + " " + route.second);
            CHECK_LT(service.ask(route, {{"Authorization", "Bearer test_token_a"}}).status, 300);
        }
    }

    TEST_CASE("SRV-002: a missing header may be 403 and a wrong token stays 401 (A44)")
    {
        guarded_service service{with({{"A44", "403"}})};
        for (const auto& route : service.routes) {
            CAPTURE(route.first + " " + route.second);
            CHECK_EQ(service.ask(route, {}).status, 403);
            CHECK_EQ(service.ask(route, {{"Authorization", "Bearer wrong"}}).status, 401);
        }
    }

    TEST_CASE("SRV-002: health and plans are for everybody, with a wrong token too")
    {
        guarded_service service;
        for (const char* target : {"/v1/health", "/v1/plans"})
            for (const std::vector<header>& headers : std::vector<std::vector<header>>{
                     {},
                     {{"Authorization", "Bearer wrong"}},
                     {{"Authorization", "Bearer test_token_a"}}})
                CHECK_EQ(service.ask({"GET", target}, headers).status, 200);
    }

    TEST_CASE("SRV-002: an id that belongs to another account is an unknown one")
    {
        scenario from = steady();
        from.tokens = {{"test_token_a", "account_a"}, {"test_token_b", "account_b"}};
        guarded_service service{from};
        for (const auto& route : service.routes) {
            if (route.second.find("/collections/") == std::string::npos) continue;
            CAPTURE(route.first + " " + route.second);
            CHECK_EQ(service.ask(route, {{"Authorization", "Bearer test_token_b"}}).status, 404);
        }
    }
}
