#include <scrapingpros/wire/decode.hpp>
#include <scrapingpros/wire/result_decoder.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/fixture.hpp"
#include "tests/support/printing.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
using namespace std::chrono_literals;

namespace {

job_result decoded(const std::string& file)
{
    result_decoder decoder;
    REQUIRE_FALSE(decoder.write(fixture(file)));
    auto read = decoder.finish();
    REQUIRE(read.has_value());
    diagnostics diag;
    decoder.explain(diag);
    CHECK_EQ(diag.place, "");
    return std::move(*read);
}

const std::string tour_page =
    "<!doctype html>\n<html><head><title>Tour 1 \xE2\x80\x94 C\xC3\xB3rdoba</title></head><body>"
    "<h1>Tour 1</h1><p class=\"price\">\xE2\x82\xAC\xC2\xA0"
    "49</p></body></html>";

}  // namespace

TEST_SUITE("wire.fixtures")
{
    FIXTURE_CASE("result_html_200.json", "decodes member by member")
    {
        const job_result expected{
            .body = {body_kind::html, tour_page},
            .status_code = 200,
            .message = "OK",
            .url = "https://shop.example/tour/1",
            .custom_id = "tour_1",
            .content_type = "text/html; charset=utf-8",
            .execution_time = 1370ms,
            .timings_json = R"({"queue_wait_ms":45,"proxy_ms":120})",
            .potentially_blocked_by_captcha = false,
            .guidance =
                result_guidance{.success = true, .credits_charged = 1, .credits_refunded = false}};
        CHECK_EQ(decoded("result_html_200.json"), expected);
    }

    FIXTURE_CASE("result_markdown_200.json", "decodes to markdown")
    {
        const auto r = decoded("result_markdown_200.json");
        CHECK_EQ(r.body.kind, body_kind::markdown);
        CHECK_EQ(r.body.content, "# Tour 2\n\nTwo days, *half board*.\n");
    }

    FIXTURE_CASE("result_binary_200.json", "decodes to base64, the empty html notwithstanding")
    {
        const auto r = decoded("result_binary_200.json");
        CHECK_EQ(r.body.kind, body_kind::base64);
        CHECK_EQ(r.body.content.substr(0, 8), "JVBERi0x");
        CHECK_EQ(r.body.content.size(), 104);
    }

    FIXTURE_CASE("result_body_url_200.json", "decodes to the place of the body")
    {
        const auto r = decoded("result_body_url_200.json");
        CHECK_EQ(r.body.kind, body_kind::offloaded);
        CHECK_EQ(r.body.content, "https://blobs.example/sp/10b0?sig=test_signature_a");
    }

    FIXTURE_CASE("result_extracted_200.json", "keeps the extracted data as text")
    {
        const auto r = decoded("result_extracted_200.json");
        CHECK_EQ(
            r.extracted_data_json,
            "{\"title\":\"Tour 1\",\"prices\":[\"\xE2\x82\xAC 49\",\"\xE2\x82\xAC 59\"],"
            "\"missing\":null}"
        );
    }

    FIXTURE_CASE("result_full_200.json", "decodes everything that a browser job can bring")
    {
        const auto r = decoded("result_full_200.json");
        CHECK_EQ(r.screenshot_base64, "iVBORw0KGgo=");
        CHECK(r.execution_time == 8020ms);
        CHECK_EQ(r.evaluate_results_json, R"(["Tour 1",{"id":1},null])");
        CHECK_EQ(r.guidance->credits_charged, 5u);
        diagnostics diag;
        const auto traffic = decode_network_requests(*r.network_requests_json, diag);
        REQUIRE(traffic.has_value());
        REQUIRE_EQ(traffic->size(), 3);
        CHECK(
            (*traffic)[0] ==
            network_request{
                "https://api.shop.example/graphql",
                "POST",
                200,
                "xhr",
                "application/json",
                "{\"data\":{}}",
                "utf-8",
                false,
                {}}
        );
        CHECK((*traffic)[1].body_truncated);
        CHECK_EQ((*traffic)[2].body_error, "global_timeout_5s");
        CHECK_FALSE((*traffic)[2].body.has_value());
    }

    FIXTURE_CASE("result_no_guidance_200.json", "decodes without guidance, URL and custom id")
    {
        const auto r = decoded("result_no_guidance_200.json");
        CHECK_FALSE(r.guidance.has_value());
        CHECK_FALSE(r.url.has_value());
        CHECK_FALSE(r.custom_id.has_value());
        CHECK_EQ(r.body.content, tour_page);
    }

    FIXTURE_CASE("result_of_failed_job_200.json", "decodes to no body and a reason")
    {
        const auto r = decoded("result_of_failed_job_200.json");
        CHECK_EQ(r.body.kind, body_kind::none);
        CHECK_EQ(r.message, "proxy error");
        CHECK_FALSE(r.status_code.has_value());
        CHECK_EQ(r.guidance->error_type, "network");
        CHECK_EQ(r.guidance->credits_refunded, true);
    }

    FIXTURE_CASE("result_old_server_200.json", "decodes without a message")
    {
        const auto r = decoded("result_old_server_200.json");
        CHECK_FALSE(r.message.has_value());
        CHECK_EQ(r.body.content, "<!doctype html>...");
        CHECK_FALSE(r.content_type.has_value());
    }

    FIXTURE_CASE("result_site_error_200.json", "decodes to the target's error page")
    {
        const auto r = decoded("result_site_error_200.json");
        CHECK_EQ(r.status_code, 404);
        CHECK_EQ(r.message, "NOT FOUND");
        CHECK_EQ(r.guidance->stop_reason, "Page does not exist");
        CHECK_EQ(r.guidance->success, false);
    }

    FIXTURE_CASE("result_soft_block_200.json", "decodes to advice that can be sent again")
    {
        const auto r = decoded("result_soft_block_200.json");
        CHECK_EQ(r.potentially_blocked_by_captcha, true);
        CHECK_EQ(r.guidance->error_provider, "cloudflare");
        CHECK(
            r.guidance->next_steps ==
            std::vector<std::string>{"Try with browser=true", "Try retry_on_block=true"}
        );
        CHECK_EQ(
            r.guidance->suggested_request_json,
            R"({"url":"https://shop.example/tour/1","browser":true,"retry_on_block":true})"
        );
    }
}
