#ifndef SCRAPINGPROS_WIRE_LIMITS_HPP
#define SCRAPINGPROS_WIRE_LIMITS_HPP

#include <scrapingpros/config.hpp>
#include <scrapingpros/model/limits.hpp>
#include <scrapingpros/wire/http_message.hpp>

namespace scrapingpros::inline v0 {

/// Reads the rate and quota headers of a reply; a header that cannot be read counts as absent.
SCRAPINGPROS_DECL account_limits read_limits(const http_fields& fields) noexcept;

}  // namespace scrapingpros::inline v0

#ifndef SCRAPINGPROS_SEPARATE_COMPILATION
#include <scrapingpros/impl/wire/limits.ipp>
#endif

#endif
