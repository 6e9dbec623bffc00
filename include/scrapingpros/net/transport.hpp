#ifndef SCRAPINGPROS_NET_TRANSPORT_HPP
#define SCRAPINGPROS_NET_TRANSPORT_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace scrapingpros::inline v0 {

/// How far an exchange came; asked after a failure, it decides what may be repeated.
struct exchange_progress {
    call_phase phase = call_phase::queued;
    /// A byte of the request was handed to the network, so the server may have acted on it.
    bool request_sent = false;
    /// The connection had served an earlier exchange.
    bool reused_connection = false;
    /// Bytes of body read, after the removal of any content coding.
    std::uint64_t body_bytes = 0;

    friend bool operator==(const exchange_progress&, const exchange_progress&) = default;
};

using send_handler = boost::asio::any_completion_handler<void(error_code, http_response_head)>;
using read_handler = boost::asio::any_completion_handler<void(error_code, std::size_t)>;

// tag::exchange[]
/** One request and its response, on a connection of the transport's choosing.

    - `async_send(request, handler)`: connects if need be, sends, and reads the response's head.
   Called once. `request` outlives the operation. Completion: `void(error_code,
   http_response_head)`; any status is a success here.
    - `async_read_some(buffer, handler)`: the next piece of the body, with content coding removed.
      Completion: `void(error_code, size_t)`; `boost::asio::error::eof` after the last byte of a
      complete body, `errc::incomplete_body` when the connection ends before that. Nobody reading is
      the back-pressure: nothing is read ahead beyond a fixed buffer.
    - `progress()`: how far it came; valid at any time, also after a failure.

    At most one operation is outstanding. All of them support terminal cancellation through the
    handler's slot, complete exactly once, and never from within the initiating function. Destroying
    an exchange whose body was not read to its end abandons the connection; after the end the
    connection may serve another exchange.
*/
// clang-format off
template <class E>
concept exchange = std::move_constructible<E> && requires(
    E& e, const E& ce, const http_request& request, boost::asio::mutable_buffer buffer,
    send_handler on_head, read_handler on_piece
) {
    e.async_send(request, std::move(on_head));
    e.async_read_some(buffer, std::move(on_piece));
    { ce.progress() } -> std::same_as<exchange_progress>;
};

/** Makes exchanges. `open()` does no I/O and does not fail; the exchange may outlive nothing but
    refers to the transport's shared state by itself.
*/
template <class T>
concept transport = std::move_constructible<T> && requires(T& t) {
    { t.get_executor() } -> std::convertible_to<boost::asio::any_io_executor>;
    { t.open() } -> exchange;
};
// clang-format on
// end::exchange[]

}  // namespace scrapingpros::inline v0

#endif
