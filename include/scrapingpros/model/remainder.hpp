#ifndef SCRAPINGPROS_MODEL_REMAINDER_HPP
#define SCRAPINGPROS_MODEL_REMAINDER_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scrapingpros::inline v0 {

/// Why a job was not delivered. None of these says that the job failed (contract 8.2, section 20).
enum class shortfall_cause {
    /// The service says that the result is not written yet.
    pending,
    /// Its retention has passed.
    expired,
    /// Gone although its retention has not passed: an incident of the service.
    lost,
    /// The service says that the run has no such job.
    invalid,
    /// The answer came and cannot be read, or is over a limit of the client.
    unreadable,
    /// Every attempt failed on the way.
    unreachable,
    /// The run is over, and the job has no terminal status.
    unfinished,
    /// The run names the job, and no listing ever showed it.
    never_listed,
};

constexpr std::string_view to_string(shortfall_cause c) noexcept
{
    switch (c) {
    case shortfall_cause::pending: return "pending";
    case shortfall_cause::expired: return "expired";
    case shortfall_cause::lost: return "lost";
    case shortfall_cause::invalid: return "invalid";
    case shortfall_cause::unreadable: return "unreadable";
    case shortfall_cause::unreachable: return "unreachable";
    case shortfall_cause::unfinished: return "unfinished";
    case shortfall_cause::never_listed: return "never_listed";
    }
    return "";
}

/// Nothing brings it back: not asked for again, not even after a resume.
constexpr bool is_final(shortfall_cause c) noexcept
{
    return c == shortfall_cause::expired || c == shortfall_cause::lost ||
           c == shortfall_cause::invalid;
}

/// One job that was not delivered.
struct shortfall {
    job_id id{};
    shortfall_cause cause = shortfall_cause::pending;
    std::optional<std::string> url{};
    std::optional<std::string> custom_id{};
    std::optional<timestamp> completed_at{};
    /// What the last attempt at its result came to.
    error_code ec{};

    friend bool operator==(const shortfall&, const shortfall&) = default;
};

/// What a batch ended without.
struct remainder {
    std::vector<shortfall> jobs{};
    /// Jobs that the run counts and nothing names.
    std::uint64_t unnamed = 0;

    bool empty() const noexcept { return jobs.empty() && unnamed == 0; }

    friend bool operator==(const remainder&, const remainder&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
