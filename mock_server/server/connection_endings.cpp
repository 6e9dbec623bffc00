// How a connection comes to its end: the ways to go that plans, refusals and chance ask for.

#include <boost/asio/buffer.hpp>

#include <sys/ioctl.h>

#include "runs/draws.hpp"
#include "server/connection.hpp"

#if __has_include(<linux/sockios.h>)
#include <linux/sockios.h>
#endif

namespace scrapingpros_mock {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// How long a client that was refused, or said goodbye to, may take to leave.
constexpr auto patience = 2s;

// In [0, 1).
double as_fraction(std::uint64_t bits)
{
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

enum class send_queue { unsent, unacknowledged, empty };

send_queue look_at_send_queue(tcp_socket& socket)
{
#if defined(SIOCOUTQ) && defined(SIOCOUTQNSD)
    int unsent = 0;
    int unacknowledged = 0;
    if (::ioctl(socket.native_handle(), SIOCOUTQNSD, &unsent) == 0 && unsent > 0)
        return send_queue::unsent;
    if (::ioctl(socket.native_handle(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0)
        return send_queue::unacknowledged;
    return send_queue::empty;
#else
    // Not to be learnt here; the time that this buys is all there is.
    return send_queue::unacknowledged;
#endif
}

}  // namespace

void connection::shut()
{
    ++timer_epoch_;
    error_code ignored;
    timer_.cancel();
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
    socket_.close(ignored);
}

void connection::reset_when_drained(int checks)
{
    // A reset throws away what has not left our buffers. What has left them is with the peer's
    // system, as the peer is on this machine; the acknowledgement alone may be 40 ms late, and is
    // not waited for. A peer that does not read is not waited for longer than ten seconds.
    const auto queue = look_at_send_queue(socket_);
    const bool arrived = queue == send_queue::unacknowledged && checks >= 3;
    if (queue == send_queue::empty || arrived || checks == 10'000) return reset_now();
    after(1ms, [this, checks] { reset_when_drained(checks + 1); });
}

void connection::reset_now()
{
    error_code ignored;
    end_as_planned();
    ++timer_epoch_;
    timer_.cancel();
    // Without a shutdown before it, which would send a FIN.
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    socket_.close(ignored);
}

void connection::close_politely()
{
    if (tls_ && leaves_silently_) return shut();
    if (tls_) {
        after(patience, [this] { shut(); });
        tls_->async_shutdown([self = shared_from_this()](error_code) { self->shut(); });
        return;
    }
    error_code ignored;
    if (input_.size() == 0 && socket_.available(ignored) == 0) return shut();
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    discard_until_peer_leaves(true);
}

void connection::discard_until_peer_leaves(bool bounded)
{
    if (bounded) after(patience, [this] { shut(); });
    discard();
}

void connection::discard()
{
    // Below TLS: whatever still comes, nobody is going to read it.
    input_.clear();
    socket_.async_read_some(
        input_.prepare(64 * 1024),
        [self = shared_from_this()](error_code ec, std::size_t) {
            if (!ec) return self->discard();
            self->over(exchange_end::cause::planned);
            self->shut();
        }
    );
}

bool connection::plan_idle_close()
{
    const auto& chaos = state_->options.chaos;
    if (chaos.probability <= 0.0) return false;
    const draws chance{chaos.seed, "idle_close"};
    if (as_fraction(chance.number("whether", number_, responses_)) >= chaos.probability)
        return false;
    const std::chrono::duration<double, std::nano> longest{chaos.longest_wait};
    const auto wait = longest * as_fraction(chance.number("when", number_, responses_));
    if (wait < 1ns) {
        close_idle();
        return true;
    }
    after(std::chrono::duration_cast<std::chrono::nanoseconds>(wait), [this] { close_idle(); });
    return false;
}

void connection::close_idle()
{
    const auto& chaos = state_->options.chaos;
    const draws chance{chaos.seed, "idle_close"};
    const bool coin = chance.number("how", number_, responses_) % 2 == 0;
    const bool reset =
        chaos.manner == idle_close_manner::either ? coin : chaos.manner == idle_close_manner::rst;
    // The connection is not idle before its last response has left: a reset would cut it.
    if (reset && look_at_send_queue(socket_) == send_queue::unsent)
        return after(1ms, [this] { close_idle(); });
    ++state_->counts.idle_closes;
    if (reset)
        reset_now();
    else
        shut();
}

}  // namespace scrapingpros_mock
