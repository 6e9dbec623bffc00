#ifndef SCRAPINGPROS_MOCK_WEBHOOKS_HPP
#define SCRAPINGPROS_MOCK_WEBHOOKS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "switches.hpp"
#include "types.hpp"
#include "webhooks/webhook_options.hpp"

namespace scrapingpros_mock {

/// What a webhook tells of a run (contract 13).
struct webhook_facts {
    std::string run_id;
    std::string collection_id;
    std::string status = "completed";
    std::uint64_t total = 0;
    std::uint64_t success = 0;
    std::uint64_t failed = 0;
    std::uint64_t timeout = 0;
    std::vector<std::string> job_ids;
    /// Sent only under A59 jobs_array.
    std::vector<std::pair<std::string, std::optional<std::string>>> custom_ids;
    std::string public_url;
    time_point at{};  ///< of the event
};

struct webhook {
    std::string body;
    std::vector<header> headers;
    bool chunked = false;
};

/// The payload and its signature by A56, A59 and A60. The scheme is an assumption of this mock,
/// not the vendor's word.
webhook make_webhook(
    const webhook_facts&, const switches&, const std::string& secret, time_point sent_at
);
/// Sent at the moment of the event.
webhook make_webhook(const webhook_facts&, const switches&, const std::string& secret);

/// The same with what the options damage in that attempt. `chance` chooses the bits.
webhook make_damaged_webhook(
    webhook_facts,
    const switches&,
    const std::string& secret,
    time_point sent_at,
    const webhook_options&,
    unsigned attempt,
    std::uint64_t chance
);

/// A60.
std::string webhook_timestamp(time_point, choice::webhook_timestamp_form);

/// The signature header for bytes that are given.
std::string sign_webhook(
    const std::string& body,
    const std::string& timestamp,
    choice::webhook_signature,
    const std::string& secret
);

}  // namespace scrapingpros_mock

#endif
