#ifndef SCRAPINGPROS_IMPL_DETAIL_BATCH_DRIVER_HPP
#define SCRAPINGPROS_IMPL_DETAIL_BATCH_DRIVER_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/core/batch_engine.hpp>
#include <scrapingpros/detail/batch_operation.hpp>
#include <scrapingpros/detail/call_operation.hpp>
#include <scrapingpros/detail/completion.hpp>
#include <scrapingpros/detail/live_operations.hpp>
#include <scrapingpros/detail/page_replies.hpp>
#include <scrapingpros/detail/policy_box.hpp>

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0::detail {

/// With what a batch begins.
struct batch_setup {
    checkpoint begin{};
    batch_options how{};
    call_options calls{};
    /// Why it must not.
    error_code refused{};
    diagnostics why{};
};

/** The Asio driver of `core::batch_engine`: translates its actions into calls, store writes and timer
    waits, and what comes back into its events.

    | moment                       | what happens                                                     |
    |------------------------------|------------------------------------------------------------------|
    | an operation begins          | the engine is pulled, calls begin, the timer runs                |
    | an operation ends            | calls under way go on; nothing new begins                        |
    | an operation is cancelled    | calls are given up, to be made again for the next operation      |
    | acknowledge, no operation    | steps are stored; a call that the engine wants waits             |
    | the engine has finished      | calls are given up for good                                      |

    A call that was given up is made again by the driver itself, so that the engine never hears of it;
    but for a start that may have taken effect, which the engine must look for.
*/
class batch_driver final : public batch_operation,
                           public std::enable_shared_from_this<batch_driver>,
                           public live_operation {
public:
    SCRAPINGPROS_DECL batch_driver(std::shared_ptr<client_core> core, batch_setup setup);
    SCRAPINGPROS_DECL ~batch_driver() override;

    SCRAPINGPROS_DECL void submit(on<run_ref> handler) override;
    SCRAPINGPROS_DECL void next(on<std::optional<job_outcome>> handler) override;
    SCRAPINGPROS_DECL void for_each(std::unique_ptr<outcome_consumer>, on<batch_summary>) override;
    SCRAPINGPROS_DECL error_code acknowledge(const job_id& id) override;
    SCRAPINGPROS_DECL void refresh() override;
    SCRAPINGPROS_DECL bool on_webhook(const webhook_event& event) override;
    SCRAPINGPROS_DECL error_code close() override;
    SCRAPINGPROS_DECL void abandon() override;
    SCRAPINGPROS_DECL void discard() override;

    checkpoint snapshot() const override { return engine_.snapshot(); }
    batch_progress progress() const override { return engine_.progress(now()); }
    batch_summary summary() const override { return engine_.summary(); }
    const poll_stats& stats() const noexcept override { return engine_.stats(); }
    const diagnostics& last_failure() const noexcept override { return last_failure_; }
    std::exception_ptr exception() const noexcept override { return thrown_; }

    // For `for_each`.
    client_core& client() const noexcept { return *core_; }
    const call_options& calls() const noexcept { return setup_.calls; }
    /// In automatic mode, what was given last counts as taken.
    SCRAPINGPROS_DECL void take_given();
    /// The same, and it is stored.
    SCRAPINGPROS_DECL error_code close_given();
    /// It was not taken: the next `next` gives it again.
    SCRAPINGPROS_DECL void give_back(job_outcome item, std::exception_ptr why);

private:
    using engine = core::batch_engine<any_poll_strategy, boxed_classifier>;
    using item_completion = completion<error_code, std::optional<job_outcome>>;
    using run_completion = completion<error_code, run_ref>;

    /// An exchange that the engine waits for.
    struct asked_call {
        core::exchange what;
        /// Empty while nobody waits for the batch: to be made, or to be made again.
        std::shared_ptr<call_operation> op{};
        /// A run start that was cancelled, and has not said yet whether it took effect.
        bool stopping = false;
        // Of a page: its reader, whether it waits for its rows to be taken, and what it has given.
        page_reply* page = nullptr;
        bool paused = false;
        page_reply::handed_ids handed{};
    };
    /// What the engine's action came to.
    enum class step { done, stored, delivered, nothing, over };

    core::moment now() const
    {
        const auto& clock = core_->policies();
        return {clock.now(), core_->server_now(), clock.server_now()};
    }
    bool busy() const noexcept { return on_item_ || on_run_; }
    SCRAPINGPROS_DECL void note_target();

    // Operations.
    template <class T>
    bool begin(std::optional<completion<error_code, T>>& place, on<T> handler);
    SCRAPINGPROS_DECL void cancel();
    SCRAPINGPROS_DECL void complete(error_code ec);
    SCRAPINGPROS_DECL void wake();
    SCRAPINGPROS_DECL void pump();
    SCRAPINGPROS_DECL void settle();

    // The engine's actions.
    SCRAPINGPROS_DECL step advance();
    SCRAPINGPROS_DECL step on_store(error_code ec);
    SCRAPINGPROS_DECL void wait();
    SCRAPINGPROS_DECL void disarm();
    SCRAPINGPROS_DECL step end(error_code ec);
    SCRAPINGPROS_DECL void leave_budget();

    // Calls and their answers.
    SCRAPINGPROS_DECL void perform(core::exchange what);
    SCRAPINGPROS_DECL void launch(asked_call& asked);
    /// Runs the call and hears its end, unless it was given up meanwhile: `f(self, asked, ec)`.
    template <class F>
    void run(asked_call& asked, F f);
    template <class Reader, class Event>
    void launch_whole(asked_call& asked, std::unique_ptr<Reader> reader, Event on_answer);
    template <class T, class Event>
    void launch_small(
        asked_call& asked, result<T> (*decode)(std::string_view, diagnostics&), Event on_answer
    );
    SCRAPINGPROS_DECL void launch_start(asked_call& asked);
    SCRAPINGPROS_DECL void launch_page(asked_call& asked);
    SCRAPINGPROS_DECL void run_page(asked_call& asked);
    SCRAPINGPROS_DECL bool feed();
    SCRAPINGPROS_DECL void end_page(core::ticket id);
    SCRAPINGPROS_DECL call_operation& make_call(asked_call&, std::unique_ptr<reply_reader>);
    SCRAPINGPROS_DECL void fail(core::ticket id, error_code ec);
    SCRAPINGPROS_DECL void note_failure(const asked_call& asked, error_code ec);
    SCRAPINGPROS_DECL void go_on();
    SCRAPINGPROS_DECL void suspend_calls();
    SCRAPINGPROS_DECL void drop_calls();

    std::shared_ptr<client_core> core_;
    live_operations& live_;
    batch_setup setup_;
    engine engine_;

    /// The run's place in the budget, if there is one; from its first call to its end.
    std::shared_ptr<rate_lane> lane_{};
    std::map<core::ticket, asked_call> calls_{};
    std::optional<item_completion> on_item_{};
    std::optional<run_completion> on_run_{};
    /// Delivered by the engine, not given to the consumer yet.
    std::optional<job_outcome> held_{};
    /// Given to the consumer last; it counts as taken with the next question.
    std::optional<job_id> given_{};
    bool demanded_ = false;
    bool cancelled_ = false;
    bool closed_ = false;
    /// The run, once it exists and the store knows.
    std::optional<run_ref> target_{};
    bool over_ = false;

    std::unique_ptr<wait_timer> timer_;
    /// Until when the engine has nothing to do; empty: before an answer.
    std::optional<instant> next_look_{};
    std::optional<instant> armed_{};
    std::uint64_t wait_number_ = 0;

    error_code stored_{};
    error_code last_code_{};
    diagnostics last_failure_{};
    std::exception_ptr thrown_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
