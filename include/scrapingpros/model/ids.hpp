#ifndef SCRAPINGPROS_MODEL_IDS_HPP
#define SCRAPINGPROS_MODEL_IDS_HPP

#include <compare>
#include <cstddef>
#include <functional>
#include <string>

namespace scrapingpros::inline v0 {

/// Names a collection. Any text the server chose; UUIDs so far, but nothing here relies on it.
struct collection_id {
    std::string value{};

    friend auto operator<=>(const collection_id&, const collection_id&) = default;
};

/// Names one run of a collection.
struct run_id {
    std::string value{};

    friend auto operator<=>(const run_id&, const run_id&) = default;
};

/// Names one job of a run (`job_public_id` on the wire).
struct job_id {
    std::string value{};

    friend auto operator<=>(const job_id&, const job_id&) = default;
};

/// A run is found through its collection only, so the two travel together.
struct run_ref {
    collection_id collection{};
    run_id run{};

    friend auto operator<=>(const run_ref&, const run_ref&) = default;
};

}  // namespace scrapingpros::inline v0

template <>
struct std::hash<scrapingpros::collection_id> {
    std::size_t operator()(const scrapingpros::collection_id& id) const noexcept
    {
        return std::hash<std::string>()(id.value);
    }
};

template <>
struct std::hash<scrapingpros::run_id> {
    std::size_t operator()(const scrapingpros::run_id& id) const noexcept
    {
        return std::hash<std::string>()(id.value);
    }
};

template <>
struct std::hash<scrapingpros::job_id> {
    std::size_t operator()(const scrapingpros::job_id& id) const noexcept
    {
        return std::hash<std::string>()(id.value);
    }
};

#endif
