#ifndef SCRAPINGPROS_MOCK_CLOCK_OPTIONS_HPP
#define SCRAPINGPROS_MOCK_CLOCK_OPTIONS_HPP

#include <chrono>
#include <optional>
#include <vector>

#include "operation.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// What moves a tenant's time.
enum class clock_mode {
    real,         ///< real time, at a scale
    manual,       ///< control calls only
    automatic,    ///< jumps to the next due instant whenever nobody holds it
    per_request,  ///< a step whenever a request of a listed class arrives
};

struct clock_options {
    clock_mode mode = clock_mode::real;
    /// Where time begins. None: the system's time for a real clock, the scenario's for the others.
    std::optional<time_point> start{};

    /// Service seconds for each real one; 0.001 to 1,000,000.
    double scale = 1.0;
    /// `Retry-After` and the resets of rate limits are told in real seconds, rounded up, for clients
    /// that speed up their own intervals only.
    bool wall_waits = false;

    /// Of `per_request`: the step; none: to the next visible change.
    std::optional<duration> step{};
    /// Of `per_request`: the operations that move time; empty: all of the service's.
    std::vector<operation> classes{};

    /// Longest real time that one holder may keep an automatic clock on which others wait.
    std::chrono::milliseconds max_real_block{std::chrono::seconds{10}};
    /// Participants that are due at the same instant wake one after the other, each when the one
    /// before it waits again.
    bool serial = false;

    friend bool operator==(const clock_options&, const clock_options&) = default;
};

}  // namespace scrapingpros_mock

#endif
