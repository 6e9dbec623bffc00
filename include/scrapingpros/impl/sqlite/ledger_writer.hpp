#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_WRITER_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_WRITER_HPP

#include <scrapingpros/impl/sqlite/database.hpp>
#include <scrapingpros/impl/sqlite/ledger_words.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>
#include <scrapingpros/wire/encode.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0::detail {

/// Turns a checkpoint and its steps into rows, within a transaction of the caller. Failures are noted in
/// the database.
class ledger_writer {
public:
    ledger_writer(sql_database& database, bool keep_requests)
        : database_(database), keep_requests_(keep_requests)
    {
    }

    /// @param text the checkpoint, encoded
    void save(const std::string& name, const checkpoint& c, const std::string& text)
    {
        if (!write_batch(name, c)) return;
        const std::int64_t batch = batch_of(name);
        database_
            .kept("INSERT INTO checkpoints VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (batch) DO UPDATE SET text = excluded.text")
            .with(batch, name, text)
            .run();
        write_items(batch, c);
        write_rejected(batch, c);
        take_steps_in(batch, c);
    }

    /// A step that is there already changes nothing.
    /// @param row of the outcome, if it was recorded
    void append(std::int64_t batch, const settled_job& step, const ledger_outcome* row)
    {
        if (write_job(batch, step, row)) count(batch, step.how);
    }

    /// 0 if there is none.
    std::int64_t batch_of(const std::string& name)
    {
        sql_statement& asked = database_.kept("SELECT id FROM batches WHERE name = ?1");
        const std::int64_t id = asked.with(name).next() ? asked.number(0) : 0;
        asked.stop();
        return id;
    }

private:
    static std::string now()
    {
        return format_timestamp_utc(
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())
        );
    }

    bool write_batch(const std::string& name, const checkpoint& c)
    {
        std::optional<std::string> collection;
        std::optional<std::string> run;
        std::optional<std::uint64_t> queued_items, blocked, invalid, duplicate;
        if (c.start) collection = c.start->collection.value;
        if (c.created) {
            collection = c.created->id.value;
            queued_items = queued(*c.created, c.submitted);
            blocked = c.created->blocked_urls.size();
            invalid = c.created->invalid_items.size();
            duplicate = duplicates(*c.created);
        }
        if (c.target) {
            collection = c.target->collection.value;
            run = c.target->run.value;
        }
        const settlement_counts& n = c.counts;
        const std::string when = now();
        return database_
            .kept("INSERT INTO batches (name, stage, collection_name, collection_id, run_id, "
                  "submitted, queued, blocked, invalid, duplicates, total, usable, not_usable, "
                  "undecided, failed, timed_out, filtered, missing, created_at, updated_at) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
                  "?17, ?18, ?19, ?19) ON CONFLICT (name) DO UPDATE SET stage = ?2, "
                  "collection_name = ?3, collection_id = ?4, run_id = ?5, submitted = ?6, "
                  "queued = ?7, blocked = ?8, invalid = ?9, duplicates = ?10, total = ?11, "
                  "usable = ?12, not_usable = ?13, undecided = ?14, failed = ?15, "
                  "timed_out = ?16, filtered = ?17, missing = ?18, updated_at = ?19")
            .with(
                name,
                to_string(c.stage),
                c.name,
                collection,
                run,
                c.submitted,
                queued_items,
                blocked,
                invalid,
                duplicate,
                c.total,
                n.usable,
                n.not_usable,
                n.undecided,
                n.failed,
                n.timed_out,
                n.filtered,
                n.missing,
                when
            )
            .run();
    }

    void write_items(std::int64_t batch, const checkpoint& c)
    {
        if (!c.draft) {
            if (!keep_requests_)
                database_
                    .kept("UPDATE items SET request = NULL "
                          "WHERE batch = ?1 AND request IS NOT NULL")
                    .with(batch)
                    .run();
            return;
        }
        database_.kept("DELETE FROM items WHERE batch = ?1").with(batch).run();
        sql_statement& add =
            database_.kept("INSERT INTO items VALUES (?1, ?2, "
                           "CASE WHEN json_valid(?3) AND json_type(?3, '$.url') = 'text' "
                           "THEN json_extract(?3, '$.url') END, "
                           "CASE WHEN json_valid(?3) AND json_type(?3, '$.custom_id') = 'text' "
                           "THEN json_extract(?3, '$.custom_id') END, ?3)");
        std::uint64_t position = 0;
        for (const auto& item : c.draft->requests) {
            diagnostics unused;  // the checkpoint was encoded, and so the item can be
            const auto text = encode_item(item, unused);
            if (!add.with(batch, position++, text ? std::string_view(*text) : "").run()) return;
        }
    }

    void write_rejected(std::int64_t batch, const checkpoint& c)
    {
        database_.kept("DELETE FROM rejected WHERE batch = ?1").with(batch).run();
        if (!c.created) return;
        sql_statement& add =
            database_.kept("INSERT INTO rejected VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        std::uint64_t number = 0;
        const auto write = [&](rejection kind,
                               const std::optional<std::uint64_t>& index,
                               const std::optional<std::string_view>& url,
                               std::string_view field,
                               std::string_view reason,
                               std::string_view message) {
            add.with(batch, number++, to_string(kind), index, url, field, reason, message).run();
        };
        for (const auto& one : c.created->blocked_urls)
            write(
                rejection::blocked,
                one.index,
                one.url,
                "",
                one.reason_text,
                one.message ? std::string_view(*one.message) : ""
            );
        for (const auto& one : c.created->invalid_items) {
            for (const auto& fault : one.errors)
                write(
                    rejection::invalid,
                    one.index,
                    one.url,
                    fault.field,
                    fault.error_type,
                    fault.message
                );
            if (one.errors.empty()) write(rejection::invalid, one.index, one.url, "", "", "");
        }
        for (const auto& url : c.created->duplicate_urls)
            write(rejection::duplicate, {}, url, "", "", "");
        // Servers of some ages send the count alone.
        for (auto more = c.created->duplicate_urls.size(); more < duplicates(*c.created); ++more)
            write(rejection::duplicate, {}, {}, "", "", "");
    }

    /// Makes the jobs those of the checkpoint: rows that it has not go, and those it has alone are added.
    void take_steps_in(std::int64_t batch, const checkpoint& c)
    {
        std::vector<std::int64_t> strangers;
        std::size_t known = 0;
        sql_statement& there =
            database_.kept("SELECT job_public_id, number FROM jobs WHERE batch = ?1");
        there.with(batch);
        while (there.next()) {
            if (c.settled.contains({there.text(0)}))
                ++known;
            else
                strangers.push_back(there.number(1));
        }
        for (const std::int64_t number : strangers)
            database_.kept("DELETE FROM jobs WHERE number = ?1").with(number).run();
        const std::string when = now();
        if (known != c.settled.size()) {
            sql_statement& add = database_.kept(
                "INSERT INTO jobs (batch, job_public_id, acknowledged_at) VALUES (?1, ?2, ?3) "
                "ON CONFLICT DO NOTHING"
            );
            c.settled.for_each([&](const job_id& id) { add.with(batch, id.value, when).run(); });
            for (const auto& one : c.missing)
                database_
                    .kept("UPDATE jobs SET settlement = 'missing', cause = ?3, custom_id = ?4, "
                          "url = ?5, completed_at = ?6 "
                          "WHERE batch = ?1 AND job_public_id = ?2 AND settlement IS NULL")
                    .with(
                        batch,
                        one.id.value,
                        to_string(one.cause),
                        one.custom_id,
                        one.url,
                        stamp_of(one.completed_at)
                    )
                    .run();
        }
        database_.kept("UPDATE jobs SET step = NULL WHERE batch = ?1 AND step IS NOT NULL")
            .with(batch)
            .run();
    }

    /// False if it is there already, or on failure.
    bool write_job(std::int64_t batch, const settled_job& step, const ledger_outcome* recorded)
    {
        ledger_outcome bare;
        if (!recorded && step.missing) {
            bare.custom_id = step.missing->custom_id;
            bare.url = step.missing->url;
            bare.completed_at = step.missing->completed_at;
        }
        const ledger_outcome& o = recorded ? *recorded : bare;
        // Of an outcome that nobody recorded nothing is known, which is not the same as none.
        const auto known = [&](std::string_view text) {
            return recorded ? std::optional(text) : std::nullopt;
        };
        const auto cause =
            step.missing ? std::optional(to_string(step.missing->cause)) : std::nullopt;
        const auto flag = o.is_success ? std::optional(int{*o.is_success}) : std::nullopt;
        const std::string line = encode_step(step);
        const std::string when = now();
        database_
            .kept("INSERT INTO jobs (batch, job_public_id, settlement, cause, custom_id, url, "
                  "status, is_success, verdict, verdict_reason, http_status, message, "
                  "stop_reason, completed_at, body_kind, path, sha256, bytes, acknowledged_at, "
                  "step) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                  "?15, ?16, ?17, ?18, ?19, ?20) ON CONFLICT DO NOTHING")
            .with(
                batch,
                step.id.value,
                to_string(step.how),
                cause,
                o.custom_id,
                o.url,
                known(o.status),
                flag,
                known(to_string(o.verdict)),
                known(o.verdict_reason),
                o.status_code,
                o.message,
                o.stop_reason,
                stamp_of(o.completed_at),
                known(to_string(o.kind)),
                o.path,
                o.sha256,
                o.bytes,
                when,
                line
            )
            .run();
        return !database_.failure() && database_.changes() == 1;
    }

    void count(std::int64_t batch, settlement how)
    {
        database_
            .kept("UPDATE batches SET usable = usable + (?2 = 'usable'), "
                  "not_usable = not_usable + (?2 = 'not_usable'), "
                  "undecided = undecided + (?2 = 'undecided'), "
                  "failed = failed + (?2 = 'failed'), "
                  "timed_out = timed_out + (?2 = 'timed_out'), "
                  "filtered = filtered + (?2 = 'filtered'), "
                  "missing = missing + (?2 = 'missing'), updated_at = ?3 WHERE id = ?1")
            .with(batch, to_string(how), now())
            .run();
    }

    sql_database& database_;
    bool keep_requests_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
