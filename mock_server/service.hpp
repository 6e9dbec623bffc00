#ifndef SCRAPINGPROS_MOCK_SERVICE_HPP
#define SCRAPINGPROS_MOCK_SERVICE_HPP

#include <string>
#include <vector>

#include "faults/faults.hpp"
#include "replies.hpp"
#include "router.hpp"
#include "state.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What the service answers to a request that is none of the mock's own, and to whom.
struct served {
    reply answer;
    std::string account;   ///< empty if the request bears no known token
    bool at_work = false;  ///< counted until it is finished
};

/// The way through the service: route, token, limits, handler. With a fault that prevents the
/// effect the way ends before the handler, and a 503 stands in for its answer.
served serve(
    world_state&, const request&, const route&, const std::vector<const fault*>&, time_point
);

}  // namespace scrapingpros_mock

#endif
