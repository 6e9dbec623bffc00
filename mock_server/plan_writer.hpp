#ifndef SCRAPINGPROS_MOCK_PLAN_WRITER_HPP
#define SCRAPINGPROS_MOCK_PLAN_WRITER_HPP

#include <string>
#include <string_view>

#include "types.hpp"

namespace scrapingpros_mock {

/// What is left of a plan when it has become bytes.
struct wire_response {
    /// Head and body, already cut where the plan says so.
    std::string bytes;
    wire_ending ending = wire_ending::complete;
    /// After a complete response: close the connection in order.
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
wire_response write_plan(const response_plan& plan, response_form form);

/// A response of the server itself, for requests that never reach the world: `{"detail": …}`.
response_plan refusal(unsigned status, std::string_view detail);

/// The phrase of a status line; `Unknown` for a status that has none.
std::string_view reason_phrase(unsigned status) noexcept;

}  // namespace scrapingpros_mock

#endif
