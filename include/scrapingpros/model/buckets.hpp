#ifndef SCRAPINGPROS_MODEL_BUCKETS_HPP
#define SCRAPINGPROS_MODEL_BUCKETS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0 {

enum class block_reason {
    private_ip,
    dns_failed,
    blocked_hostname,
    invalid_protocol,
    invalid_port,
    malformed_url,
    blocked,
    /// A word the contract does not list.
    other
};

/// An item refused because of where its URL leads.
struct blocked_url {
    /// Place in `requests`, from 0. Empty if the server left it out (before 2026-04-30).
    std::optional<std::uint64_t> index{};
    std::string url{};
    block_reason reason = block_reason::other;
    /// The server's spelling of the reason.
    std::string reason_text{};
    std::optional<std::string> message{};

    friend bool operator==(const blocked_url&, const blocked_url&) = default;
};

/// One thing wrong with an item.
struct item_fault {
    /// Dotted path (`actions.0.selector`) or `<root>`.
    std::string field{};
    /// The validator's code: `string_too_long`, `missing`, `not_a_dict`, `param_invalid`, …
    std::string error_type{};
    std::string message{};

    friend bool operator==(const item_fault&, const item_fault&) = default;
};

/// An item refused by validation.
struct invalid_item {
    std::optional<std::uint64_t> index{};
    std::optional<std::string> url{};
    std::vector<item_fault> errors{};

    friend bool operator==(const invalid_item&, const invalid_item&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
