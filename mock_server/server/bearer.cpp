#include "server/bearer.hpp"

#include "text.hpp"

namespace scrapingpros_mock {

std::optional<std::string_view> bearer_token(const request& in)
{
    static constexpr std::string_view scheme = "Bearer ";
    const auto credentials = in.find("Authorization");
    if (!credentials || credentials->size() < scheme.size() ||
        !same_ignoring_case(credentials->substr(0, scheme.size()), scheme))
        return std::nullopt;
    return credentials->substr(scheme.size());
}

}  // namespace scrapingpros_mock
