#ifndef SCRAPINGPROS_MODEL_UTF8_HPP
#define SCRAPINGPROS_MODEL_UTF8_HPP

#include <scrapingpros/config.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace scrapingpros::inline v0 {

/// Number of code points, or empty if the text is not UTF-8 (RFC 3629: no surrogates, nothing
/// overlong, nothing above U+10FFFF). The service counts characters, not bytes.
SCRAPINGPROS_DECL std::optional<std::size_t> count_code_points(std::string_view text) noexcept;

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/model/utf8.ipp>
#endif

#endif
