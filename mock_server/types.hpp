#ifndef SCRAPINGPROS_MOCK_TYPES_HPP
#define SCRAPINGPROS_MOCK_TYPES_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/wire_damage.hpp"

namespace scrapingpros_mock {

/// A point on the mock service's clock. What that clock is made of, real, scaled or set by hand, is
/// the caller's affair: the world is told the time with each request.
using time_point = std::chrono::sys_time<std::chrono::microseconds>;
using duration = std::chrono::microseconds;

struct header {
    std::string name;
    std::string value;
};

/// One HTTP request, whole, as the server read it.
struct request {
    std::string method;
    /// Path and query as on the request line, still percent-encoded.
    std::string target;
    std::vector<header> headers;
    std::string body;
    /// Which connection it came over; 0 without sockets.
    std::uint64_t connection = 0;
    /// Which request of that connection it is, from 1; 0 without sockets.
    std::uint64_t on_connection = 0;
    /// Over TLS, the name that the client asked for (SNI); empty if for none.
    std::string server_name{};

    /// The first header of that name, in any case; empty if there is none.
    std::optional<std::string_view> find(std::string_view name) const;
};

/// How the bytes of a response end on the wire.
enum class wire_ending {
    /// All bytes are sent; the connection stays open unless `close` is set.
    complete,
    /// After `cut_at` bytes the connection is closed in order (FIN).
    close,
    /// After `cut_at` bytes, which the peer's system has taken, the connection is reset (RST).
    reset,
    /// The same at once: what is under way may be lost.
    reset_now,
    /// After `cut_at` bytes the sending half is closed (FIN); the connection stays until the peer
    /// leaves.
    half_close,
    /// After `cut_at` bytes nothing more is sent; the connection stays open until the peer leaves.
    stall,
};

/// What the server is to do for one request: a response, and how the wire treats it.
struct response_plan {
    unsigned status = 200;
    /// All headers but `Content-Length`, which the server adds from the body's size, unless
    /// `declared_length` says otherwise.
    std::vector<header> headers;
    std::string body;
    std::optional<std::size_t> declared_length{};

    /// Wait before the first byte, on the service's clock.
    duration delay{0};
    wire_ending ending = wire_ending::complete;
    /// Bytes of the response, head included, that are sent before an ending other than `complete`.
    std::size_t cut_at = 0;
    /// What `cut_at` is counted from.
    wire_place::origin cut_from = wire_place::origin::response;
    /// What else is wrong on the way, in the order of its doing.
    std::vector<wire_damage> damages{};
    /// A fault has to do with this plan: the server looks whether the client is still there.
    bool faulted = false;
    /// Close the connection in order after a complete response, and say so in the head.
    bool close = false;

    /// Ordinal of the request in the journal, for `world::finished`; 0 if it is not in there.
    std::uint64_t ordinal = 0;

    /// Not a byte of it is sent.
    bool says_nothing() const noexcept
    {
        return ending != wire_ending::complete && cut_at == 0 &&
               cut_from == wire_place::origin::response;
    }
};

/// What becomes of a connection before anything is said on it.
enum class arrival { normal, closed, reset, ignored };

/// What is wrong with TLS on a connection.
enum class tls_fault {
    none,
    expired,  ///< the certificate, as the next three
    wrong_host,
    unknown_ca,
    self_signed,
    plain,      ///< the answer to the client's hello is plain HTTP
    cut,        ///< FIN after the client's hello
    stall,      ///< silence after the client's hello
    old,        ///< nothing newer than TLS 1.1 is spoken
    no_notify,  ///< all is well but that the server leaves without close_notify
};

/// What is to become of a connection that has just come in.
struct arrival_plan {
    arrival lane = arrival::normal;
    tls_fault tls = tls_fault::none;
};

/// What became of a response on the wire, told to the world when it is over.
struct exchange_end {
    /// Of the response, head included, that were handed to the system.
    std::size_t bytes_written = 0;
    enum class cause {
        complete,     ///< all bytes, as HTTP wants it
        planned,      ///< cut, reset or stalled, as the plan said
        client_left,  ///< the client was gone before the plan was through
    } how = cause::complete;
};

}  // namespace scrapingpros_mock

#endif
