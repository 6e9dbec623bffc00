#ifndef SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_VIRTUAL_DRIVER_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/policy/checkpoint_store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "tests/support/virtual_driver_call.hpp"

namespace test {

/// What a consumer can do to the engine that serves it.
class consumer_port {
public:
    virtual void demand(std::size_t room) = 0;
    virtual void acknowledge(const scrapingpros::job_id&) = 0;
    virtual void hint() = 0;
    virtual void stop(scrapingpros::error_code why) = 0;
    virtual virtual_queue& queue() = 0;

protected:
    ~consumer_port() = default;
};

/// Who takes the outcomes. The port dies with its process: `on_end` is the last that is heard of it,
/// and does not come if the process is killed.
class virtual_consumer {
public:
    virtual ~virtual_consumer() = default;
    virtual void on_start(consumer_port&) = 0;
    virtual void take(consumer_port&, scrapingpros::job_outcome) = 0;
    virtual void on_end(scrapingpros::error_code) {}
};

struct driver_options {
    /// How long a save or an append takes.
    std::chrono::microseconds store_takes{0};
    /// The process is killed before its n-th step, from 1: an action, or what it brings about, or an
    /// event. 0: never.
    std::uint64_t killed_at = 0;
};

/** Drives an engine against a mock world on virtual time: the second driver, without Asio.

    `Engine` is a `core::batch_engine`, a `core::poll_engine`, or what looks like one. It does what a
    facade does: performs exchanges with retries and limits, makes checkpoints durable, hands outcomes
    over, waits. Everything happens from the queue; nothing is done before `start`.
*/
template <class Engine>
class virtual_driver final : public call_listener, public consumer_port {
public:
    using ticket = scrapingpros::core::ticket;

    virtual_driver(
        virtual_client& client,
        Engine engine,
        scrapingpros::any_checkpoint_store store,
        virtual_consumer& consumer,
        driver_options options = {}
    )
        : client_(&client), engine_(std::move(engine)), store_(std::move(store)),
          consumer_(&consumer), options_(options), lane_(client.open_lane())
    {
        if constexpr (requires { engine_.share_budget(lane_); }) engine_.share_budget(lane_);
    }
    virtual_driver(const virtual_driver&) = delete;
    virtual_driver& operator=(const virtual_driver&) = delete;
    ~virtual_driver() { leave(); }

    void start()
    {
        consumer_->on_start(*this);
        pump();
    }

    /// The engine has said `finish`, or the process was killed.
    bool over() const noexcept { return killed_ || end_.has_value(); }
    bool killed() const noexcept { return killed_; }
    const std::optional<scrapingpros::error_code>& end() const noexcept { return end_; }
    /// The engine asked for more at one instant than it can have use for.
    bool runaway() const noexcept { return runaway_; }
    std::uint64_t steps() const noexcept { return steps_; }
    /// Exchanges that the engine asked for after it had said that it was over.
    std::uint64_t late_exchanges() const noexcept { return late_exchanges_; }
    Engine& engine() noexcept { return engine_; }
    const Engine& engine() const noexcept { return engine_; }

    /// Told of each step that the store has taken.
    std::function<void(const scrapingpros::settled_job&)> on_appended{};
    /// Told of each action before it is done.
    std::function<void(const scrapingpros::core::action&)> on_action{};

    /// The process is gone: nothing more is done or heard.
    void kill()
    {
        killed_ = true;
        leave();
    }

    // ---- consumer_port

    void demand(std::size_t room) override
    {
        if (gone()) return;
        engine_.on_demand(room);
        pump();
    }
    void acknowledge(const scrapingpros::job_id& id) override
    {
        if (gone()) return;
        engine_.acknowledge(id);
        pump();
    }
    void hint() override
    {
        if (gone()) return;
        engine_.on_hint(client_->moment());
        pump();
    }
    void stop(scrapingpros::error_code why) override
    {
        if (gone()) return;
        engine_.stop(why);
        pump();
    }
    virtual_queue& queue() override { return client_->queue(); }

    // ---- call_listener

    bool takes_rows() const override { return killed_ || engine_.takes_rows(); }
    void on_row(ticket id, scrapingpros::page_row row) override
    {
        if (gone() || !calls_.count(id)) return;
        if (auto* bad = std::get_if<scrapingpros::unreadable_row>(&row))
            engine_.on_unreadable_row(client_->moment(), id, std::move(*bad));
        else
            engine_.on_row(
                client_->moment(), id, std::get<scrapingpros::listed_job>(std::move(row))
            );
        pump();
    }
    void on_answer(ticket id, call_answer answer) override
    {
        if (calls_.erase(id) == 0 || gone()) return;
        std::visit([&](auto& a) { tell(id, std::move(a)); }, answer);
        pump();
    }

private:
    bool gone()
    {
        if (killed_) return true;
        ++steps_;
        if (options_.killed_at != 0 && steps_ >= options_.killed_at) kill();
        return killed_;
    }

    void tell(ticket id, scrapingpros::creation a) { submits(id, std::move(a)); }
    void tell(ticket id, scrapingpros::collection_list a) { submits(id, std::move(a)); }
    void tell(ticket id, scrapingpros::start_outcome a) { submits(id, std::move(a)); }
    void tell(ticket id, scrapingpros::run_list a)
    {
        engine_.on_runs(client_->moment(), id, std::move(a));
    }
    void tell(ticket id, scrapingpros::run a)
    {
        engine_.on_run(client_->moment(), id, std::move(a));
    }
    void tell(ticket id, scrapingpros::page_end a)
    {
        engine_.on_page_end(client_->moment(), id, std::move(a));
    }
    void tell(ticket id, scrapingpros::job_result a)
    {
        engine_.on_result(client_->moment(), id, std::move(a));
    }
    void tell(ticket id, scrapingpros::core::exchange_failure a)
    {
        engine_.on_failure(client_->moment(), id, std::move(a));
    }

    /// What a poll engine does not have.
    template <class Answer>
    void submits(ticket id, Answer a)
    {
        const auto now = client_->moment();
        if constexpr (requires { engine_.on_created(now, id, scrapingpros::creation()); }) {
            if constexpr (std::is_same_v<Answer, scrapingpros::creation>)
                engine_.on_created(now, id, std::move(a));
            else if constexpr (std::is_same_v<Answer, scrapingpros::collection_list>)
                engine_.on_collections(now, id, std::move(a));
            else
                engine_.on_started(now, id, std::move(a));
        }
    }

    void pump()
    {
        namespace core = scrapingpros::core;
        if (pumping_ || killed_) return;
        pumping_ = true;
        constexpr std::uint64_t most = 3'000'000;
        for (std::uint64_t n = 0; !killed_ && !storing_; ++n) {
            runaway_ = runaway_ || n > most;
            if (runaway_) break;
            auto next = engine_.next(client_->moment());
            if (std::holds_alternative<core::wait_for_event>(next)) break;
            if (const auto* wait = std::get_if<core::wait_until>(&next)) {
                wake_at(wait->when);
                break;
            }
            if (const auto* done = std::get_if<core::finish>(&next)) {
                if (!gone()) conclude(done->ec);
                break;
            }
            if (on_action) on_action(next);
            if (gone()) break;
            std::visit([&](auto& a) { perform(a); }, next);
        }
        pumping_ = false;
        if (!killed_) wake_readers();
    }

    void perform(scrapingpros::core::exchange& a)
    {
        if (end_) {
            ++late_exchanges_;
            return;
        }
        const auto made = std::make_shared<virtual_call>(
            *client_, *this, a.id, std::move(a.what), lane_ ? lane_->id() : 0
        );
        calls_.emplace(a.id, made);
        // From the queue, so that an answer never comes while the engine is asked.
        queue().at(queue().now(), [weak = std::weak_ptr(made)] {
            if (const auto call = weak.lock()) call->start();
        });
    }
    void perform(scrapingpros::core::deliver& a) { consumer_->take(*this, std::move(a.item)); }
    void perform(scrapingpros::core::save&)
    {
        const auto snapshot = engine_.snapshot();
        stored(store_.save(snapshot));
    }
    void perform(scrapingpros::core::append& a)
    {
        const auto ec = store_.append(a.step);
        if (!ec && on_appended) on_appended(a.step);
        stored(ec);
    }
    template <class Other>
    void perform(Other&)
    {
    }

    void stored(scrapingpros::error_code ec)
    {
        if (options_.store_takes.count() == 0) {
            if (!gone()) engine_.on_saved(ec);
            return;
        }
        storing_ = true;
        at(queue().now() + options_.store_takes, [this, ec] {
            storing_ = false;
            if (gone()) return;
            engine_.on_saved(ec);
            pump();
        });
    }

    void conclude(scrapingpros::error_code ec)
    {
        if (end_) return;
        end_ = ec;
        drop_calls();
        leave_budget();
        consumer_->on_end(ec);
    }

    void wake_at(scrapingpros::instant when)
    {
        if (wake_ == when) return;
        wake_ = when;
        at(when, [this, when] {
            if (wake_ != when) return;
            wake_.reset();
            pump();
        });
    }

    void wake_readers()
    {
        if (!engine_.takes_rows()) return;
        for (const auto& [id, call] : calls_) {
            if (!call->waits_for_room()) continue;
            queue().at(queue().now(), [weak = std::weak_ptr(call)] {
                if (const auto reader = weak.lock()) reader->go_on();
            });
        }
    }

    void drop_calls()
    {
        auto calls = std::move(calls_);
        calls_.clear();
        for (const auto& [id, call] : calls)
            call->abandon();
    }
    void leave()
    {
        alive_.reset();
        drop_calls();
        leave_budget();
    }
    void leave_budget()
    {
        if constexpr (requires { engine_.share_budget(lane_); }) engine_.share_budget({});
        lane_.reset();
    }

    template <class What>
    void at(scrapingpros::instant when, What what)
    {
        queue().at(when, [alive = std::weak_ptr(alive_), what] {
            if (alive.lock()) what();
        });
    }

    virtual_client* client_;
    Engine engine_;
    scrapingpros::any_checkpoint_store store_;
    virtual_consumer* consumer_;
    driver_options options_;
    std::shared_ptr<scrapingpros::rate_lane> lane_;
    std::unordered_map<ticket, std::shared_ptr<virtual_call>> calls_{};
    std::shared_ptr<int> alive_ = std::make_shared<int>();
    std::optional<scrapingpros::error_code> end_{};
    std::uint64_t steps_ = 0;
    std::uint64_t late_exchanges_ = 0;
    std::optional<scrapingpros::instant> wake_{};
    bool pumping_ = false, storing_ = false, killed_ = false, runaway_ = false;
};

/// Takes everything at once, and has it safe at once.
class eager_consumer : public virtual_consumer {
public:
    void on_start(consumer_port& port) override { port.demand(std::size_t(1) << 40); }
    void take(consumer_port& port, scrapingpros::job_outcome item) override
    {
        const auto id = item.job.id;
        taken.push_back(std::move(item));
        port.acknowledge(id);
    }
    std::vector<scrapingpros::job_outcome> taken{};
};

/// How far a driver may go.
struct virtual_bounds {
    std::chrono::hours time{24 * 30};
    std::uint64_t requests = 1'000'000;
    /// Events without the time moving.
    std::uint64_t events_at_once = 2'000'000;
};

enum class virtual_end { over, nothing_to_come, time, requests, spins };

/// Lets things happen until the driver is over, there is nothing left to happen, or a bound is met.
template <class Driver>
virtual_end run_virtual(Driver& driver, virtual_link& link, virtual_bounds bounds = {})
{
    auto& queue = link.queue();
    const auto latest = queue.now() + bounds.time;
    const auto most = link.requests + bounds.requests;
    auto last = queue.now();
    std::uint64_t at_once = 0;
    while (!driver.over()) {
        if (driver.runaway()) return virtual_end::spins;
        if (queue.now() > latest) return virtual_end::time;
        if (link.requests > most) return virtual_end::requests;
        if (queue.now() != last) {
            last = queue.now();
            at_once = 0;
        } else if (++at_once > bounds.events_at_once) {
            return virtual_end::spins;
        }
        if (!queue.step()) return virtual_end::nothing_to_come;
    }
    return virtual_end::over;
}

}  // namespace test

#endif
