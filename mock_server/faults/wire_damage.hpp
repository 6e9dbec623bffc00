#ifndef SCRAPINGPROS_MOCK_WIRE_DAMAGE_HPP
#define SCRAPINGPROS_MOCK_WIRE_DAMAGE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros_mock {

/// A place in the bytes of a response. Places beyond its part stand at that part's end.
struct wire_place {
    enum class origin {
        response,  ///< the first byte of all
        head,      ///< the first byte of the status line, behind informational responses
        body,      ///< the first byte of the body as it is sent, chunk sizes included
        fraction,  ///< the same, and `at` is millionths of the body
        end,       ///< behind the last byte; `at` says nothing
    };
    origin from = origin::response;
    std::size_t at = 0;
};

/// One thing that is wrong with how a response is sent. Damages of a plan are applied in order.
struct wire_damage {
    enum class kind {
        length_by,         ///< the declared length is off by `number`; if too long, then a close
        length_twice,      ///< two lengths, the first one too long, then a close
        length_negative,   ///< `Content-Length: -1`
        length_none,       ///< no length and no coding: the close is the end of the body
        chunk_unended,     ///< chunked, without the last chunk, then a close
        chunk_bad_size,    ///< chunked, with a size that is no number, then a close
        chunk_and_length,  ///< chunked in order, and a length besides
        garbage,           ///< bytes that are no HTTP instead of the response, then a close
        bad_version,       ///< HTTP/9.9
        header_nul,        ///< a header with a NUL in its value
        header_no_colon,   ///< a line without a colon
        header_huge,       ///< one header of `number` bytes
        header_many,       ///< `number` headers
        header_twice,      ///< the header `text` a second time; twice if it was not there
        header_missing,    ///< without the header `text`
        informational,     ///< `number` responses with the status `text` before the true one
        coding_lie,        ///< the body is said to be gzip
        close_silent,      ///< the connection is closed after the response, which does not say so
        pause,             ///< `time` passes at `at`
        drip,              ///< from `at` on `number` bytes at a time, `time` between them
    };
    kind what = kind::bad_version;
    wire_place at{};
    std::int64_t number = 0;
    std::chrono::microseconds time{0};
    std::string text{};
};

/// A response between plan and bytes.
struct wire_draft {
    std::string before;              ///< informational responses, whole
    std::string status_line;         ///< without its end
    std::vector<std::string> lines;  ///< of the head, without their ends
    std::string body;
    bool with_head = true;  ///< false: the body is all that there is
    bool close = false;

    void drop_header(std::string_view name);
    std::string head() const;
};

/// `pause` and `drip` are left to the script: they change no byte.
void apply(const wire_damage&, wire_draft&);

}  // namespace scrapingpros_mock

#endif
