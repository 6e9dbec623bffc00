#include <scrapingpros/client.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/client_fixture.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using test::client_fixture;
namespace mock = scrapingpros_mock;

namespace {

/// What making a client with these options throws.
std::string refusal(client_options options)
{
    boost::asio::io_context context;
    try {
        client made(context.get_executor(), std::move(options));
    } catch (const api_error& e) {
        return e.details().place + ": " + e.code().message();
    }
    return "none";
}

struct criterion_v2 {
    static constexpr std::string_view version = "content_success_v2";
    verdict classify(const job&, const job_result*) { return {}; }
};

client_options good()
{
    client_options o;
    o.token = secret("test_token_a");
    return o;
}

}  // namespace

TEST_SUITE("client")
{
    TEST_CASE("options are refused by name when the client is made")
    {
        CHECK_EQ(refusal(good()), "none");
        for (const char* url :
             {"",
              "api.example",
              "ftp://api.example",
              "http://",
              "https://user:pw@api.example",
              "https://api.example?x=1",
              "https://api.example#f",
              "http://[",
              "http://a b"}) {
            CAPTURE(url);
            auto o = good();
            o.base_url = url;
            CHECK_EQ(refusal(o), "base_url: the base URL is not an absolute http or https URL");
        }
        for (const char* token : {"", " ", "a b", "a\r\nX-Evil: 1", "tok\xc3\xa9n"}) {
            auto o = good();
            o.token = secret(token);
            CHECK_EQ(refusal(o), "token: the token is empty or holds forbidden characters");
        }
        auto o = good();
        o.call_timeout = 0ms;
        CHECK_EQ(refusal(o), "call_timeout: an option is out of its range");
        o.call_timeout = -1ms;
        CHECK_EQ(refusal(o), "call_timeout: an option is out of its range");
        o = good();
        o.limits.row = 0;
        CHECK_EQ(refusal(o), "limits: an option is out of its range");
        o = good();
        o.longest_retry_after = -1ms;
        CHECK_EQ(refusal(o), "longest_retry_after: an option is out of its range");
        o = good();
        o.connection.tls.ca_file = "/nonexistent/ca.pem";
        CHECK_NE(
            refusal(o).find("a certificate or key in the options cannot be read"), std::string::npos
        );
    }

    TEST_CASE("every route is one request, in the contract's spelling")
    {
        // Without the run list there are fewer routes.
        client_fixture f(test::server_with(mock::shipped::run_list));
        const auto at = f.finished_run(3);
        const auto before = f.wire.seen().size();
        auto api = f.client();
        const auto ok = [&](const auto& got) {
            CHECK_EQ(got.ec.message(), error_code().message());
        };
        ok(f.run<collection_list>([&](auto h) {
            api.async_list_collections({.name = "fixture"}, h);
        }));
        ok(f.run<collection>([&](auto h) { api.async_get_collection(at.collection, h); }));
        ok(f.run<run_list>([&](auto h) {
            api.async_list_runs({at.collection, run_status::completed}, h);
        }));
        ok(f.run<run>([&](auto h) { api.async_get_run(at, h); }));
        const job_id first = f.jobs_of(at).at(0);
        ok(f.run<job_page>([&](auto h) {
            api.async_list_jobs(
                {.target = at,
                 .statuses = {job_status::completed, job_status::failed, job_status::timeout},
                 .order_by = job_order::completed_at,
                 .results = inline_results::include},
                h
            );
        }));
        ok(f.run<job_result>([&](auto h) { api.async_get_job_result(at, first, h); }));
        ok(f.run<health>([&](auto h) { api.async_get_health(h); }));
        ok(f.run<plan_list>([&](auto h) { api.async_get_plans(h); }));
        ok(f.run<raw_document>([&](auto h) { api.async_get_billing({}, h); }));
        ok(f.run<raw_document>([&](auto h) { api.async_get_metrics(h); }));
        ok(f.run<raw_document>([&](auto h) { api.async_get_client_metrics(h); }));
        ok(f.run<creation>([&](auto h) {
            api.async_update_collection({at.collection, "renamed", {}}, h);
        }));
        auto trace = f.wire.trace();
        trace.erase(trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(before));
        const std::string c = "/v1/async/collections/" + at.collection.value;
        const std::string r = c + "/runs/" + at.run.value;
        CHECK_EQ(
            trace,
            std::vector<std::string>{
                "GET /v1/async/collections?name=fixture",
                "GET " + c,
                "GET " + c + "/runs?status_filter=completed",
                "GET " + r,
                "GET " + r +
                    "/jobs?limit=100&status_filter=completed%2Cfailed%2Ctimeout&order_by=completed_"
                    "at"
                    "&order_dir=asc&include_results=true",
                "GET " + r + "/jobs/" + first.value + "/result",
                "GET /v1/health",
                "GET /v1/plans",
                "GET /v1/sync/billing",
                "GET /v1/sync/metrics",
                "GET /v1/sync/client-metrics",
                "PUT " + c,
            }
        );
    }

    TEST_CASE("a deleted collection is gone, and the delete's reply may have no body")
    {
        mock::scenario s = test::any_server();
        s.contract.set("A18", "204_empty");
        client_fixture f(s);
        auto api = f.client();
        const auto id = f.make_collection(1);
        std::optional<error_code> done;
        api.async_delete_collection(id, [&](error_code ec) { done = ec; });
        run_virtual(f.context, f.clock, [&] { return done.has_value(); });
        CHECK_FALSE(*done);
        const auto again = f.run<collection>([&](auto h) { api.async_get_collection(id, h); });
        CHECK_EQ(again.ec, errc::not_found);
    }

    TEST_CASE("the token travels in its header only, and not to routes that need none")
    {
        client_fixture f;
        f.finished_run(1);
        auto api = f.client();
        f.run<health>([&](auto h) { api.async_get_health(h); });
        for (const auto& [request, when] : f.wire.seen()) {
            const bool open = request.target == "/v1/health";
            CHECK_EQ(request.find("Authorization").has_value(), !open);
            CHECK_EQ(request.target.find("test_token_a"), std::string::npos);
            CHECK_EQ(request.body.find("test_token_a"), std::string::npos);
        }
    }

    TEST_CASE("items that break a rule are named before anything is sent")
    {
        client_fixture f;
        diagnostics diag;
        auto api = f.client().with_diagnostics(diag);
        scrape_request bad;
        bad.url = "https://shop.example/";
        bad.custom_id = std::string(256, 'x');
        const auto got = f.run<creation>([&](auto h) {
            api.async_create_collection(
                {.name = "n", .requests = {scrape_request{.url = "https://a.example"}, bad}},
                std::nullopt,
                h
            );
        });
        CHECK_EQ(got.ec, errc::bad_request_item);
        CHECK_EQ(got.ec, cond::invalid_input);
        CHECK_EQ(diag.place, "requests[1].custom_id");
        CHECK(f.wire.seen().empty());
    }

    TEST_CASE(
        "a maintenance page under status 200 is an error that shows its text, not an empty answer"
    )
    {
        client_fixture f;
        const auto at = f.finished_run(1);
        f.fault(
            {.on = mock::operation::any,
             .when = mock::occurrence::every(),
             .effect = mock::effect::html_200{}}
        );
        diagnostics diag;
        auto api = f.client().with_diagnostics(diag);
        const auto listed = f.run<run_list>([&](auto h) {
            api.async_list_runs({at.collection, {}}, h);
        });
        CHECK_EQ(listed.ec, errc::malformed_response);
        CHECK_NE(diag.server_text.find("<"), std::string::npos);
        CHECK_EQ(diag.attempts, 1u);
        CHECK_EQ(diag.route, "GET /v1/async/collections/" + at.collection.value + "/runs");
        const auto page =
            f.run<job_page>([&](auto h) { api.async_get_run_jobs({.target = at}, h); });
        CHECK_EQ(page.ec, errc::malformed_response);
        CHECK(page.value.rows.empty());
    }

    TEST_CASE("a reply over the limit names the limit and what was seen")
    {
        client_fixture f;
        f.fault({.on = mock::operation::health, .effect = mock::effect::huge_body{100'000}});
        auto o = f.options();
        o.limits.small_reply = 1000;
        diagnostics diag;
        auto api = f.client_with(f.policies(), o).with_diagnostics(diag);
        const auto got = f.run<health>([&](auto h) { api.async_get_health(h); });
        CHECK_EQ(got.ec, errc::body_too_large);
        CHECK_EQ(diag.client_text.substr(0, 31), "limit 1000 bytes, got at least ");
        CHECK_EQ(diag.attempts, 1u);
    }

    TEST_CASE("a pinned classifier ends the reading of a run that is judged otherwise")
    {
        // Runs of older servers bear no criterion.
        client_fixture f(test::server_with(mock::shipped::verdict));
        const auto at = f.finished_run(1);
        auto strict =
            f.client_with(f.policies().with_classifier(pinned<criterion_v2>{}), f.options());
        CHECK_EQ(
            f.run<run>([&](auto h) { strict.async_get_run(at, h); }).ec, errc::criterion_mismatch
        );

        struct counter {
            int* seen;
            void on_criterion(const criterion_event& e)
            {
                ++*seen;
                CHECK_EQ(e.pinned, "content_success_v2");
                CHECK_EQ(e.served, "content_success_v1");
            }
        };
        int seen = 0;
        auto watching = f.client_with(
            f.policies()
                .with_classifier(pinned<criterion_v2>{{}, on_mismatch::event})
                .with_observer(counter{&seen}),
            f.options()
        );
        CHECK_FALSE(f.run<run>([&](auto h) { watching.async_get_run(at, h); }).ec);
        CHECK_FALSE(f.run<run>([&](auto h) { watching.async_get_run(at, h); }).ec);
        CHECK_EQ(seen, 1);
        auto v1 =
            f.client_with(f.policies().with_classifier(pinned<content_success_v1>{}), f.options());
        CHECK_FALSE(f.run<run>([&](auto h) { v1.async_get_run(at, h); }).ec);
    }

    TEST_CASE("an offloaded body is fetched from its own host without the token")
    {
        client_fixture f;
        f.before = [](const auto& request, auto) {
            CHECK_EQ(request.target, "/bodies/1?sig=s%2B1");
            CHECK_FALSE(request.find("Authorization"));
            return test::reply("%PDF");
        };
        auto api = f.client();
        const auto got = f.run<std::string>([&](auto h) {
            api.async_fetch_body("https://blobs.example/bodies/1?sig=s%2B1", h);
        });
        CHECK_FALSE(got.ec);
        CHECK_EQ(got.value, "%PDF");
        const auto bad =
            f.run<std::string>([&](auto h) { api.async_fetch_body("file:///etc/passwd", h); });
        CHECK_EQ(bad.ec, cond::invalid_input);
    }

    TEST_CASE("a body can go to a sink in pieces")
    {
        struct sink : body_sink {
            std::string text;
            body_kind kind = body_kind::none;
            void on_begin(body_kind k) override
            {
                kind = k;
                text.clear();
            }
            void on_text(std::string_view piece) override { text += piece; }
        };
        client_fixture f;
        const auto at = f.finished_run(1);
        auto api = f.client();
        const job_id first = f.jobs_of(at).at(0);
        sink out;
        const auto streamed =
            f.run<job_result>([&](auto h) { api.async_get_job_result(at, first, out, h); });
        const auto held =
            f.run<job_result>([&](auto h) { api.async_get_job_result(at, first, h); });
        CHECK_FALSE(streamed.ec);
        CHECK(streamed.value.body.content.empty());
        CHECK_EQ(out.text, held.value.body.content);
        CHECK_EQ(out.kind, body_kind::html);
        CHECK_GT(out.text.size(), 0u);
    }

    TEST_CASE("the limits of the latest reply can be asked for")
    {
        client_fixture f(test::newest_server());  // the figures are its plan's
        const auto at = f.finished_run(1);
        auto api = f.client();
        f.run<run>([&](auto h) { api.async_get_run(at, h); });
        CHECK_EQ(api.last_limits().rate_limit, 10'000u);
        CHECK(api.last_limits().quota_unlimited);
    }
}
