#include "faults/fault_book.hpp"

#include <algorithm>
#include <utility>

#include "json_out.hpp"
#include "runs/draws.hpp"

namespace scrapingpros_mock {
namespace {

/// Exchanges whose end nobody tells are forgotten, the oldest first.
constexpr std::size_t most_open = 10'000;

std::string key_of(std::string_view run, std::string_view cursor)
{
    return std::string(run) + ' ' + std::string(cursor);
}

/// Path and query, as the same logical request has them each time.
std::string logical(const request& in)
{
    return in.method + ' ' + in.target;
}

std::string_view word_of(const fault& what)
{
    if (what.layer == fault_layer::connect) return "connect";
    return what.layer == fault_layer::tls ? "tls" : name_of(what.on);
}

}  // namespace

std::size_t fault_book::add(fault what)
{
    if (what.id.empty()) {
        std::size_t number = entries_.size();
        do
            what.id = "F" + std::to_string(++number);
        while (find(what.id));
    } else if (find(what.id)) {
        throw bad_fault{"fault '" + what.id + "'", "has the id of another fault"};
    }
    for (const entry& each : entries_) {
        if (!is_armed(each) || !ends_reply(each.what) || !ends_reply(what) ||
            !may_coincide(each.what, what))
            continue;
        throw bad_fault{
            "fault '" + what.id + "'",
            "would end the same replies as fault '" + each.what.id + "'",
            "give them triggers that no request meets both of"};
    }
    const fault_trigger& only = what.only;
    watches_attempts_ |= !only.attempt.chooses_all() || only.probability < 1'000'000;
    watches_pages_ |= !only.page.chooses_all() || std::holds_alternative<effect::page>(what.effect);
    watches_runs_ |= only.after_terminal;
    entries_.push_back({std::move(what)});
    return entries_.size() - 1;
}

bool fault_book::is_armed(const entry& of) const
{
    if (of.disarmed || (of.what.times && of.account.hits >= *of.what.times)) return false;
    const std::uint64_t last = std::min(of.what.when.to, of.what.only.nth.last());
    if (of.what.layer != fault_layer::http) return connections_ < last;
    return seen_[static_cast<std::size_t>(of.what.on)] < last;
}

bool fault_book::is_armed(std::size_t ordinal) const
{
    return is_armed(entries_.at(ordinal));
}

bool fault_book::is_time(const fault_trigger& only, time_point now) const
{
    if ((only.from && now < *only.from) || (only.until && now >= *only.until)) return false;
    const time_point first = first_request_.value_or(now);
    return !(only.after && now < first + *only.after) &&
           !(only.before && now >= first + *only.before);
}

bool fault_book::is_drawn(const fault& what, std::string_view of, std::uint64_t attempt) const
{
    if (what.only.probability >= 1'000'000) return true;
    const draws chance{seed_, "fault " + what.id + ' ' + std::string(of)};
    return chance.number("coin", attempt) % 1'000'000 < what.only.probability;
}

bool fault_book::strikes(entry& each, const fault_scene& scene, std::uint64_t nth)
{
    const fault& what = each.what;
    const fault_trigger& only = what.only;
    if (!what.when.covers(nth) || !only.nth.covers(nth)) return false;
    std::uint64_t attempt = 0;
    std::string request_text;
    if (watches_attempts_) {
        request_text = logical(scene.in);
        attempt = attempts_[request_text];
    }
    const auto has_header = [&] {
        if (only.header.empty()) return true;
        const auto found = scene.in.find(only.header);
        return found && (!only.header_value || *found == *only.header_value);
    };
    const bool met =
        only.attempt.covers(attempt) && only.connection.covers(scene.in.connection) &&
        only.request_on_connection.covers(scene.in.on_connection) &&
        (only.page.chooses_all() || (scene.what == operation::list_jobs &&
                                     only.page.covers(page_of(scene.run, scene.cursor)))) &&
        is_time(only, scene.now) && has_header() &&
        (!only.after_terminal || scene.run_is_terminal) && is_drawn(what, request_text, attempt);
    if (!met || each.disarmed) {
        ++each.account.not_met;
        return false;
    }
    if (what.times && each.account.hits >= *what.times) {
        ++each.account.spent;
        return false;
    }
    ++each.account.hits;
    return true;
}

std::vector<std::size_t> fault_book::meet(const fault_scene& scene)
{
    const std::uint64_t nth = ++seen_[static_cast<std::size_t>(scene.what)];
    const std::uint64_t nth_of_any = ++seen_[static_cast<std::size_t>(operation::any)];
    if (!first_request_) first_request_ = scene.now;
    confirmed_.clear();
    std::vector<std::size_t> met;
    if (entries_.empty()) return met;
    if (watches_attempts_) ++attempts_[logical(scene.in)];
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const fault& what = entries_[i].what;
        const bool of_any = what.on == operation::any;
        if (what.layer != fault_layer::http || (!of_any && what.on != scene.what)) continue;
        if (strikes(entries_[i], scene, of_any ? nth_of_any : nth)) met.push_back(i);
    }
    return met;
}

arrival_plan fault_book::meet_connection(std::uint64_t number, time_point now)
{
    ++connections_;
    arrival_plan plan;
    for (entry& each : entries_) {
        const fault& what = each.what;
        if (what.layer == fault_layer::http) continue;
        const bool met = what.when.covers(connections_) && what.only.nth.covers(connections_) &&
                         what.only.connection.covers(number) && is_time(what.only, now) &&
                         is_drawn(what, "connect", number) && !each.disarmed;
        const bool free = what.layer == fault_layer::connect ? plan.lane == arrival::normal
                                                             : plan.tls == tls_fault::none;
        if (!met || !free) {
            ++each.account.not_met;
            continue;
        }
        if (what.times && each.account.hits >= *what.times) {
            ++each.account.spent;
            continue;
        }
        ++each.account.hits;
        if (const auto* lane = std::get_if<effect::arrive>(&what.effect)) plan.lane = lane->how;
        if (const auto* tls = std::get_if<effect::spoil_tls>(&what.effect)) plan.tls = tls->what;
    }
    return plan;
}

void fault_book::confirm(const fault* what)
{
    confirmed_.push_back(what);
}

bool fault_book::is_confirmed(const fault* what) const
{
    return std::find(confirmed_.begin(), confirmed_.end(), what) != confirmed_.end();
}

void fault_book::take_back(std::size_t ordinal)
{
    fault_account& account = entries_.at(ordinal).account;
    --account.hits;
    ++account.nothing_to_damage;
}

void fault_book::await_end(std::uint64_t request, std::vector<std::size_t> hits)
{
    if (hits.empty()) return;
    open_.emplace(request, std::move(hits));
    if (open_.size() > most_open) open_.erase(open_.begin());
}

void fault_book::finished(std::uint64_t request, const exchange_end& end)
{
    const auto found = open_.find(request);
    if (found == open_.end()) return;
    if (end.how == exchange_end::cause::client_left) {
        for (const std::size_t ordinal : found->second) {
            ++entries_[ordinal].account.spoiled;
            entries_[ordinal].account.last_spoiled = request;
        }
    }
    open_.erase(found);
}

std::uint64_t fault_book::page_of(std::string_view run, std::string_view cursor) const
{
    if (cursor.empty()) return 1;
    const auto found = pages_.find(key_of(run, cursor));
    return found == pages_.end() ? 0 : found->second;
}

void fault_book::page_gave(std::string_view run, std::string_view cursor, const std::string& next)
{
    const std::uint64_t page = page_of(run, cursor);
    if (page > 0) pages_.emplace(key_of(run, next), page + 1);
}

std::optional<std::size_t> fault_book::find(std::string_view id) const
{
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].what.id == id) return i;
    return std::nullopt;
}

std::vector<std::size_t> fault_book::unmet() const
{
    std::vector<std::size_t> ordinals;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (hits(i) == 0) ordinals.push_back(i);
    return ordinals;
}

std::vector<std::string> fault_book::verify() const
{
    std::vector<std::string> reasons;
    for (const auto& [what, account, disarmed] : entries_) {
        if (!what.must_fire) continue;
        const std::string name = "fault '" + what.id + "' (" + describe(what) + " on " +
                                 std::string(word_of(what)) + ")";
        if (account.hits == 0) {
            std::string reason = name + " has hit no request";
            if (account.not_met > 0)
                reason += "; " + std::to_string(account.not_met) + " did not meet its trigger";
            if (account.nothing_to_damage > 0)
                reason += "; " + std::to_string(account.nothing_to_damage) +
                          " had nothing that it could damage";
            reasons.push_back(std::move(reason));
        }
        if (account.spoiled > 0)
            reasons.push_back(
                name + " was spoiled: the client of request " +
                std::to_string(account.last_spoiled) + " had gone"
            );
    }
    return reasons;
}

std::string fault_book::to_json() const
{
    json_writer out;
    out.begin_object().key("faults").begin_array();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& [what, account, disarmed] = entries_[i];
        out.begin_object().member("id", what.id).member("on", word_of(what));
        out.member("do", describe(what)).member("times", what.times);
        out.member("must_fire", what.must_fire).member("armed", is_armed(i));
        out.member("hit", account.hits).member("spoiled", account.spoiled);
        out.key("skipped").begin_object().member("trigger_not_met", account.not_met);
        out.member("budget_spent", account.spent);
        out.member("nothing_to_damage", account.nothing_to_damage).end_object().end_object();
    }
    return out.end_array().end_object().take();
}

}  // namespace scrapingpros_mock
