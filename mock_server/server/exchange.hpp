#ifndef SCRAPINGPROS_MOCK_EXCHANGE_HPP
#define SCRAPINGPROS_MOCK_EXCHANGE_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "clock/clock.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Whose request it was: the clock that the plan's waits are measured by, and who wants to hear of
/// the end.
class exchange_owner {
public:
    virtual ~exchange_owner() = default;
    virtual const std::shared_ptr<service_clock>& shared_clock() const noexcept = 0;
    /// Called once, when the last byte is written or will never be.
    virtual void ended(std::uint64_t ordinal, const exchange_end&) = 0;
};

/// A response plan with what is needed to carry it out.
struct exchange {
    exchange() = default;
    exchange(response_plan what) : plan(std::move(what)) {}  // NOLINT: a plan is a whole exchange

    response_plan plan{};
    /// When the request was handled, on the clock of its owner.
    time_point at{};
    /// Among all requests of the server, from 1.
    std::uint64_t order = 0;
    /// None: the clock of whoever carries the plan out, and nobody listens.
    std::shared_ptr<exchange_owner> owner{};
    /// Holds the clock until the exchange is over, but for the plan's waits.
    clock_ticket ticket{};

    /// Set: there is no plan yet. It is asked for when the ticket `wakes_with` waits no more.
    std::function<response_plan(service_clock::wait_state)> later{};
    service_clock::ticket_id wakes_with = 0;
};

}  // namespace scrapingpros_mock

#endif
