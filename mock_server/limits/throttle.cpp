#include "limits/throttle.hpp"

#include <algorithm>

namespace scrapingpros_mock {
namespace {

using enum choice::rate_algorithm;

constexpr duration minute = std::chrono::minutes{1};
constexpr auto token = static_cast<std::uint64_t>(minute.count());

}  // namespace

/// Begins the window that `now` lies in, if it is another one.
void limiter::roll(time_point now)
{
    if (window_ && now < *window_ + minute) return;
    window_.reset();
    used_ = 0;
    if (how_.fixed_window == window_anchor::wall_minute)
        window_ = std::chrono::floor<std::chrono::minutes>(now);
}

void limiter::forget(time_point now)
{
    while (oldest_ < recent_.size() && recent_[oldest_] + minute <= now)
        ++oldest_;
    if (oldest_ * 2 < recent_.size()) return;
    recent_.erase(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(oldest_));
    oldest_ = 0;
}

std::uint64_t limiter::full() const noexcept
{
    return token * burst();
}

void limiter::fill(time_point now)
{
    if (!grains_) grains_ = full();
    if (now > filled_) {
        const duration passed = std::min(now - filled_, time_for(full()));
        const std::uint64_t added = static_cast<std::uint64_t>(passed.count()) * how_.per_minute;
        grains_ = std::min(full(), *grains_ + added);
    }
    filled_ = std::max(filled_, now);
}

duration limiter::time_for(std::uint64_t grains) const noexcept
{
    const std::uint64_t rate = std::max<std::uint64_t>(1, how_.per_minute);
    return duration{static_cast<std::int64_t>((grains + rate - 1) / rate)};
}

time_point limiter::free_from(time_point now)
{
    if (how_.per_minute == 0) return now + minute;
    switch (how_.how) {
    case fixed_window_60s: roll(now); return used_ < how_.per_minute ? now : *window_ + minute;
    case sliding_60s:
        forget(now);
        return recent_.size() - oldest_ < how_.per_minute ? now : recent_[oldest_] + minute;
    case token_bucket: fill(now); return *grains_ >= token ? now : now + time_for(token - *grains_);
    }
    return now;
}

void limiter::take(time_point now)
{
    switch (how_.how) {
    case fixed_window_60s:
        roll(now);
        if (!window_) window_ = now;
        ++used_;
        break;
    case sliding_60s: recent_.push_back(now); break;
    case token_bucket:
        fill(now);
        *grains_ -= token;
        break;
    }
}

limiter::verdict limiter::look(time_point now)
{
    const time_point free = free_from(now);
    verdict seen{free == now, how_.per_minute, 0, free, free - now};
    if (how_.per_minute == 0) return seen;
    switch (how_.how) {
    case fixed_window_60s:
        seen.remaining = how_.per_minute - used_;
        seen.reset = window_ ? *window_ + minute : now;
        break;
    case sliding_60s:
        seen.remaining = how_.per_minute - (recent_.size() - oldest_);
        seen.reset = recent_.size() == oldest_ ? now : recent_.back() + minute;
        break;
    case token_bucket:
        seen.remaining = static_cast<std::size_t>(*grains_ / token);
        seen.reset = now + time_for(full() - *grains_);
        break;
    }
    return seen;
}

limiter::verdict limiter::admit(time_point now)
{
    const verdict before = look(now);
    if (!before.admitted) return before;
    take(now);
    verdict after = look(now);
    after.admitted = true;
    after.retry_after = duration{0};
    return after;
}

}  // namespace scrapingpros_mock
