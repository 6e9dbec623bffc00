#include "throttle.hpp"

#include <algorithm>

#include "time_text.hpp"

namespace scrapingpros_mock {
namespace {

constexpr duration minute = std::chrono::minutes{1};

}  // namespace

limiter::verdict limiter::admit(time_point now)
{
    using enum choice::rate_algorithm;
    switch (how_) {
    case fixed_window_60s: return by_fixed_window(now);
    case sliding_60s: return by_sliding_window(now);
    case token_bucket: return by_tokens(now);
    }
    return {};
}

limiter::verdict limiter::by_fixed_window(time_point now)
{
    const time_point window = std::chrono::floor<std::chrono::minutes>(now);
    if (window != window_) used_ = 0;
    window_ = window;
    const bool room = used_ < limit_;
    if (room) ++used_;
    const time_point end = window + minute;
    return {room, limit_, limit_ - used_, end, room ? duration{0} : end - now};
}

limiter::verdict limiter::by_sliding_window(time_point now)
{
    while (!recent_.empty() && recent_.front() + minute <= now)
        recent_.pop_front();
    const bool room = recent_.size() < limit_;
    if (room) recent_.push_back(now);
    const time_point reset = recent_.empty() ? now : recent_.back() + minute;
    const duration wait = room              ? duration{0}
                          : recent_.empty() ? minute
                                            : recent_.front() + minute - now;
    return {room, limit_, limit_ - std::min(limit_, recent_.size()), reset, wait};
}

limiter::verdict limiter::by_tokens(time_point now)
{
    const auto token = static_cast<std::uint64_t>(minute.count());
    const std::uint64_t full = token * limit_;
    if (grains_ && now > filled_) {
        const auto passed = static_cast<std::uint64_t>(std::min(now - filled_, minute).count());
        grains_ = std::min(full, *grains_ + passed * limit_);
    }
    if (!grains_) grains_ = full;
    filled_ = std::max(filled_, now);
    const bool room = *grains_ >= token;
    if (room) *grains_ -= token;
    const auto time_for = [&](std::uint64_t grains) {
        const std::uint64_t rate = std::max<std::uint64_t>(1, limit_);
        return duration{static_cast<std::int64_t>((grains + rate - 1) / rate)};
    };
    const auto left = static_cast<std::size_t>(*grains_ / token);
    return {
        room,
        limit_,
        left,
        now + time_for(full - *grains_),
        room ? duration{0} : time_for(token - *grains_)};
}

std::optional<std::string> retry_after_text(
    choice::retry_after_form form, duration wait, time_point now
)
{
    using enum choice::retry_after_form;
    const auto up =
        std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
    switch (form) {
    case integer_seconds: return std::to_string(up.count());
    case fraction: return decimal_seconds(wait);
    case choice::retry_after_form::http_date:
        return scrapingpros_mock::http_date(std::chrono::ceil<std::chrono::seconds>(now + wait));
    case zero: return "0";
    case absent: break;
    }
    return std::nullopt;
}

}  // namespace scrapingpros_mock
