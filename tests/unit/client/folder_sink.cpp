#include <scrapingpros/folder_sink.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/support/body_files.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace scrapingpros;
using namespace test;
using names = std::set<std::string>;

TEST_SUITE("client.folder_sink")
{
    TEST_CASE("a body is written piece by piece, and is there when it is whole")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        auto file = opened(sink, {.id = {"job"}}, body_kind::html);
        written(file, "<p>");
        written(file, "");
        written(file, "hello");
        CHECK_EQ(finished_names(folder), names{});
        const auto stored = committed(file);
        CHECK_EQ(stored.bytes, 8);
        CHECK_EQ(stored.sha256, "2c35ceb98d7757a74449079db9858dba4af1e87c41932a675471f3daea01886f");
        CHECK_EQ(stored.path, folder / (stored.sha256 + ".html"));
        CHECK_EQ(content_of(stored.path), "<p>hello");
        CHECK_EQ(folder.names(), names{stored.sha256 + ".html"});
    }

    TEST_CASE("digests are those of FIPS 180-2, and an empty body is a file")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        CHECK_EQ(
            stored(sink, {.id = {"a"}}, body_kind::html, "abc").sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        const auto empty = stored(sink, {.id = {"b"}}, body_kind::markdown, "");
        CHECK_EQ(
            empty.path,
            folder / "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.md"
        );
        CHECK_EQ(content_of(empty.path), "");
        CHECK_EQ(
            stored(sink, {.id = {"c"}}, body_kind::offloaded, std::string(1'000'000, 'a')).path,
            folder / "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0.bin"
        );
    }

    TEST_CASE("equal bodies share a file, others do not")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        const auto one = stored(sink, {.id = {"a"}}, body_kind::html, "same");
        CHECK(stored(sink, {.id = {"b"}}, body_kind::html, "same") == one);
        CHECK_NE(stored(sink, {.id = {"c"}}, body_kind::html, "other").path, one.path);
        CHECK_EQ(folder.names().size(), 2);
    }

    TEST_CASE("what is dropped leaves nothing, also when it was moved")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        {
            auto file = opened(sink, {.id = {"job"}}, body_kind::html);
            written(file, "partial");
            folder_file moved = std::move(file);
            written(moved, " content");
            CHECK_EQ(folder.names().size(), 1);
            moved = opened(sink, {.id = {"job"}}, body_kind::html);
            CHECK_EQ(folder.names().size(), 1);
        }
        CHECK_EQ(folder.names(), names{});
    }

    TEST_CASE("files outlive the sink that opened them")
    {
        const temporary_folder folder;
        auto file = opened(sink_in(folder.path()), {.id = {"job"}}, body_kind::html);
        written(file, "late");
        CHECK_EQ(content_of(committed(file).path), "late");
    }

    TEST_CASE("by job the name is made of the custom_id and the id")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const auto name = [&](std::string id, std::optional<std::string> custom_id) {
            const auto path =
                stored(sink, {.id = {id}, .custom_id = custom_id}, body_kind::html, "x").path;
            CHECK_EQ(content_of(path), "x");
            return path.substr(folder.path().size() + 1);
        };
        CHECK_EQ(name("10b0-1", "tour_1"), "tour_1.10b0-1.html");
        CHECK_EQ(name("10b0-1", {}), "10b0-1.html");
        CHECK_EQ(name("10b0-1", ""), "10b0-1.html");
        CHECK_EQ(name("a.b", "c.d"), "c%2Ed.a%2Eb.html");
        CHECK_EQ(name("a", std::string("b\0c", 3)), "b%00c.a.html");
        CHECK_EQ(name("a", "Ü %"), "%C3%9C%20%25.a.html");
    }

    TEST_CASE("no id leads out of the folder, hides a file or names one of ours")
    {
        const temporary_folder outside;
        const std::string inside = outside / "in";
        const auto sink = sink_in(inside, file_naming::job);
        const std::vector<std::string> hostile{
            ".",
            "..",
            "/",
            "/etc/passwd",
            "../../x",
            "..\\x",
            "a/b",
            ".scrapingpros-1-0.part",
            "~",
            "-rf",
            "a\nb",
            "\xFF",
            std::string("\0", 1),
            std::string(255, '/'),
            std::string(100'000, '.')};
        std::set<std::string> paths;
        for (const auto& id : hostile)
            for (const auto& custom_id : hostile) {
                const job which{.id = {id}, .custom_id = custom_id};
                const auto path = stored(sink, which, body_kind::html, id + custom_id).path;
                const std::string name = path.substr(inside.size() + 1);
                CAPTURE(name);
                CHECK_EQ(name.find_first_of("/\\\n"), std::string::npos);
                CHECK_NE(name.front(), '.');
                CHECK_LE(name.size(), 255);
                paths.insert(path);
            }
        // Custom ids that are long and begin alike differ no longer, ids do.
        CHECK_GE(paths.size(), hostile.size() * (hostile.size() - 2));
        CHECK_EQ(outside.names(), names{"in"});
        CHECK_EQ(
            stored(sink, {.id = {hostile[0]}}, body_kind::html, "").path, inside + "/%2E.html"
        );
    }

    TEST_CASE("different jobs have different names, whatever their ids")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const std::string longest(100'000, 'x');
        std::set<std::string> paths;
        const std::vector<job> jobs{
            {.id = {"a"}},
            {.id = {"A"}},
            {.id = {"a"}, .custom_id = "b"},
            {.id = {"b"}, .custom_id = "a"},
            {.id = {"b.a"}},
            {.id = {"b%2Ea"}},
            {.id = {"a"}, .custom_id = "a.b"},
            {.id = {"b.a"}, .custom_id = "a"},
            {.id = {longest + "1"}},
            {.id = {longest + "2"}},
            {.id = {"1"}, .custom_id = longest},
            {.id = {"2"}, .custom_id = longest}};
        for (const auto& which : jobs)
            paths.insert(stored(sink, which, body_kind::html, "x").path);
        CHECK_EQ(paths.size(), jobs.size());
    }

    TEST_CASE("a job that is delivered again replaces its own file")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const job which{.id = {"1"}, .custom_id = "tour"};
        put(folder / "tour.1.html", "of the day before, and longer");
        CHECK_EQ(content_of(stored(sink, which, body_kind::html, "new").path), "new");
        CHECK_EQ(folder.names(), names{"tour.1.html"});
    }

    TEST_CASE("a link under the final name is replaced, not followed")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder / "in", file_naming::job);
        put(folder / "victim", "untouched");
        REQUIRE_EQ(::symlink((folder / "victim").c_str(), (folder / "in/1.html").c_str()), 0);
        CHECK_EQ(content_of(stored(sink, {.id = {"1"}}, body_kind::html, "new").path), "new");
        CHECK_EQ(content_of(folder / "victim"), "untouched");
    }

    TEST_CASE("base64 is decoded, however it is cut")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const std::string text = "AAECA//+/QA=";
        const std::string bytes("\x00\x01\x02\x03\xFF\xFE\xFD\x00", 8);
        for (std::size_t one = 0; one <= text.size(); ++one)
            for (std::size_t two = one; two <= text.size(); ++two) {
                auto file = opened(sink, {.id = {"1"}}, body_kind::base64);
                written(file, text.substr(0, one));
                written(file, text.substr(one, two - one));
                written(file, text.substr(two));
                const auto got = committed(file);
                CHECK_EQ(got.bytes, 8);
                CHECK(content_of(got.path) == bytes);
            }
        CHECK_EQ(folder.names(), names{"1.bin"});
    }

    TEST_CASE("what is not base64 leaves no file, and stays refused")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        const std::vector<std::vector<std::string>> bad{
            {"A"},
            {"AAA"},
            {"AA==AAAA"},
            {"AA==", "AAAA"},
            {"AA=", "=", "AAAA"},
            {"AAAA\n"},
            {"AA-_"},
            {"AAAA", "===="},
            {"AAAA", "A"}};
        for (const auto& pieces : bad) {
            auto file = opened(sink, {.id = {"1"}}, body_kind::base64);
            diagnostics diag;
            for (const auto& piece : pieces)
                static_cast<void>(file.write(piece, diag));
            const auto got = file.commit(diag);
            CAPTURE(pieces.front());
            REQUIRE(got.has_error());
            CHECK_EQ(got.error(), errc::malformed_response);
            CHECK_EQ(diag.place, folder / "1");
            CHECK_EQ(file.write("AAAA", diag), errc::malformed_response);
        }
        CHECK_EQ(folder.names(), names{});
    }

    TEST_CASE("a committed file is closed to all that follows")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        auto file = opened(sink, {.id = {"1"}}, body_kind::html);
        const auto got = committed(file);
        diagnostics diag;
        CHECK(file.write("", diag).failed());
        CHECK(file.write("more", diag).failed());
        CHECK(file.commit(diag).has_error());
        CHECK_EQ(content_of(got.path), "");
    }

    TEST_CASE("jobs without an id and without a body are refused")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path());
        diagnostics diag;
        CHECK_EQ(sink.open({}, body_kind::html, diag).error(), errc::bad_option);
        CHECK_EQ(diag.place, "job.id");
        CHECK_EQ(sink.open({.id = {"1"}}, body_kind::none, diag).error(), errc::bad_option);
        CHECK_EQ(diag.place, "kind");
        CHECK_EQ(folder.names(), names{});
    }

    TEST_CASE("the folder is made if it is not there, what it is in is not")
    {
        const temporary_folder outside;
        for (const char* name : {"new", "new", "slash/", "slashes///"}) {
            const auto sink = sink_in(outside / name);
            const auto got = stored(sink, {.id = {"1"}}, body_kind::html, "x");
            CHECK_EQ(content_of(got.path), "x");
            CHECK(got.path.starts_with(outside / name));
        }
        CHECK_EQ(outside.names(), names{"new", "slash", "slashes"});
        CHECK_EQ(refused_folder(outside / "a/b"), system_error(ENOENT));
        put(outside / "file", "");
        CHECK_EQ(refused_folder(outside / "file"), system_error(ENOTDIR));
        CHECK_EQ(refused_folder(outside / "file/x"), system_error(ENOTDIR));
        CHECK_EQ(refused_folder(""), errc::bad_option);
        CHECK_EQ(refused_folder(std::string("a\0b", 3)), errc::bad_option);
        CHECK_EQ(refused_folder(outside / std::string(300, 'n')), system_error(ENAMETOOLONG));
    }

    TEST_CASE("a folder of the final name is told of and stays")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        REQUIRE_EQ(::mkdir((folder / "1.html").c_str(), 0700), 0);
        auto file = opened(sink, {.id = {"1"}}, body_kind::html);
        diagnostics diag;
        CHECK_EQ(file.commit(diag).error(), system_error(EISDIR));
        CHECK_EQ(diag.place, folder / "1");
    }

    TEST_CASE("threads may share a sink")
    {
        const temporary_folder folder;
        const auto sink = sink_in(folder.path(), file_naming::job);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([sink, thread] {
                diagnostics diag;
                for (int n = 0; n < 50; ++n) {
                    const std::string id = std::to_string(thread) + '-' + std::to_string(n);
                    auto file = sink.open({.id = {id}}, body_kind::html, diag);
                    if (!file || file->write(id, diag)) continue;
                    static_cast<void>(file->commit(diag));
                }
            });
        for (auto& thread : threads)
            thread.join();
        const auto all = folder.names();
        CHECK_EQ(all.size(), 200);
        for (const auto& name : all)
            CHECK_EQ(content_of(folder / name) + ".html", name);
    }
}
