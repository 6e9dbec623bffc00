#ifndef SCRAPINGPROS_IMPL_NET_CHANNEL_IPP
#define SCRAPINGPROS_IMPL_NET_CHANNEL_IPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/impl/net/tls_session.ipp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace scrapingpros::inline v0::detail {

namespace asio = boost::asio;

/** A byte stream over TCP, with TLS on top after `start_tls`. One operation at a time, reported to
   the user of the moment; after `close` or `connect` no report of an earlier operation comes any
   more.
*/
class channel : public std::enable_shared_from_this<channel> {
public:
    class user {
    public:
        /// `n`: bytes of plain text that were taken by a write; otherwise 0.
        virtual void on_channel(error_code ec, std::size_t n) = 0;

    protected:
        ~user() = default;
    };

    explicit channel(const asio::any_io_executor& executor) : socket_(executor) {}
    ~channel() { close(); }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    void serve(user* who) noexcept { user_ = who; }
    void connect(const asio::ip::tcp::endpoint& to);
    void start_tls(std::unique_ptr<tls_session> session);
    /// Waits for bytes. They need not amount to plain text: look into `received`, then go on.
    void read_some();
    /// Sends a piece of the text in `head` and `body`, which may be reported as 0 bytes: call
    /// again.
    void write_some(std::string_view head, std::string_view body);
    /// Moves what is decrypted already into `received`; whether that was anything.
    bool decrypt(error_code& ec);
    /// Whether an idle connection is still fit for use: open, and nothing was said on it.
    bool is_quiet();
    void close() noexcept;

    bool is_tls() const noexcept { return tls_ != nullptr; }
    /// Whether the peer said that it would send no more, as opposed to a cut connection.
    bool ended_cleanly() const noexcept { return !tls_ || ended_; }
    tls_session* tls() noexcept { return tls_.get(); }

    byte_window received;

private:
    enum class doing { nothing, connect, read, write, shake };
    struct on_io {
        std::shared_ptr<channel> self;
        unsigned epoch;
        void operator()(error_code ec, std::size_t n = 0) const { self->done(epoch, ec, n); }
    };

    on_io begin(doing what)
    {
        doing_ = what;
        return {shared_from_this(), epoch_};
    }
    void done(unsigned epoch, error_code ec, std::size_t n);
    void flush(std::string_view first, std::string_view second, doing what);
    void receive(byte_window& into, doing what);
    void wrote(error_code ec, std::size_t n);
    void shook(error_code ec, std::size_t n);
    void shake();
    void report(error_code ec, std::size_t n) { user_->on_channel(ec, n); }

    asio::ip::tcp::socket socket_;
    user* user_ = nullptr;
    std::unique_ptr<tls_session> tls_;
    /// Plain text that the bytes in `to_send` carry.
    std::size_t encrypted_ = 0;
    /// Of the last encryption; reported when the write is.
    error_code failure_{};
    /// Told apart by it: reports of operations that are no longer wanted.
    unsigned epoch_ = 0;
    doing doing_ = doing::nothing;
    bool shook_hands_ = false;
    bool ended_ = false;
};

SCRAPINGPROS_DECL void channel::connect(const asio::ip::tcp::endpoint& to)
{
    error_code ignored;
    ++epoch_;
    socket_.close(ignored);
    socket_.async_connect(to, begin(doing::connect));
}

SCRAPINGPROS_DECL void channel::start_tls(std::unique_ptr<tls_session> session)
{
    tls_ = std::move(session);
    shake();
}

SCRAPINGPROS_DECL void channel::receive(byte_window& into, doing what)
{
    const auto room = into.room();
    socket_.async_read_some(asio::buffer(room.data(), room.size()), begin(what));
}

SCRAPINGPROS_DECL void channel::read_some()
{
    receive(tls_ ? tls_->received : received, doing::read);
}

SCRAPINGPROS_DECL void channel::flush(std::string_view first, std::string_view second, doing what)
{
    const std::array<asio::const_buffer, 2> both{
        asio::const_buffer(first.data(), first.size()),
        asio::const_buffer(second.data(), second.size())};
    socket_.async_write_some(both, begin(what));
}

SCRAPINGPROS_DECL void channel::write_some(std::string_view head, std::string_view body)
{
    static constexpr std::size_t piece = 32 * std::size_t{1024};  // two records of TLS
    if (!tls_) {
        flush(head, body, doing::write);
        return;
    }
    error_code ec;
    if (tls_->to_send.empty()) {
        const auto text = (head.empty() ? body : head).substr(0, piece);
        tls_->write(text, ec);
        encrypted_ = text.size();
    }
    // A failed encryption leaves the alert, if any; sending nothing reports from the executor.
    failure_ = ec;
    flush(tls_->to_send, {}, doing::write);
}

SCRAPINGPROS_DECL bool channel::decrypt(error_code& ec)
{
    bool any = false;
    while (tls_ && !received.full()) {
        std::size_t n = 0;
        error_code failure;
        const auto what = tls_->read(received.room(), n, failure);
        received.commit(n);
        if (what == tls_session::outcome::done) {
            any = true;
            continue;
        }
        ended_ = ended_ || what == tls_session::outcome::closed;
        // What came before the end is used first; the end is found again by the next call.
        if (!any && what == tls_session::outcome::closed) ec = asio::error::eof;
        if (!any && what == tls_session::outcome::failed) ec = failure;
        break;
    }
    return any;
}

SCRAPINGPROS_DECL bool channel::is_quiet()
{
    error_code ec;
    char byte = 0;
    socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
    if (ec == asio::error::would_block) return received.empty();
    if (ec || !tls_ || !received.empty()) return false;
    // Session tickets and key updates come on their own time and say nothing.
    const auto room = tls_->received.room();
    tls_->received.commit(socket_.read_some(asio::buffer(room.data(), room.size()), ec));
    return !ec && !decrypt(ec) && !ec;
}

SCRAPINGPROS_DECL void channel::close() noexcept
{
    ++epoch_;
    user_ = nullptr;
    if (!socket_.is_open()) return;
    error_code ignored;
    if (tls_ && shook_hands_ && tls_->to_send.empty()) {
        tls_->say_goodbye();
        // Best effort: what does not fit into the socket's buffer now is not worth waiting for.
        socket_.write_some(asio::buffer(tls_->to_send), ignored);
    }
    socket_.close(ignored);
}

SCRAPINGPROS_DECL void channel::done(unsigned epoch, error_code ec, std::size_t n)
{
    if (epoch != epoch_) return;
    const auto what = std::exchange(doing_, doing::nothing);
    error_code ignored;
    switch (what) {
    case doing::connect:
        if (!ec) socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        if (!ec) socket_.non_blocking(true, ignored);  // for the few synchronous calls
        return report(ec, 0);
    case doing::read:
        (tls_ ? tls_->received : received).commit(n);
        if (!ec) decrypt(ec);
        return report(ec, 0);
    case doing::write: return tls_ ? wrote(ec, n) : report(ec, n);
    case doing::shake: return shook(ec, n);
    case doing::nothing: return;
    }
}

SCRAPINGPROS_DECL void channel::wrote(error_code ec, std::size_t n)
{
    tls_->to_send.erase(0, n);
    if (!ec) ec = failure_;
    const bool all = tls_->to_send.empty();
    report(ec, all && !ec ? std::exchange(encrypted_, 0) : 0);
}

SCRAPINGPROS_DECL void channel::shook(error_code ec, std::size_t n)
{
    if (ec) return report(ec, 0);
    if (tls_->to_send.empty())
        tls_->received.commit(n);
    else
        tls_->to_send.erase(0, n);
    shake();
}

SCRAPINGPROS_DECL void channel::shake()
{
    if (!tls_->to_send.empty()) return flush(tls_->to_send, {}, doing::shake);
    error_code ec;
    const auto what = tls_->handshake(ec);
    if (what == tls_session::outcome::failed) {
        error_code ignored;  // the peer is to know why (an alert), if that needs no waiting
        socket_.write_some(asio::buffer(tls_->to_send), ignored);
        return report(ec, 0);
    }
    if (!tls_->to_send.empty()) return flush(tls_->to_send, {}, doing::shake);
    if (what == tls_session::outcome::want_read) return receive(tls_->received, doing::shake);
    shook_hands_ = what == tls_session::outcome::done;
    report(shook_hands_ ? error_code() : asio::error::eof, 0);
}

}  // namespace scrapingpros::inline v0::detail

#endif
