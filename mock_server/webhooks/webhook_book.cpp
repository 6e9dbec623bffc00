#include "webhooks/webhook_book.hpp"

#include <algorithm>
#include <utility>

#include "state.hpp"
#include "webhooks/webhook_plan.hpp"
#include "webhooks/webhook_target.hpp"

namespace scrapingpros_mock {
namespace {

using namespace std::chrono_literals;

run* run_at(world_state& world, const std::string& account, const std::string& id)
{
    const auto owner = world.accounts.find(account);
    if (owner == world.accounts.end()) return nullptr;
    const auto found = owner->second.runs.find(id);
    return found == owner->second.runs.end() ? nullptr : &found->second;
}

/// Runs are paired in the order of their starts for damage to the order.
const run* partner_of(world_state& world, std::size_t ordinal)
{
    const std::size_t other = ordinal ^ 1;
    if (other >= world.run_order.size()) return nullptr;
    const auto& [account, id] = world.run_order[other];
    const run* found = run_at(world, account, id);
    return found != nullptr && has_webhook(*found, world.from) ? found : nullptr;
}

std::vector<std::string_view> damage_done(const webhook_options& options, unsigned attempt)
{
    std::vector<std::string_view> names;
    for (const webhook_damage each : options.damage)
        if (options.has(each, attempt)) names.push_back(name_of(each));
    return names;
}

/// Where the delivery goes after an attempt with that outcome.
void go_on(
    webhook_progress& hook,
    const webhook_outcome& outcome,
    const scenario& from,
    bool gone,
    time_point now
)
{
    hook.next.reset();
    if (outcome.is_success()) {
        hook.phase = webhook_phase::sent;
        const bool twice = from.webhooks.has(webhook_damage::duplicate, hook.attempts);
        if (twice && !std::exchange(hook.repeated, true)) {
            hook.repeat_due = true;
            hook.next = now + 1s;
        }
        return;
    }
    // What was delivered once stays delivered.
    if (hook.phase == webhook_phase::sent) return;
    if (gone || hook.attempts >= webhook_attempt_limit(from)) {
        hook.phase = webhook_phase::failed;
        return;
    }
    hook.next = std::max(now, hook.base + webhook_offset(from, hook.attempts));
}

}  // namespace

void webhook_book::find_new_runs(world_state& world)
{
    if (world.from.webhooks.delivery != webhook_delivery::send) return;
    for (; runs_seen_ < world.run_order.size(); ++runs_seen_) {
        const auto& [account, id] = world.run_order[runs_seen_];
        const run* found = run_at(world, account, id);
        if (found != nullptr && found->callback_url) open_.push_back({runs_seen_, account, id});
    }
}

std::optional<time_point> webhook_book::due(world_state& world, const place& where) const
{
    const run* which = run_at(world, where.account, where.run);
    if (which == nullptr || which->hook.in_flight) return std::nullopt;
    if (which->hook.next) return which->hook.next;
    if (which->hook.attempts > 0 || which->hook.phase != webhook_phase::open) return std::nullopt;
    if (!has_webhook(*which, world.from)) return std::nullopt;
    const auto base = webhook_base(*which, partner_of(world, where.ordinal), world.from);
    if (!base) return std::nullopt;
    return *base + webhook_offset(world.from, 0);
}

std::optional<time_point> webhook_book::next(world_state& world)
{
    find_new_runs(world);
    std::optional<time_point> first;
    for (const place& each : open_)
        if (const auto at = due(world, each)) first = std::min(first.value_or(*at), *at);
    return first;
}

std::optional<webhook_attempt> webhook_book::begin(
    world_state& world, const place& where, time_point due, time_point now
)
{
    run& which = *run_at(world, where.account, where.run);
    webhook_progress& hook = which.hook;
    const scenario& from = world.from;
    if (hook.attempts == 0) hook.base = due - webhook_offset(from, 0);
    ++hook.attempts;
    hook.next.reset();
    webhook_record record{
        .delivery = which.id,
        .account = where.account,
        .url = url_for_records(*which.callback_url),
        .attempt = hook.attempts,
        .due = due,
        .sent_at = now,
        .damage = damage_done(from.webhooks, hook.attempts)};
    if (disabled_.contains(*which.callback_url)) {
        if (hook.phase == webhook_phase::open) hook.phase = webhook_phase::failed;
        record.answered_at = now;
        record.outcome.error = webhook_error::disabled;
        remember(std::move(record));
        return std::nullopt;
    }
    // A duplicate is a duplicate to the bit.
    const bool repeat = std::exchange(hook.repeat_due, false);
    const unsigned like = repeat ? hook.attempts - 1 : hook.attempts;
    if (!repeat || !hook.stamp) hook.stamp = now;
    const draws& chance = world.accounts.find(where.account)->second.chance;
    webhook made = make_damaged_webhook(
        webhook_facts_of(which, from),
        from.contract,
        from.webhook_secret,
        *hook.stamp,
        from.webhooks,
        like,
        chance.number("webhook damage", which.row_base, like)
    );
    hook.in_flight = true;
    ++in_flight_;
    record.body_bytes = made.body.size();
    remember(std::move(record));
    return webhook_attempt{
        which.id,
        hook.attempts,
        *which.callback_url,
        std::move(made.headers),
        std::move(made.body),
        made.chunked,
        due,
        now};
}

std::vector<webhook_attempt> webhook_book::take_due(world_state& world, time_point now)
{
    find_new_runs(world);
    std::vector<due_place> ready;
    for (const place& each : open_)
        if (const auto at = due(world, each); at && *at <= now) ready.push_back({*at, &each});
    std::stable_sort(ready.begin(), ready.end(), [](const due_place& a, const due_place& b) {
        return a.due < b.due;
    });
    std::vector<webhook_attempt> attempts;
    for (const due_place& each : ready)
        if (auto begun = begin(world, *each.where, each.due, now))
            attempts.push_back(std::move(*begun));
    drop_done(world, now);
    return attempts;
}

void webhook_book::drop_done(world_state& world, time_point now)
{
    std::erase_if(open_, [&](const place& each) {
        const run* which = run_at(world, each.account, each.run);
        if (which == nullptr) return true;
        const webhook_progress& hook = which->hook;
        if (hook.in_flight || hook.next) return false;
        if (hook.phase != webhook_phase::open) return true;
        // Asked when the end has come: a run that goes on may still end otherwise.
        return now >= which->future.terminal() && !has_webhook(*which, world.from);
    });
}

void webhook_book::answered(
    world_state& world,
    std::string_view delivery,
    unsigned attempt,
    const webhook_outcome& outcome,
    time_point now
)
{
    const auto where = std::find_if(open_.begin(), open_.end(), [&](const place& each) {
        return each.run == delivery;
    });
    if (where == open_.end()) return;
    run* which = run_at(world, where->account, where->run);
    if (which == nullptr || !which->hook.in_flight || which->hook.attempts != attempt) return;
    which->hook.in_flight = false;
    --in_flight_;
    const auto record = std::find_if(records_.rbegin(), records_.rend(), [&](const auto& each) {
        return each.delivery == delivery && each.attempt == attempt;
    });
    if (record != records_.rend()) {
        record->answered_at = now;
        record->outcome = outcome;
    }
    const bool gone = outcome.status == 410 && world.from.webhooks.honour_410;
    if (gone) disabled_.insert(*which->callback_url);
    go_on(which->hook, outcome, world.from, gone, now);
    drop_done(world, now);
}

redelivery webhook_book::redeliver(world_state& world, std::string_view delivery, time_point now)
{
    find_new_runs(world);
    const auto& order = world.run_order;
    const auto found = std::find_if(order.begin(), order.end(), [&](const auto& each) {
        return each.second == delivery;
    });
    if (found == order.end()) return redelivery::no_such_delivery;
    run* which = run_at(world, found->first, found->second);
    const bool sends = world.from.webhooks.delivery == webhook_delivery::send;
    if (which == nullptr || !sends || !which->callback_url) return redelivery::no_such_delivery;
    if (now < which->future.terminal()) return redelivery::not_ended;
    if (which->hook.in_flight) return redelivery::in_flight;
    which->hook.next = now;
    const auto is_it = [&](const place& each) { return each.run == delivery; };
    if (std::none_of(open_.begin(), open_.end(), is_it))
        open_.push_back(
            {static_cast<std::size_t>(found - order.begin()), found->first, found->second}
        );
    return redelivery::planned;
}

void webhook_book::remember(webhook_record record)
{
    ++total_;
    records_.push_back(std::move(record));
    if (records_.size() > capacity) records_.pop_front();
}

}  // namespace scrapingpros_mock
