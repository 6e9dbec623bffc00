#ifndef SCRAPINGPROS_WIRE_RESULT_DECODER_HPP
#define SCRAPINGPROS_WIRE_RESULT_DECODER_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/job_result.hpp>
#include <scrapingpros/result.hpp>
#include <scrapingpros/wire/body_sink.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace scrapingpros::inline v0 {

/// Bounds on what one result may make a decoder hold or pass on. Bytes are counted decoded.
struct result_limits {
    /// Text or base64 of the body; counted also when it goes to a sink.
    std::uint64_t max_body = std::uint64_t{64} << 20;
    /// All other members together, a screenshot included.
    std::size_t max_rest = std::size_t{32} << 20;
    /// Nesting of arrays and objects.
    std::size_t max_depth = 64;

    friend bool operator==(const result_limits&, const result_limits&) = default;
};

/** Decodes the result route's reply piece by piece, without ever holding it as a document.

    With a sink the body's text goes there and `result_body::content` stays empty; the sink must
    outlive the decoder. Any member may be missing (contract 8.1), but an object that has none of them is no
    result: an error text that came with 200 is not a page. Members of another type count as absent and
    are noted. After an error every further call gives the same error.

    @par Errors
    `errc::malformed_response` (no JSON, no object, no member of a result), `errc::body_too_large`, and from `finish()`
    `errc::incomplete_body` if the reply is cut off.
*/
class result_decoder {
public:
    SCRAPINGPROS_DECL explicit result_decoder(result_limits limits = {}, body_sink* sink = nullptr);
    SCRAPINGPROS_DECL result_decoder(result_decoder&&) noexcept;
    SCRAPINGPROS_DECL result_decoder& operator=(result_decoder&&) noexcept;
    SCRAPINGPROS_DECL ~result_decoder();

    /// Room for a body of about so many bytes; a hint from `Content-Length`, trusted to 1 MiB.
    SCRAPINGPROS_DECL void expect_size(std::uint64_t bytes);

    SCRAPINGPROS_DECL error_code write(std::string_view piece);

    /// To be called once, after the last piece.
    SCRAPINGPROS_DECL result<job_result> finish();

    /// Fills in place and client text: of the error, or else of the first member passed over.
    SCRAPINGPROS_DECL void explain(diagnostics& diag) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/result_decoder.ipp>
#endif

#endif
