#ifndef SCRAPINGPROS_MODEL_START_OUTCOME_HPP
#define SCRAPINGPROS_MODEL_START_OUTCOME_HPP

#include <scrapingpros/error.hpp>
#include <scrapingpros/model/ids.hpp>
#include <scrapingpros/model/run.hpp>
#include <scrapingpros/time.hpp>

#include <optional>

namespace scrapingpros::inline v0 {

/// What is known of a run start after its call ended.
enum class start_certainty {
    started,
    /// Proven: no connection, a failed TLS handshake, or a 4xx. It is safe to start again.
    not_started,
    /// A run may exist, and be billed. Reconcile before starting again (contract 6.1).
    unknown,
};

/// How to find the run that a start may have made.
struct start_attempt {
    collection_id collection{};
    /// The server's clock when the first attempt was sent, less the margin of the client.
    timestamp not_before{};

    friend bool operator==(const start_attempt&, const start_attempt&) = default;
};

/// The outcome of `async_start_run` and of `async_reconcile_start`.
struct start_outcome {
    start_certainty certainty = start_certainty::not_started;
    /// The run, if `certainty` is `started`.
    std::optional<run> started_run{};
    /// What to hand to `async_reconcile_start`, now or after a restart of the program.
    start_attempt attempt{};
    /// Why it is not `started`; the code of the last attempt.
    error_code cause{};

    friend bool operator==(const start_outcome&, const start_outcome&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
