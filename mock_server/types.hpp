#ifndef SCRAPINGPROS_MOCK_TYPES_HPP
#define SCRAPINGPROS_MOCK_TYPES_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

    /// The first header of that name, in any case; empty if there is none.
    std::optional<std::string_view> find(std::string_view name) const;
};

/// How the bytes of a response end on the wire.
enum class wire_ending {
    /// All bytes are sent; the connection stays open unless `close` is set.
    complete,
    /// After `cut_at` bytes the connection is closed in order (FIN).
    close,
    /// After `cut_at` bytes the connection is reset (RST).
    reset,
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
    /// Close the connection in order after a complete response, and say so in the head.
    bool close = false;

    /// Ordinal of the request in the journal, for `world::finished`; 0 if it is not in there.
    std::uint64_t ordinal = 0;
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
