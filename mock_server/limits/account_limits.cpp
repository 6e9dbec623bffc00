#include "limits/account_limits.hpp"

#include <algorithm>
#include <array>

#include "limits/limit_headers.hpp"
#include "scenario/scenario.hpp"

namespace scrapingpros_mock {
namespace {

constexpr std::size_t connections_kept = 1'024;

limiter::settings bucket_of(const scenario& from, std::size_t per_minute)
{
    return {
        from.contract.rate_algorithm,
        per_minute,
        from.limits.fixed_window,
        from.limits.token_burst};
}

}  // namespace

std::size_t writes_per_minute(const scenario& from) noexcept
{
    return from.contract.write_per_minute.value_or(from.plan.write_per_minute);
}

bool has_single_bucket(const scenario& from) noexcept
{
    return from.contract.single_bucket || from.contract.predates(shipped::inline_results);
}

account_limits::account_limits(const scenario& from)
    : reads_{limiter{bucket_of(from, from.contract.read_per_minute)}, {}, {}},
      writes_{limiter{bucket_of(from, writes_per_minute(from))}, {}, {}}, in_flight_{},
      forgotten_(from.limits.scopes.size())
{
}

account_limits::gate& account_limits::scope_gate(
    const scoped_limit& what, std::size_t index, std::uint64_t key
)
{
    const auto found = scopes_.find({index, key});
    if (found != scopes_.end()) return found->second;
    if (scopes_.size() >= connections_kept) {
        // Connections are numbered in their order: the first of a scope is its oldest.
        const auto oldest = scopes_.lower_bound({index, 0});
        if (oldest != scopes_.end() && oldest->first.first == index) {
            forgotten_[index].add(oldest->second.counts);
            scopes_.erase(oldest);
        }
    }
    gate made{limiter{{what.how, what.per_minute}}, {}, {}};
    return scopes_.emplace(std::pair{index, key}, std::move(made)).first->second;
}

time_point account_limits::ready(const scenario& from, gate& which, time_point now) const
{
    which.early.arrive(now, from.limits.early, which.counts);
    time_point free = now;
    if (which.rate)
        free = which.rate->free_from(now);
    else if (held_.size() >= *from.limits.in_flight)
        free = now + from.limits.in_flight_wait;
    return std::max(free, which.early.blocked_until());
}

admission account_limits::refuse(const scenario& from, gate& which, time_point now, time_point free)
{
    ++which.counts.refused;
    limiter::verdict shown;
    if (which.rate)
        shown = which.rate->look(now);
    else
        shown.limit = *from.limits.in_flight;
    shown.admitted = false;
    shown.remaining = 0;
    shown.reset = std::max(shown.reset, free);
    shown.retry_after = free - now;
    stated_wait told = state_wait(from.contract, from.limits, shown.retry_after, now);
    if (told.until) which.early.promise(now, *told.until);
    return {shown, std::move(told.headers), false};
}

admission account_limits::admit(
    const scenario& from, operation what, std::uint64_t connection, time_point now
)
{
    gate& bucket = is_write(what) || has_single_bucket(from) ? writes_ : reads_;
    if (!from.enforce_limits) {
        limiter::verdict shown = bucket.rate->admit(now);
        ++bucket.counts.accepted;
        shown.admitted = true;
        return {shown, {}, false};
    }
    std::array<gate*, most_scopes + 2> concerned{&bucket};
    std::size_t count = 1;
    if (from.limits.in_flight) {
        std::erase_if(held_, [&](const auto& each) { return each.second == connection; });
        concerned[count++] = &in_flight_;
    }
    for (std::size_t i = 0; i < from.limits.scopes.size() && i < most_scopes; ++i) {
        const scoped_limit& each = from.limits.scopes[i];
        if (each.on != operation::any && each.on != what) continue;
        const bool by_route = each.of == scoped_limit::scope::route;
        concerned[count++] =
            &scope_gate(each, i, by_route ? static_cast<std::uint64_t>(what) : connection);
    }
    gate* refuser = nullptr;
    time_point free = now;
    for (std::size_t i = 0; i < count; ++i) {
        const time_point from_then = ready(from, *concerned[i], now);
        if (from_then <= free) continue;
        free = from_then;
        refuser = concerned[i];
    }
    if (refuser != nullptr) return refuse(from, *refuser, now, free);
    for (std::size_t i = 0; i < count; ++i) {
        if (concerned[i]->rate) concerned[i]->rate->take(now);
        ++concerned[i]->counts.accepted;
    }
    limiter::verdict shown = bucket.rate->look(now);
    shown.admitted = true;
    shown.retry_after = duration{0};
    return {shown, {}, from.limits.in_flight.has_value()};
}

void account_limits::report(limits_seen& into) const
{
    into.reads = reads_.counts;
    into.writes = writes_.counts;
    into.in_flight = in_flight_.counts;
    into.scopes = forgotten_;
    for (const auto& [key, each] : scopes_)
        into.scopes[key.first].add(each.counts);
    into.quota_refused = quota_refused_;
}

}  // namespace scrapingpros_mock
