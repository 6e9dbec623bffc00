#ifndef SCRAPINGPROS_IMPL_NET_DEADLINE_WATCH_IPP
#define SCRAPINGPROS_IMPL_NET_DEADLINE_WATCH_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0::detail {

/** The deadlines of all exchanges, on one timer. The timer is not moved when a deadline is put off,
    which happens with every byte; it fires early instead and looks what is due. It does not run
    while nothing is watched, so that it keeps no context busy.
*/
class deadline_watch : public std::enable_shared_from_this<deadline_watch> {
public:
    class watched : public std::enable_shared_from_this<watched> {
    protected:
        ~watched() = default;

    private:
        friend deadline_watch;
        virtual void on_due() = 0;

        instant due_ = (instant::max)();
        std::size_t place_ = 0;
        bool listed_ = false;
    };

    explicit deadline_watch(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void set(watched& who, instant due)
    {
        if (!who.listed_) {
            who.place_ = listed_.size();
            who.listed_ = true;
            listed_.push_back(&who);
        }
        who.due_ = due;
        if (due < armed_) arm(due);
    }
    void clear(watched& who) noexcept
    {
        if (!who.listed_) return;
        who.listed_ = false;
        listed_[who.place_] = listed_.back();
        listed_[who.place_]->place_ = who.place_;
        listed_.pop_back();
    }
    /// Of an operation, with deadline or without: the timer runs from the first begin to the last
    /// end.
    void begin() noexcept { ++operations_; }
    void end() noexcept { --operations_; }
    /// Stops the timer if no operation is left. Not part of `end`: often the next operation begins
    /// within the handler of the one before.
    void settle()
    {
        if (operations_ > 0 || armed_ == (instant::max)()) return;
        armed_ = (instant::max)();
        timer_.cancel();
    }

private:
    struct on_timer {
        std::shared_ptr<deadline_watch> self;
        void operator()(error_code ec) const
        {
            if (!ec) self->look();
        }
    };

    void arm(instant due);
    void look();

    boost::asio::steady_timer timer_;
    /// When the timer fires; `max` while it does not run.
    instant armed_ = (instant::max)();
    std::vector<watched*> listed_;
    std::size_t operations_ = 0;
};

SCRAPINGPROS_DECL void deadline_watch::arm(instant due)
{
    armed_ = due;
    timer_.expires_at(due);
    timer_.async_wait(on_timer{shared_from_this()});
}

SCRAPINGPROS_DECL void deadline_watch::look()
{
    const auto now = std::chrono::steady_clock::now();
    // Fired for a time that no longer counts: the timer was armed again, or stopped, too late to
    // call this back.
    if (now < armed_) return;
    armed_ = (instant::max)();
    std::vector<std::shared_ptr<watched>> due;
    auto next = (instant::max)();
    for (auto* who : listed_) {
        if (who->due_ <= now)
            due.push_back(who->shared_from_this());
        else
            next = (std::min)(next, who->due_);
    }
    if (next != (instant::max)()) arm(next);
    for (const auto& who : due)  // one may have ended another
        if (who->listed_ && who->due_ <= now) who->on_due();
    settle();
}

}  // namespace scrapingpros::inline v0::detail

#endif
