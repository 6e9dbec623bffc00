#ifndef SCRAPINGPROS_MOCK_HAR_IMPORT_HPP
#define SCRAPINGPROS_MOCK_HAR_IMPORT_HPP

#include <string>
#include <string_view>
#include <vector>

#include "scenario/json_in.hpp"

namespace scrapingpros_mock {

/// A scenario made from recorded traffic, with the files that belong beside it.
struct har_import {
    struct file {
        std::string name;
        std::string text;
    };

    std::string scenario;         ///< scrapingpros-scenario/1
    std::vector<file> workloads;  ///< one for each run that the record shows
    /// JSON: what was taken, what was left out and how often. Header names, never values.
    std::string report;
};

/// Reads an HTTP archive (HAR 1.2) of a client of the Collections API. Kept: when jobs were done
/// and how, sizes of bodies, how runs ended, error answers as faults. Never kept: tokens, cookies,
/// ids, URLs, bodies, and all headers but a few of the API's own. Throws bad_scenario.
har_import import_har(std::string_view text);

}  // namespace scrapingpros_mock

#endif
