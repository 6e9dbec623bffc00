#include "server/host.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "limits/plans.hpp"
#include "runs/draws.hpp"
#include "server/bearer.hpp"

namespace scrapingpros_mock {

struct mock_host::jump_listeners {
    std::mutex mutex;
    std::map<std::uint64_t, std::function<void()>> functions;
    std::uint64_t next = 1;
    std::map<std::shared_ptr<tenant>, std::uint64_t> attached;

    void tell()
    {
        const std::lock_guard lock{mutex};
        for (const auto& [id, each] : functions)
            each();
    }
};

namespace {

using accounts_map = std::map<std::string, std::map<std::string, std::string, std::less<>>>;

/// The keys of each account.
accounts_map accounts_of(const scenario& from)
{
    accounts_map all;
    for (const auto& [key, account] : from.tokens)
        all[account].emplace(key, account);
    return all;
}

using keys = std::map<std::string, std::string, std::less<>>;

/// The scenario as it is for one account. Shared where nothing is special about it.
std::shared_ptr<const scenario> for_account(
    const std::shared_ptr<const scenario>& from, const std::string& name, keys tokens
)
{
    const auto special =
        std::find_if(from->tenants.begin(), from->tenants.end(), [&](const tenant_options& each) {
            return each.account == name;
        });
    if (special == from->tenants.end() && from->tokens == tokens) return from;
    auto own = std::make_shared<scenario>(*from);
    own->tokens = std::move(tokens);
    if (special != from->tenants.end()) {
        if (const auto plan = plan_named(special->plan)) own->plan = *plan;
        if (special->limits) own->limits = *special->limits;
    }
    return own;
}

/// Tells waits in real seconds, if that was asked for, by the scale of the clock.
void tell_real_waits(world& service, const clock_options& how)
{
    if (how.mode != clock_mode::real || !how.wall_waits) return;
    const auto thousandths = static_cast<std::uint64_t>(std::llround(how.scale * 1'000.0));
    const auto common = std::gcd(thousandths, std::uint64_t{1'000});
    service.set_wait_scale({thousandths / common, 1'000 / common});
}

std::shared_ptr<tenant> make_tenant(
    const std::string& name,
    std::shared_ptr<const scenario> from,
    std::shared_ptr<service_clock> clock
)
{
    auto made = std::make_shared<tenant>(name, std::move(from), std::move(clock));
    made->with_world([&](world& service) { tell_real_waits(service, made->clock().options()); });
    return made;
}

std::shared_ptr<service_clock> make_clock(clock_options how, const scenario& from)
{
    if (how.mode != clock_mode::real && !how.start) how.start = from.start;
    return service_clock::with(how);
}

}  // namespace

mock_host::mock_host(scenario from, std::shared_ptr<service_clock> shared)
    : scenario_{std::make_shared<const scenario>(std::move(from))},
      listeners_{std::make_shared<jump_listeners>()}
{
    for (const auto& each : make_all(std::move(shared))) {
        enter(each);
        attach(each);
    }
    choose_first();
}

mock_host::~mock_host()
{
    for (const auto& each : all())
        detach(each);
}

mock_host::tenants mock_host::make_all(std::shared_ptr<service_clock> shared) const
{
    auto accounts = accounts_of(*scenario_);
    // Somebody has to answer 401 where no key is any good.
    if (accounts.empty()) accounts.emplace("nobody", accounts_map::mapped_type{});
    tenants made;
    for (auto& [name, tokens] : accounts)
        made.push_back(make_tenant(
            name,
            for_account(scenario_, name, std::move(tokens)),
            shared ? shared : make_clock(scenario_->clock, *scenario_)
        ));
    return made;
}

void mock_host::choose_first()
{
    first_ = scenario_->tokens.empty() ? by_name_.begin()->second
                                       : by_key_.at(scenario_->tokens.begin()->first);
}

void mock_host::enter(const std::shared_ptr<tenant>& who)
{
    by_name_.emplace(who->name(), who);
    for (const std::string& key : who->keys())
        by_key_.emplace(key, who);
}

void mock_host::erase(const std::shared_ptr<tenant>& who)
{
    std::erase_if(by_key_, [&](const auto& each) { return each.second == who; });
    by_name_.erase(who->name());
}

void mock_host::attach(const std::shared_ptr<tenant>& who)
{
    const auto id = who->clock().listen([listeners = listeners_] { listeners->tell(); });
    const std::lock_guard lock{listeners_->mutex};
    listeners_->attached[who] = id;
}

void mock_host::detach(const std::shared_ptr<tenant>& who)
{
    std::uint64_t id = 0;
    {
        const std::lock_guard lock{listeners_->mutex};
        id = std::exchange(listeners_->attached[who], 0);
        listeners_->attached.erase(who);
    }
    who->clock().ignore(id);
}

exchange mock_host::answer(const request& what)
{
    std::shared_ptr<tenant> who;
    {
        const std::shared_lock lock{mutex_};
        who = first_;
        if (const auto token = bearer_token(what))
            if (const auto found = by_key_.find(*token); found != by_key_.end())
                who = found->second;
    }
    return who->answer(what);
}

std::shared_ptr<tenant> mock_host::first() const
{
    const std::shared_lock lock{mutex_};
    return first_;
}

std::shared_ptr<tenant> mock_host::find(std::string_view name) const
{
    const std::shared_lock lock{mutex_};
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<tenant>> mock_host::all() const
{
    const std::shared_lock lock{mutex_};
    tenants out;
    for (const auto& [name, each] : by_name_)
        out.push_back(each);
    return out;
}

std::shared_ptr<tenant> mock_host::add(tenant_request wanted)
{
    return put(std::move(wanted), false);
}

std::shared_ptr<tenant> mock_host::replace(tenant_request wanted)
{
    return put(std::move(wanted), true);
}

std::shared_ptr<tenant> mock_host::put(tenant_request wanted, bool may_replace)
{
    std::shared_ptr<tenant> made;
    std::shared_ptr<tenant> present;
    {
        const std::unique_lock lock{mutex_};
        const std::uint64_t ordinal = ++made_;
        if (wanted.name.empty()) wanted.name = "tenant_" + std::to_string(ordinal);
        if (const auto found = by_name_.find(wanted.name); found != by_name_.end())
            present = found->second;
        if (present && !may_replace)
            throw tenant_exists{"there is a tenant '" + wanted.name + "' already"};
        if (wanted.key.empty()) wanted.key = present ? present->key() : fresh_key(ordinal);
        const auto user = by_key_.find(wanted.key);
        if (user != by_key_.end() && user->second != present)
            throw tenant_exists{"another tenant has that key"};
        const auto from = for_account(
            wanted.from ? wanted.from : scenario_, wanted.name, {{wanted.key, wanted.name}}
        );
        made = make_tenant(
            wanted.name, from, make_clock(wanted.clock.value_or(scenario_->clock), *from)
        );
        if (present) erase(present);
        if (first_ == present) first_ = made;
        enter(made);
    }
    if (present) detach(present);
    attach(made);
    return made;
}

std::string mock_host::fresh_key(std::uint64_t ordinal) const
{
    return "test_" + std::string(view(draws{scenario_->seed, "tenant"}.id("key", ordinal)));
}

bool mock_host::remove(std::string_view name)
{
    std::shared_ptr<tenant> gone;
    {
        const std::unique_lock lock{mutex_};
        const auto found = by_name_.find(name);
        if (found == by_name_.end() || found->second == first_) return false;
        gone = found->second;
        erase(gone);
    }
    detach(gone);
    return true;
}

void mock_host::load(scenario from)
{
    tenants gone;
    tenants made;
    {
        const std::unique_lock lock{mutex_};
        for (const auto& [name, each] : by_name_)
            gone.push_back(each);
        by_name_.clear();
        by_key_.clear();
        scenario_ = std::make_shared<const scenario>(std::move(from));
        made = make_all(nullptr);
        for (const auto& each : made)
            enter(each);
        choose_first();
    }
    for (const auto& each : gone)
        detach(each);
    for (const auto& each : made)
        attach(each);
}

std::shared_ptr<const scenario> mock_host::loaded() const
{
    const std::shared_lock lock{mutex_};
    return scenario_;
}

std::uint64_t mock_host::listen(std::function<void()> listener)
{
    const std::lock_guard lock{listeners_->mutex};
    listeners_->functions.emplace(listeners_->next, std::move(listener));
    return listeners_->next++;
}

void mock_host::ignore(std::uint64_t id)
{
    const std::lock_guard lock{listeners_->mutex};
    listeners_->functions.erase(id);
}

}  // namespace scrapingpros_mock
