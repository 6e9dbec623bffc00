#include "webhooks/webhook_types.hpp"

namespace scrapingpros_mock {

std::string_view name_of(webhook_error what) noexcept
{
    switch (what) {
    case webhook_error::none: return "none";
    case webhook_error::bad_url: return "bad_url";
    case webhook_error::refused_target: return "refused_target";
    case webhook_error::disabled: return "disabled";
    case webhook_error::unresolved: return "unresolved";
    case webhook_error::connect_failed: return "connect_failed";
    case webhook_error::tls_failed: return "tls_failed";
    case webhook_error::timed_out: return "timed_out";
    case webhook_error::reset: return "reset";
    case webhook_error::closed: return "closed";
    case webhook_error::bad_response: return "bad_response";
    }
    return "";
}

std::string_view name_of(redelivery what) noexcept
{
    switch (what) {
    case redelivery::planned: return "planned";
    case redelivery::no_such_delivery: return "no_such_delivery";
    case redelivery::not_ended: return "not_ended";
    case redelivery::in_flight: return "in_flight";
    }
    return "";
}

}  // namespace scrapingpros_mock
