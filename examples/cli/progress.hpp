#ifndef SCRAPINGPROS_CLI_PROGRESS_HPP
#define SCRAPINGPROS_CLI_PROGRESS_HPP

#include <chrono>
#include <cstdint>
#include <string>

#include "session.hpp"

namespace cli {

enum class progress_form {
    /// A bar on a terminal, else a line now and then.
    automatic,
    bar,
    lines,
    none,
};

/** Shows on stderr how far a batch is: a bar that is drawn over and over, or a line every ten seconds.

        [######------------]   212 of 530  40 %  35.1/s  ETA 0:09  14 requests, 9986 left
*/
class progress {
public:
    explicit progress(progress_form form);

    void show(const session_news& news);
    /// The last state; what is printed next begins on a line of its own.
    void finish();

private:
    using clock = std::chrono::steady_clock;

    std::string text_of(const session_news& news) const;
    double rate(const session_news& news) const;
    void print();

    progress_form form_;
    clock::time_point began_{};
    clock::time_point shown_{};
    std::uint64_t delivered_before_ = 0;
    bool begun_ = false;
    bool bar_is_open_ = false;
    session_news last_{};
};

/// `1:02:03`, `9:07`, `0:05`
std::string clock_text(std::chrono::seconds length);

}  // namespace cli

#endif
