#include "webhooks.hpp"

#include "json_out.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

std::string payload(const webhook_facts& run, bool with_jobs)
{
    json_writer out;
    out.begin_object().member("event", "run.completed").member("run_id", run.run_id);
    out.member("collection_id", run.collection_id).member("status", run.status);
    out.member("total_requests", run.total).member("success_requests", run.success);
    out.member("failed_requests", run.failed).member("job_ids", run.job_ids);
    out.member(
        "results_url",
        run.public_url + "/v1/async/collections/" + run.collection_id + "/runs/" + run.run_id
    );
    out.member("timestamp", iso_seconds(run.at) + "Z");
    if (with_jobs) {
        out.member("timeout_requests", run.timeout).key("jobs").begin_array();
        for (const auto& [job, custom_id] : run.custom_ids)
            out.begin_object().member("job_id", job).member("custom_id", custom_id).end_object();
        out.end_array();
    }
    return out.end_object().take();
}

}  // namespace

std::string sign_webhook(
    const std::string& body,
    const std::string& timestamp,
    choice::webhook_signature scheme,
    const std::string& secret
)
{
    using enum choice::webhook_signature;
    switch (scheme) {
    case ts_dot_body_hex: return hex(hmac_sha256(secret, timestamp + "." + body));
    case body_hex: return hex(hmac_sha256(secret, body));
    case sha256_prefix_hex: return "sha256=" + hex(hmac_sha256(secret, body));
    case ts_dot_body_base64: return base64(hmac_sha256(secret, timestamp + "." + body));
    }
    return {};
}

webhook make_webhook(const webhook_facts& run, const switches& contract, const std::string& secret)
{
    webhook made;
    made.body = payload(run, contract.webhook_custom_ids == choice::webhook_custom_ids::jobs_array);
    const auto whole = std::chrono::floor<std::chrono::seconds>(run.at);
    const std::string timestamp =
        contract.webhook_timestamp_form == choice::webhook_timestamp_form::iso_z
            ? iso_seconds(whole) + "Z"
            : std::to_string(whole.time_since_epoch().count());
    made.headers = {
        {"Content-Type", "application/json"},
        {"X-SP-Timestamp", timestamp},
        {"X-SP-Signature", sign_webhook(made.body, timestamp, contract.webhook_signature, secret)}};
    return made;
}

}  // namespace scrapingpros_mock
