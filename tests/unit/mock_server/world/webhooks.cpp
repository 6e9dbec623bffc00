#include "webhooks/webhooks.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

using namespace mock_test;

namespace {

const std::string secret = "test_webhook_secret_a";

/// The facts that a fixture states.
webhook_facts facts_in(const json::value& payload)
{
    webhook_facts run;
    run.run_id = text_of(payload.at("run_id"));
    run.collection_id = text_of(payload.at("collection_id"));
    run.status = text_of(payload.at("status"));
    run.total = payload.at("total_requests").to_number<std::uint64_t>();
    run.success = payload.at("success_requests").to_number<std::uint64_t>();
    run.failed = payload.at("failed_requests").to_number<std::uint64_t>();
    run.timeout = 1;
    for (const json::value& id : payload.at("job_ids").as_array())
        run.job_ids.push_back(text_of(id));
    run.custom_ids = {
        {"10b00000-0000-4000-8000-000000000001", "tour_1"},
        {"10b00000-0000-4000-8000-000000000007", std::nullopt}};
    run.public_url = "https://api.scrapingpros.com";
    run.at = start + 2min + 6s;
    return run;
}

webhook made_from(
    const std::string& file, std::initializer_list<std::pair<const char*, const char*>> set
)
{
    return make_webhook(facts_in(fixture(file)), with(set).contract, secret);
}

std::string value_of(const webhook& made, std::string_view name)
{
    const request carrier{"", "", made.headers, "", 0};
    return std::string(carrier.find(name).value_or("(none)"));
}

}  // namespace

TEST_SUITE("mock.webhooks")
{
    TEST_CASE("mock makes webhook_run_completed.json and .raw: the bytes and their signature")
    {
        const webhook made = made_from("webhook_run_completed.json", {});
        CHECK_EQ(made.body, fixture_text("webhook_run_completed.raw"));
        const json::object entry = fixture_entry("webhook_run_completed.json");
        for (const auto& each : entry.at("request_headers").as_object())
            CHECK_EQ(
                value_of(made, std::string_view(each.key().data(), each.key().size())),
                text_of(each.value())
            );
    }

    TEST_CASE("mock makes webhook_run_failed.json: the event's name stays, the status differs")
    {
        const webhook made = made_from("webhook_run_failed.json", {});
        CHECK_EQ(parse(made.body), fixture("webhook_run_failed.json"));
    }

    TEST_CASE("mock makes webhook_with_custom_ids.json: A59 jobs_array")
    {
        const webhook made = made_from("webhook_with_custom_ids.json", {{"A59", "jobs_array"}});
        CHECK_EQ(parse(made.body), fixture("webhook_with_custom_ids.json"));
    }

    TEST_CASE("the signature covers what A56 says, in its form")
    {
        const auto signature = [](const char* scheme) {
            return value_of(
                made_from("webhook_run_completed.json", {{"A56", scheme}}), "X-SP-Signature"
            );
        };
        CHECK_EQ(signature("ts_dot_body_hex").size(), 64);
        CHECK_EQ(signature("body_hex").size(), 64);
        CHECK_NE(signature("body_hex"), signature("ts_dot_body_hex"));
        CHECK_EQ(signature("sha256_prefix_hex"), "sha256=" + signature("body_hex"));
        CHECK_EQ(signature("ts_dot_body_base64"), "sj4r4PS8r4nCgFqvMp6Yj6A1pP59HPJphc8gq/c0H7Q=");
    }

    TEST_CASE("the time stamp's form is A60 and is what the signature covers")
    {
        const webhook made = made_from("webhook_run_completed.json", {{"A60", "iso_z"}});
        CHECK_EQ(value_of(made, "X-SP-Timestamp"), "2026-06-01T10:02:06Z");
        CHECK_EQ(
            value_of(made, "X-SP-Signature"),
            sign_webhook(
                made.body,
                "2026-06-01T10:02:06Z",
                choice::webhook_signature::ts_dot_body_hex,
                secret
            )
        );
    }
}
