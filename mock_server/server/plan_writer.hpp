#ifndef SCRAPINGPROS_MOCK_PLAN_WRITER_HPP
#define SCRAPINGPROS_MOCK_PLAN_WRITER_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// One thing that a transport does with a response.
struct wire_step {
    enum class kind {
        send,        ///< the next `size` of the script's bytes, in pieces with `time` between them
        wait,        ///< `time` on the service's clock
        stall,       ///< nothing more is sent until the peer leaves
        half_close,  ///< the sending half ends (FIN); nothing more until the peer leaves
        close,       ///< FIN, over TLS without close_notify
        reset,       ///< RST when the peer's system has taken all that was sent
        reset_now,   ///< RST at once
    };
    kind what = kind::send;
    std::size_t size = 0;
    /// Most bytes at a time; 0: all.
    std::size_t piece = 0;
    duration time{0};
};

/// A plan as a transport executes it, a socket's or another.
struct wire_script {
    /// All that is sent: head and body, already cut where the plan says so.
    std::string bytes;
    /// In order; empty: send all the bytes at once.
    std::vector<wire_step> steps;
    /// After that: close the connection in order, over TLS with close_notify. Otherwise it stays
    /// open, unless a step has ended it.
    bool close = false;
};

/// What the request says about the form of its response.
struct response_form {
    /// The client will use the connection again.
    bool keep_alive = true;
    /// The request was a HEAD: the head of the response speaks of a body that is not sent.
    bool head_only = false;
};

/// Writes the plan as it will go over the wire.
///
/// `Content-Length` is added unless the plan brings a `Transfer-Encoding` of its own, in which case
/// the body is taken to be coded already, or the status has no body by definition (1xx, 204, 304).
/// Everything else is passed on as it stands, whether HTTP allows it or not.
wire_script write_plan(const response_plan& plan, response_form form);

/// A response of the server itself, for requests that never reach the world: `{"detail": …}`.
response_plan refusal(unsigned status, std::string_view detail);

/// The phrase of a status line; `Unknown` for a status that has none.
std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace scrapingpros_mock

#endif
