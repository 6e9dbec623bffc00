#ifndef SCRAPINGPROS_CLI_STOP_SIGNAL_HPP
#define SCRAPINGPROS_CLI_STOP_SIGNAL_HPP

namespace cli {

/** From now on the first SIGINT and the first SIGTERM are requests to stop; the second one ends the
    process as if nothing had been done about it. SIGPIPE becomes an error of `write`.

    A signal that the process was started with ignoring it, as by `nohup`, stays ignored.
*/
void catch_stop_signals();

/// Whether one has come.
bool stop_requested() noexcept;

/// A file descriptor that becomes readable when one comes.
int stop_descriptor() noexcept;

}  // namespace cli

#endif
