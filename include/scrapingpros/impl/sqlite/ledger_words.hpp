#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_WORDS_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_WORDS_HPP

#include <scrapingpros/impl/sqlite/database.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>
#include <scrapingpros/wire/timestamp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0::detail {

inline std::optional<std::string> stamp_of(const std::optional<timestamp>& when)
{
    return when ? std::optional(format_timestamp_utc(*when)) : std::nullopt;
}

/// Of enumerators that count from 0, the one up to `last` that is spelled so.
template <class E>
std::optional<E> enumerator_of(std::string_view word, E last) noexcept
{
    for (int i = 0; i <= static_cast<int>(last); ++i)
        if (to_string(static_cast<E>(i)) == word) return static_cast<E>(i);
    return {};
}

inline constexpr const char* batch_columns =
    "name, stage, collection_name, collection_id, run_id, submitted, queued, blocked, invalid, "
    "duplicates, total, usable, not_usable, undecided, failed, timed_out, filtered, missing, "
    "created_at, updated_at";

/// Empty if the stage is no word of this version.
inline std::optional<ledger_batch> read_batch(const sql_statement& row)
{
    const auto stage = enumerator_of(row.view(1), batch_stage::finished);
    if (!stage) return {};
    ledger_batch out;
    out.name = row.text(0);
    out.stage = *stage;
    out.collection_name = row.text(2);
    if (!row.is_null(3)) out.collection = collection_id{row.text(3)};
    if (!row.is_null(4)) out.run = run_id{row.text(4)};
    out.submitted = row.count(5);
    out.refusals_known = !row.is_null(6);
    out.queued = row.count(6);
    out.blocked = row.count(7);
    out.invalid = row.count(8);
    out.duplicates = row.count(9);
    out.total = row.some_count(10);
    out.counts = {
        row.count(11),
        row.count(12),
        row.count(13),
        row.count(14),
        row.count(15),
        row.count(16),
        row.count(17)};
    out.created_at = parse_timestamp(row.view(18)).value_or(timestamp());
    out.updated_at = parse_timestamp(row.view(19)).value_or(timestamp());
    return out;
}

inline constexpr const char* job_query =
    "SELECT job_public_id, settlement, cause, custom_id, url, status, is_success, verdict, "
    "verdict_reason, http_status, message, stop_reason, completed_at, body_kind, path, sha256, "
    "bytes, acknowledged_at FROM jobs WHERE batch = ?1 ORDER BY number";

inline ledger_job read_job(const sql_statement& row)
{
    ledger_job out;
    out.how = enumerator_of(row.view(1), settlement::missing);
    out.cause = enumerator_of(row.view(2), shortfall_cause::never_listed);
    out.acknowledged_at = parse_timestamp(row.view(17)).value_or(timestamp());
    ledger_outcome& o = out.outcome;
    o.id.value = row.text(0);
    o.custom_id = row.some_text(3);
    o.url = row.some_text(4);
    o.status = row.text(5);
    if (!row.is_null(6)) o.is_success = row.number(6) != 0;
    o.verdict = enumerator_of(row.view(7), judgement::not_usable).value_or(judgement::unknown);
    o.verdict_reason = row.text(8);
    if (!row.is_null(9)) o.status_code = static_cast<int>(row.number(9));
    o.message = row.some_text(10);
    o.stop_reason = row.some_text(11);
    o.completed_at = parse_timestamp(row.view(12));
    o.kind = enumerator_of(row.view(13), body_kind::offloaded).value_or(body_kind::none);
    o.path = row.some_text(14);
    o.sha256 = row.some_text(15);
    o.bytes = row.some_count(16);
    return out;
}

inline constexpr const char* rejection_query =
    "SELECT r.kind, r.position, coalesce(r.url, i.url), i.custom_id, r.field, r.reason, r.message "
    "FROM rejected AS r LEFT JOIN items AS i ON i.batch = r.batch AND i.position = r.position "
    "WHERE r.batch = ?1 ORDER BY r.number";

inline ledger_rejection read_rejection(const sql_statement& row)
{
    ledger_rejection out;
    out.kind = enumerator_of(row.view(0), rejection::duplicate).value_or(rejection::invalid);
    out.index = row.some_count(1);
    out.url = row.some_text(2);
    out.custom_id = row.some_text(3);
    out.field = row.text(4);
    out.reason = row.text(5);
    out.message = row.text(6);
    return out;
}

// The inner selects are looked up by URL and custom_id; see the views of the schema.
constexpr const char* item_query(ledger_items which) noexcept
{
    switch (which) {
    case ledger_items::all: break;
    case ledger_items::failed:
        return "WITH bad AS (SELECT DISTINCT url, custom_id FROM jobs WHERE batch = ?1 "
               "AND settlement IN ('failed', 'timed_out', 'not_usable', 'missing') "
               "AND stop_reason IS NULL) "
               "SELECT i.position, i.url, i.custom_id, i.request FROM items AS i "
               "LEFT JOIN (SELECT url, custom_id FROM bad WHERE url IS NOT NULL) AS j "
               "ON j.url = substr(i.url, 1, 2048) AND j.custom_id IS i.custom_id "
               "LEFT JOIN (SELECT custom_id FROM bad WHERE url IS NULL) AS k "
               "ON k.custom_id = i.custom_id "
               "WHERE i.batch = ?1 AND (j.url IS NOT NULL OR k.custom_id IS NOT NULL) "
               "ORDER BY i.position";
    case ledger_items::remaining:
        return "SELECT i.position, i.url, i.custom_id, i.request FROM items AS i "
               "LEFT JOIN (SELECT DISTINCT position FROM rejected WHERE batch = ?1) AS r "
               "ON r.position = i.position "
               "LEFT JOIN (SELECT DISTINCT url, custom_id FROM jobs "
               "WHERE batch = ?1 AND url IS NOT NULL) AS j "
               "ON j.url = substr(i.url, 1, 2048) AND j.custom_id IS i.custom_id "
               "LEFT JOIN (SELECT DISTINCT custom_id FROM jobs "
               "WHERE batch = ?1 AND url IS NULL) AS k ON k.custom_id = i.custom_id "
               "WHERE i.batch = ?1 AND r.position IS NULL AND j.url IS NULL "
               "AND k.custom_id IS NULL ORDER BY i.position";
    }
    return "SELECT position, url, custom_id, request FROM items WHERE batch = ?1 "
           "ORDER BY position";
}

inline ledger_item read_item(const sql_statement& row)
{
    return {row.count(0), row.some_text(1), row.some_text(2), row.some_text(3)};
}

}  // namespace scrapingpros::inline v0::detail

#endif
