#ifndef SCRAPINGPROS_TESTS_FUZZ_GUARD_HPP
#define SCRAPINGPROS_TESTS_FUZZ_GUARD_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fuzz {

/// An invariant is broken; the text says which one.
class finding : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct shared_notes;

/// What an episode says about itself, readable after the process has died.
class notes {
public:
    explicit notes(shared_notes& where) : where_(where) {}
    /// The input that is tried next.
    void trying(std::string_view input);
    std::uint64_t tried() const;

private:
    shared_notes& where_;
};

/// Everything in an episode follows from its number: it begins with a new subject.
using episode = std::function<void(std::uint64_t seed, notes&)>;

/// Runs episodes for so long or so many as the arguments say, twenty seconds if they say nothing, in
/// a child process, so that whatever kills it or
/// stops it is noticed here, with the input that did it. Returns the program's exit code: 0 nothing
/// found, 1 a finding, 2 bad usage.
///
///     fuzz_world [--seed N] [--episodes N | --minutes N] [--only EPISODE]
int run_episodes(int argc, const char* const* argv, const episode& one);

}  // namespace fuzz

#endif
