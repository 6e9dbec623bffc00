// Processes that share a ledger, and processes that are killed.
#include <scrapingpros/sqlite_ledger.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unistd.h>
#include <utility>

#include "tests/unit/client/ledger_folder.hpp"
#include "tests/unit/client/pipe_of_bytes.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

/// Some fill pages of the database.
settled_job numbered_step(std::size_t number)
{
    settled_job step = step_of(std::to_string(number));
    if (number % 3 == 0) step.id.value += std::string(9'000, 'x');
    return step;
}

ledger_outcome numbered_outcome(std::size_t number)
{
    auto row = full_outcome(numbered_step(number).id.value);
    row.bytes = number;
    row.path = "pages/" + std::to_string(number);
    return row;
}

/// Checks that checkpoint, rows and counters have the same jobs from 0 on without a gap; says how many.
std::size_t jobs_in(const sqlite_ledger& ledger)
{
    auto store = ledger.store("n");
    const auto read = store.load();
    REQUIRE_MESSAGE(read.has_value(), describe(read.error(), store.details()));
    REQUIRE(read->has_value());
    const checkpoint& c = **read;
    const std::size_t count = c.settled.size();
    REQUIRE_EQ(c.counts.usable, count);
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(c.settled.contains(numbered_step(i).id));
    const auto rows = jobs_of(ledger, "n");
    REQUIRE_EQ(rows.size(), count);
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE((rows[i].outcome == numbered_outcome(i)));
    diagnostics diag;
    REQUIRE_EQ(ledger.batch("n", diag).value()->counts.usable, count);
    return count;
}

/// Acknowledges jobs, saves now and then what it has, and opens the ledger anew, until it is killed.
int work_until_killed(const std::string& path, pipe_of_bytes& acknowledged, unsigned seed)
{
    std::mt19937 random(seed);
    const unsigned one_in = seed % 2 == 0 ? 8 : 1'000;
    diagnostics diag;
    for (;;) {
        auto ledger = open_sqlite_ledger({.path = path}, diag);
        if (!ledger) return 1;
        auto store = ledger->store("n");
        auto read = store.load();
        if (!read || !*read) return 2;
        checkpoint mine = **read;
        do {
            const std::size_t number = mine.settled.size();
            store.record(numbered_outcome(number));
            if (store.append(numbered_step(number))) return 3;
            apply(mine, numbered_step(number));
            acknowledged.say();
            if (random() % one_in == 0 && store.save(mine)) return 4;
        } while (random() % 16 != 0);
    }
}

}  // namespace

TEST_SUITE("sqlite_ledger_crash")
{
    TEST_CASE("another process is told who writes, and has its turn when that one was killed")
    {
        temporary_folder folder;
        const std::string file = folder / "night.db";
        pipe_of_bytes ready;
        const pid_t child = fork_child([&] {
            diagnostics diag;
            auto ledger = open_sqlite_ledger({.path = file}, diag);
            if (!ledger || ledger->store("n").save({.name = "the child's"})) return 1;
            ready.say();
            for (;;)
                ::pause();
        });
        ready.only_read();
        REQUIRE(ready.hear());
        const auto said = try_to_open({.path = file});
        CHECK(said.ec == errc::checkpoint_in_use);
        CHECK_EQ(said.diag.place, file);
        CHECK_EQ(
            said.diag.client_text, "process " + std::to_string(child) + " has it open to write"
        );
        CHECK_EQ(read_ledger(file).store("n").load().value()->name, "the child's");
        ::kill(child, SIGKILL);
        CHECK_FALSE(end_of(child).has_value());
        CHECK_EQ(open_ledger({.path = file}).store("n").load().value()->name, "the child's");
    }

    TEST_CASE("a process that is killed loses the job in hand at most, in all tables or in none")
    {
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        const checkpoint fresh{.stage = batch_stage::running, .name = "n"};
        std::size_t before = 0;
        std::size_t unacknowledged = 0;
        std::size_t with_log = 0;
        const unsigned kills = rounds(120);
        REQUIRE_FALSE(open_ledger({.path = file}).store("n").save(fresh));
        const unsigned first = first_ledger_seed();
        for (unsigned seed = first; seed != first + kills; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            pipe_of_bytes acknowledged;
            const pid_t child =
                fork_child([&] { return work_until_killed(file, acknowledged, seed); });
            acknowledged.only_read();
            std::size_t heard = 0;
            for (std::size_t wanted = random() % 40; heard < wanted; ++heard)
                REQUIRE(acknowledged.hear());
            spin(static_cast<unsigned>(random() % 1'000'000));
            ::kill(child, SIGKILL);
            while (acknowledged.hear())
                ++heard;
            REQUIRE_FALSE(end_of(child).has_value());

            with_log += fs::exists(file + "-wal");
            if (seed % 2 == 0) {  // who looks first, before the writer has mended anything
                const std::size_t seen = jobs_in(read_ledger(file));
                REQUIRE_GE(seen, before + heard);
            }
            const auto ledger = open_ledger({.path = file});
            const std::size_t now = jobs_in(ledger);
            REQUIRE_GE(now, before + heard);
            REQUIRE_LE(now, before + heard + 1);
            if (seed % 16 == 0) {
                diagnostics diag;
                REQUIRE_FALSE(ledger.examine(diag));
            }
            unacknowledged += now - before - heard;
            before = now;
            if (now < 100) continue;
            REQUIRE_FALSE(ledger.store("n").save(fresh));
            before = 0;
        }
        MESSAGE(
            "killed ",
            kills,
            " times, seeds from ",
            first,
            ": ",
            unacknowledged,
            " with a job written and not acknowledged, ",
            with_log,
            " with a log left behind"
        );
        CHECK_GT(with_log, 0);
    }

    TEST_CASE("one that is killed while it makes the file leaves none, or a whole one")
    {
        std::size_t whole = 0;
        std::size_t half = 0;
        unsigned patience = 1'000'000;  // grows and shrinks to about what the making takes
        const unsigned first = first_ledger_seed();
        for (unsigned seed = first; seed != first + 100; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            temporary_folder folder(test::quick_folder());
            const std::string file = folder / "night.db";
            pipe_of_bytes said;
            const pid_t child = fork_child([&] {
                said.say();
                diagnostics diag;
                const auto ledger = open_sqlite_ledger({.path = file}, diag);
                if (!ledger) return 1;
                said.say();
                for (;;)
                    ::pause();
            });
            said.only_read();
            REQUIRE(said.hear());
            spin(static_cast<unsigned>(random() % patience));
            ::kill(child, SIGKILL);
            const bool done = said.hear();
            REQUIRE_FALSE(end_of(child).has_value());
            patience = done ? patience - patience / 4 : patience + patience / 4;
            if (done) REQUIRE(fs::exists(file));
            whole += fs::exists(file);
            half += fs::exists(file + ".tmp");
            REQUIRE_FALSE(open_ledger({.path = file}).store("n").save({.name = "n"}));
            REQUIRE_EQ(folder.names().count("night.db.tmp"), 0);
        }
        MESSAGE("killed 100 times: ", whole, " with a ledger, ", half, " with half of one");
    }

    TEST_CASE("a reader beside a writer sees whole acknowledgements, and ever more of them")
    {
        temporary_folder folder(test::quick_folder());
        const std::string file = folder / "night.db";
        REQUIRE_FALSE(open_ledger({.path = file}).store("n").save({.stage = batch_stage::running}));
        pipe_of_bytes acknowledged;
        const pid_t child = fork_child([&] {
            diagnostics diag;
            auto ledger = open_sqlite_ledger({.path = file}, diag);
            if (!ledger) return 1;
            auto store = ledger->store("n");
            for (std::size_t i = 0; i < 2'000; ++i) {
                store.record(numbered_outcome(i));
                if (store.append(numbered_step(i))) return 2;
                if (i == 0) acknowledged.say();
                if (i % 500 == 499 && store.save(*store.load().value())) return 3;
            }
            return 0;
        });
        acknowledged.only_read();
        REQUIRE(acknowledged.hear());
        const auto ledger = read_ledger(file);
        std::size_t last = 0;
        std::size_t looks = 0;
        std::size_t moving = 0;
        for (; last < 2'000; ++looks) {
            auto store = ledger.store("n");
            const auto c = store.load();
            REQUIRE_MESSAGE(c.has_value(), describe(c.error(), store.details()));
            const std::size_t count = (*c)->settled.size();
            REQUIRE_EQ((*c)->counts.usable, count);
            REQUIRE_GE(count, last);
            std::size_t row = 0;
            diagnostics diag;
            REQUIRE_FALSE(ledger.for_each_job(
                "n",
                [&](const ledger_job& job) {
                    REQUIRE((job.outcome == numbered_outcome(row)));
                    ++row;
                    return true;
                },
                diag
            ));
            REQUIRE_GE(row, count);
            moving += row > last;
            last = row;
        }
        CHECK_EQ(end_of(child), 0);
        MESSAGE(looks, " looks, ", moving, " of them with news");
    }
}
