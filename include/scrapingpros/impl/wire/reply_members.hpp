#ifndef SCRAPINGPROS_IMPL_WIRE_REPLY_MEMBERS_HPP
#define SCRAPINGPROS_IMPL_WIRE_REPLY_MEMBERS_HPP

// Which members each small reply has. Names and meaning: contract sections 3.3, 5, 6.3, 13 and 14.

#include <scrapingpros/impl/wire/json_reader.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/model/service.hpp>
#include <scrapingpros/model/webhook_event.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

constexpr block_reason block_reason_from(std::string_view text) noexcept
{
    if (text == "private_ip") return block_reason::private_ip;
    if (text == "dns_failed") return block_reason::dns_failed;
    if (text == "blocked_hostname") return block_reason::blocked_hostname;
    if (text == "invalid_protocol") return block_reason::invalid_protocol;
    if (text == "invalid_port") return block_reason::invalid_port;
    if (text == "malformed_url") return block_reason::malformed_url;
    if (text == "blocked") return block_reason::blocked;
    return block_reason::other;
}

inline void read_members(json_reader& in, success_criterion& out)
{
    in.optional("version", out.version);
    in.string_list("rules", out.rules);
}

inline void read_members(json_reader& in, failed_job& out)
{
    in.required("job_id", out.id);
    in.optional("url", out.url);
    in.optional("error", out.error);
    in.optional("status", out.status_text);
}

inline void read_members(json_reader& in, run& out)
{
    in.required("run_id", out.id);
    in.optional("collection_id", out.collection);
    in.optional("status", out.status_text);
    out.status = run_status_from(out.status_text);
    in.optional("total_requests", out.total_requests);
    in.optional("success_requests", out.success_requests);
    in.optional("failed_requests", out.failed_requests);
    in.optional("timeout_requests", out.timeout_requests);
    in.id_list("job_ids", out.job_ids);
    in.objects("failed_jobs", out.failed_jobs);
    in.optional("callback_url", out.callback_url);
    in.optional("callback_status", out.callback_status);
    in.optional("created_at", out.created_at);
    in.object("success_criterion", out.criterion);
    in.optional("all_jobs_persisted", out.all_jobs_persisted);
    in.optional("latest_completed_at", out.latest_completed_at);
}

inline void read_members(json_reader& in, collection& out)
{
    in.required("id", out.id);
    in.optional("name", out.name);
    in.optional("created_at", out.created_at);
    in.optional("updated_at", out.updated_at);
}

inline void read_members(json_reader& in, blocked_url& out)
{
    in.optional("index", out.index);
    in.optional("url", out.url);
    in.optional("reason", out.reason_text);
    out.reason = block_reason_from(out.reason_text);
    in.optional("message", out.message);
}

inline void read_members(json_reader& in, item_fault& out)
{
    in.optional("field", out.field);
    in.optional("error_type", out.error_type);
    in.optional("message", out.message);
}

inline void read_members(json_reader& in, invalid_item& out)
{
    in.optional("index", out.index);
    in.optional("url", out.url);
    in.objects("errors", out.errors);
}

/// Reads a bucket. Every element counts in the arithmetic of queued items, so none is left out;
/// before 2026-04-30 a blocked URL was plain text.
template <class Refused>
void read_bucket(json_reader& in, std::string_view key, std::vector<Refused>& out)
{
    in.for_each(key, [&](const boost::json::value& element, const std::string& place) {
        Refused& refused = out.emplace_back();
        if constexpr (requires { refused.reason_text; })
            if (assign(element, refused.url)) return;
        json_reader member(element, in, place);
        read_members(member, refused);
    });
}

inline void read_members(json_reader& in, creation& out)
{
    in.optional("id", out.id);
    in.optional("name", out.name);
    in.optional("message", out.message);
    in.optional("duplicates_skipped", out.duplicates_skipped);
    read_bucket(in, "blocked_urls", out.blocked_urls);
    read_bucket(in, "invalid_items", out.invalid_items);
    in.string_list("duplicate_urls", out.duplicate_urls);
}

inline void read_members(json_reader& in, health& out)
{
    in.optional("status", out.status);
    const auto* member = in.find("components");
    const auto* components = member ? member->if_object() : nullptr;
    if (!components) return;
    for (const auto& [name, value] : *components) {
        std::string status;
        if (assign(value, status)) out.components[std::string(name)] = std::move(status);
    }
}

inline void read_members(json_reader& in, plan& out)
{
    in.optional("name", out.name);
    in.optional("display_name", out.display_name);
    in.optional("credits_monthly", out.credits_monthly);
    in.optional("max_concurrent_jobs", out.max_concurrent_jobs);
}

inline void read_members(json_reader& in, plan_list& out)
{
    in.objects("plans", out.plans);
}

inline void read_members(json_reader& in, webhook_job& out)
{
    in.required("job_id", out.id);
    in.optional("custom_id", out.custom_id);
}

inline void read_members(json_reader& in, webhook_event& out)
{
    in.optional("event", out.event);
    in.required("run_id", out.target.run);
    in.required("collection_id", out.target.collection);
    in.optional("status", out.status_text);
    out.status = run_status_from(out.status_text);
    in.optional("total_requests", out.total_requests);
    in.optional("success_requests", out.success_requests);
    in.optional("failed_requests", out.failed_requests);
    in.optional("timeout_requests", out.timeout_requests);
    in.id_list("job_ids", out.job_ids);
    in.objects("jobs", out.jobs);
    in.optional("results_url", out.results_url);
    in.optional("timestamp", out.timestamp);
}

inline void read_members(json_reader& in, network_request& out)
{
    in.required("url", out.url);
    in.optional("method", out.method);
    in.optional("status", out.status);
    in.optional("resource_type", out.resource_type);
    in.optional("content_type", out.content_type);
    in.optional("body", out.body);
    in.optional("body_encoding", out.body_encoding);
    in.optional("body_truncated", out.body_truncated);
    in.optional("body_error", out.body_error);
}

/// A list that is a document of its own.
template <class T>
struct item_list {
    std::vector<T> items{};
    std::size_t unreadable = 0;
};

}  // namespace scrapingpros::inline v0::detail

#endif
