#include <scrapingpros/folder_sink.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <sched.h>
#include <set>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/support/body_files.hpp"
#include "tests/support/file_faults.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace scrapingpros;
using namespace test;
using names = std::set<std::string>;

namespace {

const std::string content(50'000, 'x');

/// In a process of its own, which has no other way to tell.
void require(bool condition)
{
    if (!condition) std::abort();
}

/// A disk of 64 KB over the folder, for this process alone. False if that is not allowed here.
bool put_small_disk_over(const std::string& folder)
{
    const auto user = ::getuid();
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
        put("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("none", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
}

/// Storing fails with that error, and nothing is left of it.
void require_refusal(const folder_sink& sink, const temporary_folder& folder, int error)
{
    diagnostics diag;
    {
        auto file = sink.open({.id = {"1"}}, body_kind::html, diag);
        require(file.has_value());
        error_code ec;
        for (int piece = 0; piece < 4; ++piece)
            if (!ec) ec = file->write(content, diag);
        require(ec == system_error(error));
        require(diag.place == folder / "1");
        require(file->write("x", diag) == ec);
        require(file->commit(diag).error() == ec);
    }
    require(folder.names().empty());
}

}  // namespace

TEST_SUITE("client.folder_sink")
{
    TEST_CASE("a body is on the disk before it has its name, and the name after it")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const std::string part = ".scrapingpros-" + std::to_string(::getpid()) + "-0.part";
        const file_faults watched;
        stored(sink, {.id = {"1"}}, body_kind::html, "x");
        CHECK_EQ(
            watched.calls(),
            std::vector<std::string>{
                "create " + part,
                "write",
                "flush",
                "close",
                "rename " + part + " 1.html",
                "flush folder"}
        );
    }

    TEST_CASE("who does not want flushes gets none")
    {
        const temporary_folder folder;
        diagnostics diag;
        const auto sink = make_folder_sink({.folder = folder.path(), .flush = false}, diag);
        const file_faults watched;
        stored(*sink, {.id = {"1"}}, body_kind::html, "x");
        CHECK_EQ(watched.calls().size(), 4);
        CHECK_EQ(watched.calls()[2], "close");
    }

    TEST_CASE("killed before any call, a body is there whole or not at all, and the rest is removed"
    )
    {
        std::size_t kills = 0;
        for (std::size_t nth = 0;; ++nth) {
            const temporary_folder folder;
            const bool survived = survives([&] {
                const auto sink = sink_in(folder.path(), file_naming::job);
                const file_faults faults(nth, file_faults::ending::kill);
                stored(sink, {.id = {"1"}}, body_kind::html, content);
            });
            CAPTURE(nth);
            const auto left = finished_names(folder);
            if (!left.empty()) {
                CHECK_EQ(left, names{"1.html"});
                CHECK(content_of(folder / "1.html") == content);
            }
            put(folder / ".scrapingpros-notes", "not ours");
            put(folder / "a.part", "not ours");
            const auto sink = sink_in(folder.path());
            auto expected = left;
            expected.insert({".scrapingpros-notes", "a.part"});
            CHECK_EQ(folder.names(), expected);
            if (survived) {
                CHECK_EQ(left, names{"1.html"});
                break;
            }
            ++kills;
        }
        CHECK_EQ(kills, 6);
    }

    TEST_CASE("what is unfinished is not removed while another sink uses the folder")
    {
        const temporary_folder folder;
        auto first = opened(sink_in(folder.path()), {.id = {"1"}}, body_kind::html);
        written(first, "half");
        const auto second = sink_in(folder.path());
        const auto third = sink_in(folder.path());
        CHECK_EQ(folder.names().size(), 1);
        stored(third, {.id = {"2"}}, body_kind::html, "other");
        CHECK_EQ(content_of(committed(first).path), "half");
        CHECK_EQ(folder.names().size(), 2);
    }

    TEST_CASE("a name that another program is using is left alone")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        const std::string foreign = ".scrapingpros-" + std::to_string(::getpid()) + "-0.part";
        put(folder / foreign, "of a process with the same number");
        CHECK_EQ(content_of(stored(sink, {.id = {"1"}}, body_kind::html, "x").path), "x");
        CHECK_EQ(content_of(folder / foreign), "of a process with the same number");
    }

    TEST_CASE("when any call fails the body is refused, and nothing is left of it")
    {
        const std::size_t last = 5;
        for (std::size_t nth = 0; nth <= last; ++nth) {
            const temporary_folder folder;
            const auto sink = sink_in(folder.path(), file_naming::job);
            put(folder / "1.html", "old");
            diagnostics diag;
            error_code ec;
            {
                const file_faults faults(nth, file_faults::ending::fail, EIO);
                auto file = sink.open({.id = {"1"}}, body_kind::html, diag);
                ec = file ? file->write("new", diag) : file.error();
                if (!ec) {
                    const auto done = file->commit(diag);
                    if (!done) ec = done.error();
                }
                CHECK(faults.was_hit());
            }
            CAPTURE(nth);
            CHECK_EQ(ec, system_error(EIO));
            CHECK_EQ(diag.place, nth == 0 ? folder.path() : folder / "1");
            CHECK_EQ(content_of(folder / "1.html"), nth == last ? "new" : "old");
            CHECK_EQ(folder.names(), names{"1.html"});
        }
    }

    TEST_CASE("a full disk is told of, and takes no partial body")
    {
        const temporary_folder folder;
        const std::string note = folder.path() + ".note";
        CHECK(survives([&] {
            if (!put_small_disk_over(folder.path())) return put(note, "");
            require_refusal(sink_in(folder.path(), file_naming::job), folder, ENOSPC);
        }));
        if (::unlink(note.c_str()) == 0)
            MESSAGE("not tried: this user may not mount a disk of his own");
    }

    TEST_CASE("a limit of the files' size is told of, and takes no partial body")
    {
        const temporary_folder folder;
        CHECK(survives([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const ::rlimit limit{100'000, 100'000};
            require(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
            require_refusal(sink_in(folder.path(), file_naming::job), folder, EFBIG);
        }));
    }

    TEST_CASE("a folder that may not be written to is told of when a body begins")
    {
        const temporary_folder folder;
        REQUIRE_EQ(::chmod(folder.path().c_str(), 0555), 0);
        CHECK(survives([&] {
            // The superuser may write everywhere.
            require(::geteuid() != 0 || ::setuid(65534) == 0);
            diagnostics diag;
            const auto sink = sink_in(folder.path());
            const auto file = sink.open({.id = {"1"}}, body_kind::html, diag);
            require(file.error() == system_error(EACCES));
            require(diag.place == folder.path());
        }));
    }
}
