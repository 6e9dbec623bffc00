#include "limits/limit_headers.hpp"

#include <algorithm>
#include <string>

#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* beyond_64_bits = "99999999999999999999";

/// The wait in its honest form; no text for `absent`.
struct told {
    std::optional<std::string> text;
    std::optional<time_point> until;
};

told honest(choice::retry_after_form form, duration wait, const time_scale& scale, time_point now)
{
    using enum choice::retry_after_form;
    const duration real = real_time_of(wait, scale);
    switch (form) {
    case integer_seconds: {
        const seconds up = std::max(ceil<seconds>(real), seconds{1});
        return {std::to_string(up.count()), now + service_time_of(up, scale)};
    }
    case fraction: return {decimal_seconds(real), now + service_time_of(real, scale)};
    case choice::retry_after_form::http_date: {
        const auto at = ceil<seconds>(now + real);
        return {scrapingpros_mock::http_date(at), now + service_time_of(at - now, scale)};
    }
    case zero: return {"0", std::nullopt};
    case absent: break;
    }
    return {};
}

}  // namespace

duration real_time_of(duration wait, const time_scale& scale) noexcept
{
    const auto service = static_cast<std::int64_t>(scale.service);
    const auto real = static_cast<std::int64_t>(scale.real);
    const std::int64_t rest = wait.count() % service * real;
    return duration{wait.count() / service * real + (rest + service - 1) / service};
}

duration service_time_of(duration wait, const time_scale& scale) noexcept
{
    return real_time_of(wait, {scale.real, scale.service});
}

stated_wait state_wait(
    const switches& contract, const limit_options& options, duration wait, time_point now
)
{
    const told said = honest(contract.retry_after_form, wait, options.wait_scale, now);
    if (!said.text) return {};
    const auto one = [](const char* name, std::string value) {
        return std::vector<header>{{name, std::move(value)}};
    };
    switch (options.retry_after) {
    case header_damage::none: return {one("Retry-After", *said.text), said.until};
    case header_damage::ms_name: {
        const auto up = ceil<milliseconds>(real_time_of(wait, options.wait_scale));
        return {
            one("Retry-After-Ms", std::to_string(up.count())),
            now + service_time_of(up, options.wait_scale)};
    }
    case header_damage::negative: return {one("Retry-After", "-5"), std::nullopt};
    case header_damage::huge: return {one("Retry-After", beyond_64_bits), now + wait};
    case header_damage::twice:
        return {{{"Retry-After", "1"}, {"Retry-After", *said.text}}, said.until};
    case header_damage::past:
        return {one("Retry-After", http_date(now - std::chrono::hours{1})), std::nullopt};
    case header_damage::garbage: return {one("Retry-After", "soon"), std::nullopt};
    }
    return {};
}

void add_rate_headers(
    std::vector<header>& to,
    const switches& contract,
    const limit_options& options,
    const limiter::verdict& rate,
    time_point now
)
{
    using enum choice::rate_headers;
    if (contract.rate_headers == absent) return;
    const bool delta = contract.rate_headers == reset_as_delta;
    const duration wait = real_time_of(rate.reset - now, options.wait_scale);
    const duration shown = delta ? wait : (now + wait).time_since_epoch();
    const std::string honest = std::to_string(ceil<seconds>(shown).count());
    const auto add = [&](const char* name, std::string value) {
        to.push_back({name, std::move(value)});
    };
    add("X-RateLimit-Limit", std::to_string(rate.limit));
    add("X-RateLimit-Remaining", std::to_string(rate.remaining));
    constexpr const char* name = "X-RateLimit-Reset";
    switch (options.reset) {
    case header_damage::none: add(name, honest); break;
    case header_damage::ms_name:
        add("X-RateLimit-Reset-Ms", std::to_string(ceil<milliseconds>(shown).count()));
        break;
    case header_damage::negative: add(name, "-5"); break;
    case header_damage::huge: add(name, beyond_64_bits); break;
    case header_damage::twice:
        add(name, "1");
        add(name, honest);
        break;
    case header_damage::past: {
        const duration past = (delta ? duration{0} : now.time_since_epoch()) - seconds{60};
        add(name, std::to_string(ceil<seconds>(past).count()));
        break;
    }
    case header_damage::garbage: add(name, "soon"); break;
    }
}

void add_quota_headers(
    std::vector<header>& to,
    const switches& contract,
    const std::optional<std::uint64_t>& credits,
    std::uint64_t used
)
{
    if (contract.rate_headers == choice::rate_headers::absent) return;
    const auto number = [&](std::uint64_t value) {
        return credits ? std::to_string(value) : std::string("unlimited");
    };
    const std::uint64_t all = credits.value_or(0);
    to.push_back({"X-Quota-Limit", number(all)});
    to.push_back({"X-Quota-Used", std::to_string(used)});
    to.push_back({"X-Quota-Remaining", number(all - std::min(all, used))});
}

time_point month_end(time_point at) noexcept
{
    using namespace std::chrono;
    const year_month_day today{floor<days>(at)};
    const year_month next = today.year() / today.month() + months{1};
    return sys_days{next / 1};
}

}  // namespace scrapingpros_mock
