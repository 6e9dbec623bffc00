#ifndef SCRAPINGPROS_JOB_STREAM_HPP
#define SCRAPINGPROS_JOB_STREAM_HPP

#include <scrapingpros/client_options.hpp>
#include <scrapingpros/detail/job_stream_state.hpp>
#include <scrapingpros/model/page.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace scrapingpros::inline v0 {

/** The rows of a run's listing, one by one, as they arrive from the network.

    Made by `iter_run_jobs`; asks for nothing until the first `async_next`. Between two rows nothing
    is read: a consumer that stops taking stops the socket, and at most one row is held. Move-only;
    destroying it abandons the page under way.
*/
class job_stream {
public:
    job_stream(std::shared_ptr<detail::job_stream_state> state, call_options options)
        : state_(std::move(state)), options_(options)
    {
    }
    job_stream(job_stream&&) noexcept = default;
    job_stream& operator=(job_stream&& other) noexcept
    {
        if (state_ && state_ != other.state_) state_->close();
        state_ = std::move(other.state_);
        options_ = other.options_;
        return *this;
    }
    /// An `async_next` under way completes with `operation_aborted`.
    ~job_stream()
    {
        if (state_) state_->close();
    }

    /** Takes the next row; empty after the last one.

        A page that is cut off is asked for again, as the retry policy decides, and rows that were
        already taken are not given twice. After an error the next call asks for the same page again.

        @par Completion signature
        `void(error_code, std::optional<listed_job>)`

        @par Cancellation
        `terminal`, `partial` and `total`: nothing is lost, the next call goes on where this one was.

        @par Errors
        As `async_list_jobs`; `errc::malformed_response` also if the server names no next page although
        there is one, or the same page as the next one.
    */
    template <
        boost::asio::completion_token_for<void(error_code, std::optional<listed_job>)> Token =
            boost::asio::deferred_t>
    auto async_next(Token&& token = {})
    {
        return boost::asio::async_initiate<Token, void(error_code, std::optional<listed_job>)>(
            [](auto handler, std::shared_ptr<detail::job_stream_state> state, call_options options
            ) { state->next(options, std::move(handler)); },
            token,
            state_,
            options_
        );
    }

    /// The cursor of the page under way; empty on the first page. A new stream may start from it.
    const std::optional<std::string>& cursor() const noexcept { return state_->cursor(); }

    /// Rows that could not be read, of the pages that are finished.
    const std::vector<unreadable_row>& unreadable() const noexcept { return state_->unreadable(); }

private:
    std::shared_ptr<detail::job_stream_state> state_;
    call_options options_;
};

}  // namespace scrapingpros::inline v0

#endif
