#include <scrapingpros/wire/decode.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/builders.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace std::chrono_literals;
using scrapingpros::tests::at;

namespace {

/// A run with one more member, and where its decoding found something to note.
struct drifted_run {
    explicit drifted_run(const std::string& member)
    {
        const auto read = decode_run(R"({"run_id":"r",)" + member + "}", diag);
        REQUIRE(read.has_value());
        value = *read;
    }

    run value{};
    diagnostics diag{};
};

template <class Decode>
void refuses(Decode decode, std::string_view body)
{
    CAPTURE(body);
    diagnostics diag;
    const auto read = decode(body, diag);
    REQUIRE(read.has_error());
    CHECK(read.error() == errc::malformed_response);
    CHECK_FALSE(diag.client_text.empty());
    CHECK(diag.server_text == body.substr(0, diagnostics::max_server_text));
}

}  // namespace

TEST_SUITE("wire.decode")
{
    TEST_CASE("a maintenance page is an error for every decoder, as is everything cut or deep")
    {
        for (const std::string body :
             {"",
              " ",
              "<html><body>Back soon</body></html>",
              "OK",
              "{",
              R"({"run_id":"r")",
              R"({"run_id":"r"} x)",
              R"({"run_id":"r",})",
              "{\"run_id\":\"\xFF\"}",
              "nul",
              R"({"run_id":"\ud800"})",
              "\xEF\xBB\xBF{}"}) {
            refuses(decode_creation, body);
            refuses(decode_update, body);
            refuses(decode_collection, body);
            refuses(decode_collection_list, body);
            refuses(decode_run, body);
            refuses(decode_run_list, body);
            refuses(decode_health, body);
            refuses(decode_plans, body);
            refuses(decode_document, body);
            refuses(decode_webhook_event, body);
        }
        const std::string deep =
            R"({"run_id":"r","x":)" + std::string(100, '[') + std::string(100, ']') + "}";
        refuses(decode_run, deep);
        CHECK(
            drifted_run(R"("x":)" + std::string(60, '[') + std::string(60, ']')).value.id.value ==
            "r"
        );
    }

    TEST_CASE("JSON of another shape is an error, never an empty answer")
    {
        for (const char* body : {"null", "[]", "7", "\"run\"", "true"}) {
            refuses(decode_creation, body);
            refuses(decode_collection, body);
            refuses(decode_run, body);
            refuses(decode_run_list, body);
            refuses(decode_health, body);
            refuses(decode_plans, body);
            refuses(decode_webhook_event, body);
        }
        for (const char* body : {"null", "{}", R"({"items":null})", R"({"items":{}})", "7"})
            refuses(decode_run_list, body);
        for (const char* body : {"null", "{}", "7", R"({"items":[]})"})
            refuses(decode_collection_list, body);
        for (const char* body : {"null", "7", "\"x\""})
            refuses(decode_document, body);
    }

    TEST_CASE("ids are required and nothing else is")
    {
        for (const char* body :
             {"{}", R"({"run_id":null})", R"({"run_id":7})", R"({"run_id":""})"}) {
            refuses(decode_run, body);
            diagnostics diag;
            CHECK(decode_run(body, diag).has_error());
            CHECK_EQ(diag.place, "run_id");
        }
        for (const char* body : {"{}", R"({"id":null})", R"({"id":7})", R"({"id":""})"}) {
            refuses(decode_creation, body);
            refuses(decode_collection, body);
        }
        refuses(decode_webhook_event, R"({"run_id":"r"})");
        refuses(decode_webhook_event, R"({"collection_id":"c"})");
        diagnostics diag;
        CHECK(decode_run(R"({"run_id":"r"})", diag).has_value());
        CHECK(decode_update("{}", diag)->id.value.empty());
        CHECK(decode_health("{}", diag).has_value());
        CHECK(decode_plans("{}", diag)->plans.empty());
    }

    TEST_CASE("an optional member of another type is absent, and its place is noted")
    {
        for (const char* member :
             {R"("total_requests":"7")",
              R"("total_requests":-1)",
              R"("total_requests":7.5)",
              R"("total_requests":1e300)",
              R"("total_requests":[7])",
              R"("total_requests":true)"}) {
            CAPTURE(member);
            const drifted_run run(member);
            CHECK_FALSE(run.value.total_requests.has_value());
            CHECK_EQ(run.diag.place, "total_requests");
            CHECK_EQ(run.diag.client_text, "of another type, read as absent");
        }
        CHECK_EQ(drifted_run(R"("all_jobs_persisted":"true")").diag.place, "all_jobs_persisted");
        CHECK_EQ(drifted_run(R"("created_at":"yesterday")").diag.place, "created_at");
        CHECK_EQ(drifted_run(R"("status":3)").value.status, run_status::unknown);
        CHECK_EQ(drifted_run(R"("callback_url":1,"created_at":[])").diag.place, "callback_url");
    }

    TEST_CASE("numbers are taken in every form that says the same")
    {
        CHECK_EQ(drifted_run(R"("total_requests":7.0)").value.total_requests, 7u);
        CHECK_EQ(drifted_run(R"("total_requests":0)").value.total_requests, 0u);
        CHECK_EQ(
            drifted_run(R"("total_requests":18446744073709551615)").value.total_requests,
            18446744073709551615u
        );
        CHECK_EQ(drifted_run(R"("total_requests":-0)").value.total_requests, 0u);
    }

    TEST_CASE("stamps are taken as numbers and as text, anywhere")
    {
        CHECK(drifted_run(R"("created_at":1780308000)").value.created_at == at());
        CHECK(drifted_run(R"("created_at":"2026-06-01T10:00:00Z")").value.created_at == at());
        CHECK(
            drifted_run(R"("latest_completed_at":"2026-06-01T10:00:00.5")")
                .value.latest_completed_at == at(500ms)
        );
    }

    TEST_CASE("words that nobody told us are kept as text")
    {
        const drifted_run run(R"("status":"paused","callback_status":"bounced")");
        CHECK_EQ(run.value.status, run_status::unknown);
        CHECK_EQ(run.value.status_text, "paused");
        CHECK_EQ(run.value.callback_status, "bounced");
    }

    TEST_CASE("unknown members are ignored wherever they are")
    {
        const drifted_run run(R"("new":{"a":[1]},"success_criterion":{"version":"v9","new":1})");
        CHECK_EQ(run.diag.place, "");
        CHECK_EQ(run.value.criterion->version, "v9");
    }

    TEST_CASE("of a member that comes twice the last counts")
    {
        CHECK_EQ(
            drifted_run(R"("status":"failed","status":"completed")").value.status,
            run_status::completed
        );
    }

    TEST_CASE("parts that cannot be read cost only themselves")
    {
        const drifted_run run(
            R"("job_ids":["a",7,null,"b"],"failed_jobs":[{"job_id":"a"},{},"x"],"success_criterion":5)"
        );
        CHECK(run.value.job_ids == std::vector<job_id>{{"a"}, {"b"}});
        CHECK_EQ(run.value.failed_jobs.size(), 1);
        CHECK_FALSE(run.value.criterion.has_value());
        CHECK_EQ(run.diag.place, "job_ids[1]");
    }

    TEST_CASE("a list counts what it cannot read")
    {
        diagnostics diag;
        const auto runs =
            decode_run_list(R"({"items":[{"run_id":"a"},{},"x",{"run_id":"b"}],"total":4})", diag);
        REQUIRE(runs.has_value());
        CHECK_EQ(runs->items.size(), 2);
        CHECK_EQ(runs->items[1].id.value, "b");
        CHECK_EQ(runs->unreadable, 2);
        CHECK_EQ(runs->total, 4u);
        CHECK_EQ(diag.place, "items[1].run_id");
        diagnostics other;
        CHECK_EQ(decode_collection_list(R"([{"id":"c"},7])", other)->unreadable, 1);
    }

    TEST_CASE("every refused item counts, whatever became of its entry")
    {
        diagnostics diag;
        const auto answer = decode_creation(
            R"({"id":"c","blocked_urls":["http://10.0.0.1",{"index":1,"reason":"new_reason"},7],)"
            R"("invalid_items":[{"index":2,"errors":[{"field":"url"},"x"]},null],)"
            R"("duplicates_skipped":1})",
            diag
        );
        REQUIRE(answer.has_value());
        CHECK_EQ(queued(*answer, 10), 4);
        CHECK_EQ(answer->blocked_urls[0].url, "http://10.0.0.1");
        CHECK(answer->blocked_urls[1].reason == block_reason::other);
        CHECK_EQ(answer->blocked_urls[1].reason_text, "new_reason");
        CHECK_EQ(answer->invalid_items[0].errors.size(), 1);
        CHECK_EQ(diag.place, "blocked_urls[2]");
    }

    TEST_CASE("every reason of a block is known")
    {
        diagnostics diag;
        const auto reason = [&diag](const std::string& word) {
            const auto answer =
                decode_creation(R"({"id":"c","blocked_urls":[{"reason":")" + word + "\"}]}", diag);
            return answer->blocked_urls.at(0).reason;
        };
        CHECK(reason("private_ip") == block_reason::private_ip);
        CHECK(reason("dns_failed") == block_reason::dns_failed);
        CHECK(reason("blocked_hostname") == block_reason::blocked_hostname);
        CHECK(reason("invalid_protocol") == block_reason::invalid_protocol);
        CHECK(reason("invalid_port") == block_reason::invalid_port);
        CHECK(reason("malformed_url") == block_reason::malformed_url);
        CHECK(reason("blocked") == block_reason::blocked);
    }

    TEST_CASE("captured traffic is read element by element")
    {
        diagnostics diag;
        const auto traffic = decode_network_requests(
            R"([{"url":"a","status":"200","body_truncated":null},{"method":"GET"},7,{"url":"b"}])",
            diag
        );
        REQUIRE(traffic.has_value());
        REQUIRE_EQ(traffic->size(), 2);
        CHECK_FALSE((*traffic)[0].status.has_value());
        CHECK_EQ((*traffic)[1].url, "b");
        refuses(decode_network_requests, "{}");
    }

    TEST_CASE("only two words tell of a replay")
    {
        const auto replayed = [](const char* value) {
            http_fields fields;
            fields.add("idempotency-replayed", value);
            return read_replayed(fields);
        };
        CHECK_EQ(replayed("true"), true);
        CHECK_EQ(replayed("false"), false);
        CHECK_FALSE(replayed("1").has_value());
        CHECK_FALSE(read_replayed({}).has_value());
    }
}
