#ifndef SCRAPINGPROS_WIRE_PAGE_DECODER_HPP
#define SCRAPINGPROS_WIRE_PAGE_DECODER_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/page.hpp>
#include <scrapingpros/wire/page_limits.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0 {

/** Decodes a page of the job listing piece by piece: body pieces in, rows out.

    A row can be taken as soon as its last byte was written; rows that end within one piece queue
   up. Take them before the next piece and no more than one unfinished row is held, whatever the
   page's size. What is wrong with a row costs that row, what is wrong with an inline result costs
   that result (contract 7.5). `items` may stand before or after the cursor members.

    After an error every further `write` gives the same error; rows already complete stay available.

    @par Errors
    `errc::malformed_response` (no JSON, no object, no list `items`), `errc::body_too_large`, and
    from `finish()` `errc::incomplete_body` if the page is cut off.
*/
class page_decoder {
public:
    SCRAPINGPROS_DECL explicit page_decoder(page_limits limits = {});
    SCRAPINGPROS_DECL page_decoder(page_decoder&&) noexcept;
    SCRAPINGPROS_DECL page_decoder& operator=(page_decoder&&) noexcept;
    SCRAPINGPROS_DECL ~page_decoder();

    SCRAPINGPROS_DECL error_code write(std::string_view piece);

    /// To be called once, after the last piece.
    SCRAPINGPROS_DECL error_code finish();

    /// The next complete row, in page order; empty if none is complete yet.
    SCRAPINGPROS_DECL std::optional<page_row> next_row();

    /// Valid after `finish()` succeeded.
    SCRAPINGPROS_DECL const page_end& end() const noexcept;

    /// Fills in place and client text: of the error, or else of the first member passed over.
    SCRAPINGPROS_DECL void explain(diagnostics& diag) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/page_decoder.ipp>
#endif

#endif
