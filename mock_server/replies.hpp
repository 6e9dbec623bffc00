#ifndef SCRAPINGPROS_MOCK_REPLIES_HPP
#define SCRAPINGPROS_MOCK_REPLIES_HPP

#include <string>
#include <string_view>
#include <vector>

#include "books/ledger.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What a handler answers, before limits, headers and faults.
struct reply {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<header> headers;
    duration delay{0};
    bool effect = false;     ///< something was done or given, not refused
    bool oversized = false;  ///< the connection is reset instead (A50)
    given gave = {};         ///< for the ledger
};

inline reply json_reply(unsigned status, std::string body)
{
    return {.status = status, .body = std::move(body), .headers = {}, .effect = true};
}

/// The vendor's name of a status code: "Not Found".
std::string_view phrase_of(unsigned status) noexcept;
/// The page of a proxy in front of the service.
std::string html_page(unsigned status);

/// An error in the form that A45 says.
reply error(const switches&, unsigned status, std::string_view text);
/// An error whose form is a fact of the contract, whatever A45 says.
reply detail_error(unsigned status, std::string_view text);

/// What the framework's validator says of a body.
struct problem {
    std::string type;
    std::vector<std::string> loc;  ///< digits become numbers
    std::string message;
    std::string input = "null";  ///< JSON
};

/// 422, as an array by default (contract 10).
reply invalid_body(const switches&, const std::vector<problem>&);

}  // namespace scrapingpros_mock

#endif
