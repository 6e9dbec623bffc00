#ifndef SCRAPINGPROS_NET_BEAST_TRANSPORT_HPP
#define SCRAPINGPROS_NET_BEAST_TRANSPORT_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/net/transport.hpp>
#include <scrapingpros/net/transport_options.hpp>
#include <scrapingpros/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>

#include <memory>

namespace scrapingpros::inline v0 {
namespace detail {

class exchange_state;
struct transport_core;

}  // namespace detail

/// An exchange of a `beast_transport`.
class beast_exchange {
public:
    beast_exchange(beast_exchange&&) noexcept = default;
    beast_exchange& operator=(beast_exchange&& other) noexcept;
    /// An operation under way completes with `operation_aborted`.
    ~beast_exchange();

    void async_send(const http_request& request, send_handler handler);
    void async_read_some(boost::asio::mutable_buffer buffer, read_handler handler);
    exchange_progress progress() const noexcept;

private:
    friend class beast_transport;
    explicit beast_exchange(std::shared_ptr<detail::exchange_state> state) noexcept;

    std::shared_ptr<detail::exchange_state> state_;
};

/** HTTP/1.1 over TCP and TLS, with kept connections and proxies: the transport of a client that is
   not given another one.

    - Connections are kept for each endpoint, the most recently used first, at most
      `max_connections`. Who comes when all are in use waits in line.
    - A reused connection that proves dead before the first byte of a response is replaced by a
      fresh one unasked, if the request is repeatable; a request that is not gets a fresh connection
      at once.
    - Redirects are not followed. Bodies coded with gzip or deflate are decoded.
    - Nothing is running while no operation is outstanding: idle connections do not keep
      `io_context::run()` from returning, and those too old are closed when the transport is next
      used.

    A handle: copies share the connections.

    @par Thread safety
    One operation at a time: all use, cancellation included, must be on the executor, or while it
    does not run; give it a strand if several threads run its context.

    @par Errors
    Of its operations: `errc::connect_timeout`, `handshake_timeout`, `silence_timeout`,
    `pool_timeout`, `proxy_refused`, `proxy_unauthorized`, `head_too_large`, `incomplete_body`,
    `malformed_response` (content coding); codes of the operating system, the resolver, and Beast's
    for malformed HTTP; `is_tls_error()` codes.
*/
class beast_transport {
public:
    boost::asio::any_io_executor get_executor() const;
    beast_exchange open();

    transport_metrics metrics() const;
    /// Closes the connections that serve nothing.
    void close_idle();

private:
    friend result<beast_transport> make_beast_transport(
        boost::asio::any_io_executor executor, transport_options options, diagnostics& diag
    );
    explicit beast_transport(std::shared_ptr<detail::transport_core> core) noexcept;

    std::shared_ptr<detail::transport_core> core_;
};

static_assert(exchange<beast_exchange>);
static_assert(transport<beast_transport>);

/** Makes a transport. Reads the certificate files and the environment once, here.

    @par Errors
    `errc::bad_option`, `errc::bad_certificate_file`; `diag` names the option or the file.
*/
result<beast_transport> make_beast_transport(
    boost::asio::any_io_executor executor, transport_options options, diagnostics& diag
);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/net/beast_transport.ipp>
#endif

#endif
