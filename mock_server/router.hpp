#ifndef SCRAPINGPROS_MOCK_ROUTER_HPP
#define SCRAPINGPROS_MOCK_ROUTER_HPP

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operation.hpp"
#include "switches.hpp"

namespace scrapingpros_mock {

/// The query of a request, decoded.
class query {
public:
    query() = default;
    query(std::vector<std::pair<std::string, std::string>> members, choice::query_lenience how)
        : members_(std::move(members)), how_(how)
    {
    }

    /// A repeated parameter: the last value, or all of them joined by commas (A34).
    std::optional<std::string> find(std::string_view name) const;
    /// A time stamp's raw `+` arrives as a space; a lenient server reads it back (A34).
    std::optional<std::string> find_stamp(std::string_view name) const;
    /// The same parameters but those of that name.
    query without(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> members_;
    choice::query_lenience how_ = choice::query_lenience::strict;
};

struct route {
    operation what = operation::unknown;
    std::string collection;
    std::string run;
    std::string job;
    /// The last step of the path.
    std::string name;
    query parameters;

    /// Not a URL, or wrongly percent-encoded: 400.
    bool malformed = false;
    /// The path exists for these methods only: 405.
    std::vector<std::string> other_methods;
    /// A62: the same path without its trailing slash is a route.
    std::optional<std::string> without_slash;
};

route find_route(std::string_view method, std::string_view target, const switches&);

}  // namespace scrapingpros_mock

#endif
