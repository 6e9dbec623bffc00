#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_SIM_SERVICE_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_SIM_SERVICE_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clock/clock.hpp"
#include "folder.hpp"
#include "operation.hpp"
#include "server/sim.hpp"
#include "server/tenant.hpp"

namespace conformance {

namespace mock = scrapingpros_mock;

/// The subject is taken off: it went over a ceiling (`endless`), or its case kills it here (`killed`).
struct subject_stopped {
    std::string how;
    std::string why;
    folder_as_it_is left{};
};

/** The mock in this process, and how long its subject may go on.

    The subject is one thread that holds the clock while it works, and the only one: its next wait is
    the next thing that happens.
*/
class sim_service {
public:
    /// As the route of the control port, without its base.
    mock::response_plan control(std::string method, std::string_view path, std::string body)
    {
        mock::request asked;
        asked.method = std::move(method);
        asked.target = "/__mock/v1" + std::string(path);
        asked.body = std::move(body);
        return sim_.answer(asked).plan;
    }

    struct ceilings {
        std::uint64_t requests = 0;
        std::chrono::hours hours{0};
    };
    /// After a scenario was loaded.
    void begin(ceilings limits)
    {
        limits_ = limits;
        requests_ = connections_ = 0;
        started_ = clock().now();
        revive();
    }
    /// There is another subject.
    void revive()
    {
        stopped_.reset();
        killer_.reset();
    }
    /// The subject dies when the service has had so many such requests, and hears of none of them.
    void kill_at(mock::operation what, std::uint64_t count) { killer_ = {what, count}; }

    mock::exchange answer(const mock::request& asked)
    {
        auto made = sim_.answer(asked);
        made.ticket = {};  // the subject holds the clock meanwhile
        if (++requests_ > limits_.requests)
            stop("endless", "more than " + std::to_string(limits_.requests) + " requests");
        if (killer_) {
            const auto had = sim_.first()->with_world([&](const mock::world& w) {
                return w.requests().count(killer_->first);
            });
            if (had >= killer_->second) stop("killed", "");
        }
        return made;
    }
    std::uint64_t next_connection() { return ++connections_; }
    mock::arrival_plan arriving(std::uint64_t connection)
    {
        const auto now = clock().now();
        return sim_.first()->with_world([&](mock::world& w) { return w.arriving(connection, now); }
        );
    }

    /// Nothing is said to the subject any more.
    bool is_over() const { return stopped_.has_value(); }
    /// Throws subject_stopped.
    void check() const
    {
        if (stopped_) throw *stopped_;
    }

    mock::time_point now() const { return clock().now(); }
    /// Throws subject_stopped.
    void sleep_until(mock::time_point due)
    {
        if (due - started_ > limits_.hours) {
            clock().set(started_ + limits_.hours);
            stop(
                "endless",
                "more than " + std::to_string(limits_.hours.count()) +
                    " hours of the service's time"
            );
            check();
        }
        clock().set(due);
    }

private:
    mock::service_clock& clock() const { return sim_.first()->clock(); }
    void stop(std::string how, std::string why)
    {
        if (!stopped_) stopped_ = {std::move(how), std::move(why)};
    }

    mock::sim sim_{};
    ceilings limits_{};
    std::uint64_t requests_ = 0;
    std::uint64_t connections_ = 0;
    mock::time_point started_{};
    std::optional<subject_stopped> stopped_{};
    std::optional<std::pair<mock::operation, std::uint64_t>> killer_{};
};

/// The one of this process: the subjects are made from the environment alone.
inline sim_service& the_service()
{
    static sim_service one;
    return one;
}

}  // namespace conformance

#endif
