#include "clock/clock.hpp"

#include <algorithm>
#include <utility>

namespace scrapingpros_mock {

namespace {

// Longest single sleep: keeps the arithmetic below away from overflow, whatever the scale.
constexpr double longest_sleep_ns = 3600e9;

// The only two places of the mock that ask what time it is outside.
std::chrono::steady_clock::time_point real_now()
{
    return std::chrono::steady_clock::now();
}

time_point system_now()
{
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

}  // namespace

std::string_view name_of(holder_kind kind) noexcept
{
    switch (kind) {
    case holder_kind::request: return "request";
    case holder_kind::webhook: return "webhook";
    case holder_kind::participant: return "participant";
    case holder_kind::lock: return "lock";
    }
    return "";
}

std::shared_ptr<service_clock> service_clock::with(const clock_options& options)
{
    return std::shared_ptr<service_clock>{new service_clock{options}};
}

std::shared_ptr<service_clock> service_clock::real(double scale, std::optional<time_point> start)
{
    clock_options options;
    options.scale = scale;
    options.start = start;
    return with(options);
}

std::shared_ptr<service_clock> service_clock::manual(time_point start)
{
    clock_options options;
    options.mode = clock_mode::manual;
    options.start = start;
    return with(options);
}

std::shared_ptr<service_clock> service_clock::automatic(time_point start)
{
    clock_options options;
    options.mode = clock_mode::automatic;
    options.start = start;
    return with(options);
}

service_clock::service_clock(const clock_options& options)
    : options_{options}, origin_{real_now()}, start_{options.start.value_or(system_now())}
{
}

// ---- time ------------------------------------------------------------------------------------

time_point service_clock::now_locked() const
{
    if (options_.mode != clock_mode::real) return start_;
    const std::chrono::duration<double, std::micro> real = real_now() - origin_;
    return start_ + duration{static_cast<duration::rep>(real.count() * options_.scale)};
}

time_point service_clock::now() const
{
    const std::lock_guard lock{mutex_};
    return now_locked();
}

clock_options service_clock::options() const
{
    const std::lock_guard lock{mutex_};
    return options_;
}

void service_clock::move_locked(time_point to)
{
    start_ += std::max(to - now_locked(), duration{0});
}

void service_clock::set(time_point to)
{
    {
        const std::lock_guard lock{mutex_};
        while (const auto due = next_wait_locked()) {
            if (*due > to) break;
            move_locked(*due);
            wake_locked(*due);
        }
        move_locked(to);
        ++jumps_;
        settle_locked();
    }
    tell();
}

void service_clock::advance(duration by)
{
    set(now() + std::max(by, duration{0}));
}

bool service_clock::advance_to_next_wait()
{
    std::optional<time_point> due;
    {
        const std::lock_guard lock{mutex_};
        due = next_wait_locked();
    }
    if (due) set(*due);
    return due.has_value();
}

void service_clock::change_mode(const clock_options& to)
{
    {
        const std::lock_guard lock{mutex_};
        start_ = now_locked();
        origin_ = real_now();
        options_ = to;
        settle_locked();
    }
    tell();
}

std::optional<service_clock::real_duration> service_clock::real_time_until(time_point due) const
{
    const std::lock_guard lock{mutex_};
    const auto rest = due - now_locked();
    if (rest <= duration{0}) return real_duration{0};
    if (options_.mode != clock_mode::real) return std::nullopt;
    const double ns = static_cast<double>(rest.count()) * 1000.0 / options_.scale;
    // One more than needed: a sleep that ends a moment too early would be slept again.
    return real_duration{static_cast<std::int64_t>(std::min(ns, longest_sleep_ns)) + 1};
}

// ---- tickets ---------------------------------------------------------------------------------

service_clock::ticket_id service_clock::take_ticket(
    holder_kind kind, std::string name, std::optional<real_duration> lease
)
{
    const std::lock_guard lock{mutex_};
    const ticket_id id = next_ticket_++;
    const real_time now = real_now();
    tickets_.emplace(id, ticket{kind, std::move(name), true, false, {}, now, lease, now});
    return id;
}

void service_clock::give_back(ticket_id id)
{
    bool moved = false;
    {
        const std::lock_guard lock{mutex_};
        if (tickets_.erase(id) == 0) return;
        moved = settle_locked();
    }
    if (moved) tell();
}

bool service_clock::renew(ticket_id id)
{
    const std::lock_guard lock{mutex_};
    const auto found = tickets_.find(id);
    if (found == tickets_.end()) return false;
    found->second.last_call = real_now();
    return true;
}

void service_clock::wait_until(ticket_id id, time_point due)
{
    bool moved = false;
    {
        const std::lock_guard lock{mutex_};
        const auto found = tickets_.find(id);
        if (found == tickets_.end()) return;
        found->second.due = due;
        found->second.awake = due <= now_locked();
        found->second.since = found->second.last_call = real_now();
        moved = settle_locked() || found->second.awake;
    }
    if (moved) tell();
}

service_clock::wait_report service_clock::look_at(ticket_id id)
{
    bool moved = false;
    wait_report report;
    {
        const std::lock_guard lock{mutex_};
        moved = drop_expired_locked() && settle_locked();
        const auto found = tickets_.find(id);
        if (found == tickets_.end() || found->second.awake) {
            const bool deadlock =
                found != tickets_.end() && std::exchange(found->second.deadlocked, false);
            report.state = deadlock ? wait_state::deadlocked : wait_state::over;
        } else if (options_.mode == clock_mode::real && found->second.due <= now_locked()) {
            wake_locked(now_locked());
        } else if (options_.mode == clock_mode::automatic) {
            const auto held = longest_hold_locked().value_or(real_duration{0});
            if (starved_locked())
                report.state = wait_state::starved;
            else
                report = {
                    wait_state::waiting,
                    std::max(options_.max_real_block - held, real_duration{0}) + real_duration{1}};
        } else {
            report.state = wait_state::waiting;
        }
    }
    if (moved) tell();
    return report;
}

bool service_clock::wake_locked(time_point at)
{
    bool one_more = std::none_of(tickets_.begin(), tickets_.end(), [](const auto& entry) {
        return entry.second.kind == holder_kind::participant && entry.second.awake;
    });
    bool any = false;
    for (auto& [id, each] : tickets_) {
        if (each.awake || each.due > at) continue;
        if (options_.serial && each.kind == holder_kind::participant) {
            if (!one_more) continue;
            one_more = false;
        }
        each.awake = true;
        each.since = real_now();
        any = true;
    }
    return any;
}

std::optional<time_point> service_clock::next_wait_locked() const
{
    std::optional<time_point> next;
    for (const auto& [id, each] : tickets_)
        if (!each.awake && each.due != never && (!next || each.due < *next)) next = each.due;
    return next;
}

bool service_clock::settle_locked()
{
    if (options_.mode != clock_mode::automatic) return false;
    for (const auto& [id, each] : tickets_)
        if (each.awake) return false;
    const auto next = next_wait_locked();
    if (!next) {
        for (auto& [id, each] : tickets_)
            each.awake = each.deadlocked = true;
        return !tickets_.empty();
    }
    move_locked(*next);
    ++jumps_;
    return wake_locked(now_locked());
}

bool service_clock::drop_expired_locked()
{
    const real_time now = real_now();
    return std::erase_if(tickets_, [&](const auto& entry) {
               const ticket& each = entry.second;
               return each.awake && each.lease && now - each.last_call > *each.lease;
           }) > 0;
}

std::optional<service_clock::real_duration> service_clock::longest_hold_locked() const
{
    std::optional<real_duration> longest;
    for (const auto& [id, each] : tickets_) {
        if (!each.awake) continue;
        const auto held = std::chrono::duration_cast<real_duration>(real_now() - each.since);
        longest = std::max(longest.value_or(real_duration{0}), held);
    }
    return longest;
}

bool service_clock::starved_locked() const
{
    if (options_.mode != clock_mode::automatic || !next_wait_locked()) return false;
    const auto held = longest_hold_locked();
    return held && *held > options_.max_real_block;
}

bool service_clock::is_starved()
{
    const std::lock_guard lock{mutex_};
    return starved_locked();
}

std::vector<service_clock::ticket_view> service_clock::tickets()
{
    const std::lock_guard lock{mutex_};
    std::vector<ticket_view> all;
    for (const auto& [id, each] : tickets_) {
        const auto held = std::chrono::duration_cast<real_duration>(real_now() - each.since);
        all.push_back(
            {id, each.kind, each.name, each.awake, each.due, each.awake ? held : real_duration{0}}
        );
    }
    return all;
}

std::uint64_t service_clock::jumps() const
{
    const std::lock_guard lock{mutex_};
    return jumps_;
}

// ---- listeners -------------------------------------------------------------------------------

void service_clock::tell()
{
    const std::lock_guard lock{listeners_mutex_};
    for (const auto& [id, listener] : listeners_)
        listener();
}

std::uint64_t service_clock::listen(std::function<void()> listener)
{
    const std::lock_guard lock{listeners_mutex_};
    listeners_.emplace(next_listener_, std::move(listener));
    return next_listener_++;
}

void service_clock::ignore(std::uint64_t id)
{
    const std::lock_guard lock{listeners_mutex_};
    listeners_.erase(id);
}

}  // namespace scrapingpros_mock
