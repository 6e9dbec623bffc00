#include <doctest/doctest.h>

#include <string>

#include "support.hpp"

// Requests as the official client sends them: a content type on everything, also where no body is.

using namespace mock_test;

namespace {

const std::vector<header> as_the_client_sends{
    {"Authorization", "Bearer test_token_a"},
    {"Content-Type", "application/json"},
    {"Content-Length", "0"},
    {"Accept", "*/*"},
    {"Accept-Encoding", "gzip, deflate"}};

}  // namespace

TEST_SUITE("mock.bodyless")
{
    TEST_CASE("SRV-036: a request without a body is not parsed, whatever type it claims")
    {
        for (const char* how : {"callback_override", "ignore", "reject_422"}) {
            peer client{with({{"A11", how}})};
            const std::string collection = "/v1/async/collections/" + client.create(items(2));
            const auto ask = [&](const char* method, const std::string& target) {
                return client.service.handle(
                    {method, target, as_the_client_sends, "", 0}, client.now
                );
            };
            const response_plan started = ask("POST", collection + "/run");
            CHECK_EQ(started.status, 201);
            const std::string run =
                collection + "/runs/" + text_of(parse(started.body).at("run_id"));
            client.finish(run);
            const std::string job = client.service.find_job(id_in(run), 0)->id;
            for (const std::string& target :
                 {std::string("/v1/async/collections"),
                  collection,
                  collection + "/runs",
                  run,
                  run + "/jobs",
                  run + "/jobs/" + job + "/result",
                  std::string("/v1/health"),
                  std::string("/v1/plans"),
                  std::string("/v1/sync/billing")}) {
                CAPTURE(target);
                CHECK_EQ(ask("GET", target).status, 200);
            }
            CHECK_EQ(ask("DELETE", collection).status, 200);
            // Where a body is wanted, none is a bad one.
            CHECK_EQ(ask("POST", "/v1/async/collections").status, 422);
            CHECK_EQ(ask("PUT", "/v1/async/collections/" + client.create("[]")).status, 422);
        }
    }

    TEST_CASE("SRV-036: an offer to take gzip alone changes nothing (A61 identity)")
    {
        peer plain{steady()};
        peer offering{steady()};
        const std::string run = plain.run_of(3);
        REQUIRE_EQ(offering.run_of(3), run);
        plain.finish(run);
        offering.now = plain.now;
        for (const std::string& target :
             {run, run + "/jobs?include_results=true", std::string("/v1/async/collections")}) {
            const response_plan one = plain.send("GET", target);
            const response_plan other =
                offering.send("GET", target, "", {{"Accept-Encoding", "gzip, deflate"}});
            CHECK_EQ(one.body, other.body);
            CHECK_FALSE(header_of(other, "Content-Encoding"));
            CHECK_EQ(one.headers.size(), other.headers.size());
        }
    }
}
