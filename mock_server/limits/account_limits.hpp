#ifndef SCRAPINGPROS_MOCK_ACCOUNT_LIMITS_HPP
#define SCRAPINGPROS_MOCK_ACCOUNT_LIMITS_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "limits/early_returns.hpp"
#include "limits/limits_seen.hpp"
#include "limits/throttle.hpp"
#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

struct scenario;

/// What became of a request at the limits.
struct admission {
    limiter::verdict shown;           ///< of the account's bucket, or of the one that refused
    std::vector<header> retry_after;  ///< of a refusal
    bool at_work = false;             ///< `hold` wants to know its ordinal
};

/// All limits of one account. A request passes all that concern it or is counted by none.
class account_limits {
public:
    explicit account_limits(const scenario&);

    /// Judges a request and counts it if it is admitted.
    admission admit(const scenario&, operation, std::uint64_t connection, time_point now);

    /// An admitted request is at work until it is finished or its connection brings another one.
    void hold(std::uint64_t ordinal, std::uint64_t connection) { held_[ordinal] = connection; }
    void finish(std::uint64_t ordinal) { held_.erase(ordinal); }

    void refused_by_quota() { ++quota_refused_; }
    void report(limits_seen&) const;

private:
    struct gate {
        std::optional<limiter> rate;  ///< none: the number of requests at work decides
        early_book early;
        bucket_counts counts;
    };

    gate& scope_gate(const scoped_limit&, std::size_t index, std::uint64_t key);
    time_point ready(const scenario&, gate&, time_point now) const;
    static admission refuse(const scenario&, gate&, time_point now, time_point free);

    gate reads_;
    gate writes_;
    gate in_flight_;
    /// By index among the scopes, and by operation or connection.
    std::map<std::pair<std::size_t, std::uint64_t>, gate> scopes_;
    std::vector<bucket_counts> forgotten_;         ///< of connections long gone, by index
    std::map<std::uint64_t, std::uint64_t> held_;  ///< ordinals at work and their connections
    std::uint64_t quota_refused_ = 0;
};

/// The plan's or the switch's requests per minute.
std::size_t writes_per_minute(const scenario&) noexcept;
/// Before 2026-05-30 reads and writes shared one bucket (contract 12).
bool has_single_bucket(const scenario&) noexcept;

}  // namespace scrapingpros_mock

#endif
