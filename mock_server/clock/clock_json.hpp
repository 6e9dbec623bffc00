#ifndef SCRAPINGPROS_MOCK_CLOCK_JSON_HPP
#define SCRAPINGPROS_MOCK_CLOCK_JSON_HPP

#include <string_view>

#include "clock/clock_options.hpp"
#include "json_out.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {

/// real, manual, auto, per_request.
std::string_view name_of(clock_mode) noexcept;

/// `{"mode": "real", "scale": 10}` and so on; what is absent stays as in `present`. A member that
/// belongs to another mode is an error. Throws bad_scenario.
clock_options read_clock(const value_in&, clock_options present = {});
/// The same form, with the members of its mode.
void write_clock(json_writer&, const clock_options&);

}  // namespace scrapingpros_mock

#endif
