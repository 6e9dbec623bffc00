#include "scenario.hpp"

namespace scrapingpros_mock {

scenario scenario::lifelike()
{
    scenario made;
    made.jobs.outcomes = {
        .not_found = 20,
        .server_error = 10,
        .soft_block = 20,
        .worker_failed = 20,
        .worker_timeout = 10,
    };
    made.jobs.inline_miss = 46;
    return made;
}

}  // namespace scrapingpros_mock
