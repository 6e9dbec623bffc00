#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_WAITS_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_WAITS_HPP

#include <scrapingpros/detail/policy_box.hpp>
#include <scrapingpros/time.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace conformance {

namespace sp = scrapingpros;
namespace asio = boost::asio;

/// Nothing will happen any more, or somebody else keeps the clock.
struct clock_ended : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/** What a subject waits for, in the order of the times. The clock that owns it says when they come.

    Copies share the waits.
*/
class waits {
public:
    /// Where the subject's own time begins.
    static constexpr sp::instant epoch{std::chrono::hours{1000}};

    using ticket = std::pair<sp::instant, std::uint64_t>;

    /// Calls `then` at that time, from within `wake`.
    ticket at(sp::instant when, std::function<void()> then) const
    {
        const ticket made{when, ++state_->number};
        state_->all.emplace(made, std::move(then));
        return made;
    }
    /// Whether it was still to come.
    bool drop(const ticket& which) const { return state_->all.erase(which) > 0; }

    std::optional<sp::instant> next() const
    {
        if (state_->all.empty()) return {};
        return state_->all.begin()->first.first;
    }
    void wake(sp::instant now) const
    {
        while (!state_->all.empty() && state_->all.begin()->first.first <= now)
            state_->all.extract(state_->all.begin()).mapped()();
    }
    void forget() const
    {
        while (!state_->all.empty())
            state_->all.extract(state_->all.begin());
    }

    std::unique_ptr<sp::detail::wait_timer> new_timer(const asio::any_io_executor&) const;

private:
    struct state {
        std::uint64_t number = 0;
        std::map<ticket, std::function<void()>> all{};
    };
    class timer;

    std::shared_ptr<state> state_ = std::make_shared<state>();
};

class waits::timer final : public sp::detail::wait_timer {
public:
    using handler = asio::any_completion_handler<void(sp::error_code)>;

    timer(waits w, asio::any_io_executor executor)
        : waits_(std::move(w)), executor_(std::move(executor))
    {
    }
    ~timer() override { cancel(); }

    void async_wait_until(sp::instant when, handler then) override
    {
        cancel();
        waiting_ = std::make_shared<handler>(std::move(then));
        ticket_ = waits_.at(when, [waiting = waiting_, executor = executor_] {
            complete(executor, waiting, sp::error_code());
        });
    }
    void cancel() override
    {
        if (!waiting_) return;
        const auto waiting = std::exchange(waiting_, nullptr);
        if (waits_.drop(ticket_)) complete(executor_, waiting, asio::error::operation_aborted);
    }

private:
    static void complete(
        const asio::any_io_executor& executor,
        const std::shared_ptr<handler>& waiting,
        sp::error_code ec
    )
    {
        asio::post(executor, [waiting, ec] { std::move (*waiting)(ec); });
    }

    waits waits_;
    asio::any_io_executor executor_;
    std::shared_ptr<handler> waiting_{};
    ticket ticket_{};
};

inline std::unique_ptr<sp::detail::wait_timer> waits::new_timer(
    const asio::any_io_executor& executor
) const
{
    return std::make_unique<timer>(*this, executor);
}

}  // namespace conformance

#endif
