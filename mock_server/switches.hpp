#ifndef SCRAPINGPROS_MOCK_SWITCHES_HPP
#define SCRAPINGPROS_MOCK_SWITCHES_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros_mock {

/// The values of the switches, in the contract's order: the first is what the mock does by itself.
namespace choice {
enum class idempotency_replay_status { s201, s200 };
enum class idempotency_payload_match { canonical_json, raw_bytes };
enum class idempotency_bad_key { s422, s400, ignore };
enum class idempotency_busy { s409, s503 };
enum class idempotency_stores { success_only, every_reply };
enum class all_items_refused { create_empty, reject_422 };
enum class bucket_order { invalid_blocked_duplicate, blocked_invalid_duplicate, duplicate_first };
enum class dedup_compare { exact, normalised_url };
enum class run_start_status { s201, s200, s202 };
enum class run_start_idempotency { ignore, honour };
enum class run_start_body { callback_override, ignore, reject_422 };
enum class run_on_empty { reject_400, complete_at_once };
enum class item_unknown_member { ignore, invalid_item };
enum class item_url_without_scheme { prepend_https, malformed_url };
enum class item_use_proxy_default { any, none };
enum class item_browser_rules { all, screenshot_only, none };
enum class update_on_live_run { unaffected, s409 };
enum class delete_reply { s200_message, s204_empty, s200_empty_object };
enum class deleted_collection_runs { readable, s404 };
enum class collections_since_compare { ge, gt };
enum class collections_list_cap { none, newest_1000 };
enum class runs_list_item { lean, full };
enum class failed_jobs_content { failed_and_timeout, all_unsuccessful, empty };
enum class processing_rows { absent, present };
enum class all_jobs_persisted { at_end, after_seeding, always_false, null, absent };
enum class completion_flush { sync, late };
enum class tied_stamps { natural, bursts };
enum class null_completed_at { off, volatile_row, failed_and_timeout };
enum class row_time_form { naive_ms, z_ms, offset_micro, no_fraction, epoch, mixed };
enum class jobs_limit_default { n100, n1000 };
enum class jobs_limit_over { clamp, s422 };
enum class query_lenience { strict, loose };
enum class result_of_unsuccessful { s200_without_body, s404_string };
enum class extract_no_match { null, absent, empty };
enum class cursor_with_changed_filters { apply, s400 };
enum class inline_cap_measure { result_json_bytes, body_bytes };
enum class result_when_not_asked { null, absent };
enum class result_guidance { present, null, absent };
enum class result_custom_id { absent, present };
enum class after_metadata_ttl { run_readable_listing_empty, run_404 };
enum class auth_missing_status { s401, s403 };
enum class error_form { detail_string, detail_array, detail_object, message_key, html, empty };
enum class country_not_approved { s403_on_create, invalid_item, job_failed };
enum class rate_algorithm { fixed_window_60s, sliding_60s, token_bucket };
enum class retry_after_form { integer_seconds, fraction, http_date, absent, zero };
enum class rate_headers { on_every_reply, reset_as_delta, absent };
enum class oversize_body { s413, reset };
enum class quota_blocks { writes, everything };
enum class run_failed_cause { fault_only };
enum class cancel_route { none, post_cancel, delete_run };
enum class cancelled_jobs { no_row, processing_row, failed_row };
enum class job_ids { full_unordered, empty_until_seeded, short_list, absent };
enum class webhook_signature { ts_dot_body_hex, body_hex, sha256_prefix_hex, ts_dot_body_base64 };
enum class webhook_events { any_terminal, completed_only };
enum class webhook_custom_ids { omit, jobs_array };
enum class webhook_timestamp_form { unix_seconds, iso_z };
enum class content_encoding { identity, gzip };
enum class trailing_slash { s404, s307 };
enum class health_body { status_only, with_components };
enum class length_limits { name_255_url_8192, off };
enum class update_status { s200, s201 };
enum class counter_steps { monotone, may_fall_once };
enum class result_after_row { at_once, delayed };
}  // namespace choice

/// When the members and routes of contract 17 appeared. A server dated before one lacks it.
namespace shipped {
using std::chrono::operator""y;
inline constexpr std::chrono::sys_days row_columns{2026y / 4 / 23};
inline constexpr std::chrono::sys_days verdict{2026y / 4 / 24};
inline constexpr std::chrono::sys_days client_id{2026y / 4 / 29};
inline constexpr std::chrono::sys_days run_list{2026y / 4 / 30};
inline constexpr std::chrono::sys_days binary_bodies{2026y / 5 / 14};
inline constexpr std::chrono::sys_days invalid_items{2026y / 5 / 21};
inline constexpr std::chrono::sys_days all_jobs_persisted{2026y / 5 / 28};
inline constexpr std::chrono::sys_days inline_results{2026y / 5 / 30};
}  // namespace shipped

/// A switch or a value that does not exist.
struct bad_switch : std::invalid_argument {
    bad_switch(std::string which, std::string what_value);

    std::string name;
    std::string value;  ///< empty if the switch itself is unknown
};

/// The assumptions A1…A68 of the contract's part 18, under the contract's names.
struct switches {
    choice::idempotency_replay_status idempotency_replay_status{};      // A1
    choice::idempotency_payload_match idempotency_payload_match{};      // A2
    choice::idempotency_bad_key idempotency_bad_key{};                  // A3
    choice::idempotency_busy idempotency_busy{};                        // A4
    choice::idempotency_stores idempotency_stores{};                    // A5
    choice::all_items_refused all_items_refused{};                      // A6
    choice::bucket_order bucket_order{};                                // A7
    choice::dedup_compare dedup_compare{};                              // A8
    choice::run_start_status run_start_status{};                        // A9
    choice::run_start_idempotency run_start_idempotency{};              // A10
    choice::run_start_body run_start_body{};                            // A11
    choice::run_on_empty run_on_empty{};                                // A12
    choice::item_unknown_member item_unknown_member{};                  // A13
    choice::item_url_without_scheme item_url_without_scheme{};          // A14
    choice::item_use_proxy_default item_use_proxy_default{};            // A15
    choice::item_browser_rules item_browser_rules{};                    // A16
    choice::update_on_live_run update_on_live_run{};                    // A17
    choice::delete_reply delete_reply{};                                // A18
    choice::deleted_collection_runs deleted_collection_runs{};          // A19
    choice::collections_since_compare collections_since_compare{};      // A20
    choice::collections_list_cap collections_list_cap{};                // A21
    choice::runs_list_item runs_list_item{};                            // A22
    bool run_nulls = false;                                             // A23
    choice::failed_jobs_content failed_jobs_content{};                  // A24
    choice::processing_rows processing_rows{};                          // A25
    choice::all_jobs_persisted all_jobs_persisted{};                    // A26
    choice::completion_flush completion_flush{};                        // A27
    bool late_rows = false;                                             // A28
    choice::tied_stamps tied_stamps{};                                  // A29
    choice::null_completed_at null_completed_at{};                      // A30
    choice::row_time_form row_time_form{};                              // A31
    choice::jobs_limit_default jobs_limit_default{};                    // A32
    choice::jobs_limit_over jobs_limit_over{};                          // A33
    choice::query_lenience query_lenience{};                            // A34
    choice::result_of_unsuccessful result_of_unsuccessful{};            // A35
    choice::extract_no_match extract_no_match{};                        // A36
    choice::cursor_with_changed_filters cursor_with_changed_filters{};  // A37
    choice::inline_cap_measure inline_cap_measure{};                    // A38
    std::size_t inline_cap_bytes = 262'144;                             // A38, the value
    choice::result_when_not_asked result_when_not_asked{};              // A39
    choice::result_guidance result_guidance{};                          // A40
    choice::result_custom_id result_custom_id{};                        // A41
    std::size_t content_ttl_hours = 48;                                 // A42
    choice::after_metadata_ttl after_metadata_ttl{};                    // A43
    choice::auth_missing_status auth_missing_status{};                  // A44
    choice::error_form error_form{};                                    // A45
    choice::country_not_approved country_not_approved{};                // A46
    choice::rate_algorithm rate_algorithm{};                            // A47
    std::size_t read_per_minute = 10'000;                               // A47
    std::optional<std::size_t> write_per_minute;                        // A47; none: the plan's
    bool single_bucket = false;                                         // A47
    choice::retry_after_form retry_after_form{};                        // A48
    choice::rate_headers rate_headers{};                                // A49
    std::optional<std::size_t> max_body_bytes;                          // A50
    choice::oversize_body oversize_body{};                              // A50, the reaction
    choice::quota_blocks quota_blocks{};                                // A51
    choice::run_failed_cause run_failed_cause{};                        // A52
    choice::cancel_route cancel_route{};                                // A53
    choice::cancelled_jobs cancelled_jobs{};                            // A54
    choice::job_ids job_ids{};                                          // A55
    choice::webhook_signature webhook_signature{};                      // A56
    std::size_t webhook_attempts = 3;                                   // A57
    choice::webhook_events webhook_events{};                            // A58
    choice::webhook_custom_ids webhook_custom_ids{};                    // A59
    choice::webhook_timestamp_form webhook_timestamp_form{};            // A60
    choice::content_encoding content_encoding{};                        // A61
    choice::trailing_slash trailing_slash{};                            // A62
    choice::health_body health_body{};                                  // A63
    bool extra_and_missing = false;                                     // A64
    choice::length_limits length_limits{};                              // A65
    choice::update_status update_status{};                              // A66
    choice::counter_steps counter_steps{};                              // A67
    choice::result_after_row result_after_row{};                        // A68

    /// The day whose server is played; no switch of part 18, but the rows of part 17.
    std::chrono::sys_days server_date{std::chrono::year{2026} / 6 / 1};

    bool predates(std::chrono::sys_days feature) const noexcept { return server_date < feature; }

    /// By the contract's name or by its number ("inline_cap_measure", "A38"), the value as spelled
    /// in part 18. Throws bad_switch.
    void set(std::string_view name, std::string_view value);
    /// The value in the same spelling. Throws bad_switch.
    std::string get(std::string_view name) const;

    friend bool operator==(const switches&, const switches&) = default;

    static switches newest() { return {}; }
    /// A server of 2026-04-06: every row of part 17 applies.
    static switches y2026_04_06();
    /// Every second value of part 18.
    static switches adversarial();
};

/// What there is to set, for help texts and for tests that walk the whole table.
struct switch_entry {
    int number;
    std::string_view name;
    std::vector<std::string_view> values;  ///< as spelled; a number that is free in value: examples
};

std::vector<switch_entry> known_switches();

}  // namespace scrapingpros_mock

#endif
