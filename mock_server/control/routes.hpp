#ifndef SCRAPINGPROS_MOCK_CONTROL_ROUTES_HPP
#define SCRAPINGPROS_MOCK_CONTROL_ROUTES_HPP

// Private to the control API: its routes as data, and what their handlers are given.

#include <boost/json/value.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "control/control.hpp"
#include "scenario/json_in.hpp"

namespace scrapingpros_mock {

/// A refusal, as it goes out.
struct control_error : std::runtime_error {
    control_error(
        unsigned http_status,
        std::string error_code,
        const std::string& message,
        std::string where = {},
        std::string what_helps = {}
    )
        : runtime_error{message}, status{http_status}, code{std::move(error_code)},
          path{std::move(where)}, hint{std::move(what_helps)}
    {
    }

    unsigned status;
    std::string code;
    std::string path;
    std::string hint;
};

/// One request on its way to its handler.
struct control_call {
    mock_host& host;
    const control_options& options;
    const request& in;
    std::shared_ptr<tenant> who{};  ///< never null in a route of a tenant
    std::map<std::string, std::string, std::less<>> path{};
    std::map<std::string, std::string, std::less<>> query{};
    boost::json::value body{};

    object_in members() const { return object_in{value_in{body}}; }
    std::optional<std::string> find_query(std::string_view name) const;
    /// A whole number of the query or the path; throws control_error.
    std::uint64_t number(std::string_view name, std::string_view text) const;
};

enum class scope { mock, of_tenant };
enum class takes { nothing, json, any_text };

struct control_route {
    std::string_view method;
    /// Behind /__mock/v1 and, in the scope of a tenant, behind /tenants/{tenant}.
    std::string_view path;
    scope where;
    takes body;
    std::string_view summary;
    /// Names of query parameters, and JSON Schema of the body, both for the document only; the
    /// handlers refuse whatever else comes.
    std::vector<std::string_view> query;
    std::string_view schema;
    exchange (*handle)(control_call&);
};

std::span<const control_route> control_routes();

struct error_code_text {
    std::string_view code;
    unsigned status;
    std::string_view meaning;
};
std::span<const error_code_text> control_error_codes();

exchange json_exchange(std::string body, unsigned status = 200);

// control/mock.cpp
exchange get_live_page(control_call&);
exchange get_control_health(control_call&);
exchange get_version(control_call&);
exchange get_openapi(control_call&);
exchange get_scenario(control_call&);
exchange put_scenario(control_call&);
exchange validate_scenario_text(control_call&);
exchange post_shutdown(control_call&);

// control/tenants.cpp
exchange list_tenants(control_call&);
exchange make_tenant(control_call&);
exchange get_tenant(control_call&);
exchange put_tenant(control_call&);
exchange delete_tenant(control_call&);
exchange reset_tenant(control_call&);
exchange get_switches(control_call&);
exchange put_switches(control_call&);

// control/time.cpp
exchange get_clock(control_call&);
exchange put_clock(control_call&);
exchange advance_clock(control_call&);
exchange next_instant(control_call&);
exchange hold_clock(control_call&);
exchange release_clock(control_call&);
exchange join_clock(control_call&);
exchange sleep_on_clock(control_call&);
exchange wake_sleeper(control_call&);
exchange leave_clock(control_call&);

// control/books.cpp
exchange get_ledger(control_call&);
exchange get_ledger_summary(control_call&);
exchange get_efficiency(control_call&);
exchange post_delivered(control_call&);
exchange get_journal(control_call&);
exchange post_assert(control_call&);
exchange post_verify(control_call&);
exchange get_faults(control_call&);
exchange post_faults(control_call&);
exchange delete_fault(control_call&);
exchange get_limits(control_call&);
exchange get_webhooks(control_call&);
exchange redeliver_webhook(control_call&);

// control/runs.cpp
exchange list_control_runs(control_call&);
exchange get_control_run(control_call&);
exchange terminate_run(control_call&);
exchange finish_job(control_call&);
exchange expire_job(control_call&);
exchange hide_job(control_call&);

}  // namespace scrapingpros_mock

#endif
