#ifndef SCRAPINGPROS_MOCK_CONTENT_ENCODING_HPP
#define SCRAPINGPROS_MOCK_CONTENT_ENCODING_HPP

#include <string>
#include <string_view>

#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// Whether an `Accept-Encoding` offers gzip: by name or by `*`, and not with `q=0`.
bool offers_gzip(std::string_view accept_encoding);

/// The bytes as gzip, the same for the same bytes. Empty where the mock was built without zlib.
std::string gzip(std::string_view bytes);

/// A61: compresses the body if the switch says gzip and the client offers it. `declared_length`,
/// if a fault set one, stays.
void encode(response_plan&, const request&, const switches&);

}  // namespace scrapingpros_mock

#endif
