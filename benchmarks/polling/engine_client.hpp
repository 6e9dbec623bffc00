#ifndef BENCHMARKS_POLLING_ENGINE_CLIENT_HPP
#define BENCHMARKS_POLLING_ENGINE_CLIENT_HPP

#include <scrapingpros/core/call_engine.hpp>
#include <scrapingpros/core/poll_engine.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "benchmarks/polling/decision_log.hpp"
#include "benchmarks/polling/world.hpp"

namespace polling {

namespace sp = scrapingpros;

/// What a strategy sees of the service's run, made of what the mock says.
sp::run run_of(const world&, const status_answer&, bool with_ids);
sp::listed_job row_of(const world&, std::uint32_t job, bool with_results);
mock::listing_request listing_of(const sp::list_jobs&, const std::vector<mock::position>& cursors);

/// The position behind the last row of a page.
mock::position behind(const world&, const mock::listing_request&, const page_answer&);

/// A verdict of the limiter as the library's clients read it from headers.
sp::account_limits limits_of(const mock::limiter::verdict&, time_point server_now);

/** The library's poll engine, its safety rules on, with a strategy, in the place of a client that takes
    everything at once. Its calls are the library's too: retries, and the governor of the account.
*/
template <sp::poll_strategy Strategy>
class engine_client : public std::enable_shared_from_this<engine_client<Strategy>> {
public:
    engine_client(world& in, Strategy strategy, decision_log& log, sp::poll_options options = {})
        : world_(&in), engine_(
                           start_of(in),
                           timed<Strategy>{std::move(strategy), &log},
                           sp::server_verdict{},
                           options
                       )
    {
    }

    void begin()
    {
        ahead_ = server_date() - world_->time().now();
        sp::run started = run_of(*world_, {}, false);
        lane_ = world_->shared().budget.open_lane();
        engine_.share_budget(lane_);
        engine_.note_started(moment(), started);
        engine_.on_demand(std::size_t(1) << 40);
        if (world_->options().webhook) await_webhook();
        pump();
    }

private:
    using engine = sp::core::poll_engine<timed<Strategy>, sp::server_verdict>;

    static sp::checkpoint start_of(const world& in)
    {
        sp::checkpoint made;
        made.stage = sp::batch_stage::running;
        made.target = run_of(in, {}, false).collection.value.empty() ? sp::run_ref{}
                                                                     : sp::run_ref{{"c1"}, {"r1"}};
        made.total = in.workload().total;
        return made;
    }

    /// As a client knows it: the `Date` of the last reply and the time since.
    sp::core::moment moment() const
    {
        const auto now = world_->time().now();
        const auto local = now.time_since_epoch();
        return {sp::instant(local), now + ahead_, now + world_->options().skew};
    }

    time_point server_date() const
    {
        const auto step = world_->options().date_step;
        const auto since = world_->time().now().time_since_epoch();
        return time_point{step.count() > 0 ? since / step * step : since};
    }

    void await_webhook()
    {
        const auto trip = world_->draw(duration{200'000}, duration{1'000'000});
        const auto self = this->weak_from_this();
        world_->time().at(world_->run().terminal() + trip, [self] {
            const auto here = self.lock();
            if (!here || here->world_->is_ended()) return;
            here->engine_.on_hint(here->moment());
            here->pump();
        });
    }

    void pump()
    {
        if (pumping_) return;
        pumping_ = true;
        for (;;) {
            auto next = engine_.next(moment());
            if (std::holds_alternative<sp::core::wait_for_event>(next)) break;
            if (const auto* wait = std::get_if<sp::core::wait_until>(&next)) {
                wake_at(time_point{std::chrono::ceil<duration>(wait->when.time_since_epoch())});
                break;
            }
            if (std::holds_alternative<sp::core::finish>(next)) {
                engine_.share_budget({});
                lane_.reset();
                world_->ended();
                break;
            }
            if (auto* asked = std::get_if<sp::core::exchange>(&next)) perform(std::move(*asked));
            if (auto* made = std::get_if<sp::core::deliver>(&next)) take(made->item);
            if (std::holds_alternative<sp::core::append>(next)) engine_.on_saved({});
        }
        pumping_ = false;
    }

    void take(const sp::job_outcome& item)
    {
        if (const auto job = world_->run().find(item.job.id.value)) world_->delivered(*job);
        engine_.acknowledge(item.job.id);
    }

    using call_engine = sp::core::call_engine<sp::default_retry, sp::governor>;
    /// An exchange under way.
    struct flight {
        sp::core::exchange what;
        call_engine call;
    };
    using shared_flight = std::shared_ptr<flight>;

    void perform(sp::core::exchange asked)
    {
        sp::core::call_terms terms;
        terms.bucket = sp::bucket_of(asked.what);
        terms.rank = sp::rank_of(asked.what);
        terms.lane = lane_->id();
        const auto made = std::make_shared<flight>(flight{
            std::move(asked), call_engine{terms, {}, world_->shared().budget, sp::retry_quota{}}});
        step_at(world_->time().now(), made);
    }

    void step_at(time_point when, shared_flight what)
    {
        world_->time().at(when, [self = this->weak_from_this(), what = std::move(what)] {
            if (const auto here = self.lock()) here->step(what);
        });
    }

    void step(const shared_flight& what)
    {
        if (world_->is_ended()) return;
        const auto next = what->call.next(moment().local);
        if (std::holds_alternative<sp::core::send_attempt>(next)) return send(what);
        if (const auto* wait = std::get_if<sp::core::wait_until>(&next))
            return step_at(
                time_point{std::chrono::ceil<duration>(wait->when.time_since_epoch())}, what
            );
        if (const auto* over = std::get_if<sp::core::finish_call>(&next)) {
            const auto& last = what->call.last_failure();
            engine_.on_failure(moment(), what->what.id, {over->ec, last.retry_after, last.random});
            pump();
        }
    }

    void send(const shared_flight& what)
    {
        const auto& call = what->what.what;
        auto kind = request_kind::status;
        mock::listing_request asked;
        if (std::holds_alternative<sp::get_run>(call)) kind = request_kind::run;
        if (std::holds_alternative<sp::get_result>(call)) kind = request_kind::result;
        if (const auto* page = std::get_if<sp::list_jobs>(&call)) {
            asked = listing_of(*page, cursors_);
            kind = asked.include_results ? request_kind::inline_page : request_kind::metadata_page;
        }
        const auto self = this->weak_from_this();
        const auto on = [self, what, asked, kind](world::answer a, const told_rate& told) {
            if (const auto here = self.lock())
                here->on_reply(what, kind, asked, std::move(a), told);
        };
        world_->send(kind, asked, on);
    }

    void on_reply(
        const shared_flight& what,
        request_kind kind,
        const mock::listing_request& asked,
        world::answer answer,
        const told_rate& told
    )
    {
        if (world_->is_ended()) return;
        ahead_ = server_date() - world_->time().now();
        const auto now = moment();
        if (told) what->call.on_limits(now.local, limits_of(*told, world_->time().now() + ahead_));
        if (const auto* no = std::get_if<refusal>(&answer)) {
            what->call.on_failure(
                now.local,
                {.ec = sp::errc::throttled,
                 .phase = sp::call_phase::done,
                 .request_sent = true,
                 .http_status = 429,
                 .retry_after = std::chrono::ceil<sp::milliseconds>(no->retry_after),
                 .random = world_->chance()()}
            );
            return step(what);
        }
        what->call.on_success(now.local);
        on_answer(what->what, kind, asked, std::move(answer));
    }

    void on_answer(
        sp::core::exchange& what,
        request_kind kind,
        const mock::listing_request& asked,
        world::answer answer
    )
    {
        const auto id = what.id;
        if (const auto* state = std::get_if<status_answer>(&answer)) {
            sp::run seen = run_of(*world_, *state, kind == request_kind::run);
            if (kind == request_kind::run)
                engine_.on_run(moment(), id, seen);
            else
                engine_.on_runs(moment(), id, sp::run_list{{std::move(seen)}, {}, 0});
        } else if (kind == request_kind::result) {
            sp::job_result made;
            made.body = {sp::body_kind::html, "x"};
            made.status_code = 200;
            engine_.on_result(moment(), id, std::move(made));
            world_->holds(engine_.held());
        } else {
            tell_page(id, asked, std::get<page_answer>(answer));
        }
        pump();
    }

    void tell_page(sp::core::ticket id, const mock::listing_request& asked, const page_answer& page)
    {
        for (const auto job : page.jobs) {
            engine_.on_row(moment(), id, row_of(*world_, job, asked.include_results));
            world_->holds(engine_.held());
            pump();
        }
        sp::page_end end;
        end.has_more = page.more;
        if (page.more) {
            end.cursor = std::to_string(cursors_.size());
            cursors_.push_back(behind(*world_, asked, page));
        }
        engine_.on_page_end(moment(), id, end);
    }

    void wake_at(time_point when)
    {
        if (wake_ && *wake_ <= when && *wake_ > world_->time().now()) return;
        wake_ = when;
        const auto self = this->weak_from_this();
        world_->time().at(when, [self, when] {
            const auto here = self.lock();
            if (!here || here->world_->is_ended()) return;
            if (here->wake_ == when) here->wake_.reset();
            here->pump();
        });
    }

    world* world_;
    engine engine_;
    std::shared_ptr<sp::rate_lane> lane_{};
    duration ahead_{0};
    std::vector<mock::position> cursors_{};
    std::optional<time_point> wake_{};
    bool pumping_ = false;
};

/// Begins to read a run with the strategy.
template <sp::poll_strategy Strategy>
std::shared_ptr<void> start_engine(
    world& in, Strategy strategy, decision_log& log, const sp::poll_options& options = {}
)
{
    const auto made =
        std::make_shared<engine_client<Strategy>>(in, std::move(strategy), log, options);
    made->begin();
    return made;
}

}  // namespace polling

#endif
