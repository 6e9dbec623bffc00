#ifndef SCRAPINGPROS_CLI_REQUEST_JSON_HPP
#define SCRAPINGPROS_CLI_REQUEST_JSON_HPP

#include <scrapingpros/model/scrape_request.hpp>

#include <string>
#include <string_view>

namespace cli {

/** Reads a request from a JSON object (contract section 4). Members whose rules depend on each other
    are read, all others are passed on as they are. Throws `bad_input`; `place` begins its text.
*/
scrapingpros::scrape_request request_from_json(std::string_view text, const std::string& place);

/// Sets one member from the text of a CSV field; false if there is no such column.
bool set_from_text(
    scrapingpros::scrape_request& to,
    std::string_view column,
    const std::string& text,
    const std::string& place
);

}  // namespace cli

#endif
