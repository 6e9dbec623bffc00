#ifndef SCRAPINGPROS_CLI_EARLIER_HPP
#define SCRAPINGPROS_CLI_EARLIER_HPP

#include <string>

#include "input.hpp"

namespace cli {

/** Leaves of an input what came to nothing in an earlier batch: items without a line in `file`, and
    those whose line says that the page is not usable; without those for which the service said that
    another try is for nothing (`stop_reason`). False if nothing is left. Throws `bad_input`.

    An item is known by its URL and `custom_id`; where the service has cut the URL or left it out, by what
    there is of it.
*/
bool leave_only_failed(batch_input& in, const std::string& file);

}  // namespace cli

#endif
