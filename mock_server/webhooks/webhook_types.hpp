#ifndef SCRAPINGPROS_MOCK_WEBHOOK_TYPES_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_TYPES_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// One POST that is to be made now.
struct webhook_attempt {
    std::string delivery;  ///< the run's id: each run has one delivery
    unsigned number = 1;   ///< of the attempts of this delivery
    std::string url;
    /// All headers but `Host` and those that frame the body.
    std::vector<header> headers;
    std::string body;
    bool chunked = false;
    time_point due{};
    time_point sent_at{};  ///< when it was taken
};

/// Why an attempt came to no status.
enum class webhook_error {
    none,
    bad_url,         ///< not http or https, or no URL at all
    refused_target,  ///< not this machine; neither resolved nor contacted
    disabled,        ///< the target has said 410 before
    unresolved,
    connect_failed,
    tls_failed,
    timed_out,
    reset,
    closed,        ///< in order, but before a whole head had come
    bad_response,  ///< bytes that are no HTTP
};

std::string_view name_of(webhook_error) noexcept;

/// How the receiver behaved.
struct webhook_outcome {
    unsigned status = 0;  ///< 0: there was none, see `error`
    webhook_error error = webhook_error::none;
    std::optional<std::uint64_t> connection = {};  ///< its number, if one was established
    duration took{0};                              ///< real time

    bool is_success() const noexcept { return status / 100 == 2; }
};

/// One attempt as it is remembered.
struct webhook_record {
    std::string delivery;
    std::string account;
    std::string url;  ///< as `url_for_records` shows it
    unsigned attempt = 0;
    time_point due{};
    time_point sent_at{};
    std::size_t body_bytes = 0;
    std::vector<std::string_view> damage = {};
    std::optional<time_point> answered_at = {};  ///< none: in flight
    webhook_outcome outcome = {};
};

enum class webhook_phase { open, sent, failed };

/// Where a delivery is; part of its run.
struct webhook_progress {
    webhook_phase phase = webhook_phase::open;
    unsigned attempts = 0;
    bool in_flight = false;
    bool repeat_due = false;  ///< the next attempt is the duplicate of the last
    bool repeated = false;
    time_point base{};                     ///< what the schedule counts from, once begun
    std::optional<time_point> next = {};   ///< once begun, or by `redeliver`
    std::optional<time_point> stamp = {};  ///< of the last attempt
};

/// What `redeliver` made of the wish.
enum class redelivery {
    planned,
    no_such_delivery,  ///< no run of that id, or one that tells nobody
    not_ended,         ///< the run goes on
    in_flight,         ///< an attempt is under way
};

std::string_view name_of(redelivery) noexcept;

}  // namespace scrapingpros_mock

#endif
