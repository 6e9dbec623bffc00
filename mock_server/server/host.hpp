#ifndef SCRAPINGPROS_MOCK_HOST_HPP
#define SCRAPINGPROS_MOCK_HOST_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "clock/clock_options.hpp"
#include "scenario/scenario.hpp"
#include "server/exchange.hpp"
#include "server/tenant.hpp"

namespace scrapingpros_mock {

/// What a tenant to be made is to be like.
struct tenant_request {
    /// Empty: "tenant_1", "tenant_2", …
    std::string name{};
    /// Empty: one that nobody else has.
    std::string key{};
    /// None: as the host's own.
    std::optional<clock_options> clock{};
    /// None: the host's scenario.
    std::shared_ptr<const scenario> from{};
};

/// A tenant, or a key, that is there already.
struct tenant_exists : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// All tenants of one mock. A request goes to the tenant whose key it bears; without a key of any of
/// them it goes to the first one, which refuses it. All functions may be called from any thread.
class mock_host {
public:
    /// A tenant for each account of the scenario, on a clock as the scenario says. With `shared`
    /// they all go by that one.
    explicit mock_host(scenario, std::shared_ptr<service_clock> shared = {});
    ~mock_host();

    mock_host(const mock_host&) = delete;
    mock_host& operator=(const mock_host&) = delete;

    exchange answer(const request&);

    /// The one that was there first; never null.
    std::shared_ptr<tenant> first() const;
    /// Null if there is none of that name.
    std::shared_ptr<tenant> find(std::string_view name) const;
    /// By name.
    std::vector<std::shared_ptr<tenant>> all() const;

    /// Throws tenant_exists.
    std::shared_ptr<tenant> add(tenant_request);
    /// Puts a new one in the place of the one with that name, if there is one.
    std::shared_ptr<tenant> replace(tenant_request);
    /// The first tenant stays. False if there is none of that name, or if it is the first.
    bool remove(std::string_view name);

    /// Begins anew with other tenants: what happened is forgotten.
    void load(scenario);
    std::shared_ptr<const scenario> loaded() const;

    /// Calls `listener` after each jump of any tenant's clock, on the thread that made it.
    std::uint64_t listen(std::function<void()> listener);
    void ignore(std::uint64_t id);

private:
    struct jump_listeners;
    using tenants = std::vector<std::shared_ptr<tenant>>;

    std::shared_ptr<tenant> put(tenant_request, bool may_replace);
    tenants make_all(std::shared_ptr<service_clock> shared) const;
    void choose_first();
    std::string fresh_key(std::uint64_t ordinal) const;
    void enter(const std::shared_ptr<tenant>&);
    void erase(const std::shared_ptr<tenant>&);
    // Outside of the lock, because whoever hears of a jump may ask for the tenants.
    void attach(const std::shared_ptr<tenant>&);
    void detach(const std::shared_ptr<tenant>&);

    mutable std::shared_mutex mutex_;
    std::shared_ptr<const scenario> scenario_;
    std::map<std::string, std::shared_ptr<tenant>, std::less<>> by_name_;
    std::map<std::string, std::shared_ptr<tenant>, std::less<>> by_key_;
    std::shared_ptr<tenant> first_;
    std::uint64_t made_ = 0;
    const std::shared_ptr<jump_listeners> listeners_;
};

}  // namespace scrapingpros_mock

#endif
