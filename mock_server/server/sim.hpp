#ifndef SCRAPINGPROS_MOCK_SIM_HPP
#define SCRAPINGPROS_MOCK_SIM_HPP

#include <cstdint>
#include <string>

#include "clock/clock_options.hpp"
#include "control/control.hpp"
#include "scenario/scenario.hpp"
#include "server/host.hpp"
#include "server/plan_writer.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// The mock without sockets and threads: the same tenants, plans and bytes as behind a port.
///
/// Time is virtual. Each exchange is carried out at once; the waits of its plan move the clock of
/// its tenant.
class sim {
public:
    /// By a clock that is moved by hand, unless the scenario's does not go by real time either.
    explicit sim(const scenario& from);
    /// Of a default scenario.
    sim();

    /// What the server would write to the connection, all waits over, and how the connection would
    /// end.
    wire_script exchange_bytes(const request&, response_form form = {});

    /// The plan, for transports that carry it out themselves; they tell `ended` to its owner.
    exchange answer(const request&);

    mock_host& host() noexcept { return host_; }
    std::shared_ptr<tenant> first() const { return host_.first(); }

private:
    mock_host host_;
    control_api control_;
};

}  // namespace scrapingpros_mock

#endif
