#ifndef SCRAPINGPROS_BLOCKING_CLIENT_HPP
#define SCRAPINGPROS_BLOCKING_CLIENT_HPP

#include <scrapingpros/blocking_batch.hpp>
#include <scrapingpros/client.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/result.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0 {

/** The blocking face of a client: the same operations, run to their end on the calling thread.

    `try_x` gives a `result`, and why there is none in `details()`; `x` throws `api_error`. There are no
    hidden threads: everything happens inside the call.

    @par Thread safety
    One call at a time. `cancel()` may be called from any thread.
*/
template <policies Policies = policy_set<>>
class basic_blocking_client {
public:
    /// @throws api_error as the constructor of `basic_client`.
    explicit basic_blocking_client(client_options options, Policies set = Policies())
        : context_(std::make_unique<boost::asio::io_context>(1)),
          client_(context_->get_executor(), std::move(options), std::move(set))
    {
    }

    /** Runs any operation of the client to its end: `call(client)` initiates it with the token that is
        its second argument.

        @code
        auto r = api.try_perform<run>([&](auto& c, auto token) { c.async_get_run(id, std::move(token)); });
        @endcode
    */
    template <class T, class Begin>
    [[nodiscard]] result<T> try_perform(Begin begin)
    {
        details_ = {};
        std::optional<result<T>> answer;
        auto observed = client_.with_diagnostics(details_);
        begin(
            observed,
            boost::asio::bind_cancellation_slot(
                signal_.slot(),
                [&](error_code ec, T value) {
                    answer.emplace(ec ? result<T>(ec) : result<T>(std::move(value)));
                }
            )
        );
        run_until([&] { return answer.has_value(); });
        return std::move(*answer);
    }

    /// Ends the call under way with `operation_aborted`; without one it does nothing. Callable from
    /// any thread.
    void cancel()
    {
        boost::asio::post(*context_, [this, meant = number_->load()] {
            // By the time this runs the call that was meant may be over, and another under way.
            if (meant % 2 == 1 && meant == number_->load())
                signal_.emit(boost::asio::cancellation_type::terminal);
        });
    }

    [[nodiscard]] result<creation> try_create_collection(
        collection_draft draft, std::optional<idempotency_key> key
    )
    {
        return try_perform<creation>([&](auto& c, auto token) {
            c.async_create_collection(std::move(draft), std::move(key), std::move(token));
        });
    }
    creation create_collection(collection_draft draft, std::optional<idempotency_key> key)
    {
        return value(try_create_collection(std::move(draft), std::move(key)));
    }

    /// The outcome tells whether a run may exist; an unknown one is an answer here, not an error.
    [[nodiscard]] result<start_outcome> try_start_run(start_run what)
    {
        details_ = {};
        std::optional<start_outcome> answer;
        auto observed = client_.with_diagnostics(details_);
        observed.async_start_run(
            std::move(what),
            boost::asio::bind_cancellation_slot(
                signal_.slot(),
                [&](error_code, start_outcome outcome) { answer = std::move(outcome); }
            )
        );
        run_until([&] { return answer.has_value(); });
        if (answer->certainty == start_certainty::not_started) return answer->cause;
        return std::move(*answer);
    }
    start_outcome start_run(scrapingpros::start_run what)
    {
        return value(try_start_run(std::move(what)));
    }

    [[nodiscard]] result<run> try_get_run(run_ref target)
    {
        return try_perform<run>([&](auto& c, auto token) {
            c.async_get_run(std::move(target), std::move(token));
        });
    }
    run get_run(run_ref target) { return value(try_get_run(std::move(target))); }

    [[nodiscard]] result<run_list> try_list_runs(list_runs filter)
    {
        return try_perform<run_list>([&](auto& c, auto token) {
            c.async_list_runs(std::move(filter), std::move(token));
        });
    }
    run_list list_runs(scrapingpros::list_runs filter)
    {
        return value(try_list_runs(std::move(filter)));
    }

    [[nodiscard]] result<run> try_wait_run(
        run_ref target, std::optional<milliseconds> timeout = std::nullopt
    )
    {
        return try_perform<run>([&](auto& c, auto token) {
            c.async_wait_run(std::move(target), timeout, std::move(token));
        });
    }
    run wait_run(run_ref target, std::optional<milliseconds> timeout = std::nullopt)
    {
        return value(try_wait_run(std::move(target), timeout));
    }

    [[nodiscard]] result<job_page> try_get_run_jobs(list_jobs what)
    {
        return try_perform<job_page>([&](auto& c, auto token) {
            c.async_get_run_jobs(std::move(what), std::move(token));
        });
    }
    job_page get_run_jobs(list_jobs what) { return value(try_get_run_jobs(std::move(what))); }

    [[nodiscard]] result<job_result> try_get_job_result(run_ref target, job_id job)
    {
        return try_perform<job_result>([&](auto& c, auto token) {
            c.async_get_job_result(std::move(target), std::move(job), std::move(token));
        });
    }
    job_result get_job_result(run_ref target, job_id job)
    {
        return value(try_get_job_result(std::move(target), std::move(job)));
    }

    /// A stream for `try_next` and `next`.
    job_stream iter_run_jobs(list_jobs what)
    {
        return client_.with_diagnostics(details_).iter_run_jobs(std::move(what));
    }
    /// The next row; empty after the last one.
    [[nodiscard]] result<std::optional<listed_job>> try_next(job_stream& stream)
    {
        return try_perform<std::optional<listed_job>>([&](auto&, auto token) {
            stream.async_next(std::move(token));
        });
    }
    std::optional<listed_job> next(job_stream& stream) { return value(try_next(stream)); }

    using batch_type = basic_blocking_batch<basic_blocking_client>;

    /// As the member of `basic_client` of that name; nothing is sent before the first outcome is asked
    /// for.
    batch_type submit_batch(collection_draft draft, batch_options how = {})
    {
        auto observed = client_.with_diagnostics(details_);
        return {*this, observed.submit_batch(std::move(draft), std::move(how))};
    }
    batch_type attach_batch(run_ref target, batch_options how = {})
    {
        auto observed = client_.with_diagnostics(details_);
        return {*this, observed.attach_batch(std::move(target), std::move(how))};
    }
    batch_type resume_batch(batch_options how)
    {
        auto observed = client_.with_diagnostics(details_);
        return {*this, observed.resume_batch(std::move(how))};
    }

    /// Of the latest call that failed.
    const diagnostics& details() const noexcept { return details_; }

    /// The client underneath, for what has no blocking spelling; see `try_perform`.
    const basic_client<any_transport, Policies>& get() const noexcept { return client_; }

private:
    template <class Done>
    void run_until(Done done)
    {
        context_->restart();
        ++*number_;
        while (!done())
            context_->run_one();
        ++*number_;
    }

    template <class T>
    T value(result<T> answer) const
    {
        if (!answer) throw api_error(answer.error(), details_);
        return std::move(*answer);
    }

    // Behind a pointer, so that a client can be moved; before the client, so that it outlives it.
    std::unique_ptr<boost::asio::io_context> context_;
    // Odd while a call is under way.
    std::unique_ptr<std::atomic<unsigned>> number_ = std::make_unique<std::atomic<unsigned>>(0u);
    boost::asio::cancellation_signal signal_{};
    diagnostics details_{};
    basic_client<any_transport, Policies> client_;
};

using blocking_client = basic_blocking_client<>;
using blocking_batch = blocking_client::batch_type;

}  // namespace scrapingpros::inline v0

#endif
