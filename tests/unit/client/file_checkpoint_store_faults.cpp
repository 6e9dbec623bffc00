// A disk that is full, a folder that is not ours, calls that fail, and the order of those that do not.
#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/support/full_disk.hpp"
#include "tests/unit/client/checkpoint_folder.hpp"
#include "tests/unit/wire/checkpoint_sample.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

/// Calls of this program that reached the disk; which of them is to fail, or to be the last.
struct disk_calls {
    std::vector<std::string> seen{};
    std::size_t fail_at = static_cast<std::size_t>(-1);
    std::size_t die_at = static_cast<std::size_t>(-1);

    bool fails(std::string call)
    {
        seen.push_back(std::move(call));
        if (seen.size() - 1 == die_at) std::raise(SIGKILL);
        if (seen.size() - 1 != fail_at) return false;
        errno = EIO;
        return true;
    }
};
disk_calls disk;

}  // namespace

// In the place of the C library's.
extern "C" int fsync(int file)
{
    struct stat about {};
    ::fstat(file, &about);
    if (disk.fails(S_ISDIR(about.st_mode) ? "flush the folder" : "flush a file")) return -1;
    return static_cast<int>(::syscall(SYS_fsync, file));
}

extern "C" int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept
{
    if (disk.fails(std::string("rename ") + from + " to " + to)) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, 0));
}

namespace {

checkpoint named(std::string name)
{
    return {.stage = batch_stage::running, .name = std::move(name)};
}

}  // namespace

TEST_SUITE("file_checkpoint_store")
{
    TEST_CASE("a save flushes the file before it is renamed, and the folder after that")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        disk = {};
        REQUIRE_FALSE(store.save(named("n")));
        CHECK_EQ(
            disk.seen,
            std::vector<std::string>{
                "flush a file", "rename tours.tmp to tours", "flush the folder"}
        );
    }

    TEST_CASE("steps wait for the disk only where they are to outlive a power cut")
    {
        temporary_folder folder;
        for (const auto outlive : {durability::process, durability::power}) {
            file_checkpoint_store store(folder / "tours", outlive);
            REQUIRE_FALSE(store.save(named("n")));
            disk = {};
            REQUIRE_FALSE(store.append(step_of("a")));
            REQUIRE_FALSE(store.append(step_of("b")));
            CHECK_EQ(disk.seen.size(), outlive == durability::power ? 2 : 0);
        }
    }

    TEST_CASE("a save that fails at any call leaves the old file or the new one")
    {
        for (std::size_t at = 0; at < 3; ++at) {
            CAPTURE(at);
            temporary_folder folder;
            file_checkpoint_store store(folder / "tours");
            REQUIRE_FALSE(store.save(named("old")));
            REQUIRE_FALSE(store.append(step_of("a")));
            disk = {.fail_at = at};
            CHECK(store.save(named("new")) == boost::system::errc::io_error);
            disk = {};
            CHECK_EQ(store.details().place, folder / "tours");
            CHECK_FALSE(store.details().client_text.empty());
            CHECK_EQ(folder.names(), std::set<std::string>{"tours", "tours.lock"});
            CHECK_EQ(store.load().value()->name, at < 2 ? "old" : "new");

            // Nothing is lost for those who go on.
            REQUIRE_FALSE(store.append(step_of("b")));
            CHECK_EQ(store.load().value()->settled.size(), at < 2 ? 2 : 1);
            REQUIRE_FALSE(store.save(named("newer")));
            CHECK(store.load().value() == named("newer"));
        }
    }

    TEST_CASE("a process that dies at any call of a save leaves the old file or the new one")
    {
        for (std::size_t at = 0; at < 3; ++at) {
            CAPTURE(at);
            temporary_folder folder;
            const std::string file = folder / "tours";
            REQUIRE_FALSE(file_checkpoint_store(file).save(named("old")));
            const auto end = end_of(fork_child([&] {
                disk = {.die_at = at};
                return file_checkpoint_store(file).save(named("new")) ? 1 : 0;
            }));
            CHECK_FALSE(end.has_value());
            CHECK_EQ(fs::exists(folder / "tours.tmp"), at < 2);
            CHECK(stored(file) == named(at < 2 ? "old" : "new"));
            REQUIRE_FALSE(file_checkpoint_store(file).save(named("newer")));
            CHECK_EQ(folder.names(), std::set<std::string>{"tours", "tours.lock"});
        }
    }

    TEST_CASE("nor does one that dies while the steps are gathered lose any")
    {
        for (std::size_t at = 0; at < 3; ++at) {
            CAPTURE(at);
            temporary_folder folder;
            const std::string file = folder / "tours";
            const auto large = step_of(std::string(2 << 20, 'x'));
            {
                file_checkpoint_store store(file);
                REQUIRE_FALSE(store.save(named("n")));
                REQUIRE_FALSE(store.append(large));
            }
            const auto end = end_of(fork_child([&] {
                disk = {.die_at = at};
                return file_checkpoint_store(file).append(step_of("a")) ? 1 : 0;
            }));
            CHECK_FALSE(end.has_value());
            checkpoint expected = named("n");
            apply(expected, large);
            if (at == 2) apply(expected, step_of("a"));
            CHECK(stored(file) == expected);
        }
    }

    TEST_CASE("after a flush that failed, only a new file is trusted")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours", durability::power);
        REQUIRE_FALSE(store.save(named("n")));
        disk = {.fail_at = 0};
        CHECK(store.append(step_of("a")) == boost::system::errc::io_error);
        disk = {.fail_at = 0};
        CHECK(store.append(step_of("b")) == boost::system::errc::io_error);
        CHECK_EQ(disk.seen.size(), 1);
        disk = {};
        REQUIRE_FALSE(store.append(step_of("b")));
        CHECK_EQ(disk.seen.size(), 3);
        disk = {};
        REQUIRE_FALSE(store.append(step_of("c")));
        CHECK_EQ(disk.seen, std::vector<std::string>{"flush a file"});
        CHECK_EQ(store.load().value()->settled.size(), 3);
    }

    TEST_CASE("a full disk costs no step that was taken, and the next one finds its place")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        const std::size_t line = encode_step(step_of("a")).size();
        for (std::size_t room = 0; room < line; ++room) {
            CAPTURE(room);
            file_checkpoint_store store(file);
            REQUIRE_FALSE(store.save(named("n")));
            REQUIRE_FALSE(store.append(step_of("a")));
            const std::string before = content_of(file);
            error_code refused;
            {
                full_disk limit(before.size() + room);
                refused = store.append(step_of("b"));
            }
            CHECK(refused == boost::system::errc::file_too_large);
            CHECK_EQ(store.details().place, file);
            CHECK_EQ(content_of(file), before);
            REQUIRE_FALSE(store.append(step_of("c")));
            CHECK_EQ(content_of(file), before + encode_step(step_of("c")));
        }
    }

    TEST_CASE("a save that finds no room leaves what was there, and no temporary file")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        file_checkpoint_store store(file);
        REQUIRE_FALSE(store.save(named("old")));
        const std::string before = content_of(file);
        for (const std::size_t room : {0u, 1u, 26u, 100u}) {
            error_code refused;
            {
                full_disk limit(room);
                refused = store.save(full_checkpoint());
            }
            CHECK(refused == boost::system::errc::file_too_large);
            CHECK_EQ(store.details().client_text, "writing the temporary file");
            CHECK_EQ(content_of(file), before);
            CHECK_EQ(folder.names(), std::set<std::string>{"tours", "tours.lock"});
        }
        CHECK_FALSE(store.append(step_of("a")));
    }

    TEST_CASE("where there is no room to gather the steps, they are still added")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        file_checkpoint_store store(file);
        checkpoint expected = named("n");
        REQUIRE_FALSE(store.save(expected));
        fs::create_directory(folder / "tours.tmp");  // no temporary file can be made
        int refused = 0;
        for (int i = 0; i < 300; ++i) {
            const auto step = step_of(std::to_string(i) + std::string(10'000, 'x'));
            REQUIRE_FALSE(store.append(step));
            apply(expected, step);
            refused += store.details().client_text == "making the temporary file";
        }
        CHECK_EQ(refused, 2);  // once for each MiB, not for each step
        CHECK(store.load().value() == expected);
        fs::remove(folder / "tours.tmp");
        REQUIRE_FALSE(store.append(step_of("last")));
        apply(expected, step_of("last"));
        CHECK(store.load().value() == expected);
        CHECK_LE(fs::file_size(file), encoded(expected).size());
    }

    TEST_CASE("damage that is found while the steps are gathered stops them")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        file_checkpoint_store store(file);
        REQUIRE_FALSE(store.save(named("n")));
        REQUIRE_FALSE(store.append(step_of(std::string(2 << 20, 'x'))));
        {
            std::FILE* open = std::fopen(file.c_str(), "r+");
            REQUIRE(open != nullptr);
            std::fseek(open, 1 << 20, SEEK_SET);
            std::fputc('y', open);
            std::fclose(open);
        }
        CHECK(store.append(step_of("a")) == errc::checkpoint_unreadable);
        CHECK(store.append(step_of("a")) == errc::checkpoint_unreadable);
        CHECK_EQ(store.details().place, file + ": line 3");
    }

    TEST_CASE("a checkpoint that somebody removed meanwhile is not made up again")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        REQUIRE_FALSE(store.save(named("n")));
        REQUIRE_FALSE(store.append(step_of(std::string(2 << 20, 'x'))));
        fs::remove(folder / "tours");
        CHECK(store.append(step_of("a")) == boost::system::errc::no_such_file_or_directory);
        CHECK_FALSE(fs::exists(folder / "tours"));
    }

    TEST_CASE("a folder that may not be written to is named")
    {
        temporary_folder folder;
        fs::create_directory(folder / "theirs");
        const std::string file = folder / "theirs/tours";
        fs::permissions(folder.path(), fs::perms::all);
        fs::permissions(
            folder / "theirs",
            fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                fs::perms::others_exec
        );
        const auto end = end_of(fork_child([&] {
            // The superuser may write everywhere.
            if (::getuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 10;
            file_checkpoint_store store(file);
            const auto denied = boost::system::errc::permission_denied;
            if (store.load().error() != denied) return 1;
            if (store.save(named("n")) != denied) return 2;
            if (store.append(step_of("a")) != denied) return 3;
            return store.details().place == file ? 0 : 4;
        }));
        fs::permissions(folder / "theirs", fs::perms::owner_all);
        CHECK_EQ(end, 0);
    }
}
