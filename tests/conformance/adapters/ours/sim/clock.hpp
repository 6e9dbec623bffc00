#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_SIM_CLOCK_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_SIM_CLOCK_HPP

#include <scrapingpros/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "../waits.hpp"
#include "service.hpp"

namespace conformance {

/// The clock of a subject in the process of the mock: its waits move the service's time.
class sim_clock {
public:
    explicit sim_clock(std::string_view) : base_(the_service().now()) {}

    sp::instant now() const { return waits::epoch + (the_service().now() - base_); }
    sp::timestamp server_now() const { return the_service().now() + *wall_ahead_; }
    /// Somebody sets the wall clock.
    void step_wall(std::chrono::microseconds by) const { *wall_ahead_ += by; }

    using ticket = waits::ticket;
    ticket at(sp::instant when, std::function<void()> then) const
    {
        return waits_.at(when, std::move(then));
    }
    bool drop(const ticket& which) const { return waits_.drop(which); }

    /// For when nothing is ready: goes to the next wait. Throws clock_ended, subject_stopped.
    void step(asio::io_context&) const
    {
        the_service().check();
        const auto due = waits_.next();
        if (!due) throw clock_ended("it waits for something that will never happen");
        const auto rest = std::chrono::ceil<std::chrono::microseconds>(*due - now());
        if (rest.count() > 0) the_service().sleep_until(the_service().now() + rest);
        waits_.wake(now());
    }
    void forget() const { waits_.forget(); }

    std::unique_ptr<sp::detail::wait_timer> new_timer(const asio::any_io_executor& executor) const
    {
        return waits_.new_timer(executor);
    }

private:
    mock::time_point base_;
    waits waits_{};
    std::shared_ptr<std::chrono::microseconds> wall_ahead_ =
        std::make_shared<std::chrono::microseconds>(0);
};

static_assert(sp::engine_clock<sim_clock>);

}  // namespace conformance

#endif
