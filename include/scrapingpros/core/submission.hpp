#ifndef SCRAPINGPROS_CORE_SUBMISSION_HPP
#define SCRAPINGPROS_CORE_SUBMISSION_HPP

#include <scrapingpros/core/action.hpp>
#include <scrapingpros/core/poll_options.hpp>
#include <scrapingpros/core/result_failure.hpp>
#include <scrapingpros/core/submit_options.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/idempotency_key.hpp>
#include <scrapingpros/model/run.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace scrapingpros::inline v0 {

/// The rules of a batch.
struct batch_rules {
    poll_options poll{};
    /// How far the server's clock may be off when a collection is looked for by its time of creation.
    std::chrono::seconds clock_margin{30};
    submit_options submit{};
};

}  // namespace scrapingpros::inline v0

namespace scrapingpros::inline v0::core {

/** Brings a batch to where its run exists: at most one, whatever is lost on the way. Sans-I/O.

    | state     | does                                             | then                                 |
    |-----------|--------------------------------------------------|--------------------------------------|
    | create    | `create_collection`, again with the same key     | made: check or start                 |
    | recover   | `list_collections` by name: the key is too old   | found: check; else create, other key |
    | check     | `list_runs`: is there a run already?             | found: done; else start              |
    | start     | `start_run`                                      | started: done; unknown: reconcile    |
    | reconcile | `list_runs` until found, or settled that not     | found: done; else start              |
    | done      | -                                                | -                                    |

    A collection of this batch gets one run, so any run in it is the one: no clock decides that. Start
    is sent only where no start was ever sent, or where one is known to have had no effect.
*/
class submission {
public:
    submission(checkpoint begin, batch_rules rules) : state_(std::move(begin)), rules_(rules)
    {
        switch (state_.stage) {
        case batch_stage::creating: step_ = step::create; break;
        case batch_stage::created: step_ = step::check; break;
        case batch_stage::starting: step_ = step::reconcile; break;
        case batch_stage::running:
            step_ = step::done;
            // Steps are appended to a checkpoint that is there, and it gets compact on the way.
            to_save_ = true;
            break;
        case batch_stage::finished: step_ = step::done; break;
        }
    }

    bool done() const noexcept { return step_ == step::done && !to_save_ && !over_; }
    const checkpoint& state() const noexcept { return state_; }
    /// The answer to start, or the run as the list has shown it.
    const std::optional<run>& started_run() const noexcept { return started_; }

    /// The reading has begun, and keeps the settled jobs from now on.
    void hand_over()
    {
        state_.settled = {};
        state_.missing = {};
    }

    [[nodiscard]] action next(moment now)
    {
        if (over_) return finish{ec_};
        if (rules_.poll.deadline && now.local >= *rules_.poll.deadline) stop(errc::wait_timed_out);
        if (!last_move_) last_move_ = now.local;
        if (!under_way_ && failures_ > 0 && now.local - *last_move_ >= rules_.poll.stall_after)
            stop(ec_);
        if (over_) return finish{ec_};
        if (to_save_) return save{};
        if (step_ == step::done) return wait_for_event{};
        if (under_way_) return wait();
        if (now.local < not_before_) return wait();
        return ask(now);
    }

    void on_saved(error_code ec)
    {
        if (ec) return stop(ec);
        to_save_ = false;
    }

    void on_created(moment now, ticket id, creation made)
    {
        if (!ends(id)) return;
        if (made.id.value.empty()) return fail(now, {errc::malformed_response, {}, 0});
        // A stored answer may be that to another process, which may have started the run.
        const bool look_first = made.replayed.value_or(false) || failures_before_;
        state_.total = queued(made, state_.submitted);
        adopt(now, made.id, look_first);
        state_.created = std::move(made);
        if (*state_.total > 0) return;
        // Every item was refused: a run of nothing could only be refused too (contract A12).
        state_.stage = batch_stage::finished;
        step_ = step::done;
    }

    void on_collections(moment now, ticket id, const collection_list& list)
    {
        if (!ends(id)) return;
        // What an earlier process called the server's time was its own clock, if that was all it had.
        const auto ahead = now.server - now.wall;
        const auto first = *state_.first_create_at + ahead - rules_.clock_margin;
        const collection* newest = nullptr;
        for (const auto& one : list.items) {
            if (one.name != state_.name || one.id.value.empty()) continue;
            if (one.created_at && *one.created_at < first) continue;
            if (!newest ||
                (one.created_at && newest->created_at && *one.created_at > *newest->created_at))
                newest = &one;
        }
        if (newest) return adopt(now, newest->id, true);
        if (list.unreadable > 0) return fail(now, {errc::malformed_response, {}, 0});
        // It was never made. No run can exist of it, so another key does no harm.
        state_.idempotency_key = next_key(state_.idempotency_key);
        state_.first_create_at = now.wall;
        step_ = step::create;
        to_save_ = true;
        moved(now);
    }

    void on_started(moment now, ticket id, start_outcome outcome)
    {
        if (!ends(id)) return;
        const bool named = outcome.started_run && !outcome.started_run->id.value.empty();
        if (outcome.certainty == start_certainty::started && named)
            return run_found(now, std::move(*outcome.started_run));
        if (outcome.certainty == start_certainty::not_started)
            return fail(now, {outcome.cause, {}, 0});
        step_ = step::reconcile;
        asked_from_ = now.local;
        looks_ = 0;
        moved(now);
    }

    void on_runs(moment now, ticket id, const run_list& list)
    {
        if (!ends(id)) return;
        for (const run& one : list.items)  // newest first
            if (!one.id.value.empty()) return run_found(now, one);
        if (list.unreadable > 0) return fail(now, {errc::start_unknown, {}, 0});
        failures_ = 0;
        if (step_ == step::reconcile && now.local < *asked_from_ + settle_time()) {
            not_before_ = now.local + std::chrono::seconds(2) * (1 << (std::min)(looks_++, 5));
            not_before_ = (std::min)(not_before_, *asked_from_ + settle_time());
            return;
        }
        step_ = step::start;
        moved(now);
    }

    void on_failure(moment now, ticket id, const exchange_failure& failure)
    {
        if (!ends(id)) return;
        if (failure.ec == errc::not_found && step_ == step::check) {
            // No run list before 2026-04-30. No start was ever sent, as far as is known.
            step_ = step::start;
            return moved(now);
        }
        if (failure.ec == errc::not_found && step_ == step::reconcile)
            return stop(errc::start_unknown);
        fail(now, failure);
    }

    void stop(error_code why)
    {
        if (over_) return;
        ec_ = why;
        over_ = true;
        under_way_.reset();
    }

private:
    enum class step { create, recover, check, start, reconcile, done };

    action ask(moment now)
    {
        if (step_ == step::create && !make_idempotency_key(state_.idempotency_key)) {
            stop(errc::bad_idempotency_key);
            return finish{ec_};
        }
        if (step_ == step::create && !state_.first_create_at) {
            state_.first_create_at = now.wall;
            to_save_ = true;
            return save{};
        }
        if (step_ == step::create && now.wall - *state_.first_create_at >= rules_.submit.key_life)
            step_ = step::recover;
        if (step_ == step::start && state_.stage != batch_stage::starting) {
            state_.stage = batch_stage::starting;
            state_.start = start_attempt{own_collection(), now.server - rules_.clock_margin};
            to_save_ = true;
            return save{};
        }
        if (step_ == step::reconcile && !asked_from_) asked_from_ = now.local;
        under_way_ = static_cast<ticket>(++last_ticket_);
        return exchange{*under_way_, call_of_step()};
    }

    call call_of_step() const
    {
        switch (step_) {
        case step::create:
            return create_collection{
                state_.draft.value_or(collection_draft{}),
                make_idempotency_key(state_.idempotency_key).value()};
        case step::recover: return list_collections{state_.name, std::nullopt, std::nullopt};
        case step::start: return start_run{own_collection(), state_.callback_url};
        default: return list_runs{own_collection(), std::nullopt};
        }
    }

    static std::string next_key(const std::string& used)
    {
        const std::string suffix = "-again";
        return used.substr(0, idempotency_key::max_length - suffix.size()) + suffix;
    }

    collection_id own_collection() const
    {
        return state_.target ? state_.target->collection : collection_id{};
    }

    void adopt(moment now, collection_id id, bool look_first)
    {
        state_.stage = batch_stage::created;
        state_.target = run_ref{std::move(id), {}};
        state_.draft.reset();
        step_ = look_first ? step::check : step::start;
        to_save_ = true;
        moved(now);
    }

    void run_found(moment now, run found)
    {
        state_.stage = batch_stage::running;
        state_.target->run = found.id;
        started_ = std::move(found);
        step_ = step::done;
        to_save_ = true;
        moved(now);
    }

    bool ends(ticket id)
    {
        if (under_way_ != id) return false;
        under_way_.reset();
        return true;
    }

    void moved(moment now)
    {
        failures_ = 0;
        last_move_ = now.local;
        not_before_ = now.local;
    }

    void fail(moment now, const exchange_failure& failure)
    {
        if (is_refusal(failure.ec)) return stop(failure.ec);
        ec_ = failure.ec;
        ++failures_;
        failures_before_ = true;
        not_before_ = now.local + pause_after(failures_, failure);
    }

    static bool is_refusal(error_code ec)
    {
        return ec == cond::refused || ec == cond::invalid_input;
    }

    /// The service may work at a start of this size for as long before the run can be listed.
    std::chrono::microseconds settle_time() const
    {
        const auto items = state_.total.value_or(state_.submitted);
        return rules_.submit.start_settles + rules_.submit.start_settles_per_item *
                                                 static_cast<std::chrono::microseconds::rep>(items);
    }

    action wait() const
    {
        std::optional<instant> until = rules_.poll.deadline;
        if (!under_way_ && (!until || not_before_ < *until)) until = not_before_;
        if (!until) return wait_for_event{};
        return wait_until{*until};
    }

    checkpoint state_;
    batch_rules rules_;
    step step_ = step::create;
    bool to_save_ = false;
    bool over_ = false;
    error_code ec_{};
    std::optional<run> started_{};
    std::optional<ticket> under_way_{};
    std::uint64_t last_ticket_ = 0;
    unsigned failures_ = 0;
    /// Something failed before this answer came, so it may not be the answer to the first attempt.
    bool failures_before_ = false;
    int looks_ = 0;
    instant not_before_{};
    std::optional<instant> last_move_{};
    std::optional<instant> asked_from_{};
};

}  // namespace scrapingpros::inline v0::core

#endif
