#ifndef TESTS_UNIT_CLIENT_PIPE_OF_BYTES_HPP
#define TESTS_UNIT_CLIENT_PIPE_OF_BYTES_HPP

#include <doctest/doctest.h>

#include <array>
#include <unistd.h>
#include <utility>

namespace scrapingpros::tests {

/// What a child says to its parent, a byte at a time.
class pipe_of_bytes {
public:
    pipe_of_bytes() { REQUIRE_EQ(::pipe(ends_.data()), 0); }
    pipe_of_bytes(const pipe_of_bytes&) = delete;
    pipe_of_bytes& operator=(const pipe_of_bytes&) = delete;
    ~pipe_of_bytes()
    {
        for (const int end : ends_)
            if (end != -1) ::close(end);
    }

    void only_read() { ::close(std::exchange(ends_[1], -1)); }

    /// In the child: one byte has no half.
    void say() { static_cast<void>(!::write(ends_[1], "x", 1)); }

    /// False when there is nobody left to say anything.
    bool hear()
    {
        char byte = 0;
        return ::read(ends_[0], &byte, 1) == 1;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

/// Some milliseconds at most, not always the same.
inline void spin(unsigned turns)
{
    volatile unsigned done = 0;
    while (done < turns)
        done = done + 1;
}

}  // namespace scrapingpros::tests

#endif
