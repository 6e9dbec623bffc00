#include "service.hpp"

#include <algorithm>

#include "handlers/handlers.hpp"
#include "text.hpp"
#include "time_text.hpp"

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
    static constexpr std::string_view scheme = "Bearer ";
    const auto credentials = in.find("Authorization");
    if (!credentials || credentials->size() < scheme.size() ||
        !same_ignoring_case(credentials->substr(0, scheme.size()), scheme))
        return {};
    const auto found = from.tokens.find(credentials->substr(scheme.size()));
    return found == from.tokens.end() ? std::string() : found->second;
}

reply refuse_token(const request& in, const switches& contract)
{
    const bool missing = !in.find("Authorization");
    const bool forbidden =
        missing && contract.auth_missing_status == choice::auth_missing_status::s403;
    return error(contract, forbidden ? 403 : 401, missing ? "Not authenticated" : "Invalid token");
}

void add_rate_headers(
    reply& out, const limiter::verdict& rate, const switches& contract, time_point now
)
{
    using enum choice::rate_headers;
    if (contract.rate_headers == absent) return;
    const time_point reset = std::chrono::ceil<std::chrono::seconds>(rate.reset);
    const duration shown =
        contract.rate_headers == reset_as_delta ? reset - now : reset.time_since_epoch();
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(shown).count();
    out.headers.push_back({"X-RateLimit-Limit", std::to_string(rate.limit)});
    out.headers.push_back({"X-RateLimit-Remaining", std::to_string(rate.remaining)});
    out.headers.push_back({"X-RateLimit-Reset", std::to_string(seconds)});
}

void add_quota_headers(reply& out, const scenario& from, std::uint64_t used)
{
    if (from.contract.rate_headers == choice::rate_headers::absent) return;
    const auto& credits = from.plan.credits;
    const std::string remaining =
        credits ? std::to_string(*credits - std::min(*credits, used)) : "unlimited";
    out.headers.push_back(
        {"X-Quota-Limit", credits ? std::to_string(*credits) : std::string("unlimited")}
    );
    out.headers.push_back({"X-Quota-Used", std::to_string(used)});
    out.headers.push_back({"X-Quota-Remaining", remaining});
}

bool quota_refuses(const call& c)
{
    const auto& credits = c.world.from.plan.credits;
    if (!credits || c.account.credits_used < *credits) return false;
    return c.contract().quota_blocks == choice::quota_blocks::everything || is_write(c.where.what);
}

reply behind_the_limits(call& c)
{
    if (quota_refuses(c)) return error(c.contract(), 429, "Monthly quota exceeded");
    const bool prevented = std::any_of(c.faults.begin(), c.faults.end(), [](const fault* each) {
        return prevents_effect(*each);
    });
    if (prevented) return error(c.contract(), 503, phrase_of(503));
    return dispatch(c);
}

reply at_the_limits(call& c)
{
    const switches& contract = c.contract();
    const bool writes = is_write(c.where.what) || contract.single_bucket;
    const limiter::verdict rate = (writes ? c.account.writes : c.account.reads).admit(c.now);
    reply out;
    if (rate.admitted || !c.world.from.enforce_limits) {
        out = behind_the_limits(c);
    } else {
        out = error(contract, 429, "Rate limit exceeded");
        const auto wait = retry_after_text(contract.retry_after_form, rate.retry_after, c.now);
        if (wait) out.headers.push_back({"Retry-After", *wait});
    }
    add_rate_headers(out, rate, contract, c.now);
    add_quota_headers(out, c.world.from, c.account.credits_used);
    return out;
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
    std::string name = account_of(in, world.from);
    if (name.empty()) return {refuse_token(in, contract), {}};
    call c{world, world.account(name), in, where, now, faults};
    return {at_the_limits(c), std::move(name)};
}

}  // namespace scrapingpros_mock
