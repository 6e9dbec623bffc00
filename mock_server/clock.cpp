#include "clock.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace scrapingpros_mock {

namespace {

// Longest single sleep: keeps the arithmetic below away from overflow, whatever the scale.
constexpr double longest_sleep_ns = 3600e9;

}  // namespace

std::shared_ptr<service_clock> service_clock::real(double scale, std::optional<time_point> start)
{
    const auto system_now =
        std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    return std::shared_ptr<service_clock>{new service_clock{scale, start.value_or(system_now)}};
}

std::shared_ptr<service_clock> service_clock::manual(time_point start)
{
    return std::shared_ptr<service_clock>{new service_clock{0.0, start}};
}

service_clock::service_clock(double scale, time_point start)
    : scale_{scale}, origin_{std::chrono::steady_clock::now()}, start_{start}
{
}

time_point service_clock::now_locked() const
{
    if (scale_ == 0.0) return start_;
    const std::chrono::duration<double, std::micro> real =
        std::chrono::steady_clock::now() - origin_;
    return start_ + duration{static_cast<duration::rep>(real.count() * scale_)};
}

time_point service_clock::now() const
{
    const std::lock_guard lock{time_mutex_};
    return now_locked();
}

void service_clock::move_to(std::optional<time_point> to, duration by)
{
    {
        const std::lock_guard lock{time_mutex_};
        if (to) by = *to - now_locked();
        start_ += std::max(by, duration{0});
    }
    const std::lock_guard lock{listeners_mutex_};
    for (const auto& [id, listener] : listeners_)
        listener();
}

void service_clock::advance(duration by)
{
    move_to(std::nullopt, by);
}

void service_clock::set(time_point to)
{
    move_to(to, duration{0});
}

std::optional<service_clock::real_duration> service_clock::real_time_until(time_point due) const
{
    const auto rest = due - now();
    if (rest <= duration{0}) return real_duration{0};
    if (scale_ == 0.0) return std::nullopt;
    const auto ns = std::ceil(static_cast<double>(rest.count()) * 1000.0 / scale_);
    return real_duration{static_cast<real_duration::rep>(std::min(ns, longest_sleep_ns))};
}

std::uint64_t service_clock::listen(std::function<void()> listener)
{
    const std::lock_guard lock{listeners_mutex_};
    const auto id = next_id_++;
    listeners_.emplace(id, std::move(listener));
    return id;
}

void service_clock::ignore(std::uint64_t id)
{
    const std::lock_guard lock{listeners_mutex_};
    listeners_.erase(id);
}

}  // namespace scrapingpros_mock
