#ifndef SCRAPINGPROS_IMPL_NET_TLS_SESSION_IPP
#define SCRAPINGPROS_IMPL_NET_TLS_SESSION_IPP

#include <scrapingpros/impl/net/byte_window.hpp>
#include <scrapingpros/impl/net/tls_context.ipp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace scrapingpros::inline v0::detail {

/** TLS without a socket: bytes from the peer are put into `received`, bytes for it are found in
    `to_send`. A stream template over OpenSSL costs each user of the library seconds of compile
    time for every operation; this costs one object file.
*/
class tls_session {
public:
    enum class outcome { done, want_read, closed, failed };

    static std::unique_ptr<tls_session> make(
        ::SSL_CTX* context, const std::string& host, error_code& ec
    );

    outcome handshake(error_code& ec);
    /// Decrypts as much as fits.
    outcome read(std::span<char> room, std::size_t& n, error_code& ec);
    bool write(std::string_view text, error_code& ec);
    /// Leaves a close_notify in `to_send`.
    void say_goodbye() noexcept;

    byte_window received;
    std::string to_send;

private:
    tls_session() = default;
    bool expect_host(const std::string& host);
    outcome judge(int returned, error_code& ec) noexcept;

    static ::BIO_METHOD* bio_method();
    static int bio_read(::BIO* bio, char* to, int room);
    static int bio_write(::BIO* bio, const char* from, int n);
    static long bio_control(::BIO*, int command, long, void*);

    std::unique_ptr<::SSL, ssl_deleter<&::SSL_free>> ssl_;
};

SCRAPINGPROS_DECL ::BIO_METHOD* tls_session::bio_method()
{
    static ::BIO_METHOD* const method = [] {
        auto* made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "scrapingpros");
        ::BIO_meth_set_read(made, &tls_session::bio_read);
        ::BIO_meth_set_write(made, &tls_session::bio_write);
        ::BIO_meth_set_ctrl(made, &tls_session::bio_control);
        return made;
    }();
    return method;
}

SCRAPINGPROS_DECL int tls_session::bio_read(::BIO* bio, char* to, int room)
{
    auto& self = *static_cast<tls_session*>(::BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto n = (std::min)(static_cast<std::size_t>((std::max)(room, 0)), self.received.size());
    if (n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    std::memcpy(to, self.received.data(), n);
    self.received.consume(n);
    return static_cast<int>(n);
}

SCRAPINGPROS_DECL int tls_session::bio_write(::BIO* bio, const char* from, int n)
{
    auto& self = *static_cast<tls_session*>(::BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    try {
        if (n > 0) self.to_send.append(from, static_cast<std::size_t>(n));
        return n;
    } catch (...) {  // no exception may pass through OpenSSL
        return -1;
    }
}

SCRAPINGPROS_DECL long tls_session::bio_control(::BIO*, int command, long, void*)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

SCRAPINGPROS_DECL bool tls_session::expect_host(const std::string& host)
{
    error_code not_numeric;
    boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric)  // RFC 6066 allows no address in SNI; the certificate must name it all the
                       // same
        return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_.get()), host.c_str()) == 1;
    ::SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1 &&
           ::SSL_set1_host(ssl_.get(), host.c_str()) == 1;
}

SCRAPINGPROS_DECL std::unique_ptr<tls_session> tls_session::make(
    ::SSL_CTX* context, const std::string& host, error_code& ec
)
{
    ::ERR_clear_error();
    std::unique_ptr<tls_session> self(new tls_session);
    self->ssl_.reset(::SSL_new(context));
    auto* bio = self->ssl_ ? ::BIO_new(bio_method()) : nullptr;
    if (bio) {
        ::BIO_set_data(bio, self.get());
        ::BIO_set_init(bio, 1);
        ::SSL_set_bio(self->ssl_.get(), bio, bio);
        ::SSL_set_connect_state(self->ssl_.get());
    }
    if (bio && self->expect_host(host)) return self;
    ec = take_tls_error();
    return nullptr;
}

SCRAPINGPROS_DECL tls_session::outcome tls_session::judge(int returned, error_code& ec) noexcept
{
    switch (::SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_NONE: return outcome::done;
    case SSL_ERROR_WANT_READ: return outcome::want_read;
    case SSL_ERROR_ZERO_RETURN: return outcome::closed;
    default: break;
    }
    ec = take_tls_error();
    return outcome::failed;
}

SCRAPINGPROS_DECL tls_session::outcome tls_session::handshake(error_code& ec)
{
    ::ERR_clear_error();
    const auto what = judge(::SSL_do_handshake(ssl_.get()), ec);
    const auto verdict = ::SSL_get_verify_result(ssl_.get());
    const bool verifies = (::SSL_get_verify_mode(ssl_.get()) & SSL_VERIFY_PEER) != 0;
    if (what == outcome::failed && verifies && verdict != X509_V_OK)
        ec = {static_cast<int>(verdict), certificate_category_instance};
    return what;
}

SCRAPINGPROS_DECL tls_session::outcome tls_session::read(
    std::span<char> room, std::size_t& n, error_code& ec
)
{
    ::ERR_clear_error();
    n = 0;
    return judge(::SSL_read_ex(ssl_.get(), room.data(), room.size(), &n), ec);
}

SCRAPINGPROS_DECL bool tls_session::write(std::string_view text, error_code& ec)
{
    ::ERR_clear_error();
    std::size_t n = 0;
    if (::SSL_write_ex(ssl_.get(), text.data(), text.size(), &n) == 1 && n == text.size())
        return true;
    ec = take_tls_error();
    return false;
}

SCRAPINGPROS_DECL void tls_session::say_goodbye() noexcept
{
    ::ERR_clear_error();
    if (::SSL_is_init_finished(ssl_.get())) ::SSL_shutdown(ssl_.get());
    ::ERR_clear_error();
}

}  // namespace scrapingpros::inline v0::detail

#endif
