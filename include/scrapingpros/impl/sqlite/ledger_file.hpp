#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_FILE_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_FILE_HPP

#include <scrapingpros/impl/sqlite/database.hpp>
#include <scrapingpros/impl/sqlite/ledger_opening.hpp>
#include <scrapingpros/impl/sqlite/ledger_writer.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <boost/system/errc.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

class ledger_book;

/// The open file behind a ledger and its stores, and what it does for the stores.
class ledger_file {
public:
    static result<std::shared_ptr<ledger_file>> open(
        sqlite_ledger_options options, diagnostics& diag
    )
    {
        auto made = std::make_shared<ledger_file>(std::move(options));
        ledger_opening opening(made->options_, diag);
        const error_code ec = opening.open(made->database_, made->lock_);
        if (ec) return ec;
        return made;
    }

    explicit ledger_file(sqlite_ledger_options options) : options_(std::move(options)) {}

    /// Before each call from outside.
    sql_database& begin()
    {
        database_.forget_failure();
        return database_;
    }

    error_code failed(diagnostics& diag, std::string_view doing) const
    {
        return failed(
            diag, database_.failure(), std::string(doing) + ": " + database_.failure_text()
        );
    }
    error_code failed(diagnostics& diag, error_code ec, std::string said) const
    {
        diag.place = options_.path;
        diag.client_text = std::move(said);
        return ec;
    }

    result<std::optional<checkpoint>> load(const std::string& name, diagnostics& diag)
    {
        sql_database& db = begin();
        if (name.empty()) return nameless(diag);
        // All statements see the same moment, beside a writer too.
        sql_transaction all(db, "BEGIN");
        const std::int64_t batch = find(name);
        if (db.failure()) return failed(diag, "reading the checkpoint");
        if (batch == damaged) return failed(diag, errc::checkpoint_unreadable, harm_);
        if (batch == 0) return std::optional<checkpoint>();
        sql_statement& kept = db.kept("SELECT text FROM checkpoints WHERE batch = ?1");
        std::string text = kept.with(batch).next() ? kept.text(0) : std::string();
        kept.stop();
        sql_statement& steps =
            db.kept("SELECT step FROM jobs WHERE batch = ?1 AND step IS NOT NULL ORDER BY number");
        steps.with(batch);
        while (steps.next())
            text += steps.view(0);
        if (db.failure()) return failed(diag, "reading the checkpoint");
        auto read = decode_checkpoint(text, diag);
        if (!read) {
            diag.place = options_.path + ": batch " + name + ": " + diag.place;
            return read.error();
        }
        if (const error_code ec = compare(batch, *read, diag)) return ec;
        return std::optional<checkpoint>(std::move(*read));
    }

    error_code save(const std::string& name, const checkpoint& c, diagnostics& diag)
    {
        sql_database& db = begin();
        if (const error_code ec = refuse_write(name, diag)) return ec;
        const auto text = encode_checkpoint(c, diag);
        if (!text) {
            diag.place = options_.path + ": batch " + name + ": " + diag.place;
            return text.error();
        }
        // What is sent next must find this after a loss of power too, or it would be sent twice.
        if (!flush_commits(true)) return failed(diag, "saving " + name);
        sql_transaction all(db, "BEGIN IMMEDIATE");
        if (!db.failure()) writer().save(name, c, *text);
        if (!db.failure()) all.commit();
        return db.failure() ? failed(diag, "saving " + name) : error_code();
    }

    /// @param row of the outcome, if it was recorded
    error_code append(
        const std::string& name,
        const settled_job& step,
        const ledger_outcome* row,
        diagnostics& diag
    )
    {
        sql_database& db = begin();
        if (const error_code ec = refuse_write(name, diag)) return ec;
        if (!flush_commits(options_.outlive == durability::power))
            return failed(diag, "acknowledging a job");
        sql_transaction all(db, "BEGIN IMMEDIATE");
        const std::int64_t batch = db.failure() ? 0 : writer().batch_of(name);
        if (batch == 0 && !db.failure())
            return failed(
                diag,
                make_error_code(boost::system::errc::no_such_file_or_directory),
                "there is no checkpoint of " + name + " that a step could be added to"
            );
        if (!db.failure()) writer().append(batch, step, row);
        if (!db.failure()) all.commit();
        return db.failure() ? failed(diag, "acknowledging a job") : error_code();
    }

    /// The book of a batch, shared by its stores.
    std::map<std::string, std::weak_ptr<ledger_book>>& books() noexcept { return books_; }

private:
    error_code nameless(diagnostics& diag) const
    {
        return failed(diag, errc::bad_option, "the name of the batch is empty");
    }

    error_code refuse_write(const std::string& name, diagnostics& diag) const
    {
        if (name.empty()) return nameless(diag);
        if (options_.access == ledger_access::write) return {};
        return failed(diag, errc::bad_option, "it was opened to read");
    }

    /// Whether a commit waits for the disk. Without that the log is flushed before it is taken into
    /// the database, and what a process has written outlives it.
    bool flush_commits(bool wait)
    {
        if (flushes_ != wait)
            if (database_.run(wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"))
                flushes_ = wait;
        return flushes_ == wait;
    }

    static constexpr std::int64_t damaged = -1;

    /** The id of the batch, 0 if there is none. Goes by no index, since who is not found is submitted
        anew; -1 with `harm_` set if that might be because of damage.
    */
    std::int64_t find(const std::string& name)
    {
        std::int64_t found = 0;
        sql_statement& all =
            database_.kept("SELECT b.id, b.name, c.name FROM batches AS b NOT INDEXED "
                           "LEFT JOIN checkpoints AS c ON c.batch = b.id");
        all.with();
        while (all.next()) {
            if (all.view(1) != all.view(2)) {
                harm_ = "the tables batches and checkpoints differ in a name";
                all.stop();
                return damaged;
            }
            if (all.view(1) == name) found = all.number(0);
        }
        if (found != 0) return found;
        for (const char* query :
             {"PRAGMA integrity_check('batches')", "PRAGMA integrity_check('checkpoints')"}) {
            sql_statement& asked = database_.kept(query);
            if (asked.with().next() && asked.view(0) != "ok") {
                harm_ = asked.text(0);
                found = damaged;
            }
            asked.stop();
        }
        return found;
    }

    /// Damage that SQLite does not see may have made one of them lose a job.
    error_code compare(std::int64_t batch, const checkpoint& c, diagnostics& diag)
    {
        sql_statement& ids = database_.kept("SELECT job_public_id FROM jobs WHERE batch = ?1");
        ids.with(batch);
        std::size_t rows = 0;
        std::size_t settled = 0;
        for (; ids.next(); ++rows)
            settled += c.settled.contains({ids.text(0)});
        if (database_.failure()) return failed(diag, "reading the jobs");
        if (rows == c.settled.size() && settled == rows) return {};
        return failed(
            diag,
            errc::checkpoint_unreadable,
            "the checkpoint has " + std::to_string(c.settled.size()) +
                " settled jobs, and the table jobs has " + std::to_string(settled) +
                " of them and " + std::to_string(rows - settled) + " others"
        );
    }

    ledger_writer writer() { return {database_, options_.keep_requests}; }

    sqlite_ledger_options options_;
    file_descriptor lock_{};
    sql_database database_{};  // closed before the lock is given back
    std::optional<bool> flushes_{};
    std::string harm_{};
    std::map<std::string, std::weak_ptr<ledger_book>> books_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
