#ifndef SCRAPINGPROS_MOCK_CONTROL_CONTROL_HPP
#define SCRAPINGPROS_MOCK_CONTROL_CONTROL_HPP

#include <functional>
#include <string>
#include <string_view>

#include "server/exchange.hpp"
#include "server/host.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

struct control_options {
    /// Where clients find the service, for texts that name it.
    std::string base_url{};
    /// Asked to end the program; none: `POST /__mock/v1/shutdown` is refused.
    std::function<void()> shut_down{};
};

/// The mock's own routes, by which tests in any language ask what happened and change what is to
/// come. They need no key: the server listens on loopback, unless told otherwise.
///
/// All paths begin with /__mock. A route of one tenant has two forms: /tenants/NAME/clock, and /clock
/// for the first tenant. Errors are `{code, message, path, hint}`; the codes are in the OpenAPI
/// document at /__mock/v1/openapi.json.
class control_api {
public:
    explicit control_api(mock_host& host, control_options options = {})
        : host_(host), options_(std::move(options))
    {
    }

    static bool is_meant(const request&) noexcept;
    /// Total, and may be called from any thread.
    exchange answer(const request&);

    control_options& options() noexcept { return options_; }

private:
    mock_host& host_;
    control_options options_;
};

/// OpenAPI 3.1, made from the table that the router reads.
std::string openapi_json();

}  // namespace scrapingpros_mock

#endif
