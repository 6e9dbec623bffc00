#ifndef SCRAPINGPROS_TESTS_SUPPORT_MOCK_PROFILE_HPP
#define SCRAPINGPROS_TESTS_SUPPORT_MOCK_PROFILE_HPP

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "mock_server/scenario/scenario.hpp"

namespace test {

/// The server that this run of the tests is played against: newest, unless the environment variable
/// SCRAPINGPROS_MOCK_PROFILE says y2026_04_06 or adversarial.
inline scrapingpros_mock::switches mock_profile()
{
    using scrapingpros_mock::switches;
    const char* said = std::getenv("SCRAPINGPROS_MOCK_PROFILE");
    const std::string name = said == nullptr ? "newest" : said;
    if (name == "newest") return switches::newest();
    if (name == "y2026_04_06") return switches::y2026_04_06();
    if (name == "adversarial") return switches::adversarial();
    throw std::invalid_argument("SCRAPINGPROS_MOCK_PROFILE: no such profile: " + name);
}

/// A service of that profile, for tests that hold against every server.
inline scrapingpros_mock::scenario any_server()
{
    scrapingpros_mock::scenario made;
    made.contract = mock_profile();
    return made;
}

/// The same with what was shipped by that day, for tests of something that older servers lack.
inline scrapingpros_mock::scenario server_with(std::chrono::sys_days feature)
{
    scrapingpros_mock::scenario made = any_server();
    made.contract.server_date = std::max(made.contract.server_date, feature);
    return made;
}

/// For tests of figures that this one server states.
inline scrapingpros_mock::scenario newest_server()
{
    return {};
}

}  // namespace test

#endif
