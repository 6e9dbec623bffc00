#ifndef SCRAPINGPROS_CORE_BATCH_ENGINE_HPP
#define SCRAPINGPROS_CORE_BATCH_ENGINE_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/drain_cursor.hpp>
#include <scrapingpros/core/poll_engine.hpp>
#include <scrapingpros/core/submission.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/checkpoint.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace scrapingpros::inline v0::core {

/** A batch from its submit, or from wherever an earlier process has left it, to its end. Sans-I/O.

    First a `submission` until the run exists, then a `poll_engine`; `finished` is the third state. What
    must survive a crash is saved before it is acted on: `next` says `save` before create is first sent,
    when its answer is there, before start is first sent, when the run is known, and at the end.

    The events are those of the two parts. A value: copies are independent, but for a budget that they share.
*/
template <poll_strategy Strategy, success_classifier Classifier, class Cursor = drain_cursor>
class batch_engine {
public:
    /// @param begin a fresh submit (`name`, `idempotency_key`, `draft`, `submitted`), a run to attach to
    /// (`stage` running, `target`), or what a store has loaded
    batch_engine(checkpoint begin, Strategy strategy, Classifier classifier, batch_rules rules = {})
        : submission_(std::move(begin), rules), reading_rules_(rules.poll),
          strategy_(std::move(strategy)), classifier_(std::move(classifier))
    {
    }

    [[nodiscard]] action next(moment now)
    {
        if (!run_) {
            auto step = submission_.next(now);
            if (!submission_.done()) return step;
            if (submission_.state().stage == batch_stage::finished) return finish{};
            start_reading(now);
        }
        auto step = run_->next(now);
        const auto* end = std::get_if<finish>(&step);
        if (!end || !run_->is_complete() || run_->jobs().open() > 0 || end_saved_) return step;
        // Nothing is left to do, so that a later process asks for nothing.
        end_saved_ = true;
        return save{};
    }

    // --- the submission

    void on_created(moment now, ticket id, creation made)
    {
        submission_.on_created(now, id, std::move(made));
    }
    void on_collections(moment now, ticket id, const collection_list& list)
    {
        submission_.on_collections(now, id, list);
    }
    /// Also when the call ended with an error: the outcome says how sure that is.
    void on_started(moment now, ticket id, start_outcome outcome)
    {
        submission_.on_started(now, id, std::move(outcome));
    }

    // --- the run

    /// The budget of reads that the run shares. A handle.
    void share_budget(std::shared_ptr<rate_lane> lane)
    {
        lane_ = std::move(lane);
        if (run_) run_->share_budget(lane_);
    }
    void on_runs(moment now, ticket id, const run_list& list)
    {
        run_ ? run_->on_runs(now, id, list) : submission_.on_runs(now, id, list);
    }
    void on_run(moment now, ticket id, const run& seen)
    {
        if (run_) run_->on_run(now, id, seen);
    }
    [[nodiscard]] bool takes_rows() const noexcept { return run_ && run_->takes_rows(); }
    void on_row(moment now, ticket id, listed_job row)
    {
        if (run_) run_->on_row(now, id, std::move(row));
    }
    void on_unreadable_row(moment now, ticket id, const unreadable_row& row)
    {
        if (run_) run_->on_unreadable_row(now, id, row);
    }
    void on_page_end(moment now, ticket id, const page_end& end)
    {
        if (run_) run_->on_page_end(now, id, end);
    }
    void on_result(moment now, ticket id, job_result result)
    {
        if (run_) run_->on_result(now, id, std::move(result));
    }
    /// Any exchange but `start_run` came to nothing.
    void on_failure(moment now, ticket id, const exchange_failure& failure)
    {
        run_ ? run_->on_failure(now, id, failure) : submission_.on_failure(now, id, failure);
    }

    // --- consumer and driver

    void on_demand(std::size_t room) { run_ ? run_->on_demand(room) : void(early_demand_ += room); }
    void acknowledge(const job_id& id)
    {
        if (run_) run_->acknowledge(id);
    }
    /// The answer to `save` and `append`.
    void on_saved(error_code ec)
    {
        if (!run_) return submission_.on_saved(ec);
        if (!end_saved_) run_->on_saved(ec);
    }
    void on_hint(moment now)
    {
        if (run_) run_->on_hint(now);
    }
    void stop(error_code why) { run_ ? run_->stop(why) : submission_.stop(why); }

    [[nodiscard]] checkpoint snapshot() const
    {
        checkpoint c = submission_.state();
        if (!run_) return c;
        run_->write_to(c);
        if (end_saved_) {
            c.stage = batch_stage::finished;
            // For the summary of a later process; while a run goes on it would prove too much.
            if (run_->watch().total()) c.total = run_->watch().total();
        }
        return c;
    }

    [[nodiscard]] batch_progress progress(moment now) const
    {
        const auto& state = submission_.state();
        batch_progress p;
        p.stage = end_saved_ ? batch_stage::finished : state.stage;
        p.total = state.total;
        p.counts = state.counts;
        if (run_) {
            p.status = run_->watch().status();
            if (run_->watch().total()) p.total = run_->watch().total();
            p.finished = run_->watch().finished().value_or(0);
            p.counts = run_->jobs().counts();
            p.unacknowledged = run_->jobs().handed();
        }
        p.delivered = delivered(p.counts);
        p.eta = eta(p, now);
        return p;
    }

    [[nodiscard]] batch_summary summary() const
    {
        const auto& state = submission_.state();
        batch_summary s;
        s.stage = end_saved_ ? batch_stage::finished : state.stage;
        s.target = state.target;
        s.submitted = state.submitted;
        s.counts = state.counts;
        s.left.jobs = state.missing;
        if (state.created) {
            s.refusals_known = true;
            s.blocked = state.created->blocked_urls.size();
            s.invalid = state.created->invalid_items.size();
            s.duplicates = duplicates(*state.created);
        }
        s.queued = state.total.value_or(0);
        if (run_) {
            s.status = run_->watch().status();
            if (run_->watch().total()) s.queued = *run_->watch().total();
            s.counts = run_->jobs().counts();
            s.left = run_->left();
            // A total that shrinks on the way is no reason to lose what was delivered already.
            const auto accounted =
                delivered(s.counts) + s.counts.filtered + s.left.jobs.size() + s.left.unnamed;
            s.queued = (std::max)(s.queued, accounted);
            const auto told = s.queued + s.blocked + s.invalid + s.duplicates;
            s.untold = s.refusals_known && s.submitted > told ? s.submitted - told : 0;
        }
        return s;
    }

    [[nodiscard]] const poll_stats& stats() const noexcept
    {
        static constexpr poll_stats none{};
        return run_ ? run_->stats() : none;
    }

private:
    void start_reading(moment now)
    {
        delivered_before_ = delivered(submission_.state().counts);
        run_.emplace(submission_.state(), strategy_, classifier_, reading_rules_);
        if (const auto& started = submission_.started_run()) run_->note_started(now, *started);
        run_->share_budget(lane_);
        run_->on_demand(std::exchange(early_demand_, 0));
        submission_.hand_over();
        reading_since_ = now.local;
    }

    std::optional<std::chrono::seconds> eta(const batch_progress& p, moment now) const
    {
        if (!run_ || !p.total || p.delivered <= delivered_before_) return {};
        const auto done = p.delivered + p.counts.filtered + p.counts.missing;
        const auto left = *p.total > done ? *p.total - done : 0;
        const std::chrono::duration<double> spent = now.local - reading_since_;
        const auto each = spent / static_cast<double>(p.delivered - delivered_before_);
        return std::chrono::ceil<std::chrono::seconds>(each * static_cast<double>(left));
    }

    submission submission_;
    poll_options reading_rules_;
    Strategy strategy_;
    Classifier classifier_;
    std::optional<poll_engine<Strategy, Classifier, Cursor>> run_{};
    std::shared_ptr<rate_lane> lane_{};
    std::size_t early_demand_ = 0;
    instant reading_since_{};
    std::uint64_t delivered_before_ = 0;
    bool end_saved_ = false;
};

}  // namespace scrapingpros::inline v0::core

#endif
