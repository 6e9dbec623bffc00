#ifndef SCRAPINGPROS_DETAIL_WAIT_RUN_OPERATION_HPP
#define SCRAPINGPROS_DETAIL_WAIT_RUN_OPERATION_HPP

#include <scrapingpros/detail/composed_operation.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0::detail {

/// Polls a run to its end: a large one by the run list, which carries no job ids, and once by itself at
/// the end; a small one by itself, since its ids weigh less than one more request.
class wait_run_operation final : public composed_operation<run> {
public:
    wait_run_operation(
        client_core& core,
        run_ref target,
        std::optional<start_run> start,
        std::optional<milliseconds> timeout,
        call_options options,
        on<run> handler
    )
        : composed_operation(core, options, std::move(handler)), target_(std::move(target)),
          start_(std::move(start)), interval_(core.policies().new_wait_interval()),
          begun_at_(core.policies().now())
    {
        if (timeout) deadline_ = begun_at_ + *timeout;
    }

private:
    void begin() override
    {
        if (!start_) return look();
        core_->perform(
            *start_, bounded(), then<start_outcome>([this](error_code ec, start_outcome outcome) {
                if (outcome.started_run) last_ = std::move(*outcome.started_run);
                if (ec) return finish(timed_out(ec), std::move(last_));
                target_ = {start_->collection, last_.id};
                if (is_terminal(last_.status)) return finish({}, std::move(last_));
                pause();
            })
        );
    }

    void look()
    {
        asked_at_ = core_->policies().now();
        // Servers before 2026-04-30 have no run list, and a list may be short: then the run itself.
        if (!has_list_ || is_small()) return read_run();
        core_->perform(
            list_runs{target_.collection, std::nullopt},
            bounded(),
            then<run_list>([this](error_code ec, run_list list) {
                if (ec == errc::not_found) {
                    has_list_ = false;
                    return look();
                }
                if (ec) return on_failed_look(ec);
                const auto is_ours = [this](const run& r) { return r.id == target_.run; };
                auto found = std::find_if(list.items.begin(), list.items.end(), is_ours);
                if (found == list.items.end()) return read_run();
                on_look(std::move(*found), false);
            })
        );
    }

    void read_run()
    {
        core_->perform(get_run{target_}, bounded(), then<run>([this](error_code ec, run r) {
                           if (ec) return on_failed_look(ec);
                           on_look(std::move(r), true);
                       }));
    }

    void on_look(run r, bool whole)
    {
        round_trip_ = core_->policies().now() - asked_at_;
        const auto before = finished_jobs(last_);
        quiet_looks_ = finished_jobs(r) == before ? quiet_looks_ + 1 : 0;
        last_ = std::move(r);
        if (is_terminal(last_.status)) return whole ? finish({}, std::move(last_)) : read_run();
        pause();
    }

    /// A total may be counted while jobs are still being made.
    bool is_small() const
    {
        const auto total = last_.total_requests.value_or(0);
        return total > 0 && total <= 100;
    }

    /// A look that failed is no news of the run: only a refusal ends the wait.
    void on_failed_look(error_code ec)
    {
        if (ec == boost::asio::error::operation_aborted || ec == cond::refused ||
            ec == errc::criterion_mismatch || ec == cond::invalid_input)
            return finish(ec, std::move(last_));
        // A long wait may have been meant to end with the run.
        pause((std::min)(last_delay_, official_interval{}.next_delay(seen())));
    }

    poll_observation seen() const
    {
        return {
            .total_jobs = last_.total_requests.value_or(0),
            .finished_jobs = finished_jobs(last_).value_or(0),
            .quiet_looks = quiet_looks_,
            .waited = std::chrono::floor<milliseconds>(core_->policies().now() - begun_at_)};
    }

    void pause()
    {
        last_delay_ = (std::max)(interval_.next_delay(seen()), milliseconds(0));
        pause(last_delay_);
    }

    void pause(milliseconds delay)
    {
        const auto now = core_->policies().now();
        auto when = now + delay;
        if (deadline_ && when >= last_moment()) {
            if (last_look_) return give_up();
            last_look_ = true;
            when = (std::max)(now, last_moment());
        }
        core_->policies().notify(poll_event{
            target_.run.value,
            seen().finished_jobs,
            seen().total_jobs,
            std::chrono::ceil<milliseconds>(when - now)});
        wait_until(when, [this] {
            if (cancelled_) return finish(boost::asio::error::operation_aborted, std::move(last_));
            if (deadline_ && core_->policies().now() >= *deadline_) return give_up();
            look();
        });
    }

    /// The last look is placed so that its answer comes just before the deadline.
    instant last_moment() const
    {
        const instant::duration least = std::chrono::milliseconds(1);
        const instant::duration most = std::chrono::seconds(5);
        return *deadline_ - std::clamp(2 * round_trip_, least, most);
    }

    void give_up()
    {
        if (options_.diag) {
            options_.diag->place = "run " + target_.run.value;
            options_.diag->client_text = "status " + last_.status_text + ", the run goes on";
        }
        finish(errc::wait_timed_out, std::move(last_));
    }

    static error_code timed_out(error_code ec)
    {
        return ec == errc::deadline_exceeded ? errc::wait_timed_out : ec;
    }

    call_options bounded() const
    {
        auto options = options_;
        if (!deadline_) return options;
        const auto left = std::chrono::ceil<milliseconds>(*deadline_ - core_->policies().now());
        options.timeout = options.timeout ? (std::min)(*options.timeout, left) : left;
        return options;
    }

    run_ref target_;
    std::optional<start_run> start_;
    any_poll_interval interval_;
    instant begun_at_;
    std::optional<instant> deadline_{};
    run last_{};
    instant asked_at_{};
    instant::duration round_trip_{};
    std::uint32_t quiet_looks_ = 0;
    milliseconds last_delay_ = std::chrono::seconds(5);
    bool has_list_ = true;
    bool last_look_ = false;
};

}  // namespace scrapingpros::inline v0::detail

#endif
