// How a connection executes a script that is more than one write.

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <poll.h>

#include "server/connection.hpp"

namespace scrapingpros_mock {

namespace asio = boost::asio;

void connection::next_step()
{
    if (step_ == script_.steps.size()) return end();
    const wire_step& step = script_.steps[step_];
    switch (step.what) {
    case wire_step::kind::send: return send_piece();
    case wire_step::kind::wait: ++step_; return wait_for(step.time);
    // These two are over when the peer leaves.
    case wire_step::kind::half_close: {
        error_code ignored;
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        return discard_until_peer_leaves(false);
    }
    case wire_step::kind::stall: return discard_until_peer_leaves(false);
    case wire_step::kind::close: end_as_planned(); return shut();
    case wire_step::kind::reset: return reset_when_drained(0);
    case wire_step::kind::reset_now: return reset_now();
    }
}

void connection::send_piece()
{
    // Time may have passed since the last one.
    if (step_ > 0 && sent_ > 0 && client_is_gone())
        return over(exchange_end::cause::client_left), shut();
    const wire_step& step = script_.steps[step_];
    const std::size_t rest = step.size - step_sent_;
    const std::size_t size = step.piece > 0 ? std::min(step.piece, rest) : rest;
    const auto piece = asio::buffer(script_.bytes.data() + sent_, size);
    auto handler = [self = shared_from_this()](error_code ec, std::size_t written) {
        self->state_->counts.bytes_sent += written;
        self->sent_ += written;
        self->step_sent_ += written;
        if (ec) return self->over(exchange_end::cause::client_left), self->shut();
        const wire_step& current = self->script_.steps[self->step_];
        if (self->step_sent_ < current.size) return self->wait_for(current.time);
        ++self->step_;
        self->step_sent_ = 0;
        self->next_step();
    };
    if (tls_)
        asio::async_write(*tls_, piece, std::move(handler));
    else
        asio::async_write(socket_, piece, std::move(handler));
}

bool connection::client_is_gone()
{
    pollfd look{.fd = socket_.native_handle(), .events = 0, .revents = 0};
#ifdef POLLRDHUP
    // A client that has sent a FIN may still read. Where nothing was sent to it there is no telling
    // it from one that has left, and few clients do the former.
    if (sent_ == 0) look.events = POLLRDHUP;
#endif
    // One that has left answers bytes with a reset, at once where it is on this machine.
    return ::poll(&look, 1, 0) > 0 && look.revents != 0;
}

void connection::end_as_planned()
{
    using enum exchange_end::cause;
    over(untold_ && watched_ && client_is_gone() ? client_left : planned);
}

}  // namespace scrapingpros_mock
