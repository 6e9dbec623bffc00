#ifndef BENCHMARKS_POLLING_OFFICIAL_CLIENT_HPP
#define BENCHMARKS_POLLING_OFFICIAL_CLIENT_HPP

#include <memory>

#include "benchmarks/polling/world.hpp"

namespace polling {

enum class official_version { v0_7_4, v0_7_8 };

/** Begins to read a run as the official Python client's loop does: fixed interval by the size of the run;
    status first; all pages of a tick before the first delivery; five single results at once, and a
    barrier; four attempts of a request. What its loop loses, it loses here. Lives as long as what is
    returned.
*/
std::shared_ptr<void> start_official(world&, official_version);

}  // namespace polling

#endif
