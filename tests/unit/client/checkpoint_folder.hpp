#ifndef TESTS_UNIT_CLIENT_CHECKPOINT_FOLDER_HPP
#define TESTS_UNIT_CLIENT_CHECKPOINT_FOLDER_HPP

#include <scrapingpros/file_checkpoint_store.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace scrapingpros::tests {

using test::content_of;
using test::put;
using test::temporary_folder;

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
