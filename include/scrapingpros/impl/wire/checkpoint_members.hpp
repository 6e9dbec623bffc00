#ifndef SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_MEMBERS_HPP
#define SCRAPINGPROS_IMPL_WIRE_CHECKPOINT_MEMBERS_HPP

// Which members each part of a checkpoint has, told once for both directions.

#include <scrapingpros/model/buckets.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/remainder.hpp>
#include <scrapingpros/model/start_outcome.hpp>

#include <string_view>
#include <tuple>

namespace scrapingpros::inline v0::detail {

template <class T, class M>
struct kept_member {
    std::string_view name;
    M T::*place;
    /// Written even at its default; without it the text is damaged.
    bool required;
};

template <class T, class M>
constexpr kept_member<T, M> member(std::string_view name, M T::*place)
{
    return {name, place, false};
}

template <class T, class M>
constexpr kept_member<T, M> required_member(std::string_view name, M T::*place)
{
    return {name, place, true};
}

constexpr std::string_view name_of(batch_stage s) noexcept
{
    return to_string(s);
}
constexpr std::string_view name_of(settlement s) noexcept
{
    return to_string(s);
}
constexpr std::string_view name_of(shortfall_cause c) noexcept
{
    return to_string(c);
}
constexpr std::string_view name_of(block_reason r) noexcept
{
    switch (r) {
    case block_reason::private_ip: return "private_ip";
    case block_reason::dns_failed: return "dns_failed";
    case block_reason::blocked_hostname: return "blocked_hostname";
    case block_reason::invalid_protocol: return "invalid_protocol";
    case block_reason::invalid_port: return "invalid_port";
    case block_reason::malformed_url: return "malformed_url";
    case block_reason::blocked: return "blocked";
    case block_reason::other: return "other";
    }
    return "";
}

/// `list` is a tuple of members, in the order in which they are written.
template <class T>
struct members_of;

template <class T>
concept has_kept_members = requires { members_of<T>::list; };

template <>
struct members_of<blocked_url> {
    static constexpr auto list = std::tuple(
        member("index", &blocked_url::index),
        member("url", &blocked_url::url),
        required_member("reason", &blocked_url::reason),
        member("reason_text", &blocked_url::reason_text),
        member("message", &blocked_url::message)
    );
};

template <>
struct members_of<item_fault> {
    static constexpr auto list = std::tuple(
        member("field", &item_fault::field),
        member("error_type", &item_fault::error_type),
        member("message", &item_fault::message)
    );
};

template <>
struct members_of<invalid_item> {
    static constexpr auto list = std::tuple(
        member("index", &invalid_item::index),
        member("url", &invalid_item::url),
        member("errors", &invalid_item::errors)
    );
};

template <>
struct members_of<creation> {
    static constexpr auto list = std::tuple(
        member("id", &creation::id),
        member("name", &creation::name),
        member("message", &creation::message),
        member("duplicates_skipped", &creation::duplicates_skipped),
        member("blocked_urls", &creation::blocked_urls),
        member("invalid_items", &creation::invalid_items),
        member("duplicate_urls", &creation::duplicate_urls),
        member("replayed", &creation::replayed)
    );
};

template <>
struct members_of<collection_draft> {
    static constexpr auto list = std::tuple(
        member("name", &collection_draft::name),
        member("requests", &collection_draft::requests),
        member("callback_url", &collection_draft::callback_url)
    );
};

template <>
struct members_of<start_attempt> {
    static constexpr auto list = std::tuple(
        member("collection", &start_attempt::collection),
        member("not_before", &start_attempt::not_before)
    );
};

template <>
struct members_of<run_ref> {
    static constexpr auto list =
        std::tuple(member("collection", &run_ref::collection), member("run", &run_ref::run));
};

template <>
struct members_of<settlement_counts> {
    static constexpr auto list = std::tuple(
        member("usable", &settlement_counts::usable),
        member("not_usable", &settlement_counts::not_usable),
        member("undecided", &settlement_counts::undecided),
        member("failed", &settlement_counts::failed),
        member("timed_out", &settlement_counts::timed_out),
        member("filtered", &settlement_counts::filtered),
        member("missing", &settlement_counts::missing)
    );
};

template <>
struct members_of<shortfall> {
    static constexpr auto list = std::tuple(
        required_member("id", &shortfall::id),
        required_member("cause", &shortfall::cause),
        member("url", &shortfall::url),
        member("custom_id", &shortfall::custom_id),
        member("completed_at", &shortfall::completed_at),
        member("ec", &shortfall::ec)
    );
};

template <>
struct members_of<settled_job> {
    static constexpr auto list = std::tuple(
        required_member("id", &settled_job::id),
        required_member("how", &settled_job::how),
        member("mark", &settled_job::high_water_mark),
        member("missing", &settled_job::missing)
    );
};

template <>
struct members_of<checkpoint> {
    static constexpr auto list = std::tuple(
        required_member("stage", &checkpoint::stage),
        member("name", &checkpoint::name),
        member("idempotency_key", &checkpoint::idempotency_key),
        member("first_create_at", &checkpoint::first_create_at),
        member("draft", &checkpoint::draft),
        member("submitted", &checkpoint::submitted),
        member("created", &checkpoint::created),
        member("callback_url", &checkpoint::callback_url),
        member("start", &checkpoint::start),
        member("target", &checkpoint::target),
        member("total", &checkpoint::total),
        member("settled", &checkpoint::settled),
        member("counts", &checkpoint::counts),
        member("mark", &checkpoint::high_water_mark),
        member("missing", &checkpoint::missing)
    );
};

}  // namespace scrapingpros::inline v0::detail

#endif
