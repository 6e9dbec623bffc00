#ifndef TESTS_SUPPORT_FILE_FAULTS_HPP
#define TESTS_SUPPORT_FILE_FAULTS_HPP

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

/// The calls by which this process changes files, watched and made to fail. file_faults.cpp stands
/// before the C library: what links it has these calls go through here.
namespace test {

/// What the calls of one thread do from now on, until the object is gone. One at a time.
class file_faults {
public:
    enum class ending {
        /// The call returns an error.
        fail,
        /// The process dies before the call; of a write, after the first half.
        kill,
    };

    file_faults() { begin(); }
    /// @param nth the call that is hit, from 0.
    /// @param error what a call that fails says.
    file_faults(std::size_t nth, ending how, int error = 0) : nth_(nth), how_(how), error_(error)
    {
        begin();
    }
    ~file_faults();
    file_faults(const file_faults&) = delete;
    file_faults& operator=(const file_faults&) = delete;

    /// Such as `create a.part`, `write`, `flush`, `close`, `rename a.part a`, `flush folder`.
    const std::vector<std::string>& calls() const noexcept { return calls_; }
    /// The call was made.
    bool was_hit() const noexcept { return nth_ && calls_.size() > *nth_; }

    /// Notes a call. True if it is to fail; errno is set then.
    bool hits(std::string call, const std::function<void()>& half = {});

private:
    void begin();

    std::optional<std::size_t> nth_{};
    ending how_ = ending::fail;
    int error_ = 0;
    std::vector<std::string> calls_{};
};

/// Runs the function in a process of its own. True if it returned; false if it was killed.
bool survives(const std::function<void()>& function);

}  // namespace test

#endif
