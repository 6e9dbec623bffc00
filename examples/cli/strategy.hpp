#ifndef SCRAPINGPROS_CLI_STRATEGY_HPP
#define SCRAPINGPROS_CLI_STRATEGY_HPP

#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/core/submit_options.hpp>
#include <scrapingpros/policy/pacer.hpp>
#include <scrapingpros/policy/poll_interval.hpp>
#include <scrapingpros/policy/poll_strategy.hpp>

#include <chrono>
#include <type_traits>
#include <variant>

namespace cli {

/** The poll strategy that was asked for, for a service whose clock runs `time_scale` times faster.

    It is shown a local clock that runs as fast as the service's, and its waits are divided.
*/
struct chosen_strategy {
    using official = scrapingpros::status_then_pages<scrapingpros::official_interval>;
    using exponential = scrapingpros::status_then_pages<scrapingpros::exponential_interval>;
    using fixed = scrapingpros::status_then_pages<scrapingpros::fixed_interval>;

    std::variant<scrapingpros::pacer, official, exponential, fixed> strategy{};
    double time_scale = 1;

    scrapingpros::poll_decision first(const scrapingpros::poll_view& seen)
    {
        return ask(seen, [](auto& s, auto& view) { return s.first(view); });
    }
    scrapingpros::poll_decision after_page(const scrapingpros::poll_view& seen)
    {
        return ask(seen, [](auto& s, auto& view) { return s.after_page(view); });
    }
    scrapingpros::poll_decision after_tick(const scrapingpros::poll_view& seen)
    {
        return ask(seen, [](auto& s, auto& view) { return s.after_tick(view); });
    }

private:
    template <class Ask>
    scrapingpros::poll_decision ask(const scrapingpros::poll_view& seen, Ask one)
    {
        scrapingpros::poll_view view = seen;
        stretch(view.now);
        if (view.status_at) stretch(*view.status_at);
        if (view.deadline) stretch(*view.deadline);
        if (view.last_page) {
            stretch(view.last_page->asked_at);
            stretch(view.last_page->answered_at);
        }
        auto made = std::visit([&](auto& s) { return one(s, view); }, strategy);
        const std::chrono::duration<double, scrapingpros::instant::period> wait =
            made.when - view.now;
        made.when = seen.now +
                    std::chrono::duration_cast<scrapingpros::instant::duration>(wait / time_scale);
        return made;
    }
    void stretch(scrapingpros::instant& at) const
    {
        const auto since = at.time_since_epoch() * time_scale;
        at = scrapingpros::instant(std::chrono::duration_cast<scrapingpros::instant::duration>(since
        ));
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
