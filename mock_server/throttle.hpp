#ifndef SCRAPINGPROS_MOCK_THROTTLE_HPP
#define SCRAPINGPROS_MOCK_THROTTLE_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "switches.hpp"
#include "types.hpp"

namespace scrapingpros_mock {

/// One bucket of so many requests a minute, by one of A47's algorithms.
class limiter {
public:
    struct verdict {
        bool admitted = true;
        std::size_t limit = 0;
        std::size_t remaining = 0;
        time_point reset{};       ///< when the whole limit is there again
        duration retry_after{0};  ///< when a refused request may come back
    };

    limiter(choice::rate_algorithm how, std::size_t per_minute) : how_(how), limit_(per_minute) {}

    /// Counts the request if there is room for it.
    verdict admit(time_point now);

private:
    verdict by_fixed_window(time_point now);
    verdict by_sliding_window(time_point now);
    verdict by_tokens(time_point now);

    choice::rate_algorithm how_;
    std::size_t limit_;
    time_point window_{};
    std::size_t used_ = 0;
    std::deque<time_point> recent_;
    /// A token is a minute's worth of these, so that a microsecond adds whole ones.
    std::optional<std::uint64_t> grains_;
    time_point filled_{};
};

/// `Retry-After` in the form of A48; nothing if that form is none.
std::optional<std::string> retry_after_text(choice::retry_after_form, duration, time_point now);

}  // namespace scrapingpros_mock

#endif
