#include "server/tenant.hpp"

#include <algorithm>

#include "router.hpp"

namespace scrapingpros_mock {

tenant::tenant(
    std::string name, std::shared_ptr<const scenario> from, std::shared_ptr<service_clock> clock
)
    : name_{std::move(name)}, clock_{std::move(clock)}, world_{std::move(from)}
{
}

std::string tenant::key() const
{
    const auto& tokens = world_.made_from().tokens;
    return tokens.empty() ? std::string{} : tokens.begin()->first;
}

std::vector<std::string> tenant::keys() const
{
    std::vector<std::string> all;
    for (const auto& [key, account] : world_.made_from().tokens)
        all.push_back(key);
    return all;
}

void tenant::step_before(const request& what)
{
    const clock_options how = clock_->options();
    if (how.mode != clock_mode::per_request) return;
    const auto asked = with_world([&](world& w) {
        return find_route(what.method, what.target, w.made_from().contract).what;
    });
    const auto& moving = how.classes;
    if (!moving.empty() && std::find(moving.begin(), moving.end(), asked) == moving.end()) return;
    if (how.step) return clock_->advance(*how.step);
    const auto next = with_world([&](world& w) { return w.next_change(clock_->now()); });
    if (next) clock_->set(*next);
}

exchange tenant::answer(const request& what)
{
    exchange out;
    out.owner = shared_from_this();
    if (clock_->options().mode == clock_mode::automatic)
        out.ticket = clock_ticket{clock_, holder_kind::request, what.method + " " + what.target};
    // Without the lock: whoever hears of the jump may want to look at the world.
    step_before(what);
    const std::lock_guard lock{mutex_};
    // Read under the lock, so that the world never sees time run backwards.
    out.at = clock_->now();
    out.plan = world_.handle(what, out.at);
    return out;
}

void tenant::ended(std::uint64_t ordinal, const exchange_end& end)
{
    const std::lock_guard lock{mutex_};
    world_.finished(ordinal, end, clock_->now());
}

service_clock::ticket_id tenant::join(
    holder_kind kind, const std::string& name, std::optional<service_clock::real_duration> lease
)
{
    const std::lock_guard lock{tickets_mutex_};
    const auto found = tickets_.find({kind, name});
    if (found != tickets_.end() && clock_->renew(found->second)) return found->second;
    return tickets_[{kind, name}] = clock_->take_ticket(kind, name, lease);
}

std::optional<service_clock::ticket_id> tenant::find_ticket(
    holder_kind kind, const std::string& name
) const
{
    const std::lock_guard lock{tickets_mutex_};
    const auto found = tickets_.find({kind, name});
    if (found == tickets_.end() || !clock_->renew(found->second)) return std::nullopt;
    return found->second;
}

bool tenant::leave(holder_kind kind, const std::string& name)
{
    const std::lock_guard lock{tickets_mutex_};
    const auto found = tickets_.find({kind, name});
    if (found == tickets_.end()) return false;
    clock_->give_back(found->second);
    tickets_.erase(found);
    return true;
}

}  // namespace scrapingpros_mock
