#include "world.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "books/assertions.hpp"
#include "books/books.hpp"
#include "books/verdicts.hpp"
#include "content_encoding.hpp"
#include "handlers/handlers.hpp"
#include "json_out.hpp"
#include "router.hpp"
#include "service.hpp"
#include "state.hpp"
#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

response_plan plan_of(reply answer, time_point now)
{
    response_plan plan;
    plan.status = answer.status;
    plan.headers.reserve(answer.headers.size() + 2);
    plan.headers.push_back({"Date", http_date(now)});
    if (!answer.content_type.empty())
        plan.headers.push_back({"Content-Type", std::move(answer.content_type)});
    for (header& each : answer.headers)
        plan.headers.push_back(std::move(each));
    plan.body = std::move(answer.body);
    plan.delay = answer.delay;
    if (answer.oversized) plan.ending = wire_ending::reset;
    return plan;
}

/// A fault meets a request, by the book or by the request's own header.
struct fault_meeting {
    std::vector<std::size_t> ordinals;
    std::optional<fault> own;
    std::vector<const fault*> all;
};

fault_meeting meet_faults(world_state& world, const request& in, const route& where, time_point now)
{
    fault_meeting made;
    fault_scene scene{.in = in, .what = where.what, .now = now, .run = where.run};
    std::string cursor;
    if (world.faults.watches_pages() && where.what == operation::list_jobs) {
        cursor = where.parameters.find("cursor").value_or("");
        scene.cursor = cursor;
    }
    if (world.faults.watches_runs() && !where.run.empty()) {
        const run* of = world.find_run(where.run);
        scene.run_is_terminal = of != nullptr && now >= of->future.terminal();
    }
    made.ordinals = world.faults.meet(scene);
    for (const std::size_t ordinal : made.ordinals)
        made.all.push_back(&world.faults.at(ordinal));
    const auto asked = world.from.fault_header ? in.find("X-Mock-Fault") : std::nullopt;
    if (asked) made.own = parse_fault_header(*asked);
    return made;
}

/// Damages the plan and returns the faults of the book that had something to damage.
std::vector<std::size_t> strike(
    world_state& world, const fault_meeting& met, const request& in, response_plan& plan
)
{
    const auto works = [&](const fault& what) {
        const bool by_handler = std::holds_alternative<effect::page>(what.effect);
        return (!by_handler || world.faults.is_confirmed(&what)) && apply(what, in, plan);
    };
    std::vector<std::size_t> hits;
    for (std::size_t i = 0; i < met.ordinals.size(); ++i) {
        if (works(*met.all[i]))
            hits.push_back(met.ordinals[i]);
        else
            world.faults.take_back(met.ordinals[i]);
    }
    if (met.own) works(*met.own);
    return hits;
}

response_plan bad_fault_header(const bad_fault& bad, time_point now)
{
    json_writer out;
    out.begin_object().member("code", "E_FAULT").member("message", bad.what());
    out.member("path", bad.path).member("hint", bad.hint);
    return plan_of(json_reply(400, out.end_object().take()), now);
}

response_plan handle_service(
    world_state& world, const request& in, const route& where, time_point now
)
{
    fault_meeting met;
    try {
        met = meet_faults(world, in, where, now);
    } catch (const bad_fault& bad) {
        return bad_fault_header(bad, now);
    }
    if (met.own) met.all.push_back(&*met.own);
    served done = serve(world, in, where, met.all, now);
    book_entry facts{in, where, std::move(done.account)};
    facts.effect = done.answer.effect;
    facts.gave = std::move(done.answer.gave);
    response_plan plan = plan_of(std::move(done.answer), now);
    true_answer said;
    if (!met.all.empty()) said.emplace(plan.status, plan.body);
    std::vector<std::size_t> hits = strike(world, met, in, plan);
    facts.whole = arrives_whole(plan, said);
    facts.faults = hits;
    encode(plan, in, world.contract());
    const std::string account = done.at_work ? facts.account : std::string();
    keep_books(world, std::move(facts), plan, now);
    world.faults.await_end(plan.ordinal, std::move(hits));
    if (done.at_work) world.account(account).limits.hold(plan.ordinal, in.connection);
    return plan;
}

}  // namespace

account_state::account_state(std::string_view called, const scenario& from)
    : name(called), limits(from), credits_used(from.credits_used), chance(from.seed, called)
{
    for (const std::string& old : from.old_collections) {
        collection made;
        made.id = view(chance.id("old collection", collections.size()));
        made.name = old;
        made.stamped = false;
        made.items = std::make_shared<const std::vector<item>>();
        collections.push_back(made.id);
        const std::string id = made.id;
        by_id.emplace(id, std::move(made));
    }
}

world_state::world_state(std::shared_ptr<const scenario> what)
    : world_books(*what), held(std::move(what)), from(*held)
{
    check_limits(from);
    for (const fault& each : from.faults)
        faults.add(each);
}

void world_state::take_over(world_state& other)
{
    static_cast<world_books&>(*this) = static_cast<world_books&&>(other);
    earlier.push_back(other.held);
}

account_state& world_state::account(std::string_view name)
{
    const auto found = accounts.find(name);
    if (found != accounts.end()) return found->second;
    return accounts.emplace(std::string(name), account_state{name, from}).first->second;
}

const run* world_state::find_run(std::string_view id) const
{
    for (const auto& [name, account] : accounts) {
        const auto found = account.runs.find(std::string(id));
        if (found != account.runs.end()) return &found->second;
    }
    return nullptr;
}

world::world(scenario what) : world(std::make_shared<const scenario>(std::move(what))) {}
world::world(std::shared_ptr<const scenario> what)
    : state_(std::make_unique<world_state>(std::move(what)))
{
}
world::~world() = default;
world::world(world&&) noexcept = default;
world& world::operator=(world&&) noexcept = default;

response_plan world::handle(const request& in, time_point now)
{
    try {
        const route where = find_route(in.method, in.target, state_->contract());
        return handle_service(*state_, in, where, now);
    } catch (const std::exception&) {
        return plan_of(detail_error(500, phrase_of(500)), now);
    }
}

void world::finished(std::uint64_t ordinal, const exchange_end& end, time_point now)
{
    state_->requests.finish(ordinal, end, now);
    state_->seen.finish(ordinal, end.how == exchange_end::cause::complete);
    state_->faults.finished(ordinal, end);
    if (!state_->from.limits.in_flight) return;
    for (auto& [name, account] : state_->accounts)
        account.limits.finish(ordinal);
}

const ledger& world::seen() const noexcept
{
    return state_->seen;
}

const journal& world::requests() const noexcept
{
    return state_->requests;
}

const scenario& world::made_from() const noexcept
{
    return state_->from;
}

void world::change(const std::function<void(scenario&)>& what)
{
    auto changed = std::make_shared<scenario>(state_->from);
    what(*changed);
    auto next = std::make_unique<world_state>(std::move(changed));
    next->take_over(*state_);
    state_ = std::move(next);
}

void world::change_switches(const switches& contract)
{
    change([&](scenario& from) { from.contract = contract; });
}

std::optional<limits_seen> world::limits_of(std::string_view name) const
{
    const auto found = state_->accounts.find(name);
    if (found == state_->accounts.end()) return std::nullopt;
    limits_seen seen;
    seen.account = found->first;
    seen.credits_used = found->second.credits_used;
    seen.credits = state_->from.plan.credits;
    found->second.limits.report(seen);
    return seen;
}

void world::set_wait_scale(time_scale scale)
{
    limit_options asked = state_->from.limits;
    asked.wait_scale = scale;
    check(asked);
    change([&](scenario& from) { from.limits = asked; });
}

arrival_plan world::arriving(std::uint64_t connection, time_point now)
{
    return state_->faults.meet_connection(connection, now);
}

std::size_t world::add_fault(fault what)
{
    return state_->faults.add(std::move(what));
}

std::uint64_t world::fault_hits(std::size_t ordinal) const
{
    return state_->faults.hits(ordinal);
}

std::vector<std::size_t> world::unmet_faults() const
{
    return state_->faults.unmet();
}

std::vector<std::string> world::verify_faults() const
{
    return state_->faults.verify();
}

const fault_book& world::faults() const noexcept
{
    return state_->faults;
}

fault_book& world::faults() noexcept
{
    return state_->faults;
}

void world::reset()
{
    state_ = std::make_unique<world_state>(state_->held);
}

}  // namespace scrapingpros_mock
