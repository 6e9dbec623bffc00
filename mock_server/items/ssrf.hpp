#ifndef SCRAPINGPROS_MOCK_SSRF_HPP
#define SCRAPINGPROS_MOCK_SSRF_HPP

#include <optional>
#include <string>
#include <string_view>

#include "scenario/scenario.hpp"

namespace scrapingpros_mock {

/// Why a URL may not be scraped (contract 3.3).
struct refusal {
    std::string reason;
    std::string message;
};

/// Judges by the text of the URL and the scenario's list of unresolvable hosts; nothing is looked
/// up. `url` has a scheme.
std::optional<refusal> refuse_url(std::string_view url, const scenario&);

/// True if the text begins with a scheme and `://`.
bool has_scheme(std::string_view url);

/// As `url`, in one spelling for all that mean the same; unchanged if it is no URL.
std::string normalised_url(std::string_view url);

/// Host and decoded path of an http URL; nothing if it is none.
struct host_and_path {
    std::string host;
    std::string path;
};
std::optional<host_and_path> parts_of(std::string_view url);

}  // namespace scrapingpros_mock

#endif
