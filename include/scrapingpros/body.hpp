#ifndef SCRAPINGPROS_BODY_HPP
#define SCRAPINGPROS_BODY_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/result.hpp>

#include <string>
#include <string_view>

namespace scrapingpros::inline v0 {

/** Gives the bytes of a `body_kind::base64` body or of a screenshot.

    RFC 4648, section 4: the standard alphabet with padding, no white space. All else is
    `errc::malformed_response`.
*/
SCRAPINGPROS_DECL result<std::string> decode_base64(std::string_view text);

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/body.ipp>
#endif

#endif
