#ifndef SCRAPINGPROS_DETAIL_REPLY_READER_HPP
#define SCRAPINGPROS_DETAIL_REPLY_READER_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/wire/http_message.hpp>

#include <string_view>

namespace scrapingpros::inline v0::detail {

/// Takes the body of a successful reply in pieces. One for each call; told when an attempt begins anew.
class reply_reader {
public:
    virtual ~reply_reader() = default;

    /// A successful head arrived; whatever an earlier attempt left unfinished is forgotten.
    virtual void begin(const http_response_head& head) = 0;
    virtual error_code write(std::string_view piece) = 0;
    /// The body is complete.
    virtual error_code finish() = 0;
    /// There is something to take; the driver pauses, and so does the socket.
    virtual bool has_output() const { return false; }
    /// Adds place and texts to the report of a failed `write` or `finish`.
    virtual void explain(diagnostics&) const {}
};

}  // namespace scrapingpros::inline v0::detail

#endif
