#ifndef SCRAPINGPROS_WIRE_BODY_SINK_HPP
#define SCRAPINGPROS_WIRE_BODY_SINK_HPP

#include <scrapingpros/model/result_body.hpp>

#include <string_view>

namespace scrapingpros::inline v0 {

/** Takes a result's body while it arrives, so that no copy of it is ever held.

    `on_begin` comes once, before the first piece, and tells what the pieces are: text or base64
    (`html`, `markdown`, `base64`). A piece ends anywhere, even inside a character or a group of
    base64. Nothing is called for an empty, missing or offloaded body. Bytes are as the server sent
    them, JSON escapes removed; that text is UTF-8 is not checked. Pieces of a result whose decoding
    then fails were delivered in vain: discard them.
*/
class body_sink {
public:
    virtual ~body_sink() = default;

    virtual void on_begin(body_kind kind) { static_cast<void>(kind); }
    virtual void on_text(std::string_view piece) = 0;

protected:
    body_sink() = default;
    body_sink(const body_sink&) = default;
    body_sink& operator=(const body_sink&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
