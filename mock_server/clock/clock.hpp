#ifndef SCRAPINGPROS_MOCK_CLOCK_HPP
#define SCRAPINGPROS_MOCK_CLOCK_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clock/clock_options.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What can keep a clock from jumping.
enum class holder_kind { request, webhook, participant, lock };
std::string_view name_of(holder_kind) noexcept;

/// The service's own time: one for each tenant, and forward only. The mode says what moves it
/// (clock_options).
///
/// Whoever has work on this clock takes a ticket. A ticket is awake, and then holds an automatic
/// clock, or it waits for a time. An automatic clock that nobody holds jumps to the earliest time
/// that is waited for and wakes its waiters. Whatever the mode, a wait is over when its time comes.
///
/// All functions may be called from any thread.
class service_clock : public std::enable_shared_from_this<service_clock> {
public:
    using real_duration = std::chrono::nanoseconds;
    using ticket_id = std::uint64_t;
    static constexpr time_point never = time_point::max();

    /// Runs `scale` times as fast as real time, from `start` (by default: from now).
    static std::shared_ptr<service_clock> real(
        double scale = 1.0, std::optional<time_point> start = {}
    );
    /// Stands still between calls of `advance` and `set`.
    static std::shared_ptr<service_clock> manual(time_point start);
    /// Jumps to whatever is waited for as soon as nobody holds it.
    static std::shared_ptr<service_clock> automatic(time_point start);
    static std::shared_ptr<service_clock> with(const clock_options&);

    service_clock(const service_clock&) = delete;
    service_clock& operator=(const service_clock&) = delete;

    time_point now() const;
    clock_options options() const;

    /// Jumps ahead; a real clock goes on running from there. Tickets that become due on the way are
    /// woken in the order of their times.
    void advance(duration by);
    /// Jumps to `to`. A time that has passed already changes nothing.
    void set(time_point to);
    /// Jumps to the earliest time that a ticket waits for; false if there is none.
    bool advance_to_next_wait();
    /// Goes on from the present time in another mode; `start` is not looked at.
    void change_mode(const clock_options&);

    // ---- tickets

    /// The ticket is awake. With a lease it gives itself back after that much real time without a
    /// call in its name.
    ticket_id take_ticket(holder_kind, std::string name, std::optional<real_duration> lease = {});
    /// An unknown ticket changes nothing, here and below.
    void give_back(ticket_id);
    /// Begins the lease anew; false if the ticket is gone.
    bool renew(ticket_id);
    /// Stops holding until `due`; `never` waits for a jump that somebody else makes.
    void wait_until(ticket_id, time_point due);

    enum class wait_state {
        waiting,
        over,       ///< the ticket is awake again, or gone
        starved,    ///< somebody has held the clock longer than `max_real_block`
        deadlocked  ///< everybody waits, and nobody for a time
    };
    struct wait_report {
        wait_state state = wait_state::over;
        /// When to ask again if no jump is heard of before; none: only a jump changes anything.
        std::optional<real_duration> ask_again{};
    };
    wait_report look_at(ticket_id);

    struct ticket_view {
        ticket_id id = 0;
        holder_kind kind = holder_kind::request;
        std::string name;
        bool awake = true;
        time_point due{};          ///< of a waiting one
        real_duration held_for{};  ///< of one that is awake
    };
    /// In the order in which they were taken.
    std::vector<ticket_view> tickets();
    /// Waiting because of a holder that has kept an automatic clock for longer than allowed.
    bool is_starved();
    std::uint64_t jumps() const;

    // ---- for those who sleep in real time

    /// How long to sleep before `due` comes, not counting later jumps; nothing if only a jump can
    /// bring it.
    std::optional<real_duration> real_time_until(time_point due) const;

    /// Calls `listener` after each jump, on the thread that made it. A listener must not call back
    /// into the clock.
    std::uint64_t listen(std::function<void()> listener);
    /// When this has returned, the listener is not running and will not be called again.
    void ignore(std::uint64_t id);

private:
    using real_time = std::chrono::steady_clock::time_point;

    struct ticket {
        holder_kind kind;
        std::string name;
        bool awake = true;
        bool deadlocked = false;  ///< woken because nothing else would have
        time_point due{};
        real_time since{};  ///< of the last change of state
        std::optional<real_duration> lease{};
        real_time last_call{};
    };

    explicit service_clock(const clock_options&);

    time_point now_locked() const;
    void move_locked(time_point to);
    bool wake_locked(time_point at);
    bool settle_locked();
    bool drop_expired_locked();
    std::optional<time_point> next_wait_locked() const;
    std::optional<real_duration> longest_hold_locked() const;
    bool starved_locked() const;
    void tell();

    mutable std::mutex mutex_;
    clock_options options_;
    real_time origin_;
    time_point start_;
    std::map<ticket_id, ticket> tickets_;
    ticket_id next_ticket_ = 1;
    std::uint64_t jumps_ = 0;

    // A mutex of its own: listeners run while it is held, and they may read the time.
    std::mutex listeners_mutex_;
    std::map<std::uint64_t, std::function<void()>> listeners_;
    std::uint64_t next_listener_ = 1;
};

/// A ticket that gives itself back.
class clock_ticket {
public:
    clock_ticket() = default;
    clock_ticket(std::shared_ptr<service_clock> clock, holder_kind kind, std::string name)
        : clock_(std::move(clock)), id_(clock_->take_ticket(kind, std::move(name)))
    {
    }
    clock_ticket(clock_ticket&& other) noexcept
        : clock_(std::move(other.clock_)), id_(std::exchange(other.id_, 0))
    {
    }
    clock_ticket& operator=(clock_ticket&& other) noexcept
    {
        clock_.swap(other.clock_);
        std::swap(id_, other.id_);
        return *this;
    }
    ~clock_ticket()
    {
        if (clock_) clock_->give_back(id_);
    }

    service_clock::ticket_id id() const noexcept { return id_; }
    const std::shared_ptr<service_clock>& clock() const noexcept { return clock_; }

private:
    std::shared_ptr<service_clock> clock_;
    service_clock::ticket_id id_ = 0;
};

}  // namespace scrapingpros_mock

#endif
