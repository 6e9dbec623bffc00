// Processes that share a checkpoint, and processes that are killed.
#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <unistd.h>

#include "tests/unit/client/checkpoint_folder.hpp"
#include "tests/unit/client/pipe_of_bytes.hpp"
#include "tests/unit/wire/checkpoint_sample.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

/// A fixed seed, or the one of the environment to repeat a failure with.
unsigned first_seed()
{
    const char* seed = std::getenv("SCRAPINGPROS_FUZZ_SEED");
    return seed ? static_cast<unsigned>(std::strtoul(seed, nullptr, 10)) : 20'260'705u;
}

/// Where flushing costs nothing, if there is such a place: a process that is killed loses nothing
/// that it wrote, flushed or not.
fs::path fast_place()
{
    std::error_code ignored;
    const fs::path memory = "/dev/shm";
    return fs::is_directory(memory, ignored) ? memory : fs::temp_directory_path();
}

/// Some fill pages of memory, so that a write takes its time.
settled_job numbered_step(std::size_t number)
{
    settled_job step = step_of(std::to_string(number));
    if (number % 3 == 0) step.id.value += std::string(9'000, 'x');
    return step;
}

/// Checks that the checkpoint has the steps from 0 on without a gap, and says how many.
std::size_t steps_in(const checkpoint& c)
{
    const std::size_t count = c.settled.size();
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(c.settled.contains(numbered_step(i).id));
    REQUIRE_EQ(c.counts.usable, count);
    return count;
}

/// Adds steps, and saves now and then what it has, until it is killed.
int work_until_killed(const std::string& path, pipe_of_bytes& acknowledged, unsigned seed)
{
    std::mt19937 random(seed);
    file_checkpoint_store store(path);
    auto read = store.load();
    if (!read || !*read) return 1;
    checkpoint mine = **read;
    const unsigned one_in = seed % 2 == 0 ? 10 : 1'000;
    for (;;) {
        const auto step = numbered_step(mine.settled.size());
        if (store.append(step)) return 2;
        apply(mine, step);
        acknowledged.say();
        if (random() % one_in == 0 && store.save(mine)) return 3;
    }
}

}  // namespace

TEST_SUITE("file_checkpoint_store")
{
    TEST_CASE("another process waits for its turn, which comes when the first is gone")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        pipe_of_bytes ready;
        const pid_t child = fork_child([&] {
            file_checkpoint_store store(file);
            if (store.save({.name = "the child's"})) return 1;
            ready.say();
            for (;;)
                ::pause();
        });
        ready.only_read();
        REQUIRE(ready.hear());
        file_checkpoint_store store(file);
        CHECK(store.load().error() == errc::checkpoint_in_use);
        CHECK(store.save({}) == errc::checkpoint_in_use);
        CHECK(store.append(step_of("a")) == errc::checkpoint_in_use);
        CHECK_EQ(store.details().place, file);
        ::kill(child, SIGKILL);
        CHECK_FALSE(end_of(child).has_value());
        CHECK_EQ(store.load().value()->name, "the child's");
        CHECK_FALSE(store.append(step_of("a")));
    }

    TEST_CASE("a process that is killed loses the step in hand at most")
    {
        temporary_folder folder(fast_place());
        const std::string file = folder / "tours";
        const checkpoint fresh{.stage = batch_stage::running, .name = "n"};
        std::size_t before = 0;
        std::size_t unacknowledged = 0;
        std::size_t cut = 0;
        std::size_t left_over = 0;
        REQUIRE_FALSE(file_checkpoint_store(file).save(fresh));
        for (unsigned seed = first_seed(), end = seed + 250; seed != end; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            pipe_of_bytes acknowledged;
            const pid_t child =
                fork_child([&] { return work_until_killed(file, acknowledged, seed); });
            acknowledged.only_read();
            std::size_t heard = 0;
            for (std::size_t wanted = random() % 30; heard < wanted; ++heard)
                REQUIRE(acknowledged.hear());
            spin(static_cast<unsigned>(random() % 100'000));
            ::kill(child, SIGKILL);
            while (acknowledged.hear())
                ++heard;
            REQUIRE_FALSE(end_of(child).has_value());

            cut += !content_of(file).ends_with('\n');
            left_over += fs::exists(file + ".tmp");
            const auto kept = stored(file);
            REQUIRE(kept.has_value());
            REQUIRE_EQ(kept->name, "n");
            const std::size_t now = steps_in(*kept);
            REQUIRE_GE(now, before + heard);
            REQUIRE_LE(now, before + heard + 1);
            unacknowledged += now - before - heard;
            before = now;
            if (now < 100) continue;
            REQUIRE_FALSE(file_checkpoint_store(file).save(fresh));
            before = 0;
        }
        MESSAGE(
            "killed 250 times: ",
            unacknowledged,
            " with a step written and not acknowledged, ",
            cut,
            " with half a step, ",
            left_over,
            " in the middle of a save"
        );
    }

    TEST_CASE("nor does one that is killed while the steps are gathered")
    {
        temporary_folder folder(fast_place());
        const std::string file = folder / "tours";
        std::string text = encoded({.stage = batch_stage::running, .name = "n"});
        std::size_t steps = 0;
        for (const std::size_t start = text.size(); text.size() <= 2 * start + (1 << 20); ++steps)
            text += encode_step(numbered_step(steps));
        std::size_t old_files = 0;
        std::size_t left_over = 0;
        unsigned patience = 1'000'000;  // grows and shrinks to about what the gathering takes
        for (unsigned seed = first_seed(), end = seed + 60; seed != end; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            put(file, text);
            pipe_of_bytes said;
            const pid_t child = fork_child([&] {
                file_checkpoint_store store(file);
                if (!store.load()) return 1;
                said.say();
                if (store.append(numbered_step(steps))) return 2;
                said.say();
                for (;;)
                    ::pause();
            });
            said.only_read();
            REQUIRE(said.hear());
            spin(static_cast<unsigned>(random() % patience));
            ::kill(child, SIGKILL);
            std::size_t acknowledged = 0;
            while (said.hear())
                ++acknowledged;
            REQUIRE_FALSE(end_of(child).has_value());
            patience = acknowledged == 0 ? patience + patience / 4 : patience - patience / 4;
            old_files += fs::file_size(file) >= text.size();
            left_over += fs::exists(file + ".tmp");
            const std::size_t now = steps_in(stored(file).value());
            REQUIRE_GE(now, steps + acknowledged);
            REQUIRE_LE(now, steps + 1);
        }
        MESSAGE(
            "killed 60 times: ", old_files, " before the new file, ", left_over, " in its middle"
        );
    }
}
