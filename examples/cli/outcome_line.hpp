#ifndef SCRAPINGPROS_CLI_OUTCOME_LINE_HPP
#define SCRAPINGPROS_CLI_OUTCOME_LINE_HPP

#include <scrapingpros/folder_sink.hpp>
#include <scrapingpros/model/job_outcome.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// Where the body of an outcome is to be found.
enum class body_place {
    /// In the line.
    line,
    /// In a file of the folder, if it was stored.
    file,
    /// Nowhere: it is the body of a page that is not usable.
    left_out,
};

/** One outcome as a line of JSON, the newline included.

    `job_public_id`, first so that it can be found without parsing the line; `custom_id`, `url`,
    `status`, `is_success`, `verdict`; `body` (and `body_encoding: base64` if it is none) or `path`;
    `sha256` and `bytes` of the body; `message` and `stop_reason` where the page is not usable.
*/
std::string line_of(
    const scrapingpros::job_outcome& item,
    body_place place,
    const std::optional<scrapingpros::stored_body>& stored
);

/// The job id of such a line, or of its beginning; empty if it is none.
std::optional<std::string> job_id_of(std::string_view line);

/// Whether this may be what a crash has left of such a line.
bool may_be_torn_line(std::string_view text);

}  // namespace cli

#endif
