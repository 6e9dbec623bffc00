#ifndef SCRAPINGPROS_CLIENT_OPTIONS_HPP
#define SCRAPINGPROS_CLIENT_OPTIONS_HPP

#include <scrapingpros/diagnostics.hpp>
#include <scrapingpros/model/request_rules.hpp>
#include <scrapingpros/net/transport_options.hpp>
#include <scrapingpros/secret.hpp>
#include <scrapingpros/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace scrapingpros::inline v0 {

/// How much of a reply is taken at most. Beyond it a call ends with `errc::body_too_large`, which
/// names the limit and what was seen. All in bytes.
struct reply_limits {
    /// Runs, collections, plans: a run of 50,000 jobs lists 2 MB of ids (contract 6.2).
    std::size_t small_reply = std::size_t(64) << 20;
    /// One row of a listing, its inline result included; the service's own cap is 256 KB.
    std::size_t row = std::size_t(16) << 20;
    /// One result, fetched on its own or by its `body_url`.
    std::size_t result = std::size_t(512) << 20;
};

/// What a client is made from, beside its policies and its transport.
struct client_options {
    /// An absolute http or https URL; a path in it is put before every route.
    std::string base_url = "https://api.scrapingpros.com";
    /// Sent as `Authorization: Bearer …` to the base URL, and nowhere else.
    secret token{};
    /// TLS, proxy, time-outs and pool of the client's own connections.
    transport_options connection{};
    reply_limits limits{};
    /// Bounds each call from its start, retries and waits included. Empty: no bound but the retries'.
    std::optional<milliseconds> call_timeout{};
    /// A server that asks for a longer wait ends the call with `errc::retry_after_too_long`.
    milliseconds longest_retry_after = std::chrono::minutes(15);
    /// What is checked of a create's items before anything is sent. An item that breaks a rule ends the
    /// call with `errc::bad_request_item`; turn a rule off to leave it to the service's buckets.
    validation_options item_rules{};
    /// Tokens for retries of all calls together; see retry_quota.
    int retry_tokens = 500;
    /// How far the server's clock may be off when a run is looked for by its time of creation. The
    /// estimate comes from the `Date` of earlier replies, and is good to a second or two.
    std::chrono::seconds clock_margin{30};
    /// Seed of the jitter. Empty: from the clock, so that clients differ.
    std::optional<std::uint64_t> jitter_seed{};
};

/// What one call may override.
struct call_options {
    /// Bounds the call from its start; over `client_options::call_timeout`.
    std::optional<milliseconds> timeout{};
    /// Filled before the completion of a failed call. Must outlive the operation.
    diagnostics* diag = nullptr;
};

}  // namespace scrapingpros::inline v0

#endif
