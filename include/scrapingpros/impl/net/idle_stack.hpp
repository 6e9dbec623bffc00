#ifndef SCRAPINGPROS_IMPL_NET_IDLE_STACK_HPP
#define SCRAPINGPROS_IMPL_NET_IDLE_STACK_HPP

#include <scrapingpros/time.hpp>

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** Idle connections to one endpoint. The most recently used is taken first, so that under little
    load the others grow old and go. Is told the time; closing is its user's affair.
*/
template <class Connection>
class idle_stack {
public:
    void put(Connection idle, instant now) { entries_.push_back({std::move(idle), now}); }

    /// The most recently used.
    std::optional<Connection> take()
    {
        if (entries_.empty()) return {};
        auto taken = std::move(entries_.back().idle);
        entries_.pop_back();
        return taken;
    }
    /// The least recently used.
    std::optional<Connection> take_oldest()
    {
        if (entries_.empty()) return {};
        auto taken = std::move(entries_.front().idle);
        entries_.pop_front();
        return taken;
    }
    /// The least recently used, if it has been idle for longer than `age`.
    std::optional<Connection> take_expired(instant now, milliseconds age)
    {
        if (entries_.empty() || now - entries_.front().since <= age) return {};
        return take_oldest();
    }

    std::size_t size() const noexcept { return entries_.size(); }
    bool empty() const noexcept { return entries_.empty(); }

private:
    struct entry {
        Connection idle;
        instant since;
    };
    std::deque<entry> entries_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
