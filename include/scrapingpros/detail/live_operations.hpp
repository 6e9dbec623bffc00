#ifndef SCRAPINGPROS_DETAIL_LIVE_OPERATIONS_HPP
#define SCRAPINGPROS_DETAIL_LIVE_OPERATIONS_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>

#include <mutex>
#include <unordered_set>

namespace scrapingpros::inline v0::detail {

/// An operation that must let go of what it holds when its context is destroyed under way.
class live_operation {
public:
    virtual void discard() = 0;

protected:
    ~live_operation() = default;
};

/** The operations under way on one execution context.

    An operation owns its exchange, and the exchange keeps a handler that owns the operation. While
    the context lives a completion ends that; when it is destroyed instead, this service does.
*/
class live_operations final : public boost::asio::execution_context::service {
public:
    using key_type = live_operations;
    static inline boost::asio::execution_context::id id;

    explicit live_operations(boost::asio::execution_context& owner) : service(owner) {}

    static live_operations& of(const boost::asio::any_io_executor& executor)
    {
        auto& context = boost::asio::query(executor, boost::asio::execution::context);
        return boost::asio::use_service<live_operations>(context);
    }

    void add(live_operation& op)
    {
        const std::lock_guard hold(guard_);
        all_.insert(&op);
    }
    void remove(live_operation& op)
    {
        const std::lock_guard hold(guard_);
        all_.erase(&op);
    }

private:
    void shutdown() override
    {
        for (;;) {
            live_operation* next = nullptr;
            {
                const std::lock_guard hold(guard_);
                if (all_.empty()) return;
                next = *all_.begin();
                all_.erase(all_.begin());
            }
            next->discard();
        }
    }

    std::mutex guard_;
    std::unordered_set<live_operation*> all_;
};

}  // namespace scrapingpros::inline v0::detail

#endif
