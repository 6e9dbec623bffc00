#ifndef SCRAPINGPROS_MOCK_CLOCK_HPP
#define SCRAPINGPROS_MOCK_CLOCK_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "types.hpp"

namespace scrapingpros_mock {

/// The service's own time: real time at a scale, or, at scale 0, whatever the test says.
///
/// Moves forward only. All functions may be called from any thread.
class service_clock {
public:
    using real_duration = std::chrono::nanoseconds;

    /// Runs `scale` times as fast as real time, from `start` (by default: from now).
    static std::shared_ptr<service_clock> real(
        double scale = 1.0, std::optional<time_point> start = {}
    );
    /// Stands still between calls of `advance` and `set`.
    static std::shared_ptr<service_clock> manual(time_point start);

    service_clock(const service_clock&) = delete;
    service_clock& operator=(const service_clock&) = delete;

    time_point now() const;

    /// Jumps ahead; a real clock goes on running from there.
    void advance(duration by);
    /// Jumps to `to`. A time that has passed already changes nothing.
    void set(time_point to);

    /// How long to sleep before `due` comes, not counting later jumps; nothing if only a jump can
    /// bring it.
    std::optional<real_duration> real_time_until(time_point due) const;

    /// Calls `listener` after each jump, on the thread that made it. A listener must not call back
    /// into the clock's `listen`, `ignore`, `advance` or `set`.
    std::uint64_t listen(std::function<void()> listener);
    /// When this has returned, the listener is not running and will not be called again.
    void ignore(std::uint64_t id);

private:
    service_clock(double scale, time_point start);

    void move_to(std::optional<time_point> to, duration by);
    time_point now_locked() const;

    const double scale_;
    const std::chrono::steady_clock::time_point origin_;

    mutable std::mutex time_mutex_;
    time_point start_;

    // A mutex of its own: listeners run while it is held, and they read the time.
    std::mutex listeners_mutex_;
    std::map<std::uint64_t, std::function<void()>> listeners_;
    std::uint64_t next_id_ = 1;
};

}  // namespace scrapingpros_mock

#endif
