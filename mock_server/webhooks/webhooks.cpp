#include "webhooks/webhooks.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "json_out.hpp"
#include "text.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

namespace json = boost::json;

constexpr const char* signature_header = "X-SP-Signature";
constexpr const char* timestamp_header = "X-SP-Timestamp";

std::string payload(const webhook_facts& run, const switches& contract, std::size_t padded_to)
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
    if (contract.webhook_custom_ids == choice::webhook_custom_ids::jobs_array) {
        out.member("timeout_requests", run.timeout).key("jobs").begin_array();
        for (const auto& [job, custom_id] : run.custom_ids)
            out.begin_object().member("job_id", job).member("custom_id", custom_id).end_object();
        out.end_array();
    }
    if (padded_to > 0) {
        const std::size_t frame = std::string_view{R"(,"padding":""})"}.size();
        const std::size_t used = std::min(out.size() + frame, padded_to);
        out.member("padding", std::string(padded_to - used, 'x'));
    }
    return out.end_object().take();
}

/// As software does that reads a body and writes it anew: other order, other bytes.
std::string reserialised(const std::string& body)
{
    const json::value read = json::parse(body);
    std::vector<json::string_view> names;
    for (const auto& member : read.get_object())
        names.push_back(member.key());
    std::sort(names.begin(), names.end());
    json::object sorted;
    for (const json::string_view name : names)
        sorted[name] = read.get_object().at(name);
    return json::serialize(sorted);
}

void flip_lowest_bit(char& of)
{
    of = static_cast<char>(of ^ 1);
}

/// In characters that carry whole bits of the digest under every scheme. There the lowest bit makes
/// another digit or no digit at all, but never the same one in another spelling.
void flip_in_signature(std::string& signature, std::uint64_t chance)
{
    flip_lowest_bit(signature[8 + chance % 32]);
}

/// In the last digit.
void flip_in_timestamp(std::string& timestamp)
{
    flip_lowest_bit(timestamp[timestamp.find_last_of("0123456789")]);
}

/// Any bit of any byte.
void flip_in_body(std::string& body, std::uint64_t chance)
{
    char& hit = body[chance / 8 % body.size()];
    hit = static_cast<char>(hit ^ (1 << chance % 8));
}

}  // namespace

std::string webhook_timestamp(time_point at, choice::webhook_timestamp_form form)
{
    const auto whole = std::chrono::floor<std::chrono::seconds>(at);
    return form == choice::webhook_timestamp_form::iso_z
               ? iso_seconds(whole) + "Z"
               : std::to_string(whole.time_since_epoch().count());
}

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

webhook make_webhook(
    const webhook_facts& run,
    const switches& contract,
    const std::string& secret,
    time_point sent_at
)
{
    return make_damaged_webhook(run, contract, secret, sent_at, {}, 1, 0);
}

webhook make_webhook(const webhook_facts& run, const switches& contract, const std::string& secret)
{
    return make_webhook(run, contract, secret, run.at);
}

webhook make_damaged_webhook(
    webhook_facts run,
    const switches& contract,
    const std::string& secret,
    time_point sent_at,
    const webhook_options& options,
    unsigned attempt,
    std::uint64_t chance
)
{
    using enum webhook_damage;
    const auto has = [&](webhook_damage what) { return options.has(what, attempt); };
    const auto sign = [&](const std::string& body, const std::string& stamp, bool well) {
        const std::string& key = well ? secret : hex(sha256("another key than " + secret));
        return sign_webhook(body, stamp, contract.webhook_signature, key);
    };

    if (has(clock_skew)) {
        run.at += options.skew;
        sent_at += options.skew;
    }
    if (has(stale_timestamp)) sent_at -= options.stale_by;
    webhook made;
    made.chunked = has(chunked);
    made.body = payload(run, contract, has(huge_body) ? options.huge_body_bytes : 0);
    std::string stamp = webhook_timestamp(sent_at, contract.webhook_timestamp_form);
    std::string signature = sign(made.body, stamp, !has(other_key));
    const std::string foreign = has(several_signatures) ? sign(made.body, stamp, false) : "";

    if (has(reserialised)) made.body = scrapingpros_mock::reserialised(made.body);
    if (has(body_bit)) flip_in_body(made.body, chance);
    if (has(signature_bit)) flip_in_signature(signature, chance);
    if (has(timestamp_bit)) flip_in_timestamp(stamp);

    made.headers.push_back({"Content-Type", "application/json"});
    if (!has(no_timestamp)) made.headers.push_back({timestamp_header, stamp});
    if (has(no_signature)) return made;
    if (has(several_signatures)) made.headers.push_back({signature_header, foreign});
    made.headers.push_back({signature_header, signature});
    return made;
}

}  // namespace scrapingpros_mock
