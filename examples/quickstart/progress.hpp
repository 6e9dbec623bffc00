#ifndef QUICKSTART_PROGRESS_HPP
#define QUICKSTART_PROGRESS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace quickstart {

/// One line on stderr: rewritten in place on a terminal, else a new one every second or so.
class progress {
public:
    using clock = std::chrono::steady_clock;

    void begin(std::size_t total);
    void show(std::size_t done, std::uint64_t requests);
    /// Shows the final state, whenever the last line was.
    void end(std::size_t done, std::uint64_t requests);

private:
    void print(std::size_t done, std::uint64_t requests) const;

    std::size_t total_ = 0;
    clock::time_point began_{};
    clock::time_point shown_{};
};

}  // namespace quickstart

#endif
