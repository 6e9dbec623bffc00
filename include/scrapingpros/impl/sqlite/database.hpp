#ifndef SCRAPINGPROS_IMPL_SQLITE_DATABASE_HPP
#define SCRAPINGPROS_IMPL_SQLITE_DATABASE_HPP

#include <scrapingpros/error.hpp>

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// What SQLite's code means to whoever uses a ledger.
/// @param system errno of the call that failed; 0 if it is not known.
inline error_code ledger_error(int code, int system) noexcept
{
    if (code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS)
        return errc::checkpoint_unreadable;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return {};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::checkpoint_in_use;
    case SQLITE_FULL: return {ENOSPC, boost::system::system_category()};
    case SQLITE_NOMEM: return {ENOMEM, boost::system::system_category()};
    case SQLITE_TOOBIG: return {EFBIG, boost::system::system_category()};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return {EACCES, boost::system::system_category()};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT: return {system != 0 ? system : EIO, boost::system::system_category()};
    default: return errc::checkpoint_unreadable;  // no database, damaged, or of another shape
    }
}

class sql_statement;

/** A connection. Remembers the first failure since `forget_failure`, and runs nothing after it: SQLite
    may have rolled back by itself what the next statement would be a part of.
*/
class sql_database {
public:
    sql_database() = default;

    /// @param name as `sqlite3_open_v2` takes it, with its `flags`.
    bool open(const char* name, int flags)
    {
        statements_.clear();
        sqlite3* opened = nullptr;
        errno = 0;
        const int code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
        handle_.reset(opened);
        if (opened) sqlite3_extended_result_codes(opened, 1);
        return !note(code);
    }

    sqlite3* get() const noexcept { return handle_.get(); }

    /// Notes a code that SQLite has just given; true if it is a failure.
    bool note(int code)
    {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return false;
        if (failure_) return true;
        int system = errno;
        code_ = handle_ ? sqlite3_extended_errcode(handle_.get()) : code;
        // SQLite does not note what a commit has failed by, but leaves it where it was.
        if (system == 0 && handle_) system = sqlite3_system_errno(handle_.get());
        failure_ = ledger_error(code_, system);
        text_ = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
        return true;
    }

    void forget_failure() { failure_ = {}; }
    const error_code& failure() const noexcept { return failure_; }
    /// SQLite's code and words for it.
    int failure_code() const noexcept { return failure_ ? code_ : SQLITE_OK; }
    const std::string& failure_text() const noexcept { return text_; }

    /// Runs statements without parameters. False if one failed.
    bool run(const char* text)
    {
        if (failure_) return false;
        errno = 0;
        return !note(sqlite3_exec(handle_.get(), text, nullptr, nullptr, nullptr));
    }

    /// Rows that the last statement has changed.
    int changes() const noexcept { return sqlite3_changes(handle_.get()); }
    bool in_transaction() const noexcept
    {
        return handle_ && sqlite3_get_autocommit(handle_.get()) == 0;
    }

    /// A statement that is prepared once. Its text must be a literal, and no two of it be under way.
    sql_statement& kept(const char* text);

private:
    struct closes {
        // The memory goes when the last statement has gone too.
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };

    std::unique_ptr<sqlite3, closes> handle_{};
    std::map<const char*, sql_statement> statements_{};  // gone before the handle
    int code_ = SQLITE_OK;
    error_code failure_{};
    std::string text_{};
};

/// A prepared statement: parameters in, rows out. Failures are noted in the database.
class sql_statement {
public:
    sql_statement(sql_database& database, std::string_view text) : database_(&database)
    {
        sqlite3_stmt* made = nullptr;
        usable_ = !database.note(sqlite3_prepare_v3(
            database.get(),
            text.data(),
            static_cast<int>(text.size()),
            SQLITE_PREPARE_PERSISTENT,
            &made,
            nullptr
        ));
        handle_.reset(made);
    }

    bool is_usable() const noexcept { return usable_; }

    /// Begins anew, with these for ?1, ?2, … Texts must live until the statement has run.
    template <class... T>
    sql_statement& with(const T&... values)
    {
        if (!usable_) return *this;
        sqlite3_reset(handle_.get());
        bound_ = true;
        [[maybe_unused]] int place = 0;
        ((bound_ = bound_ && !database_->note(bind(++place, values))), ...);
        return *this;
    }

    /// True if there is another row.
    bool next()
    {
        if (!usable_ || !bound_ || database_->failure()) return false;
        errno = 0;
        const int code = sqlite3_step(handle_.get());
        database_->note(code);
        if (code == SQLITE_ROW) return true;
        sqlite3_reset(handle_.get());
        return false;
    }

    /// Runs to the end. False if it failed.
    bool run()
    {
        while (next()) {
        }
        return !database_->failure();
    }

    /// Ends it before its last row.
    void stop()
    {
        if (usable_) sqlite3_reset(handle_.get());
    }

    bool is_null(int column) const
    {
        return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
    }
    /// All bytes, zeros too; empty for null.
    std::string_view view(int column) const
    {
        const auto* bytes = sqlite3_column_text(handle_.get(), column);
        if (!bytes) return {};
        const int size = sqlite3_column_bytes(handle_.get(), column);
        return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    }
    std::string text(int column) const { return std::string(view(column)); }
    std::int64_t number(int column) const { return sqlite3_column_int64(handle_.get(), column); }
    /// 0 for what is below it.
    std::uint64_t count(int column) const
    {
        return static_cast<std::uint64_t>((std::max)(number(column), std::int64_t(0)));
    }

    std::optional<std::string> some_text(int column) const
    {
        return is_null(column) ? std::nullopt : std::optional(text(column));
    }
    std::optional<std::uint64_t> some_count(int column) const
    {
        return is_null(column) ? std::nullopt : std::optional(count(column));
    }

private:
    struct finalizes {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };

    int bind(int place, std::string_view text)
    {
        // Without a pointer it would be null.
        const char* const bytes = text.data() ? text.data() : "";
        return sqlite3_bind_text64(
            handle_.get(), place, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8
        );
    }
    int bind(int place, const std::string& text) { return bind(place, std::string_view(text)); }
    template <std::signed_integral T>
    int bind(int place, T number)
    {
        return sqlite3_bind_int64(handle_.get(), place, number);
    }
    /// The largest that there is for what is beyond it.
    template <std::unsigned_integral T>
    int bind(int place, T number)
    {
        constexpr std::uint64_t largest = (std::numeric_limits<std::int64_t>::max)();
        const auto kept = (std::min)(largest, std::uint64_t(number));
        return sqlite3_bind_int64(handle_.get(), place, static_cast<std::int64_t>(kept));
    }
    template <class T>
    int bind(int place, const std::optional<T>& some)
    {
        return some ? bind(place, *some) : sqlite3_bind_null(handle_.get(), place);
    }

    sql_database* database_;
    std::unique_ptr<sqlite3_stmt, finalizes> handle_{};
    bool usable_ = false;
    bool bound_ = true;
};

inline sql_statement& sql_database::kept(const char* text)
{
    const auto there = statements_.find(text);
    if (there != statements_.end() && there->second.is_usable()) return there->second;
    return statements_.insert_or_assign(text, sql_statement(*this, text)).first->second;
}

/// Reads of one moment, or a write of all or nothing: rolled back unless it was committed.
class sql_transaction {
public:
    /// @param begin the statement; a failure is noted in the database.
    sql_transaction(sql_database& database, const char* begin) : database_(database)
    {
        database.kept(begin).with().run();
    }
    sql_transaction(const sql_transaction&) = delete;
    sql_transaction& operator=(const sql_transaction&) = delete;
    ~sql_transaction()
    {
        // After some failures SQLite has rolled it back already.
        if (database_.in_transaction())
            sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }

    void commit() { database_.kept("COMMIT").with().run(); }

private:
    sql_database& database_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
