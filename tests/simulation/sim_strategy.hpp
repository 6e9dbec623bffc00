#ifndef SCRAPINGPROS_TESTS_SIMULATION_SIM_STRATEGY_HPP
#define SCRAPINGPROS_TESTS_SIMULATION_SIM_STRATEGY_HPP

#include <scrapingpros/policy/elapsed_share.hpp>
#include <scrapingpros/policy/nearing_deadline.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <chrono>
#include <cstdint>
#include <variant>

#include "tests/simulation/chance.hpp"
#include "tests/simulation/sim_case.hpp"

namespace simulation {

/// Decides at random, within the bounds of the interface and outside of those of sense.
struct wild_strategy {
    chance draw{1};

    sp::poll_decision first(const sp::poll_view& seen) { return decide(seen); }
    sp::poll_decision after_page(const sp::poll_view& seen) { return decide(seen); }
    sp::poll_decision after_tick(const sp::poll_view& seen) { return decide(seen); }

private:
    sp::poll_decision decide(const sp::poll_view& seen)
    {
        sp::poll_decision made;
        made.when =
            seen.now + std::chrono::milliseconds(draw.below(40'000)) - std::chrono::seconds(5);
        if (draw.one_in(50)) made.when = seen.now + std::chrono::hours(draw.below(100));
        made.what = static_cast<sp::read_kind>(draw.below(4));
        made.more = draw.one_in(3) ? sp::page_flow::carry : sp::page_flow::continue_;
        if (draw.one_in(4))
            made.overlap = std::chrono::milliseconds(draw.below(60'000)) - std::chrono::seconds(10);
        return made;
    }
};

/// Any of those that a case may name, as one type.
class sim_strategy {
public:
    explicit sim_strategy(const sim_case& c)
    {
        switch (c.strategy) {
        case strategy_kind::official: break;
        case strategy_kind::fixed:
            own_ = sp::status_then_pages<sp::fixed_interval>{{c.interval}};
            break;
        case strategy_kind::exponential:
            if (c.seed % 2 == 0)
                own_ = sp::elapsed_share{};
            else
                own_ = sp::status_then_pages<sp::exponential_interval>{};
            break;
        case strategy_kind::wild: own_ = wild_strategy{chance(c.seed)}; break;
        case strategy_kind::pacer: choose_pacer(c.seed); break;
        }
    }

    sp::poll_decision first(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.first(seen); }, own_);
    }
    sp::poll_decision after_page(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.after_page(seen); }, own_);
    }
    sp::poll_decision after_tick(const sp::poll_view& seen)
    {
        return std::visit([&](auto& s) { return s.after_tick(seen); }, own_);
    }

private:
    using patient_pacer = sp::nearing_deadline<sp::pacer>;

    /// The presets and the wrapper of the default, by turns.
    void choose_pacer(std::uint64_t turn)
    {
        switch (turn % 5) {
        case 0: own_ = sp::pacer{sp::pacer_options::thrifty()}; break;
        case 1: own_ = sp::pacer{sp::pacer_options::fresh()}; break;
        case 2: own_ = sp::pacer{sp::pacer_options{.expects_webhook = true}}; break;
        case 3: own_ = patient_pacer{}; break;
        default: own_ = sp::pacer{};
        }
    }

    std::variant<
        sp::status_then_pages<sp::official_interval>,
        sp::status_then_pages<sp::fixed_interval>,
        sp::status_then_pages<sp::exponential_interval>,
        sp::elapsed_share,
        wild_strategy,
        sp::pacer,
        patient_pacer>
        own_{};
};

static_assert(sp::poll_strategy<sim_strategy>);

}  // namespace simulation

#endif
