#ifndef SCRAPINGPROS_MOCK_BEARER_HPP
#define SCRAPINGPROS_MOCK_BEARER_HPP

#include <optional>
#include <string_view>

#include "types.hpp"

namespace scrapingpros_mock {

/// The API key that a request bears, if it bears one (contract 1): `Authorization: Bearer KEY`.
std::optional<std::string_view> bearer_token(const request&);

}  // namespace scrapingpros_mock

#endif
