#ifndef SCRAPINGPROS_MODEL_SERVICE_HPP
#define SCRAPINGPROS_MODEL_SERVICE_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace scrapingpros::inline v0 {

/// The service's word on itself; never a reason to hold a call back.
struct health {
    /// `healthy`, `ok`, `degraded`, …
    std::string status{};
    /// Part → status, where the server lists parts.
    std::map<std::string, std::string> components{};

    friend bool operator==(const health&, const health&) = default;
};

struct plan {
    std::string name{};
    std::string display_name{};
    std::optional<std::uint64_t> credits_monthly{};
    /// Bounds how fast a run moves.
    std::optional<std::uint64_t> max_concurrent_jobs{};

    friend bool operator==(const plan&, const plan&) = default;
};

struct plan_list {
    std::vector<plan> plans{};

    friend bool operator==(const plan_list&, const plan_list&) = default;
};

/// A checked JSON document whose members the contract does not settle (billing, metrics).
struct raw_document {
    std::string json{};

    friend bool operator==(const raw_document&, const raw_document&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
