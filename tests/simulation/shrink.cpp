#include <algorithm>
#include <functional>

#include "tests/simulation/simulation.hpp"

namespace simulation {
namespace {

/// Leaves out one thing after the other, as long as the finding stays.
class shrinking {
public:
    shrinking(std::uint64_t seed, engine_kind engine, const narrowing& from, finding what)
        : seed_(seed), engine_(engine), best_(from), what_(what)
    {
    }

    narrowing run()
    {
        const sim_case whole = draw_case(seed_);
        fewer(&narrowing::keep_faults, whole.faults.size());
        fewer(&narrowing::keep_switches, whole.switches.size());
        for (const auto flag :
             {&narrowing::plain_profile,
              &narrowing::plain_shape,
              &narrowing::plain_items,
              &narrowing::plain_limits,
              &narrowing::plain_consumer,
              &narrowing::plain_client,
              &narrowing::plain_store})
            attempt([flag](narrowing& n) { n.*flag = true; });
        for (std::size_t n = 1; n < whole.processes.size(); ++n)
            if (attempt([n](narrowing& to) { to.most_processes = n; })) break;
        for (const std::size_t n : {1, 2, 3, 5, 8, 13, 21, 50, 101, 250, 1001})
            if (n < whole.jobs && attempt([n](narrowing& to) { to.most_jobs = n; })) break;
        fewer(&narrowing::keep_faults, whole.faults.size());
        return best_;
    }

private:
    bool attempt(const std::function<void(narrowing&)>& change)
    {
        constexpr int most_tries = 200;
        if (++tries_ > most_tries) return false;
        narrowing next = best_;
        change(next);
        auto smaller = draw_case(seed_);
        narrow(smaller, next);
        const auto found = play_case(smaller, engine_).found;
        const bool same = std::any_of(found.begin(), found.end(), [&](const sentence& s) {
            return s.what == what_;
        });
        if (same) best_ = next;
        return same;
    }

    void fewer(std::optional<std::set<std::size_t>> narrowing::*list, std::size_t all)
    {
        if (all == 0) return;
        if (attempt([&](narrowing& n) { n.*list = std::set<std::size_t>(); })) return;
        if (!(best_.*list)) {
            std::set<std::size_t> every;
            for (std::size_t i = 0; i < all; ++i)
                every.insert(i);
            best_.*list = every;
        }
        const auto chosen = *(best_.*list);
        for (const auto one : chosen)
            attempt([&](narrowing& n) { (n.*list)->erase(one); });
    }

    std::uint64_t seed_;
    engine_kind engine_;
    narrowing best_;
    finding what_;
    int tries_ = 0;
};

}  // namespace

narrowing shrink(std::uint64_t seed, engine_kind engine, const narrowing& from, finding what)
{
    return shrinking(seed, engine, from, what).run();
}

}  // namespace simulation
