#ifndef SCRAPINGPROS_MODEL_REFUSAL_HPP
#define SCRAPINGPROS_MODEL_REFUSAL_HPP

#include <scrapingpros/time.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace scrapingpros::inline v0 {

/// The typed reason why there is no result (contract 8.2).
struct result_refusal {
    /// `result_pending`, `result_expired`, `result_lost`, `job_id_invalid` or a newer word.
    std::string code{};
    std::string message{};
    std::optional<timestamp> completed_at{};
    /// Time since completion, as the server counts it.
    std::optional<std::chrono::seconds> age{};

    friend bool operator==(const result_refusal&, const result_refusal&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
