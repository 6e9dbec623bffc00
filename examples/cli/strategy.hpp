#ifndef SCRAPINGPROS_CLI_STRATEGY_HPP
#define SCRAPINGPROS_CLI_STRATEGY_HPP

#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/core/submit_options.hpp>
#include <scrapingpros/policy/poll_interval.hpp>

#include <chrono>
#include <type_traits>
#include <variant>

namespace cli {

/// The poll interval that was asked for, for a service whose clock runs `time_scale` times faster.
struct chosen_interval {
    std::variant<
        scrapingpros::official_interval,
        scrapingpros::exponential_interval,
        scrapingpros::fixed_interval>
        interval{};
    double time_scale = 1;

    scrapingpros::milliseconds next_delay(const scrapingpros::poll_observation& seen)
    {
        const auto real = std::visit([&](auto& i) { return i.next_delay(seen); }, interval);
        return std::chrono::duration_cast<scrapingpros::milliseconds>(real / time_scale);
    }
};

/// Divides what is measured on this machine's clock. The overlaps and the life of a result are not
/// touched: they are compared with the service's own stamps, which run as fast as it does.
inline void divide(
    scrapingpros::poll_options& poll, scrapingpros::submit_options& submit, double time_scale
)
{
    const auto shorten = [&](auto& length) {
        using type = std::remove_reference_t<decltype(length)>;
        length = std::chrono::duration_cast<type>(length / time_scale);
    };
    shorten(poll.stall_after);
    shorten(poll.closing_patience);
    shorten(poll.flush_period);
    shorten(poll.shortest_pause);
    shorten(submit.key_life);
    shorten(submit.start_settles);
    shorten(submit.start_settles_per_item);
}

}  // namespace cli

#endif
