#ifndef SCRAPINGPROS_MODEL_COLLECTION_HPP
#define SCRAPINGPROS_MODEL_COLLECTION_HPP

#include <scrapingpros/model/buckets.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/request_list.hpp>
#include <scrapingpros/model/scrape_request.hpp>
#include <scrapingpros/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0 {

/// What a create call sends.
struct collection_draft {
    /// Need not be unique; a unique one makes the collection findable after a lost answer.
    std::string name{};
    /// In the order in which the buckets of the answer count them.
    request_list requests{};
    /// Sent a POST when a run of the collection ends.
    std::optional<std::string> callback_url{};

    friend bool operator==(const collection_draft&, const collection_draft&) = default;
};

/// A collection as reads show it; neither its requests nor its buckets are ever returned.
struct collection {
    collection_id id{};
    std::string name{};
    /// Empty on collections from before 2026-04-30.
    std::optional<timestamp> created_at{};
    std::optional<timestamp> updated_at{};

    friend bool operator==(const collection&, const collection&) = default;
};

struct collection_list {
    /// Newest first.
    std::vector<collection> items{};
    /// Elements that could not be read and are not among `items`.
    std::size_t unreadable = 0;

    friend bool operator==(const collection_list&, const collection_list&) = default;
};

/** The answer to a create or update call.

    The buckets are shown here and never again: keep this answer. Source: contract 3.3.
*/
struct creation {
    /// Empty only in the answer to an update whose server left it out.
    collection_id id{};
    std::string name{};
    std::string message{};
    /// Items dropped because `(url, custom_id)` had occurred before.
    std::uint64_t duplicates_skipped = 0;
    std::vector<blocked_url> blocked_urls{};
    std::vector<invalid_item> invalid_items{};
    /// URLs of the dropped duplicates, one per occurrence.
    std::vector<std::string> duplicate_urls{};
    /// The stored answer to an earlier call with the same key (`Idempotency-Replayed`).
    std::optional<bool> replayed{};

    friend bool operator==(const creation&, const creation&) = default;
};

/// Duplicates by count or by list, whichever tells of more: servers of some ages send only one.
constexpr std::uint64_t duplicates(const creation& c) noexcept
{
    const std::uint64_t listed = c.duplicate_urls.size();
    return c.duplicates_skipped > listed ? c.duplicates_skipped : listed;
}

/// Jobs that a run of the collection will have, given the number of items sent.
constexpr std::uint64_t queued(const creation& c, std::uint64_t items) noexcept
{
    const std::uint64_t refused = c.blocked_urls.size() + c.invalid_items.size() + duplicates(c);
    return refused < items ? items - refused : 0;
}

}  // namespace scrapingpros::inline v0

#endif
