#ifndef SCRAPINGPROS_MOCK_JUDGEMENT_HPP
#define SCRAPINGPROS_MOCK_JUDGEMENT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>

#include "types.hpp"

namespace scrapingpros_mock {

class value_in;

/// What became of a finished job on its way to the client; each is exactly one.
enum class verdict {
    pending,  ///< its row or body cannot be read yet
    delivered_once,
    duplicated,      ///< more than once
    late,            ///< once, after more than `late_after`
    lost,            ///< could have been had and was not
    expired_unread,  ///< the same, and now it is too late
    phantom,         ///< delivered, but not finished then
};
inline constexpr std::size_t verdict_count = static_cast<std::size_t>(verdict::phantom) + 1;
const char* name_of(verdict) noexcept;

/// By what a job counts as delivered.
enum class witness {
    /// A whole result left: inline or by the result route. Of an unsuccessful job: its row.
    wire,
    /// The client said so (`world::report_delivered`).
    client,
};

struct judgement {
    witness by = witness::wire;
    std::optional<duration> late_after = {};  ///< from the time it could be read; none: never late
};

/// Reads `{"judge":"client","late_after":"30s"}`. Throws bad_scenario.
judgement read_judgement(const value_in&);

struct job_verdict {
    std::optional<verdict> is = {};  ///< none: not finished, and not delivered either
    std::uint32_t times = 0;         ///< delivered
    std::optional<time_point> first = {};
};

}  // namespace scrapingpros_mock

#endif
