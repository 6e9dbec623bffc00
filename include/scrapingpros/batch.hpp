#ifndef SCRAPINGPROS_BATCH_HPP
#define SCRAPINGPROS_BATCH_HPP

#include <scrapingpros/batch_options.hpp>
#include <scrapingpros/core/poll_stats.hpp>
#include <scrapingpros/detail/batch_operation.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/model/webhook_event.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0 {

/// What `batch::async_for_each` calls: `f(outcome)` is nothing, or false to leave early.
// clang-format off
template <class F>
concept outcome_callback = requires(F& f, const job_outcome& item) {
    requires std::same_as<decltype(f(item)), void> || std::convertible_to<decltype(f(item)), bool>;
};
// clang-format on

/** Many pages from their submit to their last outcome: each outcome once, the rest by name and cause.

    Made by `submit_batch`, `attach_batch` or `resume_batch` of a client; nothing is sent before the
    first operation. With a checkpoint store it survives its process: at most one collection and one
    run are ever made for it, and no outcome that was acknowledged comes again.

    - One operation at a time; another is refused with `asio::error::already_started`.
    - While no operation is under way nothing new is sent: a consumer that stops taking stops the
      reading, down to the socket.
    - A batch that must not begin (a damaged checkpoint, one of another batch, a bad item or option)
      sends nothing and stores nothing, and every operation completes with that error.
    - After the last outcome, or an error that ends it, every operation says so again. The run itself
      goes on, and another batch may be attached to it or resumed from the checkpoint.

    Move-only. Destroying it abandons the calls under way, and touches nothing on the server; an
    operation under way completes with `operation_aborted`. It must not outlive its executor's context.

    @par Thread safety
    As its client: all use is on the client's executor.
*/
class batch {
public:
    explicit batch(std::shared_ptr<detail::batch_operation> state) : state_(std::move(state)) {}
    batch(batch&&) noexcept = default;
    batch& operator=(batch&& other) noexcept
    {
        if (state_ && state_ != other.state_) state_->abandon();
        state_ = std::move(other.state_);
        return *this;
    }
    ~batch()
    {
        if (state_) state_->abandon();
    }

    /** Goes on until the run exists: creates the collection and starts the run, both at most once.

        Not needed before `async_next`, which does the same. Silence of minutes is normal for a large
        batch (contract 3.5). What is to survive a crash is stored before it is sent; a lost answer to
        the start is looked for in the list of runs.

        @par Completion signature
        `void(error_code, run_ref)`

        @par Cancellation
        As `async_next`; collection and run may exist afterwards, and the next operation finds out.

        @par Errors
        Those of `async_create_collection` that are no passing trouble. `errc::request_too_large` (413):
        `last_failure` tells what was sent and where to split it. `errc::start_unknown`: a server
        without a run list (before 2026-04-30) has lost the answer to the start. As `async_next`.
    */
    template <
        boost::asio::completion_token_for<void(error_code, run_ref)> Token =
            boost::asio::deferred_t>
    auto async_submit(Token&& token = {})
    {
        return boost::asio::async_initiate<Token, void(error_code, run_ref)>(
            [](auto handler, state_ptr state) { state->submit(std::move(handler)); }, token, state_
        );
    }

    /** Waits for the next outcome; empty after the last one.

        Outcomes come in no particular order, each once. What cannot be had is in `summary().left`.
        Asking for the next one acknowledges the one before, unless the mode is manual.

        @par Completion signature
        `void(error_code, std::optional<job_outcome>)`

        @par Cancellation
        `terminal`, `partial` and `total`: connections in use are abandoned, no further request is sent,
        and nothing is lost: the next operation goes on where this one was.

        @par Errors
        Passing trouble is waited out. `errc::wait_timed_out`: the time-out passed, the run goes on;
        `errc::run_stalled`, or the last failure: nothing moved for `poll_options::stall_after`;
        `cond::refused`; `errc::criterion_mismatch` if the classifier is pinned; codes of the store.
        All of them end the batch.
    */
    template <
        boost::asio::completion_token_for<void(error_code, std::optional<job_outcome>)> Token =
            boost::asio::deferred_t>
    auto async_next(Token&& token = {})
    {
        return boost::asio::async_initiate<Token, void(error_code, std::optional<job_outcome>)>(
            [](auto handler, state_ptr state) { state->next(std::move(handler)); }, token, state_
        );
    }

    /** Calls `f` for each outcome that is still to come, one at a time, on the client's executor.

        If `f` throws, the operation completes with `errc::consumer_failed`, `exception()` holds what was
        thrown, and the outcome is not acknowledged: it comes again, first, with the next operation. If
        `f` returns false the operation completes without an error, and the outcome counts as taken.

        @param f is moved into the operation; gets a `const job_outcome&`

        @par Completion signature
        `void(error_code, batch_summary)`

        @par Cancellation and errors
        As `async_next`. A call of `f` is not interrupted.
    */
    template <
        outcome_callback F,
        boost::asio::completion_token_for<void(error_code, batch_summary)> Token =
            boost::asio::deferred_t>
    auto async_for_each(F f, Token&& token = {})
    {
        return boost::asio::async_initiate<Token, void(error_code, batch_summary)>(
            [](auto handler, state_ptr state, F consumer) {
                state->for_each(
                    std::make_unique<consumer_of<F>>(std::move(consumer)), std::move(handler)
                );
            },
            token,
            state_,
            std::move(f)
        );
    }

    /** Says that the outcome of that job is safe; any order, in either mode.

        The step is stored when this returns. An id that was not given out means nothing.

        @return what the store says; after an error the batch ends with it.
    */
    error_code acknowledge(const job_id& id) { return state_->acknowledge(id); }

    /** Ends the batch here: the outcome given last counts as taken, unless the mode is manual, and all
        calls are abandoned. The run goes on; resume from the checkpoint to have the rest.

        @return what the store says.
    */
    error_code close() { return state_->close(); }

    /// Looks at the run now instead of at the time that the poll strategy has chosen.
    void refresh() { state_->refresh(); }

    /// As `refresh`, if the event is about the run of this batch; tells whether it is. Polling remains
    /// the safety net, and a webhook never ends a batch.
    bool on_webhook(const webhook_event& event) { return state_->on_webhook(event); }

    /// How far it is, by what was delivered.
    batch_progress progress() const { return state_->progress(); }

    /// Where everything went that was submitted; complete after the last outcome.
    batch_summary summary() const { return state_->summary(); }

    /// What was read, in this process.
    const poll_stats& stats() const noexcept { return state_->stats(); }

    /// What a store would keep now: a value to resume from, in whatever place.
    checkpoint snapshot() const { return state_->snapshot(); }

    /// Of the failure that ended the batch, else of the latest call that failed.
    const diagnostics& last_failure() const noexcept { return state_->last_failure(); }

    /// What the callback of `async_for_each` threw last.
    std::exception_ptr exception() const noexcept { return state_->exception(); }

private:
    using state_ptr = std::shared_ptr<detail::batch_operation>;

    template <class F>
    class consumer_of final : public detail::outcome_consumer {
    public:
        explicit consumer_of(F f) : f_(std::move(f)) {}
        bool take(const job_outcome& item) override
        {
            if constexpr (std::is_void_v<decltype(f_(item))>) {
                f_(item);
                return true;
            } else {
                return static_cast<bool>(f_(item));
            }
        }

    private:
        F f_;
    };

    state_ptr state_;
};

}  // namespace scrapingpros::inline v0

#endif
