#include "stop_signal.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "exit_code.hpp"

namespace cli {
namespace {

std::array<int, 2> pipe_ends{-1, -1};
volatile std::sig_atomic_t requested = 0;

extern "C" void on_stop_signal(int)
{
    const int kept = errno;
    requested = 1;
    [[maybe_unused]] const auto ignored = ::write(pipe_ends[1], "", 1);
    errno = kept;
}

}  // namespace

void catch_stop_signals()
{
    if (::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw failure(exit_code::unreachable, "no pipe for signals");
    for (const int number : {SIGINT, SIGTERM}) {
        struct sigaction before = {};
        ::sigaction(number, nullptr, &before);
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction action = {};
        action.sa_handler = on_stop_signal;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        ::sigemptyset(&action.sa_mask);
        ::sigaction(number, &action, nullptr);
    }
    ::signal(SIGPIPE, SIG_IGN);
}

bool stop_requested() noexcept
{
    return requested != 0;
}

int stop_descriptor() noexcept
{
    return pipe_ends[0];
}

}  // namespace cli
