#ifndef SCRAPINGPROS_CORE_ACTION_HPP
#define SCRAPINGPROS_CORE_ACTION_HPP

#include <scrapingpros/core/wait_until.hpp>
#include <scrapingpros/error.hpp>
#include <scrapingpros/model/call.hpp>
#include <scrapingpros/model/checkpoint.hpp>
#include <scrapingpros/model/job_outcome.hpp>
#include <scrapingpros/time.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace scrapingpros::inline v0::core {

/// The clocks at one moment: waits and deadlines go by the first, stamps and retention by the second.
struct moment {
    instant local{};
    /// The server's clock, as well as the driver can tell (by the `Date` of replies).
    timestamp server{};
    /// This machine's own wall clock, right or wrong: to compare with what an earlier process noted.
    timestamp wall{};

    friend bool operator==(const moment&, const moment&) = default;
};

/// Names an exchange under way.
enum class ticket : std::uint64_t {};

/// Perform `what`, with retries and rate limit, and answer with one of the engine's `on_…`.
struct exchange {
    ticket id{};
    call what{};
    friend bool operator==(const exchange&, const exchange&) = default;
};
/// Hand it to the consumer. Comes at most once per job, and only while there is room.
struct deliver {
    job_outcome item{};
    friend bool operator==(const deliver&, const deliver&) = default;
};
/// Make the engine's `snapshot()` durable, then call `on_saved`. Nothing else comes before that.
struct save {
    friend bool operator==(const save&, const save&) = default;
};
/// Append this step to what is durable, then call `on_saved`. Nothing else comes before that.
struct append {
    settled_job step{};
    friend bool operator==(const append&, const append&) = default;
};
/// Nothing to do before an event.
struct wait_for_event {
    friend bool operator==(const wait_for_event&, const wait_for_event&) = default;
};
/// The batch is over, and no answer is wanted any more. `next` says so for ever after, but for steps
/// that are acknowledged later.
struct finish {
    error_code ec{};
    friend bool operator==(const finish&, const finish&) = default;
};
using action = std::variant<exchange, deliver, save, append, wait_until, wait_for_event, finish>;

/// Why an exchange came to nothing, retries included.
struct exchange_failure {
    error_code ec{};
    /// The wait that the server asked for in its last answer.
    std::optional<milliseconds> retry_after{};
    /// Uniform bits for jitter.
    std::uint64_t random = 0;
};

}  // namespace scrapingpros::inline v0::core

#endif
