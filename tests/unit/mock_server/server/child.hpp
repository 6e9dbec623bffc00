#ifndef SCRAPINGPROS_TESTS_MOCK_SERVER_CHILD_HPP
#define SCRAPINGPROS_TESTS_MOCK_SERVER_CHILD_HPP

#include <string>
#include <sys/types.h>
#include <vector>

/// A process started with pipes at its three standard streams; killed, if it still runs, with the
/// object.
class child {
public:
    /// The first argument is the program's path.
    explicit child(std::vector<std::string> arguments);
    ~child();
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    pid_t pid() const noexcept { return pid_; }
    /// Without its end; empty when the program has closed its output.
    std::string read_line();
    std::string read_to_end();
    /// What it said on standard error, up to its end.
    std::string error_text();
    void close_input();
    void kill(int signal);
    /// Its exit code; minus the signal that ended it.
    int wait();

private:
    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    int error_ = -1;
    bool reaped_ = false;
};

#endif
