#include "child.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace {

// Neither end is inherited by accident: a pipe held open by another child would never end.
std::array<int, 2> make_pipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
    return ends;
}

std::string read_from(int descriptor, bool only_a_line)
{
    std::string out;
    char byte = 0;
    while (::read(descriptor, &byte, 1) == 1) {
        if (only_a_line && byte == '\n') break;
        out.push_back(byte);
    }
    return out;
}

}  // namespace

child::child(std::vector<std::string> arguments)
{
    const auto in = make_pipe();
    const auto out = make_pipe();
    const auto err = make_pipe();
    std::vector<char*> words;
    for (auto& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    const int failed = ::posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    for (const int theirs : {in[0], out[1], err[1]})
        ::close(theirs);
    input_ = in[1];
    output_ = out[0];
    error_ = err[0];
    if (failed != 0) throw std::runtime_error{"cannot start " + arguments[0]};
}

child::~child()
{
    if (!reaped_) {
        kill(SIGKILL);
        wait();
    }
    close_input();
    ::close(output_);
    ::close(error_);
}

std::string child::read_line()
{
    return read_from(output_, true);
}

std::string child::read_to_end()
{
    return read_from(output_, false);
}

std::string child::error_text()
{
    return read_from(error_, false);
}

void child::close_input()
{
    if (const int descriptor = std::exchange(input_, -1); descriptor >= 0) ::close(descriptor);
}

void child::kill(int signal)
{
    ::kill(pid_, signal);
}

int child::wait()
{
    int status = 0;
    ::waitpid(pid_, &status, 0);
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
