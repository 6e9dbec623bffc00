#include "progress.hpp"

#include <cstdio>
#include <unistd.h>

namespace quickstart {
namespace {

bool on_terminal()
{
    static const bool answer = ::isatty(STDERR_FILENO) == 1;
    return answer;
}

}  // namespace

void progress::begin(std::size_t total)
{
    total_ = total;
    began_ = clock::now();
    shown_ = {};
}

void progress::show(std::size_t done, std::uint64_t requests)
{
    const auto pause = std::chrono::milliseconds(on_terminal() ? 100 : 1000);
    if (clock::now() - shown_ < pause) return;
    print(done, requests);
    shown_ = clock::now();
}

void progress::end(std::size_t done, std::uint64_t requests)
{
    print(done, requests);
    if (on_terminal()) std::fputc('\n', stderr);
}

void progress::print(std::size_t done, std::uint64_t requests) const
{
    const double seconds = std::chrono::duration<double>(clock::now() - began_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    char left[32] = "?";
    if (rate > 0)
        std::snprintf(left, sizeof left, "%.0f s", static_cast<double>(total_ - done) / rate);
    std::fprintf(
        stderr,
        "%s%zu of %zu, %.1f a second, ETA %s, %llu requests%s",
        on_terminal() ? "\r\x1b[K" : "",
        done,
        total_,
        rate,
        left,
        static_cast<unsigned long long>(requests),
        on_terminal() ? "" : "\n"
    );
    std::fflush(stderr);
}

}  // namespace quickstart
