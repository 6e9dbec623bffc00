#ifndef SCRAPINGPROS_MODEL_RECENT_SUBMIT_HPP
#define SCRAPINGPROS_MODEL_RECENT_SUBMIT_HPP

#include <scrapingpros/model/collection.hpp>
#include <scrapingpros/model/run.hpp>

#include <optional>

namespace scrapingpros::inline v0 {

/// What became of a submit whose answer was lost, as far as the server shows it.
struct recent_submit {
    scrapingpros::collection collection{};
    /// The newest run under way, else the newest run; empty if none was started.
    std::optional<run> latest_run{};

    friend bool operator==(const recent_submit&, const recent_submit&) = default;
};

}  // namespace scrapingpros::inline v0

#endif
