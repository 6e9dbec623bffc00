#ifndef SCRAPINGPROS_MOCK_WEBHOOK_OPTIONS_HPP
#define SCRAPINGPROS_MOCK_WEBHOOK_OPTIONS_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// Whether anything is sent at all.
enum class webhook_delivery {
    /// Nothing is sent, and `callback_status` reads `sent` as soon as the run has ended.
    assume_ok,
    /// Attempts are planned, and somebody has to take them and tell how they went.
    send,
};

/// What is wrong with a webhook. Several may be wrong at once.
enum class webhook_damage {
    body_bit,            ///< one bit of the body flipped after signing
    signature_bit,       ///< one bit of the signature flipped
    timestamp_bit,       ///< one bit of the time stamp flipped after signing: off by a second
    other_key,           ///< signed with a key that is not the secret
    no_signature,        ///< without X-SP-Signature
    no_timestamp,        ///< without X-SP-Timestamp
    reserialised,        ///< the same JSON in other bytes than were signed
    stale_timestamp,     ///< signed with a time stamp that is `stale_by` old
    clock_skew,          ///< all stamps by a clock that goes `skew` before the service's
    several_signatures,  ///< two X-SP-Signature headers, the first by another key
    duplicate,           ///< a second after a success the same bytes once more
    out_of_order,        ///< of two runs the one that ends first is told of last
    early,               ///< `early_by` before the run reads completed
    hour_late,           ///< all attempts an hour later
    never,               ///< no attempt at all
    chunked,             ///< the body in several chunks, without Content-Length
    huge_body,           ///< padded to `huge_body_bytes`, well signed
};

inline constexpr std::size_t webhook_damage_count =
    static_cast<std::size_t>(webhook_damage::huge_body) + 1;

/// A word that names no delivery mode or damage. The text lists those that there are.
struct bad_webhook_word : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

std::string_view name_of(webhook_damage) noexcept;
std::string_view name_of(webhook_delivery) noexcept;
/// Throw bad_webhook_word.
webhook_damage webhook_damage_named(std::string_view);
webhook_delivery webhook_delivery_named(std::string_view);

/// A member of a JSON text that is unknown or of no use.
struct bad_webhook_options : std::invalid_argument {
    bad_webhook_options(std::string where, const std::string& why);

    std::string path;  ///< such as `webhook.damage[1]`
};

/// How webhooks are delivered. What they say and how they are signed is in the switches A56 to A60
/// and in the scenario's `webhook_secret`.
struct webhook_options {
    webhook_delivery delivery = webhook_delivery::assume_ok;
    /// When to try, counted from the run's end; empty: as A57 has it.
    std::vector<duration> schedule = {};
    std::vector<webhook_damage> damage = {};
    /// Attempts of each webhook that are damaged, from the first on; none: all of them.
    std::optional<unsigned> damaged_attempts = {};
    /// An answer of 410 ends this delivery and all later ones to the same URL.
    bool honour_410 = false;

    duration stale_by{std::chrono::hours{1}};
    duration skew{std::chrono::minutes{10}};
    duration early_by{std::chrono::seconds{2}};
    std::size_t huge_body_bytes = 10'000'000;

    bool has(webhook_damage what, unsigned attempt = 1) const
    {
        return attempt <= damaged_attempts.value_or(attempt) &&
               std::find(damage.begin(), damage.end(), what) != damage.end();
    }
    /// What a person must change, or nothing.
    std::optional<std::string> complaint() const;
};

/// Reads a JSON object whose members are all optional, durations in milliseconds:
///
///     {"delivery": "send", "schedule_ms": [1000, 5000], "damage": ["body_bit"],
///      "damaged_attempts": 1, "honour_410": true, "stale_by_ms": 3600000, "skew_ms": -600000,
///      "early_by_ms": 2000, "huge_body_bytes": 10000000}
///
/// Throws bad_webhook_options; `root` begins its path.
webhook_options parse_webhook_options(std::string_view text, const std::string& root = "webhook");
/// All members, in that form.
std::string to_json(const webhook_options&);

}  // namespace scrapingpros_mock

#endif
