#include <exception>

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
    switch (engine) {
    default: return play_with<stock_engine>(c, std::move(trace));
    }
}

}  // namespace simulation
