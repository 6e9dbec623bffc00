#ifndef SCRAPINGPROS_NET_ANY_TRANSPORT_HPP
#define SCRAPINGPROS_NET_ANY_TRANSPORT_HPP

#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace scrapingpros::inline v0 {
namespace detail {

struct erased_exchange {
    erased_exchange() = default;
    erased_exchange(const erased_exchange&) = delete;
    erased_exchange& operator=(const erased_exchange&) = delete;
    virtual ~erased_exchange() = default;
    virtual void async_send(const http_request& request, send_handler handler) = 0;
    virtual void async_read_some(boost::asio::mutable_buffer buffer, read_handler handler) = 0;
    virtual exchange_progress progress() const = 0;
    /// Moves to `where`; the source stays to be destroyed.
    virtual erased_exchange* move_to(void* where) noexcept = 0;
};

template <exchange Exchange>
class exchange_holder final : public erased_exchange {
public:
    explicit exchange_holder(Exchange held) : held_(std::move(held)) {}
    void async_send(const http_request& request, send_handler handler) override
    {
        held_.async_send(request, std::move(handler));
    }
    void async_read_some(boost::asio::mutable_buffer buffer, read_handler handler) override
    {
        held_.async_read_some(buffer, std::move(handler));
    }
    exchange_progress progress() const override { return held_.progress(); }
    erased_exchange* move_to(void* where) noexcept override
    {
        return ::new (where) exchange_holder(std::move(held_));
    }

private:
    Exchange held_;
};

}  // namespace detail

/** Any exchange behind one type. An exchange of up to three pointers is kept inside, without an
    allocation. A moved-from or default-constructed one may only be assigned to and destroyed.
*/
class any_exchange {
public:
    any_exchange() = default;

    template <class Exchange>
        requires(!std::same_as<std::remove_cvref_t<Exchange>, any_exchange> && exchange<Exchange>)
    any_exchange(Exchange held)
    {
        using holder = detail::exchange_holder<Exchange>;
        if constexpr (sizeof(holder) <= room && alignof(holder) <= alignof(void*) && std::is_nothrow_move_constructible_v<Exchange>)
            held_ = ::new (static_cast<void*>(inside_)) holder(std::move(held));
        else
            held_ = new holder(std::move(held));
    }

    any_exchange(any_exchange&& other) noexcept { take(other); }
    any_exchange& operator=(any_exchange&& other) noexcept
    {
        if (this == &other) return *this;
        drop();
        take(other);
        return *this;
    }
    ~any_exchange() { drop(); }

    void async_send(const http_request& request, send_handler handler)
    {
        held_->async_send(request, std::move(handler));
    }
    void async_read_some(boost::asio::mutable_buffer buffer, read_handler handler)
    {
        held_->async_read_some(buffer, std::move(handler));
    }
    exchange_progress progress() const { return held_ ? held_->progress() : exchange_progress{}; }

    explicit operator bool() const noexcept { return held_ != nullptr; }

private:
    static constexpr std::size_t room = 4 * sizeof(void*);

    bool is_inside() const noexcept
    {
        return static_cast<const void*>(held_) == static_cast<const void*>(inside_);
    }
    void take(any_exchange& other) noexcept
    {
        if (!other.held_) return;
        if (!other.is_inside()) {
            held_ = std::exchange(other.held_, nullptr);
            return;
        }
        held_ = other.held_->move_to(inside_);
        other.drop();
    }
    void drop() noexcept
    {
        if (!held_) return;
        // Cleared first: the destructor of an exchange may run handlers' destructors, and those
        // look at this object again.
        auto* gone = held_;
        const bool inside = is_inside();
        held_ = nullptr;
        if (inside)
            gone->~erased_exchange();
        else
            delete gone;
    }

    detail::erased_exchange* held_ = nullptr;
    alignas(void*) std::byte inside_[room];
};

static_assert(exchange<any_exchange>);

/** Any transport behind one type: what a client has unless it is told its transport's type.

    A handle: copies share the transport. Cost over the transport itself: a virtual call for each
    operation.
*/
class any_transport {
public:
    template <class Transport>
        requires(!std::same_as<std::remove_cvref_t<Transport>, any_transport> && transport<Transport>)
    any_transport(Transport held) : held_(std::make_shared<holder<Transport>>(std::move(held)))
    {
    }

    boost::asio::any_io_executor get_executor() { return held_->get_executor(); }
    any_exchange open() { return held_->open(); }

private:
    struct erased {
        erased() = default;
        erased(const erased&) = delete;
        erased& operator=(const erased&) = delete;
        virtual ~erased() = default;
        virtual boost::asio::any_io_executor get_executor() = 0;
        virtual any_exchange open() = 0;
    };
    template <class Transport>
    struct holder final : erased {
        explicit holder(Transport t) : held(std::move(t)) {}
        boost::asio::any_io_executor get_executor() override { return held.get_executor(); }
        any_exchange open() override { return held.open(); }
        Transport held;
    };

    std::shared_ptr<erased> held_;
};

static_assert(transport<any_transport>);

}  // namespace scrapingpros::inline v0

#endif
