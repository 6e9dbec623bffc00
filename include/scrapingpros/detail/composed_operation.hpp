#ifndef SCRAPINGPROS_DETAIL_COMPOSED_OPERATION_HPP
#define SCRAPINGPROS_DETAIL_COMPOSED_OPERATION_HPP

#include <scrapingpros/detail/client_core.hpp>
#include <scrapingpros/detail/completion.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace scrapingpros::inline v0::detail {

/** What the operations of several calls share: one completion, one cancellation for whatever call or
    wait is under way. Kept alive by what it waits for.
*/
template <class T>
class composed_operation : public std::enable_shared_from_this<composed_operation<T>> {
public:
    composed_operation(client_core& core, call_options options, on<T> handler)
        : core_(core.shared_from_this()), options_(options),
          done_(std::move(handler), core.get_executor()),
          timer_(core.policies().new_timer(core.get_executor()))
    {
    }
    virtual ~composed_operation() = default;

    void start()
    {
        done_.on_cancel([weak = this->weak_from_this()] {
            const auto self = weak.lock();
            if (!self) return;
            self->cancelled_ = true;
            self->inner_.emit(boost::asio::cancellation_type::terminal);
            self->timer_->cancel();
        });
        boost::asio::post(core_->get_executor(), [self = this->shared_from_this()] {
            if (self->cancelled_) return self->finish(boost::asio::error::operation_aborted, T());
            self->begin();
        });
    }

protected:
    virtual void begin() = 0;

    /// A handler for one inner call; `f(error_code, U)` is not called once the operation is cancelled.
    template <class U, class F>
    on<U> then(F f)
    {
        return boost::asio::bind_cancellation_slot(
            inner_.slot(),
            [self = this->shared_from_this(), f = std::move(f)](error_code ec, U value) mutable {
                f(ec, std::move(value));
            }
        );
    }

    template <class F>
    void wait_until(instant when, F f)
    {
        timer_->async_wait_until(
            when, [self = this->shared_from_this(), f = std::move(f)](error_code) mutable { f(); }
        );
    }

    void finish(error_code ec, T value) { done_.complete(ec, std::move(value)); }

    std::shared_ptr<client_core> core_;
    call_options options_;
    bool cancelled_ = false;

private:
    completion<error_code, T> done_;
    std::unique_ptr<wait_timer> timer_;
    boost::asio::cancellation_signal inner_{};
};

}  // namespace scrapingpros::inline v0::detail

#endif
