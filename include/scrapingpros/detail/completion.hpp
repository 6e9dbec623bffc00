#ifndef SCRAPINGPROS_DETAIL_COMPLETION_HPP
#define SCRAPINGPROS_DETAIL_COMPLETION_HPP

#include <scrapingpros/error.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/prefer.hpp>

#include <tuple>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** A user's handler until it is called: keeps its executor busy, hears its cancellation, and calls it
    once, on its own executor.

    `asio::post` does not take the handler's erased executor, so whoever calls `complete` must already
    run inside a handler of the client's executor, never inside an initiating function.
*/
template <class... Args>
class completion {
public:
    using handler_type = boost::asio::any_completion_handler<void(Args...)>;

    completion(handler_type handler, const boost::asio::any_io_executor& fallback)
        : handler_(std::move(handler)),
          work_(boost::asio::prefer(
              boost::asio::get_associated_executor(handler_, fallback),
              boost::asio::execution::outstanding_work.tracked
          ))
    {
    }

    /// Calls `f` when the operation is cancelled, with any of the three types.
    template <class F>
    void on_cancel(F f)
    {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot.is_connected()) return;
        slot.assign([f = std::move(f)](boost::asio::cancellation_type type) mutable {
            if (type != boost::asio::cancellation_type::none) f();
        });
    }

    template <class... Values>
    void complete(Values&&... values)
    {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (slot.is_connected()) slot.clear();
        auto work = std::exchange(work_, boost::asio::any_completion_executor());
        boost::asio::dispatch(
            work,
            [handler = std::move(handler_),
             args = std::tuple<Args...>(std::forward<Values>(values)...)]() mutable {
                std::apply(std::move(handler), std::move(args));
            }
        );
    }

    explicit operator bool() const noexcept { return static_cast<bool>(handler_); }

private:
    handler_type handler_;
    boost::asio::any_completion_executor work_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
