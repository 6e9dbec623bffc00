#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

/// The result of a job of one item, which its target decides.
response_plan result_of(
    const std::string& item,
    target_page page,
    std::initializer_list<std::pair<const char*, const char*>> set = {{"A41", "present"}},
    std::vector<fault> faults = {}
)
{
    scenario from = with(set);
    page.url = text_of(parse(item).at("url"));
    from.targets = {std::move(page)};
    from.faults = std::move(faults);
    peer client{from};
    const std::string run = client.run_of("[" + item + "]");
    client.finish(run);
    return client.get(run + "/jobs/" + client.service.find_job(id_in(run), 0)->id + "/result");
}

const std::string tour_page =
    "<!doctype html>\n<html><head><title>Tour 1 — Córdoba</title></head><body><h1>Tour 1</h1>"
    "<p class=\"price\">€\u00a049</p></body></html>";

}  // namespace

TEST_SUITE("mock.fixtures.results")
{
    EMITS_CASE("result_html_200.json", "")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/tour/1","custom_id":"tour_1"})",
            {.execution = 1370ms, .body = tour_page}
        );
        check_emits(plan, "result_html_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_html_200.json"));
    }

    EMITS_CASE("result_markdown_200.json", ": html is null")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/tour/2","custom_id":"tour_2","format":"markdown"})",
            {.execution = 2044ms, .body = "# Tour 2\n\nTwo days, *half board*.\n"}
        );
        check_emits(plan, "result_markdown_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_markdown_200.json"));
    }

    EMITS_CASE("result_binary_200.json", ": html is empty, the bytes are in base64")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/report.pdf","custom_id":"report"})",
            {.execution = 610ms,
             .body = "%PDF-1.4\n% tiny\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 "
                     "R>>\n%%EOF\n",
             .content_type = "application/pdf",
             .binary = true}
        );
        check_emits(plan, "result_binary_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_binary_200.json"));
    }

    EMITS_CASE("result_body_url_200.json", ": the body lies elsewhere")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/big.zip","custom_id":"big"})",
            {.execution = 1370ms,
             .content_type = "application/zip",
             .body_url = "https://blobs.example/sp/10b0?sig=test_signature_a"}
        );
        check_emits(plan, "result_body_url_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_body_url_200.json"));
    }

    EMITS_CASE("result_extracted_200.json", ": one member per name, null for no match (A36)")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/tour/3",
                "extract":{"title":"css:h1","prices":{"selector":"css:.price","multiple":true},
                           "missing":"css:.none"}})",
            {.execution = 1370ms, .body = tour_page}
        );
        check_emits(plan, "result_extracted_200.json");
    }

    EMITS_CASE("result_full_200.json", ": screenshot, evaluate and network capture")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/app","custom_id":"full","browser":true,"screenshot":true})",
            {.execution = 8020ms,
             .body = tour_page,
             .evaluate_results = R"(["Tour 1",{"id":1},null])",
             .network_requests =
                 R"([{"url":"https://api.shop.example/graphql","method":"POST","status":200,
                      "resource_type":"xhr","content_type":"application/json",
                      "body":"{\"data\":{}}","body_encoding":"utf-8"},
                     {"url":"https://api.shop.example/img","method":"GET","status":200,
                      "resource_type":"fetch","content_type":"image/png","body":"iVBORw0KGgo=",
                      "body_encoding":"base64","body_truncated":true},
                     {"url":"https://api.shop.example/late","method":"GET","status":200,
                      "resource_type":"fetch","content_type":"text/plain",
                      "body_error":"global_timeout_5s"}])"}
        );
        check_emits(plan, "result_full_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_full_200.json"));
    }

    EMITS_CASE("result_no_guidance_200.json", ": A40 and A41 absent, a fault drops the rest")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/tour/1"})",
            {.execution = 1370ms, .body = tour_page},
            {{"A40", "absent"}, {"A41", "absent"}},
            {make_fault(operation::get_result, effect::drop_members{{"url", "cookies"}})}
        );
        check_emits(plan, "result_no_guidance_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_no_guidance_200.json"));
    }

    EMITS_CASE("result_of_failed_job_200.json", ": 200 without a body (A35)")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/proxyfail"})", {.ends = outcome::worker_failed}
        );
        check_emits(plan, "result_of_failed_job_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_of_failed_job_200.json"));
    }

    EMITS_CASE("result_site_error_200.json", ": the target said 404")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/gone","custom_id":"tour_4"})",
            {.ends = outcome::not_found, .execution = 1370ms}
        );
        check_emits(plan, "result_site_error_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_site_error_200.json"));
    }

    EMITS_CASE("result_soft_block_200.json", ": completed and not usable")
    {
        const response_plan plan = result_of(
            R"({"url":"https://shop.example/tour/1","custom_id":"tour_1b"})",
            {.ends = outcome::soft_block, .execution = 5210ms}
        );
        check_emits(plan, "result_soft_block_200.json");
        CHECK_EQ(parse(plan.body), fixture("result_soft_block_200.json"));
    }

    EMITS_CASE("result_old_server_200.json", ": profile y2026_04_06")
    {
        scenario from = steady();
        from.contract = switches::y2026_04_06();
        peer client{from};
        const std::string run = client.run_of(1);
        client.finish(run);
        const std::string job = client.service.find_job(id_in(run), 0)->id;
        check_emits(client.get(run + "/jobs/" + job + "/result"), "result_old_server_200.json");
    }
}
