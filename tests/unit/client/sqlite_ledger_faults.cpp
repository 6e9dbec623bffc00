// Files that are damaged, disks that are full, folders that are not ours, and what waits for the disk.
#include <scrapingpros/sqlite_ledger.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <set>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/support/full_disk.hpp"
#include "tests/unit/client/ledger_folder.hpp"
#include "tests/unit/client/pipe_of_bytes.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

/// Flushes of this program, and which of them fails.
struct flush_calls {
    std::size_t seen = 0;
    std::size_t fail_at = static_cast<std::size_t>(-1);
};
flush_calls flushes;

}  // namespace

// In the place of the C library's, for SQLite too.
extern "C" int fdatasync(int file)
{
    if (flushes.seen++ == flushes.fail_at) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace {

bool is_full(error_code ec)
{
    return ec == boost::system::errc::no_space_on_device ||
           ec == boost::system::errc::file_too_large;
}

/// A ledger with something in every table, and how its batch stands.
checkpoint make_sample(const std::string& file)
{
    auto store = open_ledger({.path = file, .keep_requests = true}).store("n");
    checkpoint c = full_checkpoint();
    c.draft = full_draft();
    REQUIRE_FALSE(store.save(c));
    for (int i = 0; i < 60; ++i) {
        const auto step = step_of(numbered_uuid(i), settlement::usable);
        store.record(full_outcome(step.id.value));
        REQUIRE_FALSE(store.append(step));
    }
    return *store.load().value();
}

/// Whether the batch can be read; if not, that the error is one that names the file.
std::optional<checkpoint> read_whole(sqlite_ledger_options options, error_code& ec)
{
    diagnostics diag;
    const auto named = [&](const error_code& why, const diagnostics& said) {
        INFO(describe(why, said));
        CHECK(said.place.starts_with(options.path));
        ec = why;
        return std::nullopt;
    };
    ec = {};
    auto opened = open_sqlite_ledger(options, diag);
    if (!opened) return named(opened.error(), diag);
    auto store = opened->store("n");
    auto read = store.load();
    if (!read) return named(read.error(), store.details());
    const auto all = [](const auto&) { return true; };
    error_code other = opened->for_each_job("n", all, diag);
    if (!other) other = opened->for_each_item("n", ledger_items::failed, all, diag);
    if (!other) other = opened->for_each_rejection("n", all, diag);
    if (!other)
        other = opened->batches(diag).has_value() ? error_code() : errc::checkpoint_unreadable;
    if (other) return named(other, diag);
    return *read;
}

/// Runs it as somebody who may not do everything; the superuser may.
template <class Body>
std::optional<int> as_nobody(Body body)
{
    return end_of(fork_child([&] {
        if (::getuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 100;
        return body();
    }));
}

}  // namespace

TEST_SUITE("sqlite_ledger_faults")
{
    TEST_CASE("a save waits for the disk, an acknowledgement only if it is to outlive a power cut")
    {
        for (const auto outlive : {durability::process, durability::power}) {
            temporary_folder folder;
            auto store = open_ledger({.path = folder / "night.db", .outlive = outlive}).store("n");
            for (const char* id : {"a", "b"}) {
                flushes = {};
                REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
                CHECK_GE(flushes.seen, 1);
                flushes = {};
                REQUIRE_FALSE(store.append(step_of(id)));
                REQUIRE_FALSE(store.append(step_of(std::string(id) + "2")));
                CHECK_EQ(flushes.seen, outlive == durability::power ? 2 : 0);
            }
        }
    }

    TEST_CASE("50,000 jobs are acknowledged with few flushes, and read back")
    {
        constexpr int jobs = 50'000;
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        checkpoint expected{.stage = batch_stage::running, .name = "tours", .submitted = jobs};
        collection_draft draft{.name = "tours"};
        for (int i = 0; i < jobs; ++i)
            draft.requests.push_back(scrape_request{
                .url = "https://shop.example/item/" + std::to_string(i),
                .custom_id = "c" + std::to_string(i)});
        const auto clock = [] { return std::chrono::steady_clock::now(); };
        const auto seconds = [](auto from, auto to) {
            return std::chrono::duration<double>(to - from).count();
        };
        std::uintmax_t largest_log = 0;
        const auto begin = clock();
        auto submitted = begin;
        auto acknowledged = begin;
        std::size_t flushed = 0;
        {
            auto store = open_ledger({.path = file}).store("n");
            checkpoint creating = expected;
            creating.stage = batch_stage::creating;
            creating.draft = std::move(draft);
            REQUIRE_FALSE(store.save(creating));
            REQUIRE_FALSE(store.save(expected));
            submitted = clock();
            flushes = {};
            for (int i = 0; i < jobs; ++i) {
                const auto step = step_of(
                    numbered_uuid(i), i % 100 == 0 ? settlement::failed : settlement::usable
                );
                auto row = full_outcome(step.id.value);
                row.url = "https://shop.example/item/" + std::to_string(i);
                row.custom_id = "c" + std::to_string(i);
                row.stop_reason.reset();
                store.record(std::move(row));
                REQUIRE_FALSE(store.append(step));
                apply(expected, step);
                if (i % 256 == 0)
                    largest_log = (std::max)(largest_log, fs::file_size(file + "-wal"));
            }
            flushed = flushes.seen;
            acknowledged = clock();
            CHECK(store.load().value() == expected);
        }
        const auto resumed = clock();
        auto store = open_ledger({.path = file}).store("n");
        CHECK(store.load().value() == expected);
        const auto loaded = clock();
        expected.stage = batch_stage::finished;
        REQUIRE_FALSE(store.save(expected));
        const auto saved = clock();
        CHECK(store.load().value() == expected);

        const auto ledger = read_ledger(file);
        const auto queried = clock();
        CHECK_EQ(items_of(ledger, "n", ledger_items::failed).size(), jobs / 100);
        CHECK(items_of(ledger, "n", ledger_items::remaining).empty());
        CHECK_EQ(ask(file, "SELECT count(*) FROM failed"), std::vector<std::string>{"500"});
        CHECK_EQ(ask(file, "SELECT count(step) FROM jobs"), std::vector<std::string>{"0"});
        CHECK_EQ(ask(file, "SELECT count(*) FROM remaining"), std::vector<std::string>{"0"});
        const auto end = clock();
        MESSAGE(
            "50,000 items saved in ",
            seconds(begin, submitted),
            " s; acknowledged ",
            jobs / seconds(submitted, acknowledged),
            " rows/s with ",
            flushed,
            " flushes; opened and loaded in ",
            seconds(resumed, loaded),
            " s, saved in ",
            seconds(loaded, saved),
            " s, four queries in ",
            seconds(queried, end),
            " s; database ",
            fs::file_size(file),
            " bytes, largest log ",
            largest_log
        );
        CHECK_LE(flushed, 250);
        CHECK_LE(largest_log, std::uintmax_t{24} << 20);
    }

    TEST_CASE("cut off anywhere, it is damaged, and nobody writes into it")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        make_sample(file);
        const std::string whole = content_of(file);
        for (std::size_t size = 0; size < whole.size(); size += size % 4096 == 4095 ? 1
                                                                : size % 4096 == 1  ? 99
                                                                : size < 1          ? 1
                                                                                    : 999) {
            CAPTURE(size);
            put(file, whole.substr(0, size));
            for (const auto access : {ledger_access::read, ledger_access::write}) {
                error_code ec;
                CHECK_FALSE(read_whole({.path = file, .access = access}, ec).has_value());
                CHECK(ec == errc::checkpoint_unreadable);
            }
            CHECK((content_of(file) == whole.substr(0, size)));
        }
    }

    TEST_CASE("a flipped bit is seen, or did no harm to what the batch goes on from")
    {
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        const checkpoint expected = make_sample(file);
        const std::string whole = content_of(file);
        const unsigned seed = first_ledger_seed();
        std::mt19937 random(seed);
        std::size_t seen = 0;
        const unsigned flips = rounds(1'000);
        for (unsigned round = 0; round < flips; ++round) {
            std::string damaged = whole;
            // Half of them into the first page, where the schema is, and its neighbours.
            const auto at = random() % (round % 2 == 0 ? whole.size() : 3 * 4096);
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
            CAPTURE(at);
            put(file, damaged);
            error_code ec;
            const auto access = round % 3 == 0 ? ledger_access::write : ledger_access::read;
            const auto read = read_whole({.path = file, .access = access}, ec);
            seen += ec.failed();
            if (read)
                REQUIRE((*read == expected));
            else
                REQUIRE(ec.failed());
            for (const char* tail : {"-wal", "-shm", "-journal"})
                fs::remove(file + tail);
        }
        MESSAGE(flips, " flips, seed ", seed, ": ", seen, " were errors");
        CHECK_GT(seen, 0);
    }

    TEST_CASE("a damaged log costs what lies behind the damage, in all tables alike")
    {
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        REQUIRE_FALSE(open_ledger({.path = file}).store("n").save({.stage = batch_stage::running}));
        const std::string before = content_of(file);
        pipe_of_bytes ready;
        const pid_t child = fork_child([&] {
            diagnostics diag;
            auto ledger = open_sqlite_ledger({.path = file}, diag);
            if (!ledger) return 1;
            auto store = ledger->store("n");
            for (int i = 0; i < 30; ++i)
                if (store.append(step_of(std::to_string(i)))) return 2;
            ready.say();
            for (;;)
                ::pause();
        });
        ready.only_read();
        REQUIRE(ready.hear());
        ::kill(child, SIGKILL);
        CHECK_FALSE(end_of(child).has_value());
        const std::string log = content_of(file + "-wal");
        const unsigned seed = first_ledger_seed();
        std::mt19937 random(seed);
        std::set<std::size_t> left;
        for (int round = 0; round < 300; ++round) {
            CAPTURE(round);
            std::string damaged = log;
            if (round % 3 == 0)
                damaged.resize(random() % log.size());
            else
                damaged[random() % log.size()] ^= 0x10;
            put(file, before);
            put(file + "-wal", damaged);
            fs::remove(file + "-shm");
            const auto ledger = open_ledger({.path = file});
            const auto c = ledger.store("n").load().value().value();
            for (std::size_t i = 0; i < c.settled.size(); ++i)
                REQUIRE(c.settled.contains({std::to_string(i)}));
            REQUIRE_EQ(jobs_of(ledger, "n").size(), c.settled.size());
            left.insert(c.settled.size());
        }
        MESSAGE("seed ", seed, ": ", left.size(), " different ends");
        CHECK_GT(left.size(), 5);
    }

    TEST_CASE("tables that contradict each other are damage")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        for (const char* harm :
             {"DELETE FROM jobs WHERE number = 3",
              "UPDATE jobs SET step = NULL WHERE number = 9",
              "UPDATE jobs SET job_public_id = 'another' WHERE number = 9",
              "UPDATE jobs SET step = 'x' WHERE number = 9",
              "UPDATE checkpoints SET text = substr(text, 1, 40)",
              // Whoever took this for a batch that never was would submit it again.
              "UPDATE batches SET name = 'o'",
              "UPDATE checkpoints SET name = 'o'",
              "DELETE FROM checkpoints",
              "DROP TABLE jobs"}) {
            CAPTURE(harm);
            fs::remove(file);
            make_sample(file);
            ask(file, harm);
            error_code ec;
            CHECK_FALSE(read_whole({.path = file}, ec).has_value());
            CHECK(ec == errc::checkpoint_unreadable);
        }
    }

    TEST_CASE("what is no ledger is left as it is")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const auto refuses = [&](const std::string& text, error_code wanted, const std::string& why
                             ) {
            put(file, text);
            for (const auto access : {ledger_access::read, ledger_access::write}) {
                const auto said = try_to_open({.path = file, .access = access});
                CHECK(said.ec == wanted);
                CHECK_EQ(said.diag.place, file);
                CHECK_NE(said.diag.client_text.find(why), std::string::npos);
                INFO(said.diag.client_text);
                CHECK((content_of(file) == text));
            }
            CHECK_EQ(folder.names(), std::set<std::string>{"night.db", "night.db.lock"});
        };
        const error_code unreadable = errc::checkpoint_unreadable;
        refuses("", unreadable, "an empty file");
        refuses("url\nhttps://a.example/1\n", unreadable, "not a database");
        refuses(std::string(8'192, 'x'), unreadable, "not a database");
        refuses(encoded(full_checkpoint()), unreadable, "not a database");

        const auto altered = [&](const std::string& statement) {
            fs::remove(file);
            open_ledger({.path = file});
            ask(file, "PRAGMA journal_mode = DELETE; " + statement);
            return content_of(file);
        };
        refuses(
            altered("PRAGMA user_version = 2"),
            errc::checkpoint_too_new,
            "version 2 of the schema; this library reads version 1"
        );
        refuses(altered("PRAGMA user_version = 0"), unreadable, "not one of a ledger");
        refuses(altered("PRAGMA user_version = -1"), unreadable, "not one of a ledger");
        refuses(altered("PRAGMA application_id = 7"), unreadable, "not one of a ledger");
        fs::remove(file);
        ask(file, "CREATE TABLE jobs (id)");
        refuses(content_of(file), unreadable, "not one of a ledger");
    }

    TEST_CASE("what is no regular file is not read, not even for a moment")
    {
        temporary_folder folder;
        fs::create_directory(folder / "a folder");
        REQUIRE_EQ(::mkfifo((folder / "a pipe").c_str(), 0600), 0);
        fs::create_symlink("/dev/zero", folder / "endless");
        for (const char* name : {"a folder", "a pipe", "endless"})
            for (const auto access : {ledger_access::read, ledger_access::write}) {
                CAPTURE(name);
                const auto said = try_to_open({.path = folder / name, .access = access});
                CHECK(said.ec == errc::checkpoint_unreadable);
                CHECK_EQ(said.diag.place, folder / name);
            }
    }

    TEST_CASE("a database that went away without its log is not begun anew")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        put(file + "-wal", "acknowledgements");
        const auto said = try_to_open({.path = file});
        CHECK(said.ec == errc::checkpoint_unreadable);
        CHECK_NE(said.diag.client_text.find("night.db-wal"), std::string::npos);
        CHECK_EQ(content_of(file + "-wal"), "acknowledgements");
        CHECK_FALSE(fs::exists(file));
    }

    TEST_CASE("a full disk costs nothing that was acknowledged, and the next one finds its place")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const auto ledger = open_ledger({.path = file});
        auto store = ledger.store("n");
        checkpoint expected{.stage = batch_stage::running, .name = "n"};
        REQUIRE_FALSE(store.save(expected));
        std::size_t refused = 0;
        for (std::size_t room = 30'000; room < 400'000; room += 7'001) {
            CAPTURE(room);
            const full_disk disk(room);
            for (;;) {
                const auto step = step_of(std::to_string(expected.settled.size()));
                store.record(full_outcome(step.id.value));
                const error_code ec = store.append(step);
                if (ec) {
                    REQUIRE_MESSAGE(is_full(ec), describe(ec, store.details()));
                    REQUIRE_EQ(store.details().place, file);
                    // What it was to hold is still there for the next try.
                    break;
                }
                apply(expected, step);
            }
            ++refused;
            REQUIRE(store.load().value() == expected);
            checkpoint larger = expected;
            larger.name = std::string(500'000, 'x');
            REQUIRE(is_full(store.save(larger)));
            REQUIRE(store.load().value() == expected);
            REQUIRE_EQ(jobs_of(ledger, "n").size(), expected.settled.size());
        }
        const auto step = step_of(std::to_string(expected.settled.size()));
        REQUIRE_FALSE(store.append(step));
        apply(expected, step);
        CHECK(store.load().value() == expected);
        const auto rows = jobs_of(ledger, "n");
        REQUIRE_EQ(rows.size(), expected.settled.size());
        for (const auto& row : rows)
            CHECK(row.outcome == full_outcome(row.outcome.id.value));
        diagnostics diag;
        CHECK_FALSE(ledger.examine(diag));
        MESSAGE(refused, " times full, ", rows.size(), " jobs");
        CHECK_GT(rows.size(), 5);
    }

    TEST_CASE("a save that runs out of room in its middle changes no table")
    {
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        auto store = open_ledger({.path = file}).store("n");
        checkpoint c{.stage = batch_stage::created, .name = "n", .submitted = 3};
        c.created = creation{.id = {"c1"}, .duplicate_urls = {"u", "u", "u"}};
        REQUIRE_FALSE(store.save(c));
        REQUIRE_FALSE(store.append(step_of("a")));
        apply(c, step_of("a"));
        // More than SQLite keeps in memory, so that it begins to write before the end.
        checkpoint larger = c;
        larger.created.reset();
        larger.draft = collection_draft{.name = "n"};
        for (int i = 0; i < 6'000; ++i)
            larger.draft->requests.push_back(scrape_request{
                .url = "https://a.example/" + std::to_string(i) + std::string(1'000, 'x')});
        for (std::size_t room = 200'000; room < 6'000'000; room *= 2) {
            CAPTURE(room);
            const full_disk disk(room);
            REQUIRE(is_full(store.save(larger)));
        }
        CHECK(store.load().value() == c);
        CHECK_EQ(
            ask(file,
                "SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM rejected), "
                "(SELECT count(*) FROM jobs), (SELECT blocked FROM batches)"),
            std::vector<std::string>{"0|3|1|0"}
        );
        CHECK_FALSE(store.save(larger));
        CHECK_EQ(ask(file, "SELECT count(*) FROM items"), std::vector<std::string>{"6000"});
    }

    TEST_CASE("where there is no room for a ledger, none is left behind")
    {
        for (const std::size_t room : {0u, 100u, 5'000u, 20'000u}) {
            CAPTURE(room);
            temporary_folder folder;
            const std::string file = folder / "night.db";
            {
                const full_disk disk(room);
                const auto said = try_to_open({.path = file});
                CHECK_MESSAGE(is_full(said.ec), describe(said.ec, said.diag));
                CHECK_EQ(said.diag.place, file);
            }
            CHECK_EQ(folder.names(), std::set<std::string>{"night.db.lock"});
            CHECK_FALSE(try_to_open({.path = file}).ec);
        }
    }

    TEST_CASE("a flush that fails is an error, and nothing is lost by it")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const auto ledger = open_ledger({.path = file, .outlive = durability::power});
        auto store = ledger.store("n");
        REQUIRE_FALSE(store.save({.stage = batch_stage::running, .name = "old"}));
        REQUIRE_FALSE(store.append(step_of("a")));
        flushes = {.fail_at = 0};
        CHECK(
            store.save({.stage = batch_stage::running, .name = "new"}) ==
            boost::system::errc::io_error
        );
        CHECK_EQ(store.details().place, file);
        flushes = {.fail_at = 0};
        store.record(full_outcome("b"));
        CHECK(store.append(step_of("b")) == boost::system::errc::io_error);
        flushes = {};
        CHECK_EQ(store.load().value()->name, "old");
        CHECK_EQ(store.load().value()->settled.size(), 1);
        REQUIRE_FALSE(store.append(step_of("b")));
        REQUIRE_FALSE(store.append(step_of("c")));
        CHECK_EQ(store.load().value()->settled.size(), 3);
        CHECK(jobs_of(ledger, "n").at(1).outcome == full_outcome("b"));
    }

    TEST_CASE("whoever else holds the database for long is waited for, but not for ever")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        auto store = open_ledger({.path = file}).store("n");
        REQUIRE_FALSE(store.save({.stage = batch_stage::running}));
        sqlite3* other = nullptr;
        REQUIRE_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
        REQUIRE_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
        CHECK(store.append(step_of("a")) == errc::checkpoint_in_use);
        CHECK_EQ(store.details().place, file);
        CHECK(store.load().value()->settled.empty());
        sqlite3_close(other);
        CHECK_FALSE(store.append(step_of("a")));
    }

    TEST_CASE("where nothing may be written, a ledger can still be read, and is told to be so")
    {
        temporary_folder folder;
        fs::create_directory(folder / "theirs");
        const std::string file = folder / "theirs/a?b#c%41.db";
        const checkpoint expected = make_sample(file);
        fs::remove(file + ".lock");
        using fs::perms;
        fs::permissions(folder.path(), perms::all);
        fs::permissions(file, perms::owner_all | perms::group_read | perms::others_read);
        const auto closed =
            perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec;
        fs::permissions(folder / "theirs", closed);
        const auto denied = boost::system::errc::permission_denied;
        const auto folder_closed = as_nobody([&] {
            error_code ec;
            if (try_to_open({.path = file}).ec != denied) return 1;
            if (try_to_open({.path = file}).diag.place != file) return 2;
            if (try_to_open({.path = folder / "theirs/new.db"}).ec != denied) return 3;
            diagnostics diag;
            auto ledger = open_sqlite_ledger({.path = file, .access = ledger_access::read}, diag);
            if (!ledger) return 4;
            const auto read = ledger->store("n").load();
            return read && *read == expected ? 0 : 5;
        });
        fs::permissions(folder / "theirs", perms::all);
        fs::permissions(file, perms::owner_read | perms::group_read | perms::others_read);
        const auto file_closed = as_nobody([&] {
            const auto said = try_to_open({.path = file});
            if (said.ec != denied) return 1;
            return said.diag.place == file ? 0 : 2;
        });
        fs::permissions(file, perms::none);
        const auto unreadable = as_nobody([&] {
            if (try_to_open({.path = file}).ec != denied) return 1;
            return try_to_open({.path = file, .access = ledger_access::read}).ec == denied ? 0 : 2;
        });
        CHECK_EQ(folder_closed, 0);
        CHECK_EQ(file_closed, 0);
        CHECK_EQ(unreadable, 0);
    }
}
