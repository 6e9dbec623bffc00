#ifndef SCRAPINGPROS_MOCK_FAULT_EFFECTS_HPP
#define SCRAPINGPROS_MOCK_FAULT_EFFECTS_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "faults/json_damage.hpp"
#include "faults/wire_damage.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

enum class body_form {
    detail,
    message,
    html,
    empty,
    detail_array,  ///< as the framework's validator says it
    object,        ///< `{"error":{"code":…,"message":…}}`
    wrong_type,    ///< `{"detail":<the code>}`
    mebibyte,      ///< a detail of 1 MiB
};
enum class inline_form { string, array, empty_object, missing_message, null, absent, wrong_type };
enum class run_end { failed, cancelled };

/// What can be wrong with the pages of a listing.
enum class page_hazard {
    dup_row,           ///< the first row comes again at the end of the page
    dup_row_across,    ///< the last row of the page before comes again
    reorder_in_page,   ///< the rows stand in the opposite order
    reorder_across,    ///< the last row is held back and ends the next page
    empty_with_more,   ///< no rows yet, and a cursor that has them
    last_empty,        ///< the last page says that there is one more, which is empty
    cursor_on_last,    ///< `has_more` is false and yet there is a cursor
    more_null_cursor,  ///< `has_more` is true and yet there is no cursor
    same_cursor,       ///< the cursor leads to the same page again
    cycle_2,           ///< the cursor leads to the page before
    odd_cursor,        ///< the cursor is full of characters that a query must encode
    long_cursor,       ///< the cursor has 2,000 characters
    cursor_expires,    ///< a cursor that was good is refused
    short_page,        ///< half of the rows that were asked for, and more to come
    over_long_page,    ///< more rows than were asked for
    row_disappears,    ///< the first row is not there
    row_changes_status,
};

/// What a fault does. The first group can stand in place of the service (phase `before`); for the
/// others the phase says nothing, because they need the true answer to damage.
namespace effect {
struct status {
    unsigned code = 503;
    body_form form = body_form::detail;
    std::string text = {};  ///< of the body; empty: the usual phrase of the code
    std::vector<header> headers = {};
};
/// 429 of the rate kind; `retry_after` goes out as it stands, no header if empty.
struct throttle {
    std::string retry_after = "1";
};
/// The connection is closed before any byte of the answer.
struct lose_reply {};
struct cut {
    std::size_t at = 0;
};
struct reset {
    std::size_t at = 0;
};
struct stall {
    std::size_t at = 0;
};
/// A maintenance page under status 200.
struct html_200 {};

struct delay {
    duration by{0};
};
/// So many bytes are missing at the end of the body; the length says so honestly.
struct truncate_json {
    std::size_t missing = 1;
};
/// So many bytes of additional headers.
struct header_bomb {
    std::size_t bytes = 200'000;
};
/// The body is blown up to at least this size with white space behind the JSON.
struct huge_body {
    std::size_t bytes = 1'000'000;
};
struct lie_about_length {
    std::size_t declared = 0;
};
/// Only these top-level members of the body stay.
struct keep_members {
    std::vector<std::string> names;
};
struct drop_members {
    std::vector<std::string> names;
};

/// Listings: the inline result of one row of the page, or of all.
struct malform_inline {
    inline_form form = inline_form::missing_message;
    std::optional<std::size_t> row = {};
};
/// Listings: one row bears a status word that nobody knows.
struct unknown_row_status {
    std::size_t row = 0;
    std::string word = "cancelled";
};
/// Listings: `cursor_next` is the cursor that was sent, `has_more` true.
struct repeat_cursor {};
/// Listings: neither `cursor_next` nor `has_more`.
struct drop_page_end {};
/// Run start: the run ends so, before its jobs are done (A52: no other cause is known).
struct end_run {
    run_end as = run_end::failed;
    duration after{std::chrono::seconds{5}};
};

/// The response ends so, at the place that the fault's phase names.
struct end {
    wire_ending how = wire_ending::close;
};
/// The bytes are damaged so; where that matters, at the place that the fault's phase names.
struct wire {
    wire_damage what{};
};
/// The connection is closed after the response, which says so.
struct close_after {};
/// 302 to `where`: a URL or path, `same` (the request's own target), or nowhere if empty.
struct redirect {
    std::string where{};
};
struct json {
    json_damage what{};
};
struct drift_row {
    row_drift what{};
};
struct page {
    page_hazard what = page_hazard::dup_row;
};
/// Layer `connect`.
struct arrive {
    arrival how = arrival::closed;
};
/// Layer `tls`.
struct spoil_tls {
    tls_fault what = tls_fault::expired;
};
}  // namespace effect

using fault_effect = std::variant<
    effect::status,
    effect::throttle,
    effect::lose_reply,
    effect::cut,
    effect::reset,
    effect::stall,
    effect::html_200,
    effect::delay,
    effect::truncate_json,
    effect::header_bomb,
    effect::huge_body,
    effect::lie_about_length,
    effect::keep_members,
    effect::drop_members,
    effect::malform_inline,
    effect::unknown_row_status,
    effect::repeat_cursor,
    effect::drop_page_end,
    effect::end_run,
    effect::end,
    effect::wire,
    effect::close_after,
    effect::redirect,
    effect::json,
    effect::drift_row,
    effect::page,
    effect::arrive,
    effect::spoil_tls>;

}  // namespace scrapingpros_mock

#endif
