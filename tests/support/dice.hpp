#ifndef TESTS_SUPPORT_DICE_HPP
#define TESTS_SUPPORT_DICE_HPP

#include <scrapingpros/time.hpp>

#include <cstdint>
#include <random>
#include <vector>

namespace test {

/// The same numbers on every platform, as distributions would not give.
class dice {
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    scrapingpros::milliseconds up_to(scrapingpros::milliseconds longest)
    {
        using scrapingpros::milliseconds;
        return milliseconds(
            static_cast<milliseconds::rep>(below(static_cast<std::uint64_t>(longest.count()) + 1))
        );
    }
    template <class T>
    const T& pick(const std::vector<T>& choice)
    {
        return choice[below(choice.size())];
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace test

#endif
