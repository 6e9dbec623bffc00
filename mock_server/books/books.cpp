#include "books/books.hpp"

#include <algorithm>

#include "limits/account_limits.hpp"
#include "text.hpp"

namespace scrapingpros_mock {
namespace {

/// What a client of this wire damage cannot read to its end, or must not believe.
bool spoils(const wire_damage& damage)
{
    using enum wire_damage::kind;
    switch (damage.what) {
    case length_by:
    case length_twice:
    case length_negative:
    case chunk_unended:
    case chunk_bad_size:
    case garbage:
    case bad_version:
    case header_nul:
    case header_no_colon:
    case coding_lie: return true;
    default: return false;
    }
}

std::size_t bucket_of(operation what, const scenario& from)
{
    return is_write(what) || has_single_bucket(from) ? 1 : 0;
}

/// A refusal that a fault makes up tells its wait in the header only.
std::optional<time_point> come_back_at(
    const response_plan& plan, const book_entry& facts, time_point now
)
{
    if (plan.status != 429) return std::nullopt;
    if (facts.gave.come_back_at) return facts.gave.come_back_at;
    static constexpr std::int64_t longest = 86'400;
    for (const header& each : plan.headers) {
        if (!same_ignoring_case(each.name, "Retry-After")) continue;
        const auto seconds = number_in<std::int64_t>(each.value);
        if (seconds && *seconds >= 0)
            return now + std::chrono::seconds{std::min(*seconds, longest)};
    }
    return std::nullopt;
}

request_class class_of(const book_entry& facts, const response_plan& plan)
{
    switch (facts.where.what) {
    case operation::create: return request_class::create;
    case operation::start_run: return request_class::start_run;
    case operation::list_runs:
    case operation::get_run: return request_class::status;
    case operation::get_result: return request_class::result;
    case operation::list_jobs:
        if (facts.where.parameters.find("cursor")) return request_class::page;
        return plan.status == 200 && facts.gave.jobs.empty() ? request_class::empty_listing
                                                             : request_class::listing;
    default: return request_class::other;
    }
}

request_class class_of(
    const world_state& world,
    const account_ledger& book,
    const book_entry& facts,
    const response_plan& plan,
    const journal_entry& entry
)
{
    const auto& wait = book.not_before[bucket_of(facts.where.what, world.from)];
    if (wait && entry.at < *wait && !facts.account.empty()) return request_class::early_return;
    if (plan.status == 429) return request_class::refused;
    if (world.requests.repeats_a_failure(entry)) return request_class::retry;
    return class_of(facts, plan);
}

void count_polls(world_state& world, account_ledger& book, const book_entry& facts)
{
    // The list of runs is asked for those that are not known to be over.
    const bool by_list = facts.where.what == operation::list_runs;
    for (const given::run& each : facts.gave.statuses)
        if (!by_list || !book.runs[each.place].end_shown) ++book.runs[each.place].status_reads;
    const bool lists = facts.where.what == operation::list_jobs;
    const bool asks = facts.where.what == operation::get_run && facts.gave.statuses.empty();
    if ((!lists && !asks) || facts.account.empty()) return;
    const auto& runs = world.account(facts.account).runs;
    const auto found = runs.find(facts.where.run);
    if (found == runs.end()) return;
    run_ledger& run = book.runs[found->second.ledger_place];
    ++(lists ? run.listings : run.status_reads);
}

journal_entry entry_of(const world_state& world, book_entry& facts, const response_plan& plan)
{
    journal_entry entry{facts.in, facts.account, world.requests.limits().body};
    entry.what = facts.where.what;
    entry.status = plan.status;
    entry.whole = facts.whole;
    entry.effect = facts.effect;
    if (facts.effect) entry.created = facts.gave.created;
    entry.body_bytes = plan.body.size();
    entry.faults = std::move(facts.faults);
    return entry;
}

}  // namespace

bool arrives_whole(const response_plan& plan, const true_answer& said)
{
    if (plan.ending != wire_ending::complete) return false;
    if (std::any_of(plan.damages.begin(), plan.damages.end(), spoils)) return false;
    if (plan.declared_length && *plan.declared_length != plan.body.size()) return false;
    if (!said) return true;
    const auto& [status, body] = *said;
    return plan.status == status && plan.body.starts_with(body) &&
           plan.body.find_first_not_of(' ', body.size()) == plan.body.npos;
}

void keep_books(world_state& world, book_entry facts, response_plan& plan, time_point now)
{
    account_ledger& book = world.seen.of(facts.account);
    journal_entry entry = entry_of(world, facts, plan);
    entry.at = now;
    entry.kind = class_of(world, book, facts, plan, entry);
    ++book.by_operation[static_cast<std::size_t>(entry.what)];
    ++book.by_class[static_cast<std::size_t>(entry.kind)];
    ++book.by_status_class[plan.says_nothing() ? 0 : plan.status / 100 % 6];
    count_polls(world, book, facts);
    if (const auto until = come_back_at(plan, facts, now))
        book.not_before[bucket_of(entry.what, world.from)] = until;
    const bool whole = entry.whole;
    const bool gone = !facts.gave.jobs.empty() && facts.gave.jobs.front().as == given::how::gone;
    plan.ordinal = world.requests.add(std::move(entry));
    if (whole || gone) world.seen.give(plan.ordinal, book, std::move(facts.gave), now + plan.delay);
}

}  // namespace scrapingpros_mock
