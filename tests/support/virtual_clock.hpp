#ifndef SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_CLOCK_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_CLOCK_HPP

#include <scrapingpros/detail/policy_box.hpp>
#include <scrapingpros/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace test {

/** A clock that stands still until nothing else can happen, and then jumps to the next wait.

    Copies share the time: a handle, for the clock slot of a client and for its peer at once.
*/
class virtual_clock {
public:
    using handler = boost::asio::any_completion_handler<void(scrapingpros::error_code)>;

    explicit virtual_clock(
        scrapingpros::timestamp start = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} +
                                        std::chrono::hours{10}
    )
        : state_(std::make_shared<state>())
    {
        state_->start = start;
    }

    scrapingpros::instant now() const { return state_->now; }
    scrapingpros::timestamp server_now() const
    {
        return state_->start + std::chrono::floor<std::chrono::microseconds>(elapsed());
    }
    scrapingpros::instant::duration elapsed() const { return state_->now - epoch; }
    std::size_t waiting() const { return state_->waits.size(); }

    /// Jumps to the earliest wait and lets it complete; false if nobody waits.
    bool advance_to_next()
    {
        auto& s = *state_;
        if (s.waits.empty()) return false;
        auto first = s.waits.extract(s.waits.begin());
        if (first.key().first > s.now) s.now = first.key().first;
        boost::asio::post(first.mapped().executor, [h = std::move(first.mapped().done)]() mutable {
            std::move(h)(scrapingpros::error_code());
        });
        return true;
    }

    /// Lets a stretch of time pass in which nobody is woken.
    void skip(scrapingpros::instant::duration by) { state_->now += by; }

    /// Drops every wait without completing it, as the end of an io_context does with its timers.
    void forget() const
    {
        while (!state_->waits.empty())
            state_->waits.extract(state_->waits.begin());
    }

    /// A wait that nobody cancels, for peers.
    void async_wait(
        const boost::asio::any_io_executor& executor, scrapingpros::instant when, handler done
    ) const
    {
        state_->waits.emplace(std::pair(when, ++state_->number), wait{executor, std::move(done)});
    }

    std::unique_ptr<scrapingpros::detail::wait_timer> new_timer(
        const boost::asio::any_io_executor& executor
    ) const
    {
        return std::make_unique<timer>(state_, executor);
    }

private:
    static constexpr scrapingpros::instant epoch{std::chrono::hours{1000}};

    struct wait {
        boost::asio::any_io_executor executor;
        handler done;
    };
    using key = std::pair<scrapingpros::instant, std::uint64_t>;
    struct state {
        scrapingpros::instant now = epoch;
        scrapingpros::timestamp start{};
        std::uint64_t number = 0;
        std::map<key, wait> waits{};
    };

    class timer final : public scrapingpros::detail::wait_timer {
    public:
        timer(std::shared_ptr<state> s, boost::asio::any_io_executor e)
            : state_(std::move(s)), executor_(std::move(e))
        {
        }
        ~timer() override { cancel(); }

        void async_wait_until(scrapingpros::instant when, handler done) override
        {
            cancel();
            key_ = {when, ++state_->number};
            state_->waits.emplace(key_, wait{executor_, std::move(done)});
        }
        void cancel() override
        {
            auto found = state_->waits.extract(key_);
            if (!found) return;
            boost::asio::post(executor_, [h = std::move(found.mapped().done)]() mutable {
                std::move(h)(boost::asio::error::operation_aborted);
            });
        }

    private:
        std::shared_ptr<state> state_;
        boost::asio::any_io_executor executor_;
        key key_{};
    };

    std::shared_ptr<state> state_;
};

static_assert(scrapingpros::engine_clock<virtual_clock>);

/// Runs what is ready, then lets the clock jump, until `done()`. Throws if nothing can happen any more.
template <class Done>
void run_virtual(boost::asio::io_context& context, virtual_clock& clock, Done done)
{
    while (!done()) {
        context.restart();
        if (context.poll() > 0) continue;
        if (!clock.advance_to_next()) throw std::runtime_error("nothing is under way any more");
    }
}

}  // namespace test

#endif
