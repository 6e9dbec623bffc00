#ifndef SCRAPINGPROS_TESTS_FUZZ_MUTATOR_HPP
#define SCRAPINGPROS_TESTS_FUZZ_MUTATOR_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// Damages texts, the same way for the same seed on every machine.
class mutator {
public:
    explicit mutator(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();
    /// A number below the bound, which is at least 1.
    std::size_t below(std::size_t bound);
    bool one_in(std::size_t count) { return below(count) == 0; }
    template <class T>
    const T& pick(const std::vector<T>& from)
    {
        return from[below(from.size())];
    }

    /// One to a few damages: bits, bytes, pieces cut, doubled, swapped for hostile ones.
    std::string damage(std::string text);

private:
    void damage_once(std::string& text);
    std::string noise(std::size_t longest);

    std::uint64_t state_;
};

/// The bytes as C escapes, so that they can be printed and read.
std::string escaped(std::string_view bytes);

}  // namespace fuzz

#endif
