#include <doctest/doctest.h>

#include "router.hpp"
#include "support.hpp"

using namespace mock_test;

namespace {

unsigned status_of(const char* method, const std::string& target, const std::string& body = {})
{
    peer client;
    return client.send(method, target, body).status;
}

response_plan without_token(std::vector<header> headers)
{
    world service{scenario{}};
    return service.handle({"GET", "/v1/async/collections", std::move(headers), "", 0}, start);
}

}  // namespace

TEST_SUITE("mock.routes")
{
    TEST_CASE("all routes of the contract are found, with their ids")
    {
        const switches contract;
        const auto found = [&](const char* method, const char* target) {
            const route made = find_route(method, target, contract);
            return std::string(name_of(made.what)) + " " + made.collection + " " + made.run + " " +
                   made.job;
        };
        CHECK_EQ(found("POST", "/v1/async/collections"), "create   ");
        CHECK_EQ(found("GET", "/v1/async/collections?name=a"), "list_collections   ");
        CHECK_EQ(found("GET", "/v1/async/collections/c"), "get_collection c  ");
        CHECK_EQ(found("PUT", "/v1/async/collections/c"), "update_collection c  ");
        CHECK_EQ(found("DELETE", "/v1/async/collections/c"), "delete_collection c  ");
        CHECK_EQ(found("POST", "/v1/async/collections/c/run"), "start_run c  ");
        CHECK_EQ(found("GET", "/v1/async/collections/c/runs"), "list_runs c  ");
        CHECK_EQ(found("GET", "/v1/async/collections/c/runs/r"), "get_run c r ");
        CHECK_EQ(found("GET", "/v1/async/collections/c/runs/r/jobs?limit=1"), "list_jobs c r ");
        CHECK_EQ(found("GET", "/v1/async/collections/c/runs/r/jobs/j/result"), "get_result c r j");
        CHECK_EQ(found("GET", "/v1/health"), "health   ");
        CHECK_EQ(found("GET", "/v1/plans"), "plans   ");
        for (const char* name : {"billing", "client-metrics", "metrics"})
            CHECK_EQ(found("GET", ("/v1/sync/" + std::string(name)).c_str()), "billing   ");
    }

    TEST_CASE("an unknown path is 404, a known one with another method 405 with Allow")
    {
        CHECK_EQ(status_of("GET", "/"), 404);
        CHECK_EQ(status_of("GET", "/v2/async/collections"), 404);
        CHECK_EQ(status_of("POST", "/v1/async/collections/c/cancel"), 404);
        CHECK_EQ(status_of("GET", "/v1/async/collections/c/run"), 405);
        CHECK_EQ(status_of("PATCH", "/v1/async/collections"), 405);
        peer client;
        CHECK_EQ(
            header_of(client.send("PATCH", "/v1/async/collections/c"), "Allow"), "GET, PUT, DELETE"
        );
    }

    TEST_CASE("no input makes the service fall: it answers, whatever it is given")
    {
        peer client{steady()};
        const std::string run = client.run_of(1);
        const std::string strange[] = {
            "",
            "*",
            "http://[::",
            "/%",
            "/%zz",
            "//",
            "/\xFF",
            "/v1/async/collections?%",
            "/v1/async/collections?a=%ff",
            "/v1/async/collections?=&=&&",
            "/v1/async/collections#x",
            "/v1/async/collections/%00",
            "/v1/async/collections/%2F",
            "/v1/async/collections/../../x",
            std::string(100'000, '/'),
            "/" + std::string(100'000, 'a'),
            "/v1/plans?" + std::string(100'000, '&'),
            "/v1/async/collections?name=" + std::string(100'000, 'a'),
            run + "/jobs?cursor=" + std::string(100'000, 'A'),
            run + "/jobs?limit=99999999999999999999",
            run + "/jobs?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=",
            run + "/jobs?since_completed_at=9999-12-31T23:59:59.999999999%2B23:59",
            run + "/jobs?since_completed_at=0000-01-01T00:00:00-23:59",
            "/v1/sync/billing?month=%00"};
        for (const std::string& target : strange)
            for (const char* method : {"GET", "POST", "PUT", "DELETE", "", "G\xFFT"}) {
                CAPTURE(target.substr(0, 60));
                const response_plan plan = client.send(method, target, "\xFF{");
                CHECK_GE(plan.status, 200);
                CHECK_LT(plan.status, 500);
            }
        CHECK_EQ(client.get("/v1/async/collections?a=%ff").status, 400);
        CHECK_EQ(client.get("/%zz").status, 400);
    }

    TEST_CASE("a space in a query is + or %20")
    {
        peer client;
        client.create("[]", "two words");
        for (const char* name : {"two+words", "two%20words"})
            CHECK_EQ(
                client.read(std::string("/v1/async/collections?name=") + name).as_array().size(), 1
            );
    }

    TEST_CASE("a token is wanted in the form of the scheme, in any case of its name")
    {
        CHECK_EQ(without_token({}).status, 401);
        CHECK_EQ(without_token({{"Authorization", "test_token_a"}}).status, 401);
        CHECK_EQ(without_token({{"Authorization", "Basic test_token_a"}}).status, 401);
        CHECK_EQ(without_token({{"Authorization", "Bearer test_token_b"}}).status, 401);
        CHECK_EQ(without_token({{"AUTHORIZATION", "bearer test_token_a"}}).status, 200);
    }

    TEST_CASE("every answer tells its date on the service's clock")
    {
        peer client;
        CHECK_EQ(header_of(client.get("/v1/health"), "Date"), "Mon, 01 Jun 2026 10:00:00 GMT");
    }
}
