#ifndef TESTS_UNIT_CLIENT_CHECKPOINT_FOLDER_HPP
#define TESTS_UNIT_CLIENT_CHECKPOINT_FOLDER_HPP

#include <scrapingpros/file_checkpoint_store.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace scrapingpros::tests {

/// A folder of its own, removed in the end with all that is in it.
class temporary_folder {
public:
    explicit temporary_folder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path()
    )
    {
        auto name = (parent / "scrapingpros-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    std::string path() const { return path_.string(); }

    std::vector<std::string> names() const
    {
        std::vector<std::string> out;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            out.push_back(entry.path().filename().string());
        std::sort(out.begin(), out.end());
        return out;
    }

private:
    std::filesystem::path path_;
};

inline std::string text_of(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::string& path, std::string_view text)
{
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    REQUIRE(out.flush().good());
}

/// What the file holds, read by a store that goes away again.
inline std::optional<checkpoint> stored(const std::string& path)
{
    file_checkpoint_store store(path);
    auto read = store.load();
    REQUIRE_MESSAGE(read.has_value(), describe(read.error(), store.details()));
    return *read;
}

/// Runs in a process of its own, which ends with what the function returns. No checks in there.
template <class Body>
pid_t fork_child(Body body)
{
    const pid_t child = ::fork();
    REQUIRE_NE(child, -1);
    if (child == 0) ::_exit(body());
    return child;
}

/// The exit code; empty if a signal ended it.
inline std::optional<int> end_of(pid_t child)
{
    int status = 0;
    REQUIRE_EQ(::waitpid(child, &status, 0), child);
    if (!WIFEXITED(status)) return {};
    return WEXITSTATUS(status);
}

inline settled_job step_of(const std::string& id, settlement how = settlement::usable)
{
    return {.id = {id}, .how = how};
}

}  // namespace scrapingpros::tests

#endif
