#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_IPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_IPP

#include <scrapingpros/impl/sqlite/ledger_book.hpp>
#include <scrapingpros/impl/sqlite/ledger_file.hpp>
#include <scrapingpros/impl/sqlite/ledger_words.hpp>
#include <scrapingpros/sqlite_ledger.hpp>

#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0 {

// --- the store

sqlite_checkpoint_store::sqlite_checkpoint_store(std::shared_ptr<detail::ledger_book> book) noexcept
    : book_(std::move(book))
{
}

result<std::optional<checkpoint>> sqlite_checkpoint_store::load()
try {
    return book_->load();
} catch (const std::bad_alloc&) {
    return book_->out_of_memory();
}

error_code sqlite_checkpoint_store::save(const checkpoint& c)
try {
    return book_->save(c);
} catch (const std::bad_alloc&) {
    return book_->out_of_memory();
}

error_code sqlite_checkpoint_store::append(const settled_job& step)
try {
    return book_->append(step);
} catch (const std::bad_alloc&) {
    return book_->out_of_memory();
}

void sqlite_checkpoint_store::record(ledger_outcome row)
{
    book_->record(std::move(row));
}

const diagnostics& sqlite_checkpoint_store::details() const noexcept
{
    return book_->details();
}

// --- the ledger

namespace detail {

/// Gives what `read` makes of each row about the batch of that name.
template <class Read, class F>
error_code for_each_row(
    ledger_file& file,
    std::string_view name,
    const char* query,
    Read read,
    const F& f,
    diagnostics& diag
)
{
    sql_database& db = file.begin();
    sql_statement named(db, "SELECT id FROM batches WHERE name = ?1");
    if (!named.with(name).next()) {
        if (db.failure()) return file.failed(diag, "reading");
        return file.failed(
            diag, errc::checkpoint_missing, "there is no batch " + std::string(name)
        );
    }
    const auto batch = named.number(0);
    named.stop();
    // Its own statement, since what is called may ask the ledger too.
    sql_statement rows(db, query);
    rows.with(batch);
    while (rows.next())
        if (!f(read(rows))) break;
    return db.failure() ? file.failed(diag, "reading") : error_code();
}

}  // namespace detail

sqlite_ledger::sqlite_ledger(std::shared_ptr<detail::ledger_file> file) noexcept
    : file_(std::move(file))
{
}

sqlite_checkpoint_store sqlite_ledger::store(std::string name) const
{
    return sqlite_checkpoint_store(detail::ledger_book::of(file_, std::move(name)));
}

result<std::vector<ledger_batch>> sqlite_ledger::batches(diagnostics& diag) const
{
    auto& db = file_->begin();
    std::vector<ledger_batch> out;
    detail::sql_statement rows(
        db, std::string("SELECT ") + detail::batch_columns + " FROM batches ORDER BY id"
    );
    while (rows.next()) {
        auto one = detail::read_batch(rows);
        if (!one)
            return file_->failed(diag, errc::checkpoint_unreadable, "batches.stage: no such word");
        out.push_back(std::move(*one));
    }
    if (db.failure()) return file_->failed(diag, "reading");
    return out;
}

result<std::optional<ledger_batch>> sqlite_ledger::batch(std::string_view name, diagnostics& diag)
    const
{
    auto& db = file_->begin();
    detail::sql_statement rows(
        db, std::string("SELECT ") + detail::batch_columns + " FROM batches WHERE name = ?1"
    );
    if (rows.with(name).next()) {
        auto one = detail::read_batch(rows);
        if (one) return one;
        return file_->failed(diag, errc::checkpoint_unreadable, "batches.stage: no such word");
    }
    if (db.failure()) return file_->failed(diag, "reading");
    return std::optional<ledger_batch>();
}

error_code sqlite_ledger::for_each_job(
    std::string_view name, const std::function<bool(const ledger_job&)>& f, diagnostics& diag
) const
{
    return detail::for_each_row(*file_, name, detail::job_query, detail::read_job, f, diag);
}

error_code sqlite_ledger::for_each_rejection(
    std::string_view name, const std::function<bool(const ledger_rejection&)>& f, diagnostics& diag
) const
{
    return detail::for_each_row(
        *file_, name, detail::rejection_query, detail::read_rejection, f, diag
    );
}

error_code sqlite_ledger::for_each_item(
    std::string_view name,
    ledger_items which,
    const std::function<bool(const ledger_item&)>& f,
    diagnostics& diag
) const
{
    return detail::for_each_row(
        *file_, name, detail::item_query(which), detail::read_item, f, diag
    );
}

error_code sqlite_ledger::examine(diagnostics& diag) const
{
    auto& db = file_->begin();
    detail::sql_statement found(db, "PRAGMA integrity_check(1)");
    if (found.next() && found.view(0) != "ok")
        return file_->failed(diag, errc::checkpoint_unreadable, found.text(0));
    return db.failure() ? file_->failed(diag, "reading the whole file") : error_code();
}

result<sqlite_ledger> open_sqlite_ledger(sqlite_ledger_options options, diagnostics& diag)
{
    auto file = detail::ledger_file::open(std::move(options), diag);
    if (!file) return file.error();
    return sqlite_ledger(std::move(*file));
}

}  // namespace scrapingpros::inline v0

#endif
