#ifndef SCRAPINGPROS_IMPL_DETAIL_BATCH_DRIVER_IPP
#define SCRAPINGPROS_IMPL_DETAIL_BATCH_DRIVER_IPP

#include <scrapingpros/detail/overloaded.hpp>
#include <scrapingpros/impl/detail/batch_driver.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0::detail {

inline batch_rules rules_of(const batch_options& how, const client_core& core)
{
    return {how.poll, core.options().clock_margin, how.submit};
}

SCRAPINGPROS_DECL batch_driver::batch_driver(std::shared_ptr<client_core> core, batch_setup setup)
    : core_(std::move(core)), live_(live_operations::of(core_->get_executor())),
      setup_(std::move(setup)),
      // The beginning goes into the engine; how to go on stays with the driver.
      engine_(
          std::move(setup_.begin),
          core_->policies().new_poll_strategy(),
          boxed_classifier{core_->shared_policies()},
          rules_of(setup_.how, *core_)
      ),
      timer_(core_->policies().new_timer(core_->get_executor())), last_code_(setup_.refused),
      last_failure_(std::move(setup_.why))
{
    live_.add(*this);
    note_target();
}

SCRAPINGPROS_DECL batch_driver::~batch_driver()
{
    drop_calls();
    live_.remove(*this);
}

SCRAPINGPROS_DECL void batch_driver::note_target()
{
    if (target_ || engine_.progress(now()).stage < batch_stage::running) return;
    target_ = engine_.summary().target.value_or(run_ref{});
}

// --- operations

template <class T>
bool batch_driver::begin(std::optional<completion<error_code, T>>& place, on<T> handler)
{
    completion<error_code, T> made(std::move(handler), core_->get_executor());
    if (busy()) {
        boost::asio::post(core_->get_executor(), [done = std::move(made)]() mutable {
            done.complete(error_code(boost::asio::error::already_started), T());
        });
        return false;
    }
    cancelled_ = false;
    place.emplace(std::move(made));
    place->on_cancel([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->cancel();
    });
    wake();
    return true;
}

SCRAPINGPROS_DECL void batch_driver::submit(on<run_ref> handler)
{
    begin(on_run_, std::move(handler));
}

SCRAPINGPROS_DECL void batch_driver::next(on<std::optional<job_outcome>> handler)
{
    if (begin(on_item_, std::move(handler))) take_given();
}

SCRAPINGPROS_DECL void batch_driver::take_given()
{
    if (given_ && setup_.how.acknowledge == acknowledgement::automatic)
        engine_.acknowledge(*given_);
    given_.reset();
}

SCRAPINGPROS_DECL error_code batch_driver::close_given()
{
    if (!given_) return {};
    take_given();
    settle();
    return stored_;
}

SCRAPINGPROS_DECL void batch_driver::give_back(job_outcome item, std::exception_ptr why)
{
    thrown_ = std::move(why);
    given_.reset();
    held_ = std::move(item);
}

SCRAPINGPROS_DECL error_code batch_driver::acknowledge(const job_id& id)
{
    if (setup_.refused || !target_) return {};
    engine_.acknowledge(id);
    settle();
    if (busy()) wake();
    return stored_;
}

SCRAPINGPROS_DECL void batch_driver::refresh()
{
    engine_.on_hint(now());
    if (busy()) wake();
}

SCRAPINGPROS_DECL bool batch_driver::on_webhook(const webhook_event& event)
{
    if (!target_ || event.target.run.value.empty() || event.target.run != target_->run)
        return false;
    const auto& collection = event.target.collection;
    if (!collection.value.empty() && collection != target_->collection) return false;
    refresh();
    return true;
}

SCRAPINGPROS_DECL error_code batch_driver::close()
{
    if (closed_) return stored_;
    closed_ = true;
    const auto ec = close_given();
    abandon();
    return ec;
}

SCRAPINGPROS_DECL void batch_driver::abandon()
{
    closed_ = true;
    drop_calls();
    leave_budget();
    disarm();
    if (busy())
        boost::asio::post(core_->get_executor(), [self = shared_from_this()] { self->pump(); });
}

/// The context is being destroyed: nothing can complete any more.
SCRAPINGPROS_DECL void batch_driver::discard()
{
    // The handler may hold the last reference to this.
    const auto self = weak_from_this().lock();
    closed_ = true;
    drop_calls();
    timer_->cancel();
    const auto item = std::move(on_item_);
    const auto run = std::move(on_run_);
    on_item_.reset();
    on_run_.reset();
}

SCRAPINGPROS_DECL void batch_driver::cancel()
{
    if (!busy() || cancelled_) return;
    cancelled_ = true;
    suspend_calls();
    disarm();
    wake();
}

SCRAPINGPROS_DECL void batch_driver::wake()
{
    boost::asio::post(core_->get_executor(), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->pump();
    });
}

/// The last thing that a handler of the driver does: the user's handler may do anything.
SCRAPINGPROS_DECL void batch_driver::complete(error_code ec)
{
    disarm();
    if (ec && ec != boost::asio::error::operation_aborted && setup_.calls.diag)
        *setup_.calls.diag = last_failure_;
    if (on_run_) {
        auto done = std::move(*on_run_);
        on_run_.reset();
        return done.complete(ec, target_.value_or(run_ref{}));
    }
    auto done = std::move(*on_item_);
    on_item_.reset();
    std::optional<job_outcome> item;
    if (!ec && held_) {
        item = std::exchange(held_, std::nullopt);
        given_ = item->job.id;
    }
    done.complete(ec, std::move(item));
}

/// Works for the operation under way as far as is possible now.
SCRAPINGPROS_DECL void batch_driver::pump()
{
    if (!busy()) return;
    if (cancelled_ || closed_) return complete(boost::asio::error::operation_aborted);
    if (setup_.refused) return complete(setup_.refused);
    if (on_run_ && target_) return complete({});
    for (auto& [id, asked] : calls_)
        if (!asked.op) launch(asked);
    if (on_item_ && held_) {
        settle();
        return complete({});
    }
    if (on_item_ && !std::exchange(demanded_, true)) engine_.on_demand(1);
    for (;;) {
        switch (advance()) {
        case step::done: break;
        case step::stored:
            if (on_run_ && target_) return complete({});
            break;
        case step::delivered:
            if (on_item_) return complete({});
            break;
        case step::nothing:
            if (!feed()) return wait();
            break;
        case step::over: return complete(last_code_);
        }
    }
}

/// Stores what is to be stored, whether an operation is under way or not.
SCRAPINGPROS_DECL void batch_driver::settle()
{
    while (advance() == step::stored)
        ;
}

// --- the engine's actions

SCRAPINGPROS_DECL batch_driver::step batch_driver::advance()
{
    auto action = engine_.next(now());
    return std::visit(
        overloaded{
            [&](core::exchange& e) {
                perform(std::move(e));
                return step::done;
            },
            [&](core::deliver& d) {
                demanded_ = false;
                held_ = std::move(d.item);
                return step::delivered;
            },
            [&](core::save&) { return on_store(setup_.how.checkpoint.save(engine_.snapshot())); },
            [&](core::append& a) { return on_store(setup_.how.checkpoint.append(a.step)); },
            [&](core::wait_until& w) {
                next_look_ = w.when;
                return step::nothing;
            },
            [&](core::wait_for_event&) {
                next_look_.reset();
                return step::nothing;
            },
            [&](core::finish& f) { return end(f.ec); }},
        action
    );
}

SCRAPINGPROS_DECL batch_driver::step batch_driver::on_store(error_code ec)
{
    stored_ = ec;
    if (ec) {
        last_code_ = ec;
        last_failure_ = {.place = "checkpoint", .client_text = "its store could not write it"};
    }
    engine_.on_saved(ec);
    if (!ec) note_target();
    return ec ? step::done : step::stored;
}

SCRAPINGPROS_DECL void batch_driver::wait()
{
    if (!next_look_) return disarm();
    if (armed_ == next_look_) return;
    if (target_) {
        const auto seen = engine_.progress(now());
        const auto pause = (std::max)(*next_look_ - core_->policies().now(), instant::duration(0));
        core_->policies().notify(poll_event{
            target_->run.value,
            seen.finished,
            seen.total.value_or(0),
            std::chrono::ceil<milliseconds>(pause)});
    }
    armed_ = next_look_;
    timer_->async_wait_until(
        *next_look_,
        [weak = weak_from_this(), number = ++wait_number_](error_code) {
            const auto self = weak.lock();
            if (!self || number != self->wait_number_) return;
            self->armed_.reset();
            self->pump();
        }
    );
}

SCRAPINGPROS_DECL void batch_driver::disarm()
{
    ++wait_number_;
    if (armed_) timer_->cancel();
    armed_.reset();
}

SCRAPINGPROS_DECL void batch_driver::leave_budget()
{
    engine_.share_budget({});
    lane_.reset();
}

SCRAPINGPROS_DECL batch_driver::step batch_driver::end(error_code ec)
{
    if (std::exchange(over_, true)) return step::over;
    drop_calls();
    leave_budget();
    disarm();
    if (ec && ec != last_code_) {
        const auto reached = engine_.progress(now());
        last_failure_ = {};
        if (target_) last_failure_.place = "run " + target_->run.value;
        last_failure_.client_text = std::to_string(reached.delivered) + " delivered of " +
                                    (reached.total ? std::to_string(*reached.total) : "some");
    }
    last_code_ = ec;
    return step::over;
}

}  // namespace scrapingpros::inline v0::detail

#endif
