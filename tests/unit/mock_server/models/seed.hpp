#ifndef SCRAPINGPROS_TESTS_MOCK_MODELS_SEED_HPP
#define SCRAPINGPROS_TESTS_MOCK_MODELS_SEED_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace models {

/// A new seed each time; SCRAPINGPROS_TEST_SEED replays one.
inline std::uint64_t test_seed()
{
    if (const char* said = std::getenv("SCRAPINGPROS_TEST_SEED")) return std::stoull(said);
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

/// The tests' own numbers, so that no distribution of a standard library decides them.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t number()
    {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(number() % bound); }
    /// True once in so many.
    bool once_in(std::size_t times) { return below(times) == 0; }
    template <class List>
    const auto& one_of(const List& list)
    {
        return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
    }

private:
    std::uint64_t state_;
};

}  // namespace models

#endif
