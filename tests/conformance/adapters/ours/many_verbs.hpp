// What of the verbs is about several things at once: many batches, a cancel, webhooks, a full pool. Belongs to
// adapter.hpp, which includes it.
#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_MANY_VERBS_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_MANY_VERBS_HPP

#include <scrapingpros/model/webhook_event.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <cmath>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "words.hpp"

namespace conformance {

/// `12` or `40.2`.
inline std::chrono::microseconds seconds_in(const json::value& given)
{
    return std::chrono::microseconds(std::llround(given.to_number<double>() * 1e6));
}

/// Things that are to happen at times of the clock, as long as this lives.
template <class Clock>
class agenda {
public:
    explicit agenda(Clock clock) : clock_(std::move(clock)) {}
    agenda(const agenda&) = delete;
    agenda& operator=(const agenda&) = delete;
    ~agenda()
    {
        for (const auto& each : tickets_)
            clock_.drop(each);
    }

    template <class F>
    void in(std::chrono::microseconds after, F what)
    {
        tickets_.push_back(clock_.at(clock_.now() + after, std::move(what)));
    }

private:
    Clock clock_;
    std::vector<typename Clock::ticket> tickets_{};
};

/// Tells the batch of each webhook when its time comes, and sets the wall clock.
template <class Clock>
void plan_events(agenda<Clock>& plan, const Clock& clock, const json::object& m, sp::batch& all)
{
    if (const auto* hooks = m.if_contains("webhooks"))
        for (const auto& each : hooks->as_array()) {
            const bool other = is_set(each.as_object(), "other_run");
            plan.in(seconds_in(each.at("after")), [&all, other] {
                sp::webhook_event event;
                event.event = "run.completed";
                event.status = sp::run_status::completed;
                event.target = all.summary().target.value_or(sp::run_ref{});
                if (other) event.target.run.value = "another run";
                all.on_webhook(event);
            });
        }
    if constexpr (requires { clock.step_wall(std::chrono::microseconds()); })
        if (const auto* steps = m.if_contains("wall_steps"))
            for (const auto& each : steps->as_array())
                plan.in(seconds_in(each.at("after")), [clock, by = seconds_in(each.at("by"))] {
                    clock.step_wall(by);
                });
}

template <class Parts>
struct adapter<Parts>::running {
    json::object what{};
    sp::diagnostics diag{};
    std::optional<sp::batch> all{};
    std::optional<sp::error_code> over{};
};

template <class Parts>
void adapter<Parts>::go_on(running& one)
{
    one.all->async_next([this, &one](sp::error_code ec, std::optional<sp::job_outcome> item) {
        if (ec || !item) {
            one.over = ec;
            return;
        }
        hand_on(*item);
        go_on(one);
    });
}

template <class Parts>
done adapter<Parts>::submit_many(const json::object& m)
{
    std::deque<running> at_work;
    for (const auto& each : m.at("batches").as_array()) {
        auto& one = at_work.emplace_back();
        one.what = each.as_object();
        one.all = api_.with_diagnostics(one.diag).submit_batch(
            draft_of(one.what), batch_options_of(one.what)
        );
        go_on(one);
    }
    run_until([&] {
        for (const auto& one : at_work)
            if (!one.over) return false;
        return true;
    });
    json::array told;
    for (auto& one : at_work) {
        done of_one;
        try {
            of_one = summary_of(*one.all, *one.over, "complete", one.what);
            of_one["done"] = "ok";
        } catch (const failed& why) {
            of_one = known_;
            of_one["done"] = "error";
            of_one["error"] = error_of(why);
        }
        told.emplace_back(std::move(of_one));
    }
    known_ = {};
    return {{"batches", std::move(told)}};
}

/// One connection in all: a read that is not answered keeps it, and the start's time runs out.
template <class Parts>
done adapter<Parts>::start_when_full(const json::object& m)
{
    const sp::collection_id collection{need(m, "collection")};
    client narrow(Parts::narrow_transport(context_, clock_), options(), Parts::policies(clock_));
    bool read_is_over = false;
    asio::cancellation_signal stop;
    narrow.async_list_runs(
        {collection, {}},
        asio::bind_cancellation_slot(
            stop.slot(), [&](sp::error_code, const sp::run_list&) { read_is_over = true; }
        )
    );
    run_until([&] { return clock_.outstanding() > 0; });
    answer<sp::start_outcome> got;
    bool over = false;
    narrow.with_options({std::chrono::seconds(5), &got.diag})
        .async_start_run({collection, {}}, [&](sp::error_code ec, sp::start_outcome value) {
            got.ec = ec;
            got.value = std::move(value);
            over = true;
        });
    run_until([&] { return over; });
    stop.emit(asio::cancellation_type::terminal);
    run_until([&] { return read_is_over; });
    if (got.value.certainty == sp::start_certainty::started)
        return {{"run", got.value.started_run->id.value}};
    throw failed{got.ec ? got.ec : got.value.cause, got.diag};
}

}  // namespace conformance

#endif
