#include "file_faults.hpp"

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace test {
namespace {

thread_local file_faults* watching = nullptr;

/// Nothing is watched while a call is noted.
bool hits(std::string call, const std::function<void()>& half = {})
{
    if (!watching) return false;
    file_faults* const now = std::exchange(watching, nullptr);
    const bool out = now->hits(std::move(call), half);
    watching = now;
    return out;
}

bool is_folder(int file)
{
    struct ::stat facts {};
    return ::fstat(file, &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

void file_faults::begin()
{
    if (watching) throw std::logic_error("file_faults: one at a time");
    watching = this;
}

file_faults::~file_faults()
{
    watching = nullptr;
}

bool file_faults::hits(std::string call, const std::function<void()>& half)
{
    calls_.push_back(std::move(call));
    if (!was_hit() || calls_.size() != *nth_ + 1) return false;
    if (how_ == ending::kill) {
        if (half) half();
        ::raise(SIGKILL);
    }
    errno = error_;
    return true;
}

bool survives(const std::function<void()>& function)
{
    const auto child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        int code = 1;
        try {
            function();
            code = 0;
        } catch (...) {
        }
        ::_exit(code);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return false;
    throw std::runtime_error("the process ended otherwise, status " + std::to_string(status));
}

}  // namespace test

extern "C" {

int openat(int folder, const char* path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
        if (test::hits(std::string("create ") + path)) return -1;
    }
    return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

ssize_t write(int file, const void* bytes, size_t size)
{
    const auto now = [&](size_t part) {
        return static_cast<ssize_t>(::syscall(SYS_write, file, bytes, part));
    };
    if (test::hits("write", [&] { now(size / 2); })) return -1;
    return now(size);
}

int fsync(int file)
{
    if (test::hits(test::is_folder(file) ? "flush folder" : "flush")) return -1;
    return static_cast<int>(::syscall(SYS_fsync, file));
}

int renameat(int from, const char* path, int to, const char* other) noexcept
{
    if (test::hits(std::string("rename ") + path + ' ' + other)) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, from, path, to, other, 0));
}

int close(int file)
{
    // A close that fails has closed all the same.
    const bool fails = test::hits("close");
    const int wanted = errno;
    const auto got = static_cast<int>(::syscall(SYS_close, file));
    if (!fails) return got;
    errno = wanted;
    return -1;
}
}
