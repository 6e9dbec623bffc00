#ifndef SCRAPINGPROS_CORE_SUBMIT_OPTIONS_HPP
#define SCRAPINGPROS_CORE_SUBMIT_OPTIONS_HPP

#include <scrapingpros/time.hpp>

#include <chrono>

namespace scrapingpros::inline v0 {

/// What a batch assumes of the service while it is submitted. Times of this machine: for a service
/// whose clock runs faster they are shorter.
struct submit_options {
    /// An idempotency key is not used again when its first use is this long ago: the service forgets it
    /// after 24 h and would create a second collection (contract 3.4).
    milliseconds key_life = std::chrono::hours(23);
    /// For so long after an unanswered start a run is looked for before there is said to be none, ...
    milliseconds start_settles = std::chrono::seconds(60);
    /// ... and for so much longer for each item: the service expects to work at 200 items a second
    /// (contract 3.5), and is given a quarter of that.
    std::chrono::microseconds start_settles_per_item = milliseconds(20);

    friend bool operator==(const submit_options&, const submit_options&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
