#ifndef BENCHMARKS_POLLING_DECISION_LOG_HPP
#define BENCHMARKS_POLLING_DECISION_LOG_HPP

#include <scrapingpros/policy/poll_strategy.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace polling {

/// What decisions have cost on the machine's clock.
struct decision_log {
    std::vector<std::uint32_t> nanoseconds{};

    std::uint32_t median() const
    {
        if (nanoseconds.empty()) return 0;
        auto sorted = nanoseconds;
        const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
        std::nth_element(sorted.begin(), middle, sorted.end());
        return *middle;
    }
};

/// A strategy whose decisions are timed.
template <scrapingpros::poll_strategy Strategy>
struct timed {
    Strategy inner;
    decision_log* log;

    using view = scrapingpros::poll_view;
    using decision = scrapingpros::poll_decision;

    decision first(const view& seen)
    {
        return time([&] { return inner.first(seen); });
    }
    decision after_page(const view& seen)
    {
        return time([&] { return inner.after_page(seen); });
    }
    decision after_tick(const view& seen)
    {
        return time([&] { return inner.after_tick(seen); });
    }

private:
    template <class Decide>
    decision time(Decide decide)
    {
        using clock = std::chrono::steady_clock;
        const auto before = clock::now();
        const auto made = decide();
        const auto took = std::chrono::nanoseconds(clock::now() - before).count();
        log->nanoseconds.push_back(static_cast<std::uint32_t>(took));
        return made;
    }
};

}  // namespace polling

#endif
