#ifndef SCRAPINGPROS_TESTS_SUPPORT_LOOPBACK_TRANSPORT_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_LOOPBACK_TRANSPORT_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/net/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/types.hpp"
#include "tests/support/virtual_clock.hpp"

namespace test {

using service = std::function<scrapingpros_mock::response_plan(
    const scrapingpros_mock::request&, scrapingpros_mock::time_point
)>;

/// One request as the service saw it.
struct seen_request {
    scrapingpros_mock::request what;
    scrapingpros::instant when;

    /// `GET /v1/…` with the query, for traces.
    std::string line() const { return what.method + " " + what.target; }
};

/** A transport to a service in the same process, on virtual time: no sockets, no threads.

    It does what the service's plan says: delays, cuts, resets, stalls. A copy is a handle.
*/
class loopback_transport {
public:
    loopback_transport(boost::asio::any_io_executor executor, virtual_clock clock, service answer)
        : shared_(std::make_shared<shared>(shared{std::move(executor), clock, std::move(answer), {}}
          ))
    {
    }

    class exchange;

    boost::asio::any_io_executor get_executor() const { return shared_->executor; }
    exchange open();

    const std::vector<seen_request>& seen() const { return shared_->seen; }
    std::vector<std::string> trace() const
    {
        std::vector<std::string> lines;
        for (const auto& request : seen())
            lines.push_back(request.line());
        return lines;
    }

private:
    struct shared {
        boost::asio::any_io_executor executor;
        virtual_clock clock;
        service answer;
        std::vector<seen_request> seen;
    };
    struct progress_of_one;

    std::shared_ptr<shared> shared_;
};

struct loopback_transport::progress_of_one
    : std::enable_shared_from_this<loopback_transport::progress_of_one> {
    explicit progress_of_one(std::shared_ptr<loopback_transport::shared> s) : owner(std::move(s)) {}

    template <class Handler, class... Values>
    void later(Handler handler, scrapingpros::error_code ec, Values... values)
    {
        boost::asio::post(
            owner->executor,
            [handler = std::move(handler), ec, ... values = std::move(values)]() mutable {
                std::move(handler)(ec, std::move(values)...);
            }
        );
    }

    void send(const scrapingpros::http_request& request, scrapingpros::send_handler handler)
    {
        using scrapingpros::call_phase;
        scrapingpros_mock::request theirs;
        theirs.method = std::string(to_string(request.method));
        theirs.target = request.target;
        theirs.body = request.body;
        for (std::size_t i = 0; i < request.headers.size(); ++i)
            theirs.headers.push_back(
                {std::string(request.headers.name(i)), std::string(request.headers.value(i))}
            );
        owner->seen.push_back({theirs, owner->clock.now()});
        plan = owner->answer(theirs, owner->clock.server_now());
        progress = {call_phase::head, true, false, 0};
        on_head.swap(handler);  // assignment by move recurses for ever in Boost 1.81
        listen_for_cancel(on_head);
        // As the transports over sockets: a peer that is silent for too long is given up.
        const auto patience = request.silence.value_or(std::chrono::seconds(60));
        owner->clock.async_wait(
            owner->executor,
            owner->clock.now() + (std::min<scrapingpros::instant::duration>)(plan.delay, patience),
            [self = shared_from_this(), late = plan.delay > patience](scrapingpros::error_code) {
                if (!late) return self->reply();
                if (!self->on_head) return;
                self->later(
                    std::exchange(self->on_head, nullptr),
                    scrapingpros::errc::silence_timeout,
                    scrapingpros::http_response_head()
                );
            }
        );
    }

    void reply()
    {
        using scrapingpros_mock::wire_ending;
        if (!on_head) return;
        const std::size_t head_size = 64;  // a nominal size: cuts below it hit the head
        const bool whole = plan.ending == wire_ending::complete;
        if (!whole && plan.cut_at < head_size) {
            if (plan.ending == wire_ending::stall) return;
            scrapingpros::error_code lost = boost::asio::error::eof;
            if (plan.ending == wire_ending::reset) lost = boost::asio::error::connection_reset;
            return later(std::exchange(on_head, nullptr), lost, scrapingpros::http_response_head());
        }
        body_end = whole ? plan.body.size() : (std::min)(plan.cut_at - head_size, plan.body.size());
        scrapingpros::http_response_head head;
        head.status = plan.status;
        for (const auto& field : plan.headers)
            head.fields.add(field.name, field.value);
        progress.phase = scrapingpros::call_phase::body;
        later(std::exchange(on_head, nullptr), {}, std::move(head));
    }

    void read(boost::asio::mutable_buffer buffer, scrapingpros::read_handler handler)
    {
        using scrapingpros_mock::wire_ending;
        const std::size_t n = (std::min)(buffer.size(), body_end - at);
        if (n > 0) {
            std::memcpy(buffer.data(), plan.body.data() + at, n);
            at += n;
            progress.body_bytes += n;
            return later(std::move(handler), {}, n);
        }
        if (plan.ending == wire_ending::complete) {
            progress.phase = scrapingpros::call_phase::done;
            return later(std::move(handler), boost::asio::error::eof, std::size_t(0));
        }
        if (plan.ending == wire_ending::reset)
            return later(std::move(handler), boost::asio::error::connection_reset, std::size_t(0));
        if (plan.ending == wire_ending::close)
            return later(std::move(handler), scrapingpros::errc::incomplete_body, std::size_t(0));
        on_piece.swap(handler);
        listen_for_cancel(on_piece);
    }

    template <class Handler>
    void listen_for_cancel(Handler& handler)
    {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = weak_from_this()](boost::asio::cancellation_type) {
                if (const auto self = weak.lock()) self->abandon();
            });
    }

    void abandon()
    {
        const scrapingpros::error_code aborted = boost::asio::error::operation_aborted;
        if (on_head)
            later(std::exchange(on_head, nullptr), aborted, scrapingpros::http_response_head());
        if (on_piece) later(std::exchange(on_piece, nullptr), aborted, std::size_t(0));
    }

    std::shared_ptr<loopback_transport::shared> owner;
    scrapingpros_mock::response_plan plan{};
    scrapingpros::exchange_progress progress{};
    scrapingpros::send_handler on_head{};
    scrapingpros::read_handler on_piece{};
    std::size_t body_end = 0;
    std::size_t at = 0;
};

class loopback_transport::exchange {
public:
    explicit exchange(std::shared_ptr<shared> owner)
        : state_(std::make_shared<progress_of_one>(std::move(owner)))
    {
    }
    exchange(exchange&&) noexcept = default;
    exchange& operator=(exchange&&) noexcept = default;
    ~exchange()
    {
        if (state_) state_->abandon();
    }

    void async_send(const scrapingpros::http_request& request, scrapingpros::send_handler handler)
    {
        state_->send(request, std::move(handler));
    }
    void async_read_some(boost::asio::mutable_buffer buffer, scrapingpros::read_handler handler)
    {
        state_->read(buffer, std::move(handler));
    }
    scrapingpros::exchange_progress progress() const { return state_->progress; }

private:
    std::shared_ptr<progress_of_one> state_;
};

inline loopback_transport::exchange loopback_transport::open()
{
    return exchange(shared_);
}

static_assert(scrapingpros::transport<loopback_transport>);

}  // namespace test

#endif
