#ifndef SCRAPINGPROS_MOCK_HANDLERS_HANDLERS_HPP
#define SCRAPINGPROS_MOCK_HANDLERS_HANDLERS_HPP

#include <string>
#include <type_traits>
#include <vector>

#include "replies.hpp"
#include "router.hpp"
#include "state.hpp"

namespace scrapingpros_mock {

/// One admitted request on its way through the service.
struct call {
    world_state& world;
    account_state& account;
    const request& in;
    const route& where;
    time_point now;
    std::vector<const fault*> faults;  ///< that meet it

    const switches& contract() const noexcept { return world.from.contract; }
    /// Calls `use` with each met fault of that effect. Where it returns a bool, true says that
    /// there was something to damage, which for such effects makes the meeting a hit.
    template <class Effect, class Use>
    void each_fault(Use use) const
    {
        for (const fault* met : faults) {
            const auto* found = std::get_if<Effect>(&met->effect);
            if (found == nullptr) continue;
            if constexpr (std::is_same_v<std::invoke_result_t<Use, const Effect&>, bool>) {
                if (use(*found)) world.faults.confirm(met);
            } else {
                use(*found);
            }
        }
    }
};

// handlers/create.cpp
reply create_collection(call&);
reply update_collection(call&);

// handlers/collections.cpp
reply list_collections(call&);
reply get_collection(call&);
reply delete_collection(call&);
/// Null if the id is unknown, foreign, deleted or not yet made.
collection* find_collection(call&);

// handlers/runs.cpp
reply start_run(call&);
reply list_runs(call&);
reply get_run(call&);
reply cancel_run(call&);
/// Null with the 404 in `refused` if there is no such run to read.
run* find_run(call&, reply& refused);

// handlers/jobs.cpp
reply list_jobs(call&);

// handlers/results.cpp
reply get_result(call&);

// handlers/account.cpp
reply get_billing(call&);
reply get_health(const world_state&);
reply get_plans();

}  // namespace scrapingpros_mock

#endif
