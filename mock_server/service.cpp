#include "service.hpp"

#include <algorithm>

#include "handlers/handlers.hpp"
#include "limits/limit_headers.hpp"
#include "server/bearer.hpp"

namespace scrapingpros_mock {
namespace {

reply dispatch(call& c)
{
    switch (c.where.what) {
    case operation::create: return create_collection(c);
    case operation::list_collections: return list_collections(c);
    case operation::get_collection: return get_collection(c);
    case operation::update_collection: return update_collection(c);
    case operation::delete_collection: return delete_collection(c);
    case operation::start_run: return start_run(c);
    case operation::list_runs: return list_runs(c);
    case operation::get_run: return get_run(c);
    case operation::cancel_run: return cancel_run(c);
    case operation::list_jobs: return list_jobs(c);
    case operation::get_result: return get_result(c);
    case operation::billing: return get_billing(c);
    default: return error(c.contract(), 404, "Not Found");
    }
}

reply no_such_route(const route& where, const switches& contract)
{
    if (where.malformed) return error(contract, 400, "Malformed request target");
    if (where.without_slash && contract.trailing_slash == choice::trailing_slash::s307) {
        reply moved{.status = 307, .body = {}, .headers = {{"Location", *where.without_slash}}};
        moved.content_type.clear();
        return moved;
    }
    if (where.other_methods.empty()) return error(contract, 404, "Not Found");
    reply refused = error(contract, 405, "Method Not Allowed");
    std::string allowed;
    for (const std::string& each : where.other_methods)
        allowed += (allowed.empty() ? "" : ", ") + each;
    refused.headers.push_back({"Allow", allowed});
    return refused;
}

reply too_large(const switches& contract)
{
    reply refused = error(contract, 413, "Request body too large");
    refused.oversized = contract.oversize_body == choice::oversize_body::reset;
    return refused;
}

/// The account of the bearer token; empty if it is none of ours.
std::string account_of(const request& in, const scenario& from)
{
    const auto token = bearer_token(in);
    if (!token) return {};
    const auto found = from.tokens.find(*token);
    return found == from.tokens.end() ? std::string() : found->second;
}

reply refuse_token(const request& in, const switches& contract)
{
    const bool missing = !in.find("Authorization");
    const bool forbidden =
        missing && contract.auth_missing_status == choice::auth_missing_status::s403;
    return error(contract, forbidden ? 403 : 401, missing ? "Not authenticated" : "Invalid token");
}

bool quota_refuses(const call& c)
{
    const auto& credits = c.world.from.plan.credits;
    if (!credits || c.account.credits_used < *credits) return false;
    return c.contract().quota_blocks == choice::quota_blocks::everything || is_write(c.where.what);
}

/// Credits are whole again when a month begins.
void renew_quota(account_state& account, time_point now)
{
    if (now < account.quota_until) return;
    if (account.quota_until != time_point{}) account.credits_used = 0;
    account.quota_until = month_end(now);
}

reply refuse_over_quota(call& c)
{
    c.account.limits.refused_by_quota();
    reply refused = error(c.contract(), 429, "Monthly quota exceeded");
    const limit_options& options = c.world.from.limits;
    if (options.quota_tells_wait)
        refused.headers =
            state_wait(c.contract(), options, c.account.quota_until - c.now, c.now).headers;
    return refused;
}

reply behind_the_limits(call& c)
{
    if (quota_refuses(c)) return refuse_over_quota(c);
    const bool prevented = std::any_of(c.faults.begin(), c.faults.end(), [](const fault* each) {
        return prevents_effect(*each);
    });
    if (prevented) return error(c.contract(), 503, phrase_of(503));
    return dispatch(c);
}

served at_the_limits(call& c)
{
    const scenario& from = c.world.from;
    renew_quota(c.account, c.now);
    admission rate = c.account.limits.admit(from, c.where.what, c.in.connection, c.now);
    reply out;
    if (rate.shown.admitted) {
        out = behind_the_limits(c);
    } else {
        out = error(from.contract, 429, from.limits.rate_text);
        if (!rate.retry_after.empty()) out.gave.come_back_at = c.now + rate.shown.retry_after;
        out.headers = std::move(rate.retry_after);
    }
    out.headers.reserve(out.headers.size() + 8);
    add_rate_headers(out.headers, from.contract, from.limits, rate.shown, c.now);
    add_quota_headers(out.headers, from.contract, from.plan.credits, c.account.credits_used);
    return {std::move(out), c.account.name, rate.at_work};
}

}  // namespace

served serve(
    world_state& world,
    const request& in,
    const route& where,
    const std::vector<const fault*>& faults,
    time_point now
)
{
    const switches& contract = world.contract();
    if (where.what == operation::unknown) return {no_such_route(where, contract), {}};
    if (where.what == operation::health) return {get_health(world), {}};
    if (where.what == operation::plans) return {get_plans(), {}};
    if (contract.max_body_bytes && in.body.size() > *contract.max_body_bytes)
        return {too_large(contract), {}};
    const std::string name = account_of(in, world.from);
    if (name.empty()) return {refuse_token(in, contract), {}};
    call c{world, world.account(name), in, where, now, faults};
    return at_the_limits(c);
}

}  // namespace scrapingpros_mock
