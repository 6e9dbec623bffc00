#include <scrapingpros/sqlite_ledger.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/unit/client/ledger_folder.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

checkpoint named(std::string name)
{
    return {.stage = batch_stage::running, .name = std::move(name)};
}

std::optional<checkpoint> loaded(sqlite_checkpoint_store store)
{
    auto read = store.load();
    REQUIRE_MESSAGE(read.has_value(), describe(read.error(), store.details()));
    return *read;
}

const fs::perms mine = fs::perms::owner_read | fs::perms::owner_write;

}  // namespace

TEST_SUITE("sqlite_ledger")
{
    TEST_CASE("a ledger that is not there is made, and has no batches")
    {
        temporary_folder folder;
        {
            const auto ledger = open_ledger({.path = folder / "night.db"});
            diagnostics diag;
            CHECK(ledger.batches(diag).value().empty());
            CHECK_FALSE(ledger.batch("tours", diag).value().has_value());
            CHECK_FALSE(loaded(ledger.store("tours")).has_value());
            CHECK_FALSE(ledger.examine(diag));
            CHECK_EQ(diag, diagnostics{});
        }
        CHECK_EQ(folder.names(), std::set<std::string>{"night.db", "night.db.lock"});
    }

    TEST_CASE("what was saved and appended is there for the next process")
    {
        for (const auto outlive : {durability::process, durability::power}) {
            temporary_folder folder;
            const std::string file = folder / "night.db";
            checkpoint expected = full_checkpoint();
            {
                auto store = open_ledger({.path = file, .outlive = outlive}).store("tours");
                REQUIRE_FALSE(store.save(expected));
                CHECK(loaded(store) == expected);
                for (const auto& step : sample_steps()) {
                    REQUIRE_FALSE(store.append(step));
                    apply(expected, step);
                    CHECK(loaded(store) == expected);
                }
            }
            {
                auto store = open_ledger({.path = file, .outlive = outlive}).store("tours");
                CHECK(loaded(store) == expected);
            }
            {
                auto store = open_ledger({.path = file, .outlive = outlive}).store("tours");
                REQUIRE_FALSE(store.append(step_of("without a load")));
                apply(expected, step_of("without a load"));
            }
            CHECK(loaded(open_ledger({.path = file}).store("tours")) == expected);
        }
    }

    TEST_CASE("a save takes the place of all that was there")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("tours");
        REQUIRE_FALSE(store.save(full_checkpoint()));
        REQUIRE_FALSE(store.append(step_of("a")));
        REQUIRE_FALSE(store.save(named("second")));
        CHECK(loaded(store) == named("second"));
        CHECK(jobs_of(ledger, "tours").empty());
        REQUIRE_FALSE(store.append(step_of("b")));
        CHECK_EQ(loaded(store)->settled.size(), 1);
    }

    TEST_CASE("whatever a store in memory says, the ledger says")
    {
        const unsigned first = first_ledger_seed();
        for (unsigned seed = first; seed != first + 40; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            temporary_folder folder(test::quick_folder());
            const std::string file = folder / "night.db";
            std::optional<sqlite_ledger> ledger = open_ledger({.path = file});
            std::vector<memory_checkpoint_store> expected(3);
            std::vector<checkpoint> latest(3, full_checkpoint());
            for (int move = 0; move < 60; ++move) {
                const auto which = random() % 3;
                const std::string name = "batch " + std::to_string(which);
                switch (random() % 8) {
                case 0:
                    ledger.reset();
                    ledger = open_ledger({.path = file});
                    break;
                case 1:
                    if (random() % 4 == 0) latest[which] = named("other");
                    REQUIRE_FALSE(expected[which].save(latest[which]));
                    REQUIRE_FALSE(ledger->store(name).save(latest[which]));
                    break;
                default:
                    settled_job step = sample_steps()[random() % 7];
                    step.id.value = std::to_string(random() % 40);
                    if (!expected[which].load().value()) break;
                    REQUIRE_FALSE(expected[which].append(step));
                    REQUIRE_FALSE(ledger->store(name).append(step));
                    apply(latest[which], step);
                }
                REQUIRE(loaded(ledger->store(name)) == expected[which].load().value());
            }
            for (std::size_t which = 0; which < 3; ++which) {
                const auto there = expected[which].load().value();
                if (!there) continue;
                const std::string name = "batch " + std::to_string(which);
                std::set<std::string> ids;
                for (const auto& row : jobs_of(*ledger, name))
                    ids.insert(row.outcome.id.value);
                REQUIRE_EQ(ids.size(), there->settled.size());
                diagnostics diag;
                REQUIRE(ledger->batch(name, diag).value()->counts == there->counts);
            }
        }
        MESSAGE("seeds from ", first);
    }

    TEST_CASE("a step without a checkpoint has nothing to be added to")
    {
        temporary_folder folder;
        const auto ledger = open_ledger({.path = folder / "night.db"});
        auto store = ledger.store("tours");
        store.record(full_outcome("a"));
        CHECK(store.append(step_of("a")) == boost::system::errc::no_such_file_or_directory);
        CHECK_EQ(store.details().place, folder / "night.db");
        CHECK_NE(store.details().client_text.find("tours"), std::string::npos);
        diagnostics diag;
        CHECK(ledger.batches(diag).value().empty());

        REQUIRE_FALSE(store.save(named("n")));
        CHECK_FALSE(store.append(step_of("a")));
        CHECK_EQ(store.details(), diagnostics{});
        CHECK(jobs_of(ledger, "tours").at(0).outcome == full_outcome("a"));
    }

    TEST_CASE("a recorded outcome is seen when it is acknowledged, and never before")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        {
            const auto ledger = open_ledger({.path = file});
            auto store = ledger.store("tours");
            REQUIRE_FALSE(store.save(named("n")));
            store.record({.id = {"a"}, .path = "an earlier one"});
            store.record(full_outcome("a"));
            store.record(full_outcome("never acknowledged"));
            CHECK(jobs_of(ledger, "tours").empty());
            REQUIRE_FALSE(ledger.store("tours").append(step_of("a", settlement::not_usable)));
            REQUIRE_FALSE(store.append(step_of("nobody recorded it")));
            // It comes again to nobody, so whoever says so again changes nothing.
            store.record({.id = {"a"}, .path = "another"});
            REQUIRE_FALSE(store.append(step_of("a", settlement::failed)));
        }
        const auto rows = jobs_of(read_ledger(file), "tours");
        REQUIRE_EQ(rows.size(), 2);
        CHECK(rows[0].outcome == full_outcome("a"));
        CHECK(rows[0].how == settlement::not_usable);
        CHECK_GT(rows[0].acknowledged_at, timestamp(std::chrono::years(50)));
        CHECK(rows[1].outcome == ledger_outcome{.id = {"nobody recorded it"}});
        CHECK(rows[1].how == settlement::usable);
    }

    TEST_CASE("the files are their owner's alone")
    {
        temporary_folder folder;
        const ::mode_t old = ::umask(0);
        const auto ledger = open_ledger({.path = folder / "night.db"});
        const error_code ec = ledger.store("tours").save(named("n"));
        ::umask(old);
        REQUIRE_FALSE(ec);
        const std::set<std::string> expected{
            "night.db", "night.db-shm", "night.db-wal", "night.db.lock"};
        CHECK_EQ(folder.names(), expected);
        for (const auto& name : expected) {
            CAPTURE(name);
            CHECK(fs::status(folder / name).permissions() == mine);
        }
    }

    TEST_CASE("one ledger at a time writes, and the other is told which process does")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        std::optional<sqlite_ledger> first = open_ledger({.path = file});
        std::optional<sqlite_checkpoint_store> store = first->store("tours");
        REQUIRE_FALSE(store->save(named("n")));
        const auto said = try_to_open({.path = file});
        CHECK(said.ec == errc::checkpoint_in_use);
        CHECK_EQ(said.diag.place, file);
        CHECK_EQ(
            said.diag.client_text, "process " + std::to_string(::getpid()) + " has it open to write"
        );
        CHECK(loaded(read_ledger(file).store("tours")) == named("n"));

        first.reset();  // the store keeps it open
        CHECK(try_to_open({.path = file}).ec == errc::checkpoint_in_use);
        CHECK_FALSE(store->append(step_of("a")));
        store.reset();
        CHECK_FALSE(try_to_open({.path = file}).ec);
    }

    TEST_CASE("what stands in the lock file is no news that could do harm")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const auto ledger = open_ledger({.path = file});
        for (const std::string& text :
             {std::string(), std::string("\x1b[2J\n"), std::string(5'000, '7')}) {
            put(file + ".lock", text);
            CHECK_EQ(
                try_to_open({.path = file}).diag.client_text, "another process has it open to write"
            );
        }
    }

    TEST_CASE("batches of a ledger know nothing of each other, whatever they are called")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        const std::vector<std::string> names{
            "tours",
            "'; DROP TABLE jobs; --",
            "\"quoted\"",
            "%_*?",
            std::string("a\0b", 3),
            std::string("a\0c", 3),
            "\xff\xfe not UTF-8",
            "new\nline",
            std::string(1 << 20, 'x'),
        };
        {
            const auto ledger = open_ledger({.path = file});
            for (const auto& name : names)
                REQUIRE_FALSE(ledger.store(name).save(named(name)));
            for (const auto& name : names)
                REQUIRE_FALSE(ledger.store(name).append(step_of(name)));
        }
        const auto ledger = read_ledger(file);
        diagnostics diag;
        const auto batches = ledger.batches(diag).value();
        REQUIRE_EQ(batches.size(), names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            CHECK(batches[i].name == names[i]);
            CHECK(batches[i].collection_name == names[i]);
            CHECK_EQ(batches[i].counts.usable, 1);
            checkpoint expected = named(names[i]);
            apply(expected, step_of(names[i]));
            CHECK(loaded(ledger.store(names[i])) == expected);
            CHECK(jobs_of(ledger, names[i]).at(0).outcome.id.value == names[i]);
        }
    }

    TEST_CASE("a batch without a name is refused, and so is a write into what was opened to read")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        auto nameless = open_ledger({.path = file}).store("");
        CHECK(nameless.load().error() == errc::bad_option);
        CHECK(nameless.save(named("n")) == errc::bad_option);
        CHECK(nameless.append(step_of("a")) == errc::bad_option);
        CHECK_EQ(nameless.details().place, file);

        auto store = read_ledger(file).store("tours");
        CHECK_FALSE(loaded(store).has_value());
        CHECK(store.save(named("n")) == errc::bad_option);
        CHECK(store.append(step_of("a")) == errc::bad_option);
        CHECK_EQ(store.details().place, file);
    }

    TEST_CASE("a draft that cannot be sent is not saved, and what was there stays")
    {
        temporary_folder folder;
        auto store = open_ledger({.path = folder / "night.db"}).store("tours");
        REQUIRE_FALSE(store.save(named("n")));
        CHECK(
            store.save({.draft = collection_draft{.requests = {raw_item{"{"}}}}) ==
            errc::bad_request_item
        );
        CHECK_EQ(store.details().place, folder / "night.db: batch tours: draft.requests[0]");
        CHECK(loaded(store) == named("n"));
        CHECK_FALSE(store.append(step_of("a")));
    }

    TEST_CASE("a path that names no file is refused, and leaves nothing behind")
    {
        temporary_folder folder;
        fs::create_directory(folder / "inner");
        for (const auto access : {ledger_access::read, ledger_access::write})
            for (const std::string& path :
                 {std::string(),
                  folder / "inner/",
                  folder / "inner/.",
                  folder / "inner/..",
                  folder / std::string("a\0b", 3)}) {
                CAPTURE(path);
                const auto said = try_to_open({.path = path, .access = access});
                CHECK(said.ec == errc::bad_option);
                CHECK_EQ(said.diag.place, path);
            }
        CHECK_EQ(folder.names(), std::set<std::string>{"inner"});
        CHECK(fs::is_empty(folder / "inner"));
    }

    TEST_CASE("names that mean something to SQLite are names of files here")
    {
        temporary_folder folder;
        const auto before = fs::current_path();
        fs::current_path(folder.path());
        std::vector<error_code> said;
        for (const char* name : {":memory:", "file:x?mode=memory", "a?b#c%41"}) {
            diagnostics diag;
            {
                const auto made = open_sqlite_ledger({.path = name}, diag);
                said.push_back(made ? error_code() : made.error());
            }
            const auto again =
                open_sqlite_ledger({.path = name, .access = ledger_access::read}, diag);
            said.push_back(again ? error_code() : again.error());
        }
        fs::current_path(before);
        CHECK_EQ(said, std::vector<error_code>(6));
        for (const char* name : {":memory:", "file:x?mode=memory", "a?b#c%41"})
            CHECK(fs::is_regular_file(folder / name));
    }

    TEST_CASE("a folder that is none is the system's error, with the path")
    {
        temporary_folder folder;
        put(folder / "file", "");
        using boost::system::errc::make_error_condition;
        for (const auto& [path, wanted] :
             std::vector<std::pair<std::string, boost::system::error_condition>>{
                 {folder / "no/night.db",
                  make_error_condition(boost::system::errc::no_such_file_or_directory)},
                 {folder / "file/night.db",
                  make_error_condition(boost::system::errc::not_a_directory)},
                 {folder / std::string(300, 'x'),
                  make_error_condition(boost::system::errc::filename_too_long)},
             })
            for (const auto access : {ledger_access::read, ledger_access::write}) {
                CAPTURE(path);
                const auto said = try_to_open({.path = path, .access = access});
                CHECK(said.ec == wanted);
                CHECK_EQ(said.diag.place, path);
                CHECK_FALSE(said.diag.client_text.empty());
            }
        const auto said = try_to_open({.path = folder / "night.db", .access = ledger_access::read});
        CHECK(said.ec == boost::system::errc::no_such_file_or_directory);
        CHECK_EQ(folder.names(), std::set<std::string>{"file"});
    }

    TEST_CASE("a change of the working directory changes nothing")
    {
        temporary_folder folder;
        fs::create_directory(folder / "elsewhere");
        const auto before = fs::current_path();
        fs::current_path(folder.path());
        diagnostics diag;
        auto opened = open_sqlite_ledger({.path = "night.db"}, diag);
        fs::current_path(folder / "elsewhere");
        error_code ec;
        if (opened) ec = opened->store("tours").save(named("n"));
        fs::current_path(before);
        CHECK(opened.has_value());
        CHECK_FALSE(ec);
        CHECK(fs::is_empty(folder / "elsewhere"));
        opened = make_error_code(errc::bad_option);
        CHECK(loaded(open_ledger({.path = folder / "night.db"}).store("tours")) == named("n"));
    }
}
