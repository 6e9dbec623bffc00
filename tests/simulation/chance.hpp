#ifndef SCRAPINGPROS_TESTS_SIMULATION_CHANCE_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_CHANCE_HPP

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace simulation {

/// Draws the same numbers from the same seed everywhere (splitmix64).
class chance {
public:
    explicit chance(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept
    {
        state_ += 0x9e3779b97f4a7c15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// From 0 to `end` - 1.
    std::uint64_t below(std::uint64_t end) noexcept { return end == 0 ? 0 : next() % end; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept
    {
        return low + below(high - low + 1);
    }
    bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }
    bool percent(std::uint64_t n) noexcept { return below(100) < n; }

    template <class List>
    const auto& of(const List& list) noexcept
    {
        return *(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
    }
    template <class T>
    T of(std::initializer_list<T> list) noexcept
    {
        return *(list.begin() + below(list.size()));
    }
    /// A generator of its own: what is drawn from it does not move this one.
    chance fork() noexcept { return chance(next()); }

private:
    std::uint64_t state_;
};

}  // namespace simulation

#endif
