#ifndef SCRAPINGPROS_MOCK_CONTROL_VALUES_HPP
#define SCRAPINGPROS_MOCK_CONTROL_VALUES_HPP

// Private to the control API: values that more than one of its routes reads or shows.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clock/clock_json.hpp"
#include "scenario/json_in.hpp"
#include "server/tenant.hpp"
#include "switches.hpp"

namespace scrapingpros_mock {

struct control_call;

/// `{"A38": "body_bytes", "late_rows": "on"}`; throws bad_scenario at the member.
void set_switches(const value_in&, switches& into);

/// Nothing for `never`, which is no time.
std::optional<std::string> iso_or_none(std::optional<time_point>);

/// The tenant of the path; throws control_error.
std::shared_ptr<tenant> named_tenant(const control_call&);

}  // namespace scrapingpros_mock

#endif
