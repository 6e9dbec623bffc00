#ifndef SCRAPINGPROS_VERSION_HPP
#define SCRAPINGPROS_VERSION_HPP

namespace scrapingpros::inline v0 {

/// The library's version, as the `User-Agent` header names it.
inline constexpr const char* version_text = "0.1.0";

}  // namespace scrapingpros::inline v0

#endif
