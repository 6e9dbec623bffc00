#ifndef SCRAPINGPROS_MOCK_TENANT_HPP
#define SCRAPINGPROS_MOCK_TENANT_HPP

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clock/clock.hpp"
#include "scenario/scenario.hpp"
#include "server/exchange.hpp"
#include "world.hpp"

namespace scrapingpros_mock {

/// One account of the mock with its API keys, a world and a clock of its own: nothing that happens to
/// one tenant shows at another. Lives in shared pointers. All functions may be called from any thread.
class tenant : public exchange_owner, public std::enable_shared_from_this<tenant> {
public:
    /// The accepted keys and the account's name are the scenario's `tokens`.
    tenant(
        std::string name, std::shared_ptr<const scenario> from, std::shared_ptr<service_clock> clock
    );

    const std::string& name() const noexcept { return name_; }
    /// The first API key; empty if there is none.
    std::string key() const;
    std::vector<std::string> keys() const;

    /// Moves a clock that goes by requests, then handles the request at the time it says.
    exchange answer(const request&);
    void ended(std::uint64_t ordinal, const exchange_end&) override;

    /// Calls `function(world&)` while no request is handled, and returns what it returns.
    template <class Function>
    decltype(auto) with_world(Function&& function)
    {
        const std::lock_guard lock{mutex_};
        return std::forward<Function>(function)(world_);
    }

    service_clock& clock() const noexcept { return *clock_; }
    const std::shared_ptr<service_clock>& shared_clock() const noexcept override { return clock_; }

    // ---- those who share the clock by name: participants, who sleep, and locks, which do not

    /// The ticket of that name, taken if it is new.
    service_clock::ticket_id join(
        holder_kind, const std::string& name, std::optional<service_clock::real_duration> lease
    );
    std::optional<service_clock::ticket_id> find_ticket(holder_kind, const std::string& name) const;
    /// False if there is none of that name.
    bool leave(holder_kind, const std::string& name);

private:
    void step_before(const request&);

    const std::string name_;
    const std::shared_ptr<service_clock> clock_;
    mutable std::mutex mutex_;
    world world_;
    mutable std::mutex tickets_mutex_;
    std::map<std::pair<holder_kind, std::string>, service_clock::ticket_id> tickets_;
};

}  // namespace scrapingpros_mock

#endif
