// Strategies of one's own in the polling benchmark: this file and one line of CMake,
//
//     scrapingpros_polling_benchmark(poll_own polling/own_strategy.cpp)
//
//     build/release/benchmarks/poll_own --quick --client sdk_0_7_8 --client mine --client by_what_is_left

#include "benchmarks/polling/clients.hpp"
#include "benchmarks/polling/engine_client.hpp"
#include "examples/by_what_is_left.hpp"

namespace {

using namespace scrapingpros;
using namespace std::chrono_literals;

/// Pages alone, at a pace that follows what the last one brought.
struct mine {
    milliseconds wait = 10s;

    poll_decision first(const poll_view& seen) { return next(seen); }
    poll_decision after_page(const poll_view& seen) { return {.when = seen.now}; }
    poll_decision after_tick(const poll_view& seen)
    {
        const auto rows = seen.fresh.size();
        if (rows > 20) wait = (std::max)(wait * 3 / 4, milliseconds(2s));
        if (rows < 5) wait = (std::min)(wait * 5 / 4, milliseconds(30s));
        return next(seen);
    }

private:
    poll_decision next(const poll_view& seen) const
    {
        return {.when = seen.now + wait, .what = read_kind::inline_page};
    }
};

// An interval is made into a strategy: the status, then pages where it tells of news.
const polling::registered interval{
    "by_what_is_left", [](polling::world& in, polling::decision_log& log) {
        return polling::start_engine(in, strategy_of(by_what_is_left{}), log);
    }};

const polling::registered strategy{"mine", [](polling::world& in, polling::decision_log& log) {
                                       return polling::start_engine(in, mine{}, log);
                                   }};

}  // namespace
