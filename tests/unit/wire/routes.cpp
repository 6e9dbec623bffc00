#include <scrapingpros/wire/routes.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace scrapingpros;
using namespace std::chrono_literals;

namespace {

const service_address home{{true, "api.scrapingpros.com", "443"}, ""};
const secret token{"test_token_a"};
const run_ref target{{"c1"}, {"r1"}};

http_request encoded(const call& c)
{
    const auto request = encode(c, home, token);
    REQUIRE(request.has_value());
    return *request;
}

/// Method and target, as they stand in a request line.
std::string line(const call& c)
{
    const auto request = encoded(c);
    return std::string(to_string(request.method)) + " " + request.target;
}

}  // namespace

TEST_SUITE("wire.routes")
{
    TEST_CASE("every call has the method and path of the contract")
    {
        const std::string root = "/v1/async/collections";
        for (const auto& [c, expected] : std::vector<std::pair<call, std::string>>{
                 {create_collection{}, "POST " + root},
                 {list_collections{}, "GET " + root},
                 {get_collection{{"c1"}}, "GET " + root + "/c1"},
                 {update_collection{{"c1"}, "n", {}}, "PUT " + root + "/c1"},
                 {delete_collection{{"c1"}}, "DELETE " + root + "/c1"},
                 {start_run{{"c1"}, {}}, "POST " + root + "/c1/run"},
                 {list_runs{{"c1"}, {}}, "GET " + root + "/c1/runs"},
                 {get_run{target}, "GET " + root + "/c1/runs/r1"},
                 {get_result{target, {"j1"}}, "GET " + root + "/c1/runs/r1/jobs/j1/result"},
                 {get_health{}, "GET /v1/health"},
                 {get_plans{}, "GET /v1/plans"},
                 {get_billing{}, "GET /v1/sync/billing"},
                 {get_metrics{}, "GET /v1/sync/metrics"},
                 {get_client_metrics{}, "GET /v1/sync/client-metrics"},
             }) {
            CHECK_EQ(line(c), expected);
            CHECK_EQ(route_name(c), expected);
        }
        CHECK_EQ(route_name(list_jobs{target}), "GET " + root + "/c1/runs/r1/jobs");
    }

    TEST_CASE("the token goes with every call but three")
    {
        CHECK_EQ(encoded(get_run{target}).headers.find("Authorization"), "Bearer test_token_a");
        CHECK_EQ(encoded(get_billing{}).headers.find("Authorization"), "Bearer test_token_a");
        CHECK_FALSE(encoded(get_health{}).headers.find("Authorization").has_value());
        CHECK_FALSE(encoded(get_plans{}).headers.find("Authorization").has_value());
        const auto body = encoded(fetch_body{"https://blobs.example/sp/10b0?sig=a"});
        CHECK_FALSE(body.headers.find("Authorization").has_value());
    }

    TEST_CASE("a token that no header may carry is refused, where one is needed")
    {
        for (const std::string bad : {"", "a b", "a\r\nX: 1", "a\n", "\xC3\xA9"}) {
            const auto request = encode(get_run{target}, home, secret(bad));
            REQUIRE(request.has_error());
            CHECK(request.error() == errc::bad_token);
            CHECK(encode(get_health{}, home, secret(bad)).has_value());
        }
    }

    TEST_CASE("an offloaded body is fetched from where its URL says")
    {
        const auto request = encoded(fetch_body{"https://Blobs.example:8443/sp/10b0?sig=a%2Bb"});
        CHECK(request.to == endpoint{true, "blobs.example", "8443"});
        CHECK_EQ(request.target, "/sp/10b0?sig=a%2Bb");
        CHECK_EQ(encoded(fetch_body{"http://b.example"}).target, "/");
        CHECK_EQ(encoded(fetch_body{"http://b.example?x=1"}).target, "/?x=1");
        CHECK_EQ(encoded(fetch_body{"http://b.example"}).to.port, "80");
        CHECK_EQ(
            route_name(fetch_body{"https://blobs.example/sp?sig=secret"}),
            "GET https://blobs.example"
        );
        for (const std::string bad :
             {"",
              "blobs.example/x",
              "/sp",
              "ftp://b.example/x",
              "https:///x",
              "https://u:p@b.example/",
              "https://b.example/a b",
              "https://b.example/\r\nX: 1",
              "file:///etc/passwd",
              "https://b%0d%0a.example/",
              "https://b.example:99999/"}) {
            CAPTURE(bad);
            CHECK(encode(fetch_body{bad}, home, token).error() == errc::bad_option);
        }
    }

    TEST_CASE("a create carries its key, its body and patience")
    {
        create_collection create{.draft = {.name = "one"}, .key = *make_idempotency_key("k1")};
        const auto request = encoded(create);
        CHECK_EQ(request.headers.find("Idempotency-Key"), "k1");
        CHECK_EQ(request.headers.find("Content-Type"), "application/json");
        CHECK_EQ(request.body, R"({"name":"one"})");
        CHECK(request.repeatable);
        CHECK(request.silence == 10min);
        create.key.reset();
        CHECK_FALSE(encoded(create).repeatable);
        CHECK_FALSE(encoded(create).headers.find("Idempotency-Key").has_value());
    }

    TEST_CASE("a start has no body unless it overrides the callback, and is not repeatable")
    {
        const auto plain = encoded(start_run{{"c1"}, {}});
        CHECK_EQ(plain.body, "");
        CHECK_FALSE(plain.headers.find("Content-Type").has_value());
        CHECK_FALSE(plain.repeatable);
        CHECK(plain.silence == 10min);
        const auto overriding = encoded(start_run{{"c1"}, "https://hook.example/a"});
        CHECK_EQ(overriding.body, R"({"callback_url":"https://hook.example/a"})");
    }

    TEST_CASE("reads are repeatable and keep the transport's patience")
    {
        CHECK(encoded(list_runs{{"c1"}, {}}).repeatable);
        CHECK_FALSE(encoded(list_runs{{"c1"}, {}}).silence.has_value());
        CHECK_FALSE(encoded(update_collection{{"c1"}, "n", {}}).silence.has_value());
        CHECK(encoded(update_collection{{"c1"}, "n", {{}}}).silence == 10min);
    }

    TEST_CASE("no id leads to another route")
    {
        for (const auto& [id, segment] : std::vector<std::pair<std::string, std::string>>{
                 {"a/b", "a%2Fb"},
                 {"../../health", "..%2F..%2Fhealth"},
                 {"a?b=c#d", "a%3Fb%3Dc%23d"},
                 {"a b+c", "a%20b%2Bc"},
                 {"\r\nX: 1", "%0D%0AX%3A%201"},
                 {"%2e%2e", "%252e%252e"},
                 {"\xC3\xB3", "%C3%B3"},
                 {"...", "..."},
             }) {
            CAPTURE(id);
            CHECK_EQ(line(get_collection{{id}}), "GET /v1/async/collections/" + segment);
        }
        for (const char* id : {"", ".", ".."}) {
            CAPTURE(id);
            diagnostics diag;
            CHECK(encode(get_collection{{id}}, home, token, diag).error() == errc::bad_option);
            CHECK_EQ(diag.place, "collection");
            CHECK(encode(get_run{{{"c1"}, {id}}}, home, token, diag).error() == errc::bad_option);
            CHECK_EQ(diag.place, "run");
            CHECK(encode(get_result{target, {id}}, home, token).error() == errc::bad_option);
            CHECK(encode(start_run{{id}, {}}, home, token).error() == errc::bad_option);
            CHECK(encode(delete_collection{{id}}, home, token).error() == errc::bad_option);
        }
    }

    TEST_CASE("the same call gives the same bytes every time")
    {
        create_collection create{.draft = {.name = "one"}, .key = *make_idempotency_key("k1")};
        scrape_request item{.url = "https://a.example"};
        item.headers = {{"B", "2"}, {"A", "1"}};
        item.extra_json = {{"z", "1"}, {"y", "{\"b\":1,\"a\":2}"}};
        create.draft.requests.assign(3, item);
        const auto first = encoded(create);
        const auto second = encoded(call(create));
        CHECK_EQ(first.body, second.body);
        CHECK_EQ(first.target, second.target);
    }

    TEST_CASE("trouble with an item stops the request and names the place")
    {
        diagnostics diag;
        create_collection create{.draft = {.name = "one", .requests = {raw_item{"{"}}}};
        CHECK(encode(create, home, token, diag).error() == errc::bad_request_item);
        CHECK_EQ(diag.place, "requests[0]");
    }
}
