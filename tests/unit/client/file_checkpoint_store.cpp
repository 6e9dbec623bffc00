#include <scrapingpros/file_checkpoint_store.hpp>
#include <scrapingpros/wire/checkpoint_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "tests/unit/client/checkpoint_folder.hpp"
#include "tests/unit/wire/checkpoint_sample.hpp"

using namespace scrapingpros;
using namespace scrapingpros::tests;
namespace fs = std::filesystem;

namespace {

checkpoint named(std::string name)
{
    return {.stage = batch_stage::running, .name = std::move(name)};
}

fs::perms mode_of(const std::string& path)
{
    return fs::status(path).permissions();
}

/// What is refused, and what is said about it.
void check_refused(error_code ec, const diagnostics& diag, error_code wanted, std::string place)
{
    CHECK_EQ(ec, wanted);
    CHECK_EQ(diag.place, place);
}

}  // namespace

TEST_SUITE("file_checkpoint_store")
{
    TEST_CASE("a file that is not there is a batch that has not begun")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        CHECK(folder.names().empty());
        const auto read = store.load();
        REQUIRE(read.has_value());
        CHECK_FALSE(read->has_value());
        CHECK_EQ(folder.names(), std::set<std::string>{"tours.lock"});
    }

    TEST_CASE("what was saved and appended is there for the next process")
    {
        for (const auto outlive : {durability::process, durability::power}) {
            temporary_folder folder;
            checkpoint expected = full_checkpoint();
            {
                file_checkpoint_store store(folder / "tours", outlive);
                REQUIRE_FALSE(store.save(expected));
                for (const auto& step : sample_steps()) {
                    REQUIRE_FALSE(store.append(step));
                    apply(expected, step);
                    CHECK(store.load().value() == expected);
                }
            }
            CHECK(stored(folder / "tours") == expected);
            {
                file_checkpoint_store store(folder / "tours", outlive);
                REQUIRE_FALSE(store.append(step_of("without a load")));
                apply(expected, step_of("without a load"));
            }
            CHECK(stored(folder / "tours") == expected);
            CHECK_EQ(folder.names(), std::set<std::string>{"tours", "tours.lock"});
        }
    }

    TEST_CASE("a save takes the place of all that was there")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        REQUIRE_FALSE(store.save(full_checkpoint()));
        REQUIRE_FALSE(store.append(step_of("a")));
        REQUIRE_FALSE(store.save(named("second")));
        CHECK(store.load().value() == named("second"));
        REQUIRE_FALSE(store.append(step_of("b")));
        CHECK_EQ(store.load().value()->settled.size(), 1);
    }

    TEST_CASE("an append adds one line and touches nothing else")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        REQUIRE_FALSE(store.save(named("n")));
        const std::string before = content_of(folder / "tours");
        REQUIRE_FALSE(store.append(step_of("a")));
        CHECK_EQ(content_of(folder / "tours"), before + encode_step(step_of("a")));
    }

    TEST_CASE("a step without a checkpoint has nothing to be added to")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        CHECK(store.append(step_of("a")) == boost::system::errc::no_such_file_or_directory);
        CHECK_EQ(store.details().place, folder / "tours");
        CHECK_FALSE(fs::exists(folder / "tours"));
        REQUIRE_FALSE(store.save(named("n")));
        CHECK_FALSE(store.append(step_of("a")));
        CHECK_EQ(store.details(), diagnostics{});
    }

    TEST_CASE("the file is its owner's alone, whatever was there before")
    {
        temporary_folder folder;
        const ::mode_t old = ::umask(0);
        put(folder / "tours", encoded(named("n")));
        {
            file_checkpoint_store store(folder / "tours");
            CHECK_FALSE(store.save(named("n")));
        }
        ::umask(old);
        const auto mine = fs::perms::owner_read | fs::perms::owner_write;
        CHECK(mode_of(folder / "tours") == mine);
        CHECK(mode_of(folder / "tours.lock") == mine);
    }

    TEST_CASE("copies are one store, and two stores of one file exclude each other")
    {
        temporary_folder folder;
        std::optional<file_checkpoint_store> first(folder / "tours");
        REQUIRE_FALSE(first->save(named("n")));
        any_checkpoint_store copy = *first;
        file_checkpoint_store second(folder / "tours");
        check_refused(
            second.save(named("other")), second.details(), errc::checkpoint_in_use, folder / "tours"
        );
        CHECK(second.append(step_of("a")) == errc::checkpoint_in_use);
        CHECK(second.load().error() == errc::checkpoint_in_use);

        first.reset();
        CHECK(second.load().error() == errc::checkpoint_in_use);
        CHECK_FALSE(copy.append(step_of("a")));
        copy = no_checkpoint();
        CHECK(second.load().value()->settled.contains({"a"}));

        file_checkpoint_store other_file(folder / "flights");
        CHECK_FALSE(other_file.save(named("m")));
    }

    TEST_CASE("what an earlier process left under the temporary name is no hindrance")
    {
        temporary_folder folder;
        put(folder / "somebody's", "keep me");
        SUBCASE("half a checkpoint")
        {
            put(folder / "tours.tmp", encoded(full_checkpoint()).substr(0, 40));
        }
        SUBCASE("a link to a file of somebody else")
        {
            fs::create_symlink("somebody's", folder / "tours.tmp");
        }
        SUBCASE("a link to nowhere")
        {
            fs::create_symlink("nowhere", folder / "tours.tmp");
        }
        file_checkpoint_store store(folder / "tours");
        CHECK_FALSE(store.load().value().has_value());
        REQUIRE_FALSE(store.save(named("n")));
        CHECK(store.load().value() == named("n"));
        CHECK_EQ(content_of(folder / "somebody's"), "keep me");
        CHECK_EQ(folder.names(), std::set<std::string>{"somebody's", "tours", "tours.lock"});
    }

    TEST_CASE("cut anywhere in a step, the file loses that step, and the next one is whole")
    {
        temporary_folder folder;
        const std::string whole = encoded(named("n")) + encode_step(step_of("a"));
        const std::string last = encode_step(step_of("b"));
        for (std::size_t kept = 0; kept < last.size(); ++kept) {
            CAPTURE(kept);
            put(folder / "tours", whole + last.substr(0, kept));
            {
                file_checkpoint_store store(folder / "tours");
                if (kept % 2 == 0) REQUIRE_EQ(store.load().value()->settled.size(), 1);
                REQUIRE_FALSE(store.append(step_of("c")));
            }
            REQUIRE_EQ(content_of(folder / "tours"), whole + encode_step(step_of("c")));
        }
    }

    TEST_CASE("any other damage is named, and nothing is added to it")
    {
        temporary_folder folder;
        const std::string head = encoded(named("n"));
        std::string flipped = head + encode_step(step_of("a")) + encode_step(step_of("b"));
        flipped[head.size() + 20] = static_cast<char>(flipped[head.size() + 20] ^ 4);
        const std::string file = folder / "tours";
        for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
                 {"", "line 1"},
                 {"hello\n", "line 1"},
                 {head.substr(0, 10), "line 1"},
                 {head.substr(0, head.size() - 1), "line 2"},
                 {flipped, "line 3"},
             }) {
            CAPTURE(text);
            put(file, text);
            file_checkpoint_store store(file);
            const error_code wanted = errc::checkpoint_unreadable;
            check_refused(store.load().error(), store.details(), wanted, file + ": " + place);
            check_refused(store.append(step_of("c")), store.details(), wanted, file + ": " + place);
            CHECK_EQ(content_of(file), text);
            CHECK_FALSE(store.save(named("anew")));
            CHECK(store.load().value() == named("anew"));
        }
    }

    TEST_CASE("the file of a newer version is left as it is")
    {
        temporary_folder folder;
        const std::string file = folder / "tours";
        put(file, "scrapingpros-checkpoint/2\n???");
        file_checkpoint_store store(file);
        check_refused(
            store.load().error(), store.details(), errc::checkpoint_too_new, file + ": line 1"
        );
        CHECK(store.append(step_of("a")) == errc::checkpoint_too_new);
        CHECK_EQ(content_of(file), "scrapingpros-checkpoint/2\n???");
    }

    TEST_CASE("a path that names no file is refused, and leaves nothing behind")
    {
        temporary_folder folder;
        fs::create_directory(folder / "inner");
        for (const std::string& path :
             {std::string(),
              folder / "inner/",
              folder / "inner/.",
              folder / "inner/..",
              folder / std::string("a\0b", 3)}) {
            CAPTURE(path);
            file_checkpoint_store store(path);
            check_refused(store.load().error(), store.details(), errc::bad_option, path);
            check_refused(store.save(named("n")), store.details(), errc::bad_option, path);
            check_refused(store.append(step_of("a")), store.details(), errc::bad_option, path);
        }
        CHECK_EQ(folder.names(), std::set<std::string>{"inner"});
        CHECK(fs::is_empty(folder / "inner"));
    }

    TEST_CASE("a folder that is none is the system's error, with the path")
    {
        temporary_folder folder;
        put(folder / "file", "");
        for (const auto& [path, wanted] : std::vector<std::pair<std::string, error_code>>{
                 {folder / "no/tours",
                  make_error_code(boost::system::errc::no_such_file_or_directory)},
                 {folder / "file/tours", make_error_code(boost::system::errc::not_a_directory)},
                 {folder / std::string(300, 'x'),
                  make_error_code(boost::system::errc::filename_too_long)},
             }) {
            CAPTURE(path);
            file_checkpoint_store store(path);
            const auto condition = wanted.default_error_condition();
            CHECK(store.load().error() == condition);
            CHECK(store.save(named("n")) == condition);
            CHECK(store.append(step_of("a")) == condition);
            CHECK_EQ(store.details().place, path);
            CHECK_FALSE(store.details().client_text.empty());
        }
    }

    TEST_CASE("what is no regular file is not read, not even for a moment")
    {
        temporary_folder folder;
        fs::create_directory(folder / "a folder");
        REQUIRE_EQ(::mkfifo((folder / "a pipe").c_str(), 0600), 0);
        fs::create_symlink("/dev/zero", folder / "endless");
        for (const char* name : {"a folder", "a pipe", "endless"}) {
            CAPTURE(name);
            file_checkpoint_store store(folder / name);
            CHECK(store.load().has_error());
            CHECK(store.append(step_of("a")).failed());
            CHECK_EQ(store.details().place, folder / name);
        }
        file_checkpoint_store store(folder / "a folder");
        CHECK(store.save(named("n")).failed());
        CHECK(fs::is_directory(folder / "a folder"));
        CHECK_FALSE(fs::exists(folder / "a folder.tmp"));
    }

    TEST_CASE("a draft that cannot be sent is not saved, and what was there stays")
    {
        temporary_folder folder;
        file_checkpoint_store store(folder / "tours");
        REQUIRE_FALSE(store.save(named("n")));
        check_refused(
            store.save({.draft = collection_draft{.requests = {raw_item{"{"}}}}),
            store.details(),
            errc::bad_request_item,
            folder / "tours: draft.requests[0]"
        );
        CHECK(store.load().value() == named("n"));
        CHECK_FALSE(store.append(step_of("a")));
    }

    TEST_CASE("a change of the working directory changes nothing")
    {
        temporary_folder folder;
        fs::create_directory(folder / "elsewhere");
        const auto before = fs::current_path();
        fs::current_path(folder.path());
        file_checkpoint_store store("tours");
        const error_code first = store.save(named("n"));
        fs::current_path(folder / "elsewhere");
        const error_code second = store.save(named("m"));
        const error_code third = store.append(step_of("a"));
        fs::current_path(before);
        CHECK_FALSE(first);
        CHECK_FALSE(second);
        CHECK_FALSE(third);
        CHECK(fs::is_empty(folder / "elsewhere"));
        CHECK_EQ(store.load().value()->name, "m");
    }

    TEST_CASE("steps are gathered into a new checkpoint now and then")
    {
        temporary_folder folder;
        checkpoint expected = named("n");
        std::uintmax_t largest = 0;
        std::size_t times = 0;
        std::string file = folder / "tours";
        {
            file_checkpoint_store store(file);
            REQUIRE_FALSE(store.save(expected));
            std::uintmax_t before = fs::file_size(file);
            for (int i = 0; i < 50'000; ++i) {
                const auto step = step_of(numbered_uuid(i), settlement::not_usable);
                REQUIRE_FALSE(store.append(step));
                apply(expected, step);
                const auto size = fs::file_size(file);
                times += size < before;
                largest = (std::max)(largest, size);
                before = size;
            }
        }
        CHECK(stored(file) == expected);
        MESSAGE(
            "50,000 steps: rewritten ",
            times,
            " times, largest file ",
            largest,
            " bytes, in the end ",
            fs::file_size(file)
        );
        CHECK_GE(times, 2);
        CHECK_LE(times, 8);
        CHECK_LE(largest, 2 * encoded(expected).size() + (2 << 20));
    }
}
