#include "switches.hpp"

#include <initializer_list>
#include <type_traits>
#include <utility>

#include "text.hpp"

namespace scrapingpros_mock {
namespace {

/// A switch with its values in words, or one that is a number (`assign_number` set).
struct row {
    switch_entry entry;
    void (*assign)(switches&, std::size_t index);
    std::size_t (*read)(const switches&);
    void (*assign_number)(switches&, std::size_t) = nullptr;
    std::optional<std::size_t> (*read_number)(const switches&) = nullptr;
};

template <auto Member>
row words(int number, std::string_view name, std::initializer_list<std::string_view> values)
{
    using type = std::remove_cvref_t<decltype(std::declval<switches&>().*Member)>;
    return {
        {number, name, values},
        [](switches& s, std::size_t index) { s.*Member = static_cast<type>(index); },
        [](const switches& s) { return static_cast<std::size_t>(s.*Member); }};
}

/// `values[0]` is the word for the initial value if that is no number.
template <auto Member>
row number(int number, std::string_view name, std::initializer_list<std::string_view> values)
{
    return {
        {number, name, values},
        [](switches& s, std::size_t) { s.*Member = switches{}.*Member; },
        [](const switches&) { return std::size_t{0}; },
        [](switches& s, std::size_t value) { s.*Member = value; },
        [](const switches& s) -> std::optional<std::size_t> { return s.*Member; }};
}

std::vector<row> rows_1_to_12()
{
    using s = switches;
    return {
        words<&s::idempotency_replay_status>(1, "idempotency_replay_status", {"201", "200"}),
        words<&s::idempotency_payload_match>(
            2, "idempotency_payload_match", {"canonical_json", "raw_bytes"}
        ),
        words<&s::idempotency_bad_key>(3, "idempotency_bad_key", {"422", "400", "ignore"}),
        words<&s::idempotency_busy>(4, "idempotency_busy", {"409", "503"}),
        words<&s::idempotency_stores>(5, "idempotency_stores", {"success_only", "every_reply"}),
        words<&s::all_items_refused>(6, "all_items_refused", {"create_empty", "reject_422"}),
        words<&s::bucket_order>(
            7,
            "bucket_order",
            {"invalid_blocked_duplicate", "blocked_invalid_duplicate", "duplicate_first"}
        ),
        words<&s::dedup_compare>(8, "dedup_compare", {"exact", "normalised_url"}),
        words<&s::run_start_status>(9, "run_start_status", {"201", "200", "202"}),
        words<&s::run_start_idempotency>(10, "run_start_idempotency", {"ignore", "honour"}),
        words<&s::run_start_body>(
            11, "run_start_body", {"callback_override", "ignore", "reject_422"}
        ),
        words<&s::run_on_empty>(12, "run_on_empty", {"reject_400", "complete_at_once"}),
    };
}

std::vector<row> rows_13_to_24()
{
    using s = switches;
    return {
        words<&s::item_unknown_member>(13, "item_unknown_member", {"ignore", "invalid_item"}),
        words<&s::item_url_without_scheme>(
            14, "item_url_without_scheme", {"prepend_https", "malformed_url"}
        ),
        words<&s::item_use_proxy_default>(15, "item_use_proxy_default", {"any", "none"}),
        words<&s::item_browser_rules>(16, "item_browser_rules", {"all", "screenshot_only", "none"}),
        words<&s::update_on_live_run>(17, "update_on_live_run", {"unaffected", "409"}),
        words<&s::delete_reply>(
            18, "delete_reply", {"200_message", "204_empty", "200_empty_object"}
        ),
        words<&s::deleted_collection_runs>(19, "deleted_collection_runs", {"readable", "404"}),
        words<&s::collections_since_compare>(20, "collections_since_compare", {"ge", "gt"}),
        words<&s::collections_list_cap>(21, "collections_list_cap", {"none", "1000_newest"}),
        words<&s::runs_list_item>(22, "runs_list_item", {"lean", "full"}),
        words<&s::run_nulls>(23, "run_nulls", {"off", "on"}),
        words<&s::failed_jobs_content>(
            24, "failed_jobs_content", {"failed_and_timeout", "all_unsuccessful", "empty"}
        ),
    };
}

std::vector<row> rows_25_to_35()
{
    using s = switches;
    return {
        words<&s::processing_rows>(25, "processing_rows", {"absent", "present"}),
        words<&s::all_jobs_persisted>(
            26, "all_jobs_persisted", {"at_end", "after_seeding", "always_false", "null", "absent"}
        ),
        words<&s::completion_flush>(27, "completion_flush", {"sync", "late"}),
        words<&s::late_rows>(28, "late_rows", {"off", "on"}),
        words<&s::tied_stamps>(29, "tied_stamps", {"natural", "bursts"}),
        words<&s::null_completed_at>(
            30, "null_completed_at", {"off", "volatile_row", "failed_and_timeout"}
        ),
        words<&s::row_time_form>(
            31,
            "row_time_form",
            {"naive_ms", "z_ms", "offset_micro", "no_fraction", "epoch", "mixed"}
        ),
        words<&s::jobs_limit_default>(32, "jobs_limit_default", {"100", "1000"}),
        words<&s::jobs_limit_over>(33, "jobs_limit_over", {"clamp", "422"}),
        words<&s::query_lenience>(34, "query_lenience", {"strict", "loose"}),
        words<&s::result_of_unsuccessful>(
            35, "result_of_unsuccessful", {"200_without_body", "404_string"}
        ),
    };
}

std::vector<row> rows_36_to_46()
{
    using s = switches;
    return {
        words<&s::extract_no_match>(36, "extract_no_match", {"null", "absent", "empty"}),
        words<&s::cursor_with_changed_filters>(37, "cursor_with_changed_filters", {"apply", "400"}),
        words<&s::inline_cap_measure>(
            38, "inline_cap_measure", {"result_json_bytes", "body_bytes"}
        ),
        number<&s::inline_cap_bytes>(38, "inline_cap_bytes", {"262144"}),
        words<&s::result_when_not_asked>(39, "result_when_not_asked", {"null", "absent"}),
        words<&s::result_guidance>(40, "result_guidance", {"present", "null", "absent"}),
        words<&s::result_custom_id>(41, "result_custom_id", {"absent", "present"}),
        number<&s::content_ttl_hours>(42, "content_ttl_hours", {"48", "24"}),
        words<&s::after_metadata_ttl>(
            43, "after_metadata_ttl", {"run_readable_listing_empty", "run_404"}
        ),
        words<&s::auth_missing_status>(44, "auth_missing_status", {"401", "403"}),
        words<&s::error_form>(
            45,
            "error_form",
            {"detail_string", "detail_array", "detail_object", "message_key", "html", "empty"}
        ),
        words<&s::country_not_approved>(
            46, "country_not_approved", {"403_on_create", "invalid_item", "job_failed"}
        ),
    };
}

std::vector<row> rows_47_to_55()
{
    using s = switches;
    return {
        words<&s::rate_algorithm>(
            47, "rate_algorithm", {"fixed_window_60s", "sliding_60s", "token_bucket"}
        ),
        number<&s::read_per_minute>(47, "read_per_minute", {"10000"}),
        number<&s::write_per_minute>(47, "write_per_minute", {"by_plan", "30"}),
        words<&s::single_bucket>(47, "single_bucket", {"off", "on"}),
        words<&s::retry_after_form>(
            48, "retry_after_form", {"integer_seconds", "fraction", "http_date", "absent", "zero"}
        ),
        words<&s::rate_headers>(49, "rate_headers", {"on_every_reply", "reset_as_delta", "absent"}),
        number<&s::max_body_bytes>(50, "max_body_bytes", {"off", "33554432"}),
        words<&s::oversize_body>(50, "oversize_body", {"413", "reset"}),
        words<&s::quota_blocks>(51, "quota_blocks", {"writes", "everything"}),
        words<&s::run_failed_cause>(52, "run_failed_cause", {"fault_only"}),
        words<&s::cancel_route>(53, "cancel_route", {"none", "post_cancel", "delete_run"}),
        words<&s::cancelled_jobs>(54, "cancelled_jobs", {"no_row", "processing_row", "failed_row"}),
        words<&s::job_ids>(
            55, "job_ids", {"full_unordered", "empty_until_seeded", "short", "absent"}
        ),
    };
}

std::vector<row> rows_56_to_68()
{
    using s = switches;
    return {
        words<&s::webhook_signature>(
            56,
            "webhook_signature",
            {"ts_dot_body_hex", "body_hex", "sha256_prefix_hex", "ts_dot_body_base64"}
        ),
        number<&s::webhook_attempts>(57, "webhook_attempts", {"3", "1", "10"}),
        words<&s::webhook_events>(58, "webhook_events", {"any_terminal", "completed_only"}),
        words<&s::webhook_custom_ids>(59, "webhook_custom_ids", {"omit", "jobs_array"}),
        words<&s::webhook_timestamp_form>(60, "webhook_timestamp_form", {"unix_seconds", "iso_z"}),
        words<&s::content_encoding>(61, "content_encoding", {"identity", "gzip"}),
        words<&s::trailing_slash>(62, "trailing_slash", {"404", "307"}),
        words<&s::health_body>(63, "health_body", {"status_only", "with_components"}),
        words<&s::extra_and_missing>(64, "extra_and_missing", {"off", "on"}),
        words<&s::length_limits>(65, "length_limits", {"name_255_url_8192", "off"}),
        words<&s::update_status>(66, "update_status", {"200", "201"}),
        words<&s::counter_steps>(67, "counter_steps", {"monotone", "may_fall_once"}),
        words<&s::result_after_row>(68, "result_after_row", {"at_once", "delayed"}),
    };
}

const std::vector<row>& table()
{
    static const std::vector<row> all = [] {
        std::vector<row> rows = rows_1_to_12();
        for (auto part :
             {rows_13_to_24, rows_25_to_35, rows_36_to_46, rows_47_to_55, rows_56_to_68})
            for (row& each : part())
                rows.push_back(std::move(each));
        return rows;
    }();
    return all;
}

const row& find(std::string_view name)
{
    std::optional<int> asked;
    if (name.starts_with('A')) asked = number_in<int>(name.substr(1));
    for (const row& each : table())
        if (each.entry.name == name || each.entry.number == asked) return each;
    throw bad_switch{std::string(name), ""};
}

std::string explain(const std::string& name, const std::string& value)
{
    if (value.empty()) return "no switch is called '" + name + "'";
    return "switch '" + name + "' has no value '" + value + "'";
}

}  // namespace

bad_switch::bad_switch(std::string which, std::string what_value)
    : std::invalid_argument(explain(which, what_value)), name(std::move(which)),
      value(std::move(what_value))
{
}

void switches::set(std::string_view name, std::string_view value)
{
    const row& found = find(name);
    if (found.assign_number != nullptr) {
        if (const auto amount = number_in<std::size_t>(value))
            return found.assign_number(*this, *amount);
        if (value == found.entry.values.front()) return found.assign(*this, 0);
    } else {
        const auto& values = found.entry.values;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] == value) return found.assign(*this, i);
    }
    throw bad_switch{std::string(found.entry.name), value.empty() ? "(empty)" : std::string(value)};
}

std::string switches::get(std::string_view name) const
{
    const row& found = find(name);
    if (found.read_number == nullptr) return std::string(found.entry.values.at(found.read(*this)));
    const auto amount = found.read_number(*this);
    return amount ? std::to_string(*amount) : std::string(found.entry.values.front());
}

switches switches::y2026_04_06()
{
    switches s;
    s.server_date = std::chrono::year{2026} / 4 / 6;
    s.single_bucket = true;
    s.completion_flush = choice::completion_flush::late;
    return s;
}

switches switches::adversarial()
{
    switches s;
    for (const row& each : table()) {
        // Variations of a value that the second value of the switch has already replaced.
        if (each.entry.name == "single_bucket" || each.entry.name == "oversize_body" ||
            each.entry.name == "write_per_minute")
            continue;
        if (each.entry.values.size() > 1) s.set(each.entry.name, each.entry.values[1]);
    }
    return s;
}

std::vector<switch_entry> known_switches()
{
    std::vector<switch_entry> entries;
    for (const row& each : table())
        entries.push_back(each.entry);
    return entries;
}

}  // namespace scrapingpros_mock
