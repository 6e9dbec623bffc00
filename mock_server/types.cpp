#include "types.hpp"

#include "text.hpp"

namespace scrapingpros_mock {

std::optional<std::string_view> request::find(std::string_view name) const
{
    for (const header& each : headers)
        if (same_ignoring_case(each.name, name)) return each.value;
    return std::nullopt;
}

}  // namespace scrapingpros_mock
