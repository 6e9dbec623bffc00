// The facade. Longer than other headers because each member carries its reference text; the members
// themselves are entry points of a few lines, and the drivers are elsewhere (detail/).
#ifndef SCRAPINGPROS_CLIENT_HPP
#define SCRAPINGPROS_CLIENT_HPP

#include <scrapingpros/batch.hpp>
#include <scrapingpros/client_options.hpp>
#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/job_stream.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/net/any_transport.hpp>
#include <scrapingpros/policy/policy_set.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0 {

/** A client of the asynchronous Collections API, contract section 2.

    A handle: copies share connections, budgets and policies. Every `async_` member takes a completion
    token, `asio::deferred` by default, and follows these rules unless its text says otherwise:

    - Transient failures are repeated as the retry policy decides, within the call's time-out.
    - Cancellation is supported with all three types, at every moment; it abandons the connection in
      use and never touches what exists on the server.
    - Errors: `cond::transient` after the retry policy gave up; `cond::refused`; `errc::malformed_response`,
      `body_too_large`, `deadline_exceeded`, `retry_after_too_long`, `retry_budget_exhausted`;
      `asio::error::operation_aborted`; codes of the transport.
    - Arguments are moved into the operation. The client may be destroyed while it runs.

    @tparam Transport how requests travel; `any_transport` over Beast by default
    @tparam Policies a `policy_set`

    @par Thread safety
    All use is on the executor, which must be a strand if several threads run its context, or while
    that context does not run.
*/
template <transport Transport = any_transport, policies Policies = policy_set<>>
class basic_client {
public:
    /** Makes a client that has connections of its own, as `options.connection` says.

        @throws api_error `errc::bad_base_url`, `bad_token`, `bad_option`, `bad_certificate_file`; its
        details name the option. Nothing is sent before the first call.
    */
    basic_client(
        boost::asio::any_io_executor executor, client_options options, Policies set = Policies()
    )
        requires std::same_as<Transport, any_transport>
    {
        auto connections = detail::make_own_transport(std::move(executor), options.connection);
        make(std::move(connections), std::move(options), std::move(set));
    }

    /// Makes a client over a given transport; `options.connection` is not used.
    basic_client(Transport connections, client_options options, Policies set = Policies())
    {
        make(any_transport(std::move(connections)), std::move(options), std::move(set));
    }

    boost::asio::any_io_executor get_executor() const { return core_->get_executor(); }

    /// The same client, whose calls take these options.
    basic_client with_options(call_options options) const
    {
        auto copy = *this;
        copy.options_ = options;
        return copy;
    }

    /// The same client, whose failed calls fill `diag` before they complete; it must outlive them.
    basic_client with_diagnostics(diagnostics& diag) const
    {
        return with_options({options_.timeout, &diag});
    }

    /// The same client, each of whose calls ends after `timeout`, over 0 ms, retries included.
    basic_client with_timeout(milliseconds timeout) const
    {
        return with_options({timeout, options_.diag});
    }

    /** Creates a collection (contract 3). Nothing runs and nothing is billed yet.

        The items are checked first, as `client_options::item_rules` says. With a key the call may be
        repeated for 24 h: key and body stay the same over all attempts. Without one it is not repeated
        after a failure that may have taken effect. Keep the answer: its three buckets of refused items
        are shown nowhere else. Silence of minutes is normal for a large collection.

        @par Completion signature
        `void(error_code, creation)`

        @par Cancellation
        The collection may exist afterwards. The same key finds out.

        @par Errors
        `errc::bad_request_item` before anything is sent; `errc::request_too_large` (413): split it.
    */
    template <
        boost::asio::completion_token_for<void(error_code, creation)> Token =
            boost::asio::deferred_t>
    auto async_create_collection(
        collection_draft draft, std::optional<idempotency_key> key, Token&& token = {}
    ) const
    {
        return perform<creation>(
            create_collection{std::move(draft), std::move(key)}, std::forward<Token>(token)
        );
    }

    /** Lists collections, newest first, not paged (contract 5). Servers before 2026-04-30 ignore the
        filters, so compare again.

        @par Completion signature
        `void(error_code, collection_list)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, collection_list)> Token =
            boost::asio::deferred_t>
    auto async_list_collections(list_collections filter, Token&& token = {}) const
    {
        return perform<collection_list>(std::move(filter), std::forward<Token>(token));
    }

    /** Reads a collection; neither its items nor its buckets come back (contract 5).

        @par Completion signature
        `void(error_code, collection)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, collection)> Token =
            boost::asio::deferred_t>
    auto async_get_collection(collection_id id, Token&& token = {}) const
    {
        return perform<collection>(get_collection{std::move(id)}, std::forward<Token>(token));
    }

    /** Renames a collection, and replaces its items if there is a list (contract 5). Runs already
        started are not affected.

        @par Completion signature
        `void(error_code, creation)`; its id may be empty.
    */
    template <
        boost::asio::completion_token_for<void(error_code, creation)> Token =
            boost::asio::deferred_t>
    auto async_update_collection(update_collection change, Token&& token = {}) const
    {
        return perform<creation>(std::move(change), std::forward<Token>(token));
    }

    /** Deletes a collection. Treat it as the end of what may be read of its runs (contract A19).

        @par Completion signature
        `void(error_code)`
    */
    template <boost::asio::completion_token_for<void(error_code)> Token = boost::asio::deferred_t>
    auto async_delete_collection(collection_id id, Token&& token = {}) const
    {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, core_ptr core, delete_collection what, call_options options) {
                core->perform(std::move(what), options, std::move(handler));
            },
            token,
            core_,
            delete_collection{std::move(id)},
            options_
        );
    }

    /** Starts a run: every arrival at the server is a new, billed run (contract 6.1).

        Sent on a fresh connection, and again only after a failure that is proven to have had no effect:
        no connection, a failed TLS handshake, or a 4xx such as 429. After any other failure the outcome
        is unknown; see `async_reconcile_start`.

        @par Completion signature
        `void(error_code, start_outcome)`; the outcome is filled whatever the code says.

        @par Cancellation
        `terminal` in spirit: a run may exist afterwards, and the outcome says whether it can.

        @par Errors
        `errc::start_unknown` if a run may exist.
    */
    template <
        boost::asio::completion_token_for<void(error_code, start_outcome)> Token =
            boost::asio::deferred_t>
    auto async_start_run(start_run what, Token&& token = {}) const
    {
        return perform<start_outcome>(std::move(what), std::forward<Token>(token));
    }

    /** Finds out whether an unanswered start made a run, by listing the collection's runs.

        Compares on the server's clock, less `client_options::clock_margin`. If there is no run it looks
        once more after 10 s, because a start may take effect late, before it says `not_started`.

        @par Completion signature
        `void(error_code, start_outcome)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, start_outcome)> Token =
            boost::asio::deferred_t>
    auto async_reconcile_start(start_attempt attempt, Token&& token = {}) const
    {
        return initiate<start_outcome>(
            [attempt = std::move(attempt)](
                detail::client_core& core, call_options options, detail::on<start_outcome> handler
            ) { core.reconcile(attempt, options, std::move(handler)); },
            std::forward<Token>(token)
        );
    }

    /** Lists the runs of a collection, newest first, without their job ids: the light status poll
        (contract 6.2). `errc::not_found` from servers before 2026-04-30.

        @par Completion signature
        `void(error_code, run_list)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, run_list)> Token =
            boost::asio::deferred_t>
    auto async_list_runs(list_runs filter, Token&& token = {}) const
    {
        return perform<run_list>(std::move(filter), std::forward<Token>(token));
    }

    /** Fetches the current state of a run, all its job ids included.

        Counters run ahead of the job listing by some seconds (contract 9.5). For a large run
        `async_list_runs` is far smaller.

        @par Completion signature
        `void(error_code, run)`

        @par Errors
        `errc::criterion_mismatch` if the classifier is pinned and the run is judged by another one.

        @par Example
        @snippet examples/02_raw_lifecycle.cpp get_run
    */
    template <
        boost::asio::completion_token_for<void(error_code, run)> Token = boost::asio::deferred_t>
    auto async_get_run(run_ref target, Token&& token = {}) const
    {
        return perform<run>(get_run{std::move(target)}, std::forward<Token>(token));
    }

    /** Starts a run and polls it to its end, by the poll-interval policy; by `remaining_share` where that
        slot has a strategy, as by default.

        A run of more than 100 jobs is looked at by the run list, which carries no job ids, and read whole
        once when that says the end. A look that fails is no news of the run: only a refusal or the time-out
        ends the wait. The last look is placed just before the time-out.

        @param timeout over 0 ms; empty: until the run ends

        @par Completion signature
        `void(error_code, run)`; with an error the run as last seen, its id included once it has one.

        @par Cancellation
        Ends the wait; the run goes on.

        @par Errors
        `errc::wait_timed_out`: the run goes on; `errc::start_unknown` as `async_start_run`.
    */
    template <
        boost::asio::completion_token_for<void(error_code, run)> Token = boost::asio::deferred_t>
    auto async_run_and_wait(start_run what, std::optional<milliseconds> timeout, Token&& token = {})
        const
    {
        return initiate<run>(
            [what = std::move(what),
             timeout](detail::client_core& core, call_options options, detail::on<run> handler) {
                core.run_and_wait(what, timeout, options, std::move(handler));
            },
            std::forward<Token>(token)
        );
    }

    /// As `async_run_and_wait`, for a run that exists.
    template <
        boost::asio::completion_token_for<void(error_code, run)> Token = boost::asio::deferred_t>
    auto async_wait_run(run_ref target, std::optional<milliseconds> timeout, Token&& token = {})
        const
    {
        return initiate<run>(
            [target = std::move(target),
             timeout](detail::client_core& core, call_options options, detail::on<run> handler) {
                core.wait_run(target, timeout, options, std::move(handler));
            },
            std::forward<Token>(token)
        );
    }

    /** Finds what became of a submit whose answer was lost: the newest collection of that exact name,
        and its newest run.

        @param since on the server's clock; `client_options::clock_margin` is taken off it

        @par Completion signature
        `void(error_code, std::optional<recent_submit>)`; empty if there is no such collection.
    */
    template <
        boost::asio::completion_token_for<void(error_code, std::optional<recent_submit>)> Token =
            boost::asio::deferred_t>
    auto async_find_recent(std::string name, std::optional<timestamp> since, Token&& token = {})
        const
    {
        using found = std::optional<recent_submit>;
        return initiate<found>(
            [name = std::move(name),
             since](detail::client_core& core, call_options options, detail::on<found> handler) {
                core.find_recent(name, since, options, std::move(handler));
            },
            std::forward<Token>(token)
        );
    }

    /// The rows of a listing one by one, over all its pages. Nothing is sent before the first
    /// `async_next`. `what.cursor` starts at a page other than the first.
    job_stream iter_run_jobs(list_jobs what) const
    {
        return job_stream(detail::make_job_stream(core_, std::move(what)), options_);
    }

    /** Reads one page of a listing as a whole: manual paging. For pages with inline results, which may
        have 25 MB, take `iter_run_jobs`.

        @par Completion signature
        `void(error_code, job_page)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, job_page)> Token =
            boost::asio::deferred_t>
    auto async_list_jobs(list_jobs what, Token&& token = {}) const
    {
        return perform<job_page>(std::move(what), std::forward<Token>(token));
    }

    /** Reads a listing to its end, from `what.cursor` on, into memory.

        @par Completion signature
        `void(error_code, job_page)`; with an error the rows that came, and the cursor of the page that
        failed.
    */
    template <
        boost::asio::completion_token_for<void(error_code, job_page)> Token =
            boost::asio::deferred_t>
    auto async_get_run_jobs(list_jobs what, Token&& token = {}) const
    {
        return initiate<job_page>(
            [what = std::move(what)](
                detail::client_core& core, call_options options, detail::on<job_page> handler
            ) { core.collect_jobs(what, options, std::move(handler)); },
            std::forward<Token>(token)
        );
    }

    /** Fetches one result (contract 8).

        @par Completion signature
        `void(error_code, job_result)`

        @par Errors
        `errc::result_pending`: not written yet; `result_expired`, `result_lost`: gone;
        `job_id_invalid`; `result_unavailable`: no reason was given. None of them means that the job
        failed.
    */
    template <
        boost::asio::completion_token_for<void(error_code, job_result)> Token =
            boost::asio::deferred_t>
    auto async_get_job_result(run_ref target, job_id job, Token&& token = {}) const
    {
        return fetch_result(
            {std::move(target), std::move(job)}, nullptr, std::forward<Token>(token)
        );
    }

    /// As above, but the body goes to `sink` in pieces and is never held; `sink` outlives the
    /// operation. When an attempt fails half-way the next one begins anew with `on_begin`.
    template <
        boost::asio::completion_token_for<void(error_code, job_result)> Token =
            boost::asio::deferred_t>
    auto async_get_job_result(run_ref target, job_id job, body_sink& sink, Token&& token = {}) const
    {
        return fetch_result({std::move(target), std::move(job)}, &sink, std::forward<Token>(token));
    }

    /** Fetches an offloaded body by its `body_url`, from whatever host it names, without the token.

        @par Completion signature
        `void(error_code, std::string)`
    */
    template <
        boost::asio::completion_token_for<void(error_code, std::string)> Token =
            boost::asio::deferred_t>
    auto async_fetch_body(std::string url, Token&& token = {}) const
    {
        return initiate<std::string>(
            [url = std::move(url)](
                detail::client_core& core, call_options options, detail::on<std::string> handler
            ) { core.perform(fetch_body{url}, nullptr, options, std::move(handler)); },
            std::forward<Token>(token)
        );
    }

    /** Submits many pages as one batch, to take each outcome once; see `batch`.

        Sends nothing: the first operation of the batch does. If the store already holds a batch of this
        name and number of items, and of this key if one is given, it is taken up where it was, whatever
        the items are now; nothing is ever submitted twice. One of another batch is
        `errc::checkpoint_mismatch`. A bad item is `errc::bad_request_item`, by the same rules as for
        `async_create_collection`, before anything is stored. An unlike name each time makes a lost
        create findable after the 24 h for which the service knows a key.

        The batch copies what it needs of the client: call options bound each call on the way, not the
        batch, and the diagnostics are filled by an operation of the batch that fails.

        @par Example
        @snippet examples/01_batch.cpp batch
    */
    batch submit_batch(collection_draft draft, batch_options how = {}) const
    {
        return batch(detail::submit_batch(core_, std::move(draft), std::move(how), options_));
    }

    /** Takes the outcomes of a run that exists. From a store that holds this run's checkpoint it goes
        on, else it begins with the first one; a checkpoint of another run is `errc::checkpoint_mismatch`.
    */
    batch attach_batch(run_ref target, batch_options how = {}) const
    {
        return batch(detail::attach_batch(core_, std::move(target), std::move(how), options_));
    }

    /// Goes on with the batch that the store holds, from wherever it was left, its submit included;
    /// `errc::checkpoint_missing` if it holds none.
    batch resume_batch(batch_options how) const
    {
        return batch(detail::resume_batch(core_, std::move(how), options_));
    }

    /// Asks whether the service is well; no token is sent. Signature `void(error_code, health)`.
    template <
        boost::asio::completion_token_for<void(error_code, health)> Token = boost::asio::deferred_t>
    auto async_get_health(Token&& token = {}) const
    {
        return perform<health>(get_health{}, std::forward<Token>(token));
    }

    /// Lists the plans; no token is sent. Signature `void(error_code, plan_list)`.
    template <
        boost::asio::completion_token_for<void(error_code, plan_list)> Token =
            boost::asio::deferred_t>
    auto async_get_plans(Token&& token = {}) const
    {
        return perform<plan_list>(get_plans{}, std::forward<Token>(token));
    }

    /// Billing as raw JSON: the contract does not settle its members. Signature
    /// `void(error_code, raw_document)`, as of the two below.
    template <
        boost::asio::completion_token_for<void(error_code, raw_document)> Token =
            boost::asio::deferred_t>
    auto async_get_billing(get_billing what, Token&& token = {}) const
    {
        return perform<raw_document>(std::move(what), std::forward<Token>(token));
    }

    /// The account's metrics as raw JSON.
    template <
        boost::asio::completion_token_for<void(error_code, raw_document)> Token =
            boost::asio::deferred_t>
    auto async_get_metrics(Token&& token = {}) const
    {
        return perform<raw_document>(get_metrics{}, std::forward<Token>(token));
    }

    /// The client's metrics as raw JSON.
    template <
        boost::asio::completion_token_for<void(error_code, raw_document)> Token =
            boost::asio::deferred_t>
    auto async_get_client_metrics(Token&& token = {}) const
    {
        return perform<raw_document>(get_client_metrics{}, std::forward<Token>(token));
    }

    /// The classifier's verdict; `body` may be null.
    verdict classify(const job& row, const job_result* body) const
    {
        return core_->policies().classify(row, body);
    }

    /// What the headers of the latest reply that named any said of rate and quota.
    const account_limits& last_limits() const noexcept { return core_->last_limits(); }

private:
    using core_ptr = std::shared_ptr<detail::client_core>;

    void make(any_transport connections, client_options options, Policies set)
    {
        core_ = detail::make_core(
            std::move(connections),
            std::make_shared<detail::policy_box_of<Policies>>(std::move(set)),
            std::move(options)
        );
    }

    template <class T, class Start, class Token>
    auto initiate(Start start, Token&& token) const
    {
        return boost::asio::async_initiate<Token, void(error_code, T)>(
            [](auto handler, core_ptr core, Start begin, call_options options) {
                begin(*core, options, detail::on<T>(std::move(handler)));
            },
            token,
            core_,
            std::move(start),
            options_
        );
    }

    template <class T, class Call, class Token>
    auto perform(Call what, Token&& token) const
    {
        return boost::asio::async_initiate<Token, void(error_code, T)>(
            [](auto handler, core_ptr core, Call request, call_options options) {
                core->perform(std::move(request), options, detail::on<T>(std::move(handler)));
            },
            token,
            core_,
            std::move(what),
            options_
        );
    }

    template <class Token>
    auto fetch_result(get_result what, body_sink* sink, Token&& token) const
    {
        return initiate<job_result>(
            [what = std::move(what), sink](
                detail::client_core& core, call_options options, detail::on<job_result> handler
            ) { core.perform(what, sink, options, std::move(handler)); },
            std::forward<Token>(token)
        );
    }

    core_ptr core_{};
    call_options options_{};
};

template <policies Policies>
basic_client(boost::asio::any_io_executor, client_options, Policies)
    -> basic_client<any_transport, Policies>;
basic_client(boost::asio::any_io_executor, client_options) -> basic_client<any_transport>;

/// The client most programs want.
using client = basic_client<>;

}  // namespace scrapingpros::inline v0

#endif
