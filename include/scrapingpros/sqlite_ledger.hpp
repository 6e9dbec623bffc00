#ifndef SCRAPINGPROS_SQLITE_LEDGER_HPP
#define SCRAPINGPROS_SQLITE_LEDGER_HPP

// Part of the component scrapingpros::sqlite, which needs SQLite 3.38 or later.

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

namespace detail {
class ledger_file;
class ledger_book;
}  // namespace detail

/** The checkpoint of one batch of a ledger, and a row for each of its jobs.

    A store for `batch_options::checkpoint`. To have more than ids in the rows, record each outcome
    before it is acknowledged: the row and the acknowledgement are one transaction, so that after any
    crash a job is in the table if and only if it never comes again.

        auto store = ledger.store("nightly");
        how.checkpoint = store;
        …
        auto row = ledger_outcome_of(*item);
        row.path = …;
        store.record(std::move(row));
        all.acknowledge(item->job.id);

    A copy is a handle to the same store, and so is another of the same name and ledger; it keeps the
    ledger open. What `append` stores survives the end of the process, by whatever way, and with
    `durability::power` a loss of power; what `save` stores survives both.

    Errors: those of `open_sqlite_ledger`, and `errc::bad_option` for an empty name, and for a write
    into a ledger that was opened to read; `errc::bad_request_item` for a draft that cannot be sent;
    `boost::system::errc::no_such_file_or_directory` for a step without a checkpoint to add it to.
    After a failed call the ledger is as it was before, or as if the call had not failed; the recorded
    row waits for the next try. `details()` names the file, and the batch.
*/
class sqlite_checkpoint_store {
public:
    SCRAPINGPROS_DECL result<std::optional<checkpoint>> load();
    SCRAPINGPROS_DECL error_code save(const checkpoint& c);
    SCRAPINGPROS_DECL error_code append(const settled_job& step);

    /// Notes what the row of that job is to hold when it is acknowledged; touches no disk. Of two for
    /// one job the latter counts. One that is never acknowledged is never seen.
    SCRAPINGPROS_DECL void record(ledger_outcome row);

    /// About the last call of any copy: why it failed.
    SCRAPINGPROS_DECL const diagnostics& details() const noexcept;

private:
    friend class sqlite_ledger;
    SCRAPINGPROS_DECL explicit sqlite_checkpoint_store(std::shared_ptr<detail::ledger_book> book
    ) noexcept;

    std::shared_ptr<detail::ledger_book> book_;
};

static_assert(checkpoint_store<sqlite_checkpoint_store>);

/** One SQLite database with any number of batches, told apart by name.

    A handle: copies, and the stores of it, share one connection. All of them are to be used by one
    thread at a time; after a fork, by the process that opened it. Answers are in the order of entry.

    Schema (`PRAGMA user_version` 1, `PRAGMA application_id` 1397771335, "SPLG"). Tables, columns and
    words stay as they are within a version; later ones may add some. Times are this machine's, in
    UTC, `2026-05-04T00:00:00.123Z`; flags are 0, 1 or null. It never holds the token.

    - `batches`, one row for each batch: `id`, `name` (unique), `stage` (`creating`, `created`,
      `starting`, `running`, `finished`), `collection_name`, `collection_id`, `run_id`, `submitted`;
      `queued`, `blocked`, `invalid`, `duplicates` (null while not known); `total` (jobs of the run);
      its settled jobs by how: `usable`, `not_usable`, `undecided`, `failed`, `timed_out`, `filtered`,
      `missing`; `created_at`, `updated_at`.
    - `items`, for each item that was submitted: `batch`, `position` (from 0), `url`, `custom_id`,
      `request` (JSON; null unless requests are kept, or not sent yet).
    - `rejected`, for each reason why an item was refused: `batch`, `number`, `kind` (`blocked`,
      `invalid`, `duplicate`), `position`, `url`, `field`, `reason`, `message`.
    - `jobs`, for each settled job: `number` (order of acknowledgement), `batch`, `job_public_id`,
      `settlement` (one of the seven above), `cause` (why it is missing), `custom_id`, `url`,
      `status`, `is_success`, `verdict`, `verdict_reason`, `http_status`, `message`, `stop_reason`,
      `completed_at`, `body_kind`, `path`, `sha256`, `bytes`, `acknowledged_at`; `step` is the
      library's own.
    - `checkpoints`, for each batch: `batch`, `name`, and `text`, the library's own (form of
      `wire/checkpoint_codec.hpp`).

    `batch` is `batches.id`. The views `failed` (jobs that came to nothing) and `remaining` (items
    without a settled job) begin with the name of the batch:

        sqlite3 -readonly night.db "select url, status, message from failed where batch = 'nightly'"
*/
class sqlite_ledger {
public:
    /// The store of the batch of that name, which need not be there yet. Touches nothing.
    SCRAPINGPROS_DECL sqlite_checkpoint_store store(std::string name) const;

    /// All batches.
    SCRAPINGPROS_DECL result<std::vector<ledger_batch>> batches(diagnostics& diag) const;

    /// The batch of that name; empty if there is none.
    SCRAPINGPROS_DECL result<std::optional<ledger_batch>> batch(
        std::string_view name, diagnostics& diag
    ) const;

    /** Gives one row after the other, until `f` returns false. Holds one at a time.

        The rows are those of one moment. A writer is not held up meanwhile, but its log on the disk
        grows.

        @par Errors
        `errc::checkpoint_missing`: there is no batch of that name. Else those of
        `open_sqlite_ledger`. What `f` throws comes through.
    */
    SCRAPINGPROS_DECL error_code for_each_job(
        std::string_view name, const std::function<bool(const ledger_job&)>& f, diagnostics& diag
    ) const;
    SCRAPINGPROS_DECL error_code for_each_rejection(
        std::string_view name,
        const std::function<bool(const ledger_rejection&)>& f,
        diagnostics& diag
    ) const;
    /// A batch that attached to a run has no items.
    SCRAPINGPROS_DECL error_code for_each_item(
        std::string_view name,
        ledger_items which,
        const std::function<bool(const ledger_item&)>& f,
        diagnostics& diag
    ) const;

    /// Reads the whole file and looks whether it hangs together. `errc::checkpoint_unreadable`: it does
    /// not, and `diag` says what was found first.
    SCRAPINGPROS_DECL error_code examine(diagnostics& diag) const;

private:
    friend SCRAPINGPROS_DECL result<sqlite_ledger> open_sqlite_ledger(
        sqlite_ledger_options options, diagnostics& diag
    );
    SCRAPINGPROS_DECL explicit sqlite_ledger(std::shared_ptr<detail::ledger_file> file) noexcept;

    std::shared_ptr<detail::ledger_file> file_;
};

/** Opens a ledger; to write, makes it if it is not there, readable for its owner alone.

    The database is in WAL mode: `PATH-wal` and `PATH-shm` lie beside it while it is open, and after a
    process was killed. An acknowledgement is written to the log at once and flushed now and then; a
    save is flushed before it returns, which also flushes what was acknowledged before.

    `PATH.lock` is locked while a ledger is open to write, a forked child included, by whatever way
    the process ends; it stays behind, with the id of the process that had it last. Two ledgers of
    one path exclude each other within one process too. Not for network file systems, which have
    neither lock nor log as this needs them.

    @par Errors
    - `errc::bad_option`: the path names no file.
    - `errc::checkpoint_in_use`: another ledger has it open to write, and `diag` names its process; or
      another program has held the database locked for a second.
    - `errc::checkpoint_unreadable`: no SQLite database, one of another kind, empty, cut off, or
      damaged.
    - `errc::checkpoint_too_new`: a later version of this library has made it.
    - Else what the system says (no such file, permission denied, read-only, no space left, …).

    `diag.place` is the path, `diag.client_text` what was done, in SQLite's words where it has some.
*/
SCRAPINGPROS_DECL result<sqlite_ledger> open_sqlite_ledger(
    sqlite_ledger_options options, diagnostics& diag
);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/sqlite_ledger.ipp>
#endif

#endif
