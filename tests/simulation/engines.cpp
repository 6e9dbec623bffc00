#include <exception>

#include "tests/simulation/mutants.hpp"
#include "tests/simulation/play.hpp"
#include "tests/simulation/simulation.hpp"

namespace simulation {
namespace {

template <class Engine>
outcome_of_case play_with(const sim_case& c, std::function<void(const std::string&)> trace)
{
    try {
        auto made = player<Engine>(c, std::move(trace)).play();
        return {std::move(made.past), std::move(made.found)};
    } catch (const std::exception& thrown) {
        outcome_of_case made;
        made.found.push_back({finding::endless, std::string("it throws: ") + thrown.what()});
        return made;
    }
}

}  // namespace

outcome_of_case play_case(
    const sim_case& c, engine_kind engine, std::function<void(const std::string&)> trace
)
{
    using sp::server_verdict;
    using sp::core::batch_engine;
    switch (engine) {
    case engine_kind::stock: break;
    case engine_kind::mark_before_delivery: return play_with<mark_before_delivery>(c, trace);
    case engine_kind::no_overlap:
        return play_with<batch_engine<sim_strategy, server_verdict, cursor_without_overlap>>(
            c, trace
        );
    case engine_kind::no_closing_listing:
        return play_with<batch_engine<sim_strategy, server_verdict, cursor_without_closing>>(
            c, trace
        );
    case engine_kind::seen_before_handed_on: return play_with<seen_before_handed_on>(c, trace);
    case engine_kind::blind_restart: return play_with<blind_restart>(c, trace);
    }
    return play_with<stock_engine>(c, std::move(trace));
}

}  // namespace simulation
