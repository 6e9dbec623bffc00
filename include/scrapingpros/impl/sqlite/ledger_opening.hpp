#ifndef SCRAPINGPROS_IMPL_SQLITE_LEDGER_OPENING_HPP
#define SCRAPINGPROS_IMPL_SQLITE_LEDGER_OPENING_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/impl/policy/posix_file.hpp>
#include <scrapingpros/impl/sqlite/database.hpp>
#include <scrapingpros/impl/sqlite/ledger_schema.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/sqlite_ledger_rows.hpp>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** Opens the file of a ledger: locks it, makes it if need be, and looks whether it is one.

    The file itself is touched by SQLite alone: its locks belong to the process, and would go with any
    other descriptor of the file that is closed.
*/
class ledger_opening {
public:
    ledger_opening(const sqlite_ledger_options& options, diagnostics& diag)
        : options_(options), diag_(diag)
    {
    }

    /// The connection is ready to be used. The lock, if it is to write, must live as long as it.
    error_code open(sql_database& database, file_descriptor& lock)
    {
        if (const error_code ec = find()) return ec;
        if (options_.access == ledger_access::read) return open_to_read(database);
        if (const error_code ec = take_lock(lock)) return ec;
        if (!exists_)
            if (const error_code ec = make()) return ec;
        if (!database.open(path_.c_str(), SQLITE_OPEN_READWRITE) || !harden(database))
            return failed(database, "opening the file");
        if (sqlite3_db_readonly(database.get(), "main") == 1)
            return failed(system_error(EACCES), "the file may not be written to");
        if (const error_code ec = identify(database)) return ec;
        return prepare_to_write(database);
    }

private:
    static constexpr int patience_ms = 1000;

    error_code failed(error_code ec, std::string said)
    {
        diag_.place = options_.path;
        diag_.client_text = std::move(said);
        return ec;
    }
    error_code failed(const sql_database& database, std::string doing)
    {
        return failed(database.failure(), std::move(doing) + ": " + database.failure_text());
    }

    /// Sets the absolute path, and whether there is a file.
    error_code find()
    {
        const std::string& path = options_.path;
        name_ = path.substr(path.rfind('/') + 1);
        if (name_.empty() || name_ == "." || name_ == ".." || path.find('\0') != path.npos)
            return failed(errc::bad_option, "not the path of a file");
        std::error_code ec;
        path_ = std::filesystem::absolute(path, ec).string();
        if (ec) return failed(system_error(ec.value()), "looking for the folder");
        struct stat about {};
        exists_ = ::stat(path_.c_str(), &about) == 0;
        if (!exists_ && errno != ENOENT) return failed(system_error(errno), "looking at the file");
        if (exists_ && !S_ISREG(about.st_mode))
            return failed(errc::checkpoint_unreadable, "not a regular file");
        return {};
    }

    error_code take_lock(file_descriptor& lock)
    {
        auto file = open_file(AT_FDCWD, path_ + ".lock", O_RDWR | O_CREAT, S_IRUSR | S_IWUSR);
        if (!file) return failed(file.error(), "making the lock file");
        if (uninterrupted([&] { return ::flock(file->get(), LOCK_EX | LOCK_NB); }) != 0) {
            if (errno != EWOULDBLOCK) return failed(system_error(errno), "locking the lock file");
            return failed(
                errc::checkpoint_in_use, holder_of(file->get()) + " has it open to write"
            );
        }
        // For the text of the next one's error, so nothing hangs on it.
        const std::string mine = std::to_string(::getpid()) + '\n';
        if (::ftruncate(file->get(), 0) == 0) static_cast<void>(write_all(file->get(), mine));
        lock = std::move(*file);
        // Before there was the lock, another process may have made the file.
        return find();
    }

    static std::string holder_of(int lock_file)
    {
        std::string text;
        const error_code unread = read_all(lock_file, text);
        const std::string number = text.substr(0, text.find('\n'));
        const bool digits = number.find_first_not_of("0123456789") == number.npos;
        if (unread || number.empty() || number.size() > 20 || !digits) return "another process";
        return "process " + number;
    }

    /// Under another name, and renamed when it is whole: an empty file is never taken for a ledger.
    error_code make()
    {
        struct stat about {};
        if (::stat((path_ + "-wal").c_str(), &about) == 0 && about.st_size > 0)
            return failed(
                errc::checkpoint_unreadable,
                "it is gone, and its log " + name_ +
                    "-wal is there still: bring it back, or remove that"
            );
        const std::string temporary = path_ + ".tmp";
        const auto remove = [&] {
            for (const char* tail : {"", "-journal", "-wal", "-shm"})
                ::unlink((temporary + tail).c_str());
        };
        remove();
        auto made = open_file(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
        if (!made) return failed(made.error(), "making the file");
        static_cast<void>(made->close());
        error_code ec = fill(temporary);
        if (!ec && ::rename(temporary.c_str(), path_.c_str()) != 0)
            ec = failed(system_error(errno), "giving the new file its name");
        if (ec) return remove(), ec;
        const auto folder = open_folder(split_path(path_).folder);
        const error_code unflushed = folder ? flush_folder(folder->get()) : folder.error();
        return unflushed ? failed(unflushed, "flushing the folder") : unflushed;
    }

    error_code fill(const std::string& path)
    {
        sql_database database;
        const std::string mark =
            "PRAGMA application_id = " + std::to_string(ledger_application_id) +
            "; PRAGMA user_version = " + std::to_string(ledger_version);
        const bool filled = database.open(path.c_str(), SQLITE_OPEN_READWRITE) &&
                            database.run("PRAGMA synchronous = FULL; BEGIN") &&
                            database.run(ledger_schema) && database.run(mark.c_str()) &&
                            database.run("COMMIT");
        return filled ? error_code() : failed(database, "making the file");
    }

    error_code open_to_read(sql_database& database)
    {
        if (!exists_) return failed(system_error(ENOENT), "opening the file");
        if (!database.open(path_.c_str(), SQLITE_OPEN_READONLY) || !harden(database))
            return failed(database, "opening the file");
        const error_code ec = identify(database);
        const int code = database.failure_code() & 0xff;
        // Where nothing may be written, SQLite can only read what does not change meanwhile. With
        // either of these, somebody has it open, or was killed.
        const bool in_use = ::access((path_ + "-wal").c_str(), F_OK) == 0 ||
                            ::access((path_ + "-shm").c_str(), F_OK) == 0;
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || in_use) return ec;
        namespace urls = boost::urls;
        const std::string uri =
            "file:" + urls::encode(path_, urls::unreserved_chars + '/') + "?immutable=1";
        database.forget_failure();
        if (!database.open(uri.c_str(), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI) ||
            !harden(database))
            return failed(database, "opening the file");
        return identify(database);
    }

    /// The file may come from anybody: no code in it is run, and SQLite's own tables stay closed.
    bool harden(sql_database& database)
    {
        sqlite3* const handle = database.get();
        int* const unasked = nullptr;
        return !database.note(sqlite3_busy_timeout(handle, patience_ms)) &&
               !database.note(sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, unasked)) &&
               !database.note(sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, unasked)
               ) &&
               !database.note(sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, unasked)
               );
    }

    error_code identify(sql_database& database)
    {
        const auto number = [&](const char* query) {
            sql_statement asked(database, query);
            return asked.next() ? asked.number(0) : 0;
        };
        const auto tables = number("SELECT count(*) FROM sqlite_schema");
        const auto kind = number("PRAGMA application_id");
        const auto version = number("PRAGMA user_version");
        if (database.failure()) return failed(database, "opening the file");
        if (kind == 0 && version == 0 && tables == 0)
            return failed(errc::checkpoint_unreadable, "an empty file");
        if (kind != ledger_application_id || version < 1)
            return failed(errc::checkpoint_unreadable, "a database, and not one of a ledger");
        if (version <= ledger_version) return {};
        return failed(
            errc::checkpoint_too_new,
            "written in version " + std::to_string(version) +
                " of the schema; this library reads version " + std::to_string(ledger_version)
        );
    }

    error_code prepare_to_write(sql_database& database)
    {
        {
            sql_statement mode(database, "PRAGMA journal_mode = WAL");
            if (mode.next() && mode.view(0) != "wal")
                return failed(
                    make_error_code(boost::system::errc::not_supported),
                    "the file system has nothing for SQLite to share memory by (WAL)"
                );
        }
        // Checkpoints flush: the log may grow to 16 MiB between two, not to SQLite's 4. It is cut to
        // that again after a long read has kept it from being used anew.
        const bool done = database.run("PRAGMA wal_autocheckpoint = 4096") &&
                          database.run("PRAGMA journal_size_limit = 16777216");
        return done ? error_code() : failed(database, "opening the file");
    }

    const sqlite_ledger_options& options_;
    diagnostics& diag_;
    std::string path_{};
    std::string name_{};
    bool exists_ = false;
};

}  // namespace scrapingpros::inline v0::detail

#endif
