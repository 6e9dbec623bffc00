#ifndef SCRAPINGPROS_CLI_EXIT_CODE_HPP
#define SCRAPINGPROS_CLI_EXIT_CODE_HPP

#include <stdexcept>
#include <string>

namespace cli {

/// What the program tells its caller; README.md says what each one asks for.
enum class exit_code {
    /// Everything that was submitted was delivered.
    delivered = 0,
    /// The service could not be reached, or made no sense, for longer than is waited.
    unreachable = 1,
    /// Usage, input or checkpoint; nothing was sent.
    bad_input = 2,
    /// The batch is over, and something is left that is named.
    remainder = 3,
    /// Token, quota, or another refusal of the service.
    refused = 4,
    /// The service says that the run has failed or was cancelled.
    run_failed = 5,
    deadline = 6,
    /// Output or checkpoint could not be written.
    cannot_write = 7,
    /// SIGINT or SIGTERM: the wait was ended, the run goes on.
    interrupted = 130,
    /// Whoever read the standard output has gone.
    reader_gone = 141,
};

/// Ends the program with a code and a line for people. Never holds the token.
class failure : public std::runtime_error {
public:
    failure(exit_code code, const std::string& why) : std::runtime_error(why), code_(code) {}

    exit_code code() const noexcept { return code_; }

private:
    exit_code code_;
};

/// The user's own input; says why and where.
inline failure bad_input(const std::string& why)
{
    return {exit_code::bad_input, why};
}

}  // namespace cli

#endif
