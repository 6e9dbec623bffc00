#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_SIM_LINE_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_SIM_LINE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "clock.hpp"
#include "server/plan_writer.hpp"
#include "service.hpp"

namespace conformance {

/** One connection without a network: what the service sends on it, byte for byte as over TCP, when,
    and how it ends.
*/
class sim_line : public std::enable_shared_from_this<sim_line> {
public:
    enum class state { open, ended, reset };

    explicit sim_line(sim_clock clock)
        : clock_(std::move(clock)), number_(the_service().next_connection()),
          lane_(the_service().arriving(number_).lane)
    {
        if (lane_ == mock::arrival::closed) state_ = state::ended;
        if (lane_ == mock::arrival::reset) state_ = state::reset;
    }
    ~sim_line() { leave(); }
    sim_line(const sim_line&) = delete;
    sim_line& operator=(const sim_line&) = delete;

    /// Sends a request; `news` is called whenever bytes or an end have come, perhaps at once.
    void ask(mock::request what, std::function<void()> news)
    {
        news_ = std::move(news);
        if (state_ != state::open) return tell();
        if (lane_ == mock::arrival::ignored) return;
        what.connection = number_;
        what.on_connection = ++asked_;
        over_ = the_service().answer(what);
        script_ = mock::write_plan(over_.plan, {});
        untold_ = over_.owner != nullptr && over_.plan.ordinal != 0;
        step_ = step_sent_ = sent_ = 0;
        after(over_.plan.delay);
    }
    /// The client closes it.
    void leave()
    {
        news_ = nullptr;
        clock_.drop(due_);
        finish(is_silent_ ? how::planned : how::client_left);
        state_ = state::ended;
    }
    /// Between two requests.
    bool is_fit() const { return state_ == state::open && received.empty(); }
    void rest() { news_ = nullptr; }
    state how_it_is() const { return state_; }

    std::string received{};

private:
    using how = mock::exchange_end::cause;

    void after(mock::duration time)
    {
        if (time <= mock::duration{0}) return go_on();
        due_ = clock_.at(clock_.now() + time, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->go_on();
        });
    }
    void send(std::size_t size)
    {
        received.append(script_.bytes, sent_, size);
        sent_ += size;
    }
    void go_on()
    {
        using kind = mock::wire_step::kind;
        if (script_.steps.empty()) send(script_.bytes.size());
        while (step_ < script_.steps.size()) {
            const auto& step = script_.steps[step_];
            switch (step.what) {
            case kind::send: {
                const auto rest = step.size - step_sent_;
                const auto size = step.piece > 0 ? (std::min)(step.piece, rest) : rest;
                send(size);
                step_sent_ += size;
                if (step_sent_ < step.size) {
                    tell();
                    return after(step.time);
                }
                step_sent_ = 0;
                break;
            }
            case kind::wait:
                ++step_;
                tell();
                return after(step.time);
            case kind::stall: is_silent_ = true; return tell();
            case kind::half_close: is_silent_ = true; return end(state::ended);
            case kind::close: finish(how::planned); return end(state::ended);
            case kind::reset:
            case kind::reset_now: finish(how::planned); return end(state::reset);
            }
            ++step_;
        }
        finish(how::complete);
        if (script_.close) return end(state::ended);
        tell();
    }
    void end(state as)
    {
        state_ = as;
        tell();
    }
    void finish(how as)
    {
        if (std::exchange(untold_, false)) over_.owner->ended(over_.plan.ordinal, {sent_, as});
    }
    void tell()
    {
        if (!news_ || the_service().is_over()) return;
        const auto self = shared_from_this();
        // What is called may ask for something else, or leave.
        const auto news = news_;
        news();
    }

    sim_clock clock_;
    std::uint64_t number_;
    mock::arrival lane_;
    state state_ = state::open;
    std::function<void()> news_{};
    std::uint64_t asked_ = 0;

    mock::exchange over_{};
    mock::wire_script script_{};
    bool untold_ = false;
    bool is_silent_ = false;
    std::size_t step_ = 0;
    std::size_t step_sent_ = 0;
    std::size_t sent_ = 0;
    waits::ticket due_{};
};

}  // namespace conformance

#endif
