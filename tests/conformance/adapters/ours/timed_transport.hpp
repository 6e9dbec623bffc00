#ifndef SCRAPINGPROS_TESTS_CONFORMANCE_TIMED_TRANSPORT_HPP
#define SCRAPINGPROS_TESTS_CONFORMANCE_TIMED_TRANSPORT_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/net/any_transport.hpp>
#include <scrapingpros/net/beast_transport.hpp>
#include <scrapingpros/net/transport.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <memory>
#include <utility>

#include "mock_clock.hpp"

namespace conformance {

/** The library's own transport, whose time-outs go by the mock's clock.

    Its own are set so far away that they never come.
*/
class timed_transport {
public:
    static constexpr std::chrono::seconds usual_silence{60};
    static constexpr std::chrono::hours never{24};

    timed_transport(sp::beast_transport inner, mock_clock clock)
        : inner_(std::move(inner)), clock_(std::move(clock))
    {
    }

    class exchange;

    asio::any_io_executor get_executor() const { return inner_.get_executor(); }
    exchange open();

private:
    struct one;

    sp::beast_transport inner_;
    mock_clock clock_;
};

struct timed_transport::one : std::enable_shared_from_this<timed_transport::one> {
    one(sp::beast_exchange e, mock_clock c) : held(std::move(e)), clock(std::move(c)) {}

    template <class Result, class Handler>
    auto watch(Handler handler)
    {
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign([weak = weak_from_this()](asio::cancellation_type how) {
                if (const auto self = weak.lock()) self->stop.emit(how);
            });
        ++clock.outstanding();
        busy = true;
        late = false;
        limit = clock.at(clock.now() + silence, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self || !self->busy) return;
            self->late = true;
            self->stop.emit(asio::cancellation_type::terminal);
        });
        return asio::bind_cancellation_slot(
            stop.slot(),
            [self = shared_from_this(),
             handler = std::move(handler)](sp::error_code ec, Result value) mutable {
                --self->clock.outstanding();
                self->busy = false;
                self->clock.drop(self->limit);
                if (ec && self->late) ec = sp::errc::silence_timeout;
                std::move(handler)(ec, std::move(value));
            }
        );
    }

    sp::beast_exchange held;
    mock_clock clock;
    sp::http_request request{};
    std::chrono::milliseconds silence = usual_silence;
    asio::cancellation_signal stop{};
    mock_clock::ticket limit{};
    bool busy = false;
    bool late = false;
};

class timed_transport::exchange {
public:
    explicit exchange(std::shared_ptr<one> state) : state_(std::move(state)) {}
    exchange(exchange&&) noexcept = default;
    exchange& operator=(exchange&&) noexcept = default;
    ~exchange()
    {
        if (state_ && state_->busy) state_->stop.emit(asio::cancellation_type::terminal);
    }

    void async_send(const sp::http_request& request, sp::send_handler handler)
    {
        state_->request = request;
        state_->silence = request.silence.value_or(usual_silence);
        state_->request.silence = never;
        state_->held.async_send(
            state_->request, state_->watch<sp::http_response_head>(std::move(handler))
        );
    }
    void async_read_some(asio::mutable_buffer buffer, sp::read_handler handler)
    {
        state_->held.async_read_some(buffer, state_->watch<std::size_t>(std::move(handler)));
    }
    sp::exchange_progress progress() const { return state_->held.progress(); }

private:
    std::shared_ptr<one> state_;
};

inline timed_transport::exchange timed_transport::open()
{
    return exchange(std::make_shared<one>(inner_.open(), clock_));
}

static_assert(sp::transport<timed_transport>);

}  // namespace conformance

#endif
