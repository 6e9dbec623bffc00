#ifndef SCRAPINGPROS_MOCK_LIMITS_SEEN_HPP
#define SCRAPINGPROS_MOCK_LIMITS_SEEN_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "types.hpp"

namespace scrapingpros_mock {

/// What one bucket did to its requests.
struct bucket_counts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    /// Requests that came before the wait they had been told was over, admitted or not.
    std::uint64_t early_returns = 0;
    std::uint64_t bans = 0;
    duration longest_early{0};  ///< the most that one came too early

    void add(const bucket_counts&);
};

/// The limits of an account as tests look at them.
struct limits_seen {
    std::string account;
    bucket_counts reads;
    bucket_counts writes;  ///< of everything, where there is a single bucket
    bucket_counts in_flight;
    std::vector<bucket_counts> scopes;  ///< in the order of `limit_options::scopes`
    std::uint64_t quota_refused = 0;
    std::uint64_t credits_used = 0;        ///< this month
    std::optional<std::uint64_t> credits;  ///< of the month; none: unlimited

    std::string to_json() const;
};

}  // namespace scrapingpros_mock

#endif
