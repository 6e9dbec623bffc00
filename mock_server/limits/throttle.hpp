#ifndef SCRAPINGPROS_MOCK_THROTTLE_HPP
#define SCRAPINGPROS_MOCK_THROTTLE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "limits/limit_options.hpp"
#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// One bucket of so many requests a minute, by one of A47's algorithms. A limit of 0 admits
/// nothing, ever.
class limiter {
public:
    struct settings {
        choice::rate_algorithm how{};
        std::size_t per_minute = 60;
        window_anchor fixed_window{};
        std::optional<std::size_t> token_burst = {};  ///< none: a minute's worth
    };

    struct verdict {
        bool admitted = true;
        std::size_t limit = 0;
        std::size_t remaining = 0;  ///< requests that would be admitted at this same moment
        time_point reset{};         ///< when the whole limit is there again
        duration retry_after{0};    ///< when a refused request may come back
    };

    explicit limiter(const settings& how) : how_(how) {}

    /// When the next request is admitted if none is in between: `now` if there is room.
    time_point free_from(time_point now);
    /// Counts one request. Only where `free_from(now)` is `now`.
    void take(time_point now);
    /// The state of the bucket, nothing counted; `admitted` says whether there is room.
    verdict look(time_point now);

    /// Counts the request if there is room for it.
    verdict admit(time_point now);

private:
    void roll(time_point now);
    void fill(time_point now);
    void forget(time_point now);
    std::size_t burst() const noexcept { return how_.token_burst.value_or(how_.per_minute); }
    std::uint64_t full() const noexcept;
    duration time_for(std::uint64_t grains) const noexcept;

    settings how_;
    // Fixed window.
    std::optional<time_point> window_;  ///< none: it begins with the next request
    std::size_t used_ = 0;
    // Sliding window: arrivals in their order, those before `oldest_` forgotten.
    std::vector<time_point> recent_;
    std::size_t oldest_ = 0;
    /// A token is a minute's worth of these, so that a microsecond adds whole ones.
    std::optional<std::uint64_t> grains_;
    time_point filled_{};
};

}  // namespace scrapingpros_mock

#endif
