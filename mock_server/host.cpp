#include "host.hpp"

#include <stdexcept>
#include <utility>

#include "bearer.hpp"
#include "draws.hpp"

namespace scrapingpros_mock {

struct mock_host::jump_listeners {
    std::mutex mutex;
    std::map<std::uint64_t, std::function<void()>> functions;
    std::uint64_t next = 1;

    void tell()
    {
        const std::lock_guard lock{mutex};
        for (const auto& [id, each] : functions)
            each();
    }
};

namespace {

using accounts = std::map<std::string, std::map<std::string, std::string, std::less<>>>;

/// The keys of each account.
accounts accounts_of(const scenario& from)
{
    accounts all;
    for (const auto& [key, account] : from.tokens)
        all[account].emplace(key, account);
    return all;
}

std::shared_ptr<const scenario> with_tokens(
    const std::shared_ptr<const scenario>& from,
    std::map<std::string, std::string, std::less<>> tokens
)
{
    if (from->tokens == tokens) return from;
    auto own = std::make_shared<scenario>(*from);
    own->tokens = std::move(tokens);
    return own;
}

std::shared_ptr<service_clock> make_clock(clock_options how, const scenario& from)
{
    if (how.mode != clock_mode::real && !how.start) how.start = from.start;
    return service_clock::with(how);
}

}  // namespace

mock_host::mock_host(
    scenario from, const clock_options& clock, std::shared_ptr<service_clock> shared
)
    : scenario_{std::make_shared<const scenario>(std::move(from))}, clock_options_{clock},
      listeners_{std::make_shared<jump_listeners>()}
{
    put_all(std::move(shared));
}

mock_host::~mock_host()
{
    for (auto& [name, each] : by_name_)
        each.who->clock().ignore(each.clock_listener);
}

void mock_host::put_all(std::shared_ptr<service_clock> shared)
{
    auto all = accounts_of(*scenario_);
    // Somebody has to answer 401 where no key is any good.
    if (all.empty()) all.emplace("nobody", accounts::mapped_type{});
    for (auto& [name, tokens] : all)
        enter(std::make_shared<tenant>(
            name,
            with_tokens(scenario_, std::move(tokens)),
            shared ? shared : make_clock(clock_options_, *scenario_)
        ));
    first_ = scenario_->tokens.empty() ? by_name_.begin()->second.who
                                       : by_key_.at(scenario_->tokens.begin()->first);
}

void mock_host::enter(const std::shared_ptr<tenant>& who)
{
    const auto id = who->clock().listen([listeners = listeners_] { listeners->tell(); });
    by_name_.emplace(who->name(), entry{who, id});
    for (const std::string& key : who->keys())
        by_key_.emplace(key, who);
}

void mock_host::erase(std::string_view name)
{
    const auto found = by_name_.find(name);
    found->second.who->clock().ignore(found->second.clock_listener);
    std::erase_if(by_key_, [&](const auto& each) { return each.second == found->second.who; });
    by_name_.erase(found);
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
    return found == by_name_.end() ? nullptr : found->second.who;
}

std::vector<std::shared_ptr<tenant>> mock_host::all() const
{
    const std::shared_lock lock{mutex_};
    std::vector<std::shared_ptr<tenant>> out;
    for (const auto& [name, each] : by_name_)
        out.push_back(each.who);
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
    const std::unique_lock lock{mutex_};
    const std::uint64_t ordinal = ++made_;
    if (wanted.name.empty()) wanted.name = "tenant_" + std::to_string(ordinal);
    const auto present = by_name_.find(wanted.name);
    if (present != by_name_.end() && !may_replace)
        throw tenant_exists{"there is a tenant '" + wanted.name + "' already"};
    if (wanted.key.empty()) {
        if (present != by_name_.end())
            wanted.key = present->second.who->key();
        else
            wanted.key =
                "test_" + std::string(view(draws{scenario_->seed, "tenant"}.id("key", ordinal)));
    }
    const auto user = by_key_.find(wanted.key);
    if (user != by_key_.end() && user->second->name() != wanted.name)
        throw tenant_exists{"another tenant has that key"};
    const auto from =
        with_tokens(wanted.from ? wanted.from : scenario_, {{wanted.key, wanted.name}});
    auto made = std::make_shared<tenant>(
        wanted.name, from, make_clock(wanted.clock.value_or(clock_options_), *from)
    );
    if (present != by_name_.end()) {
        if (first_ == present->second.who) first_ = made;
        erase(wanted.name);
    }
    enter(made);
    return made;
}

bool mock_host::remove(std::string_view name)
{
    const std::unique_lock lock{mutex_};
    const auto found = by_name_.find(name);
    if (found == by_name_.end() || found->second.who == first_) return false;
    erase(name);
    return true;
}

void mock_host::load(scenario from, const clock_options& clock)
{
    const std::unique_lock lock{mutex_};
    while (!by_name_.empty())
        erase(by_name_.begin()->first);
    scenario_ = std::make_shared<const scenario>(std::move(from));
    clock_options_ = clock;
    put_all(nullptr);
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
