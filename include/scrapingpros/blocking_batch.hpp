#ifndef SCRAPINGPROS_BLOCKING_BATCH_HPP
#define SCRAPINGPROS_BLOCKING_BATCH_HPP

#include <scrapingpros/batch.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/batch_report.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/result.hpp>

#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

namespace scrapingpros::inline v0 {

/** A batch of a blocking client: an input range of its outcomes.

    @code
    for (auto& item : service.submit_batch(draft)) store(item);
    @endcode

    Its waits happen inside its members, on the calling thread; `cancel()` of the client ends them. The
    rules of `batch` hold: an outcome counts as taken when the next one is asked for, so leaving a loop
    and looping again goes on with the next one, and an exception thrown in the loop leaves the last one
    unacknowledged. The client must outlive it and stay in its place.
*/
template <class Client>
class basic_blocking_batch {
public:
    basic_blocking_batch(Client& service, batch all) : client_(&service), batch_(std::move(all)) {}

    /// The next outcome; empty after the last one.
    [[nodiscard]] result<std::optional<job_outcome>> try_next()
    {
        return client_->template try_perform<std::optional<job_outcome>>([this](auto&, auto token) {
            batch_.async_next(std::move(token));
        });
    }
    std::optional<job_outcome> next() { return value(try_next()); }

    /// Goes on until the run exists; see `batch::async_submit`.
    [[nodiscard]] result<run_ref> try_submit()
    {
        return client_->template try_perform<run_ref>([this](auto&, auto token) {
            batch_.async_submit(std::move(token));
        });
    }
    run_ref submit() { return value(try_submit()); }

    /// Calls `f` for each outcome that is still to come, on this thread. What `f` throws comes out as it
    /// is, and its outcome comes again with the next call.
    template <outcome_callback F>
    batch_summary for_each(F f)
    {
        auto end = client_->template try_perform<batch_summary>([&](auto&, auto token) {
            batch_.async_for_each(std::move(f), std::move(token));
        });
        if (end.has_error() && end.error() == errc::consumer_failed)
            std::rethrow_exception(batch_.exception());
        return value(std::move(end));
    }

    /// Of `begin()`. Incrementing it waits for the next outcome.
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = job_outcome;
        using difference_type = std::ptrdiff_t;

        explicit iterator(basic_blocking_batch& from) : from_(&from) {}

        job_outcome& operator*() const { return *from_->current_; }
        job_outcome* operator->() const { return &*from_->current_; }
        iterator& operator++()
        {
            from_->current_ = from_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& at, std::default_sentinel_t)
        {
            return at.is_past_the_end();
        }

    private:
        bool is_past_the_end() const { return !from_->current_; }

        basic_blocking_batch* from_;
    };

    /// Waits for the next outcome. The range is there once: what was given is not given again.
    /// @throws api_error here and where the iterator is incremented
    iterator begin()
    {
        current_ = next();
        return iterator(*this);
    }
    std::default_sentinel_t end() const noexcept { return {}; }

    error_code acknowledge(const job_id& id) { return batch_.acknowledge(id); }
    error_code close() { return batch_.close(); }
    batch_progress progress() const { return batch_.progress(); }
    batch_summary summary() const { return batch_.summary(); }

    /// The batch underneath, for what has no blocking spelling.
    batch& get() noexcept { return batch_; }

private:
    template <class T>
    T value(result<T> answer) const
    {
        if (!answer) throw api_error(answer.error(), client_->details());
        return std::move(*answer);
    }

    Client* client_;
    batch batch_;
    std::optional<job_outcome> current_{};
};

}  // namespace scrapingpros::inline v0

#endif
