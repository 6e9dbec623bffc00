#ifndef SCRAPINGPROS_CORE_CLOSING_RULE_HPP
#define SCRAPINGPROS_CORE_CLOSING_RULE_HPP

#include <scrapingpros/core/read_schedule.hpp>
#include <scrapingpros/core/run_watch.hpp>
#include <scrapingpros/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace scrapingpros::inline v0::core {

/** What is read once a run is over: the listing to its end, and unless as many rows were seen as the run
    has jobs, all rows by id. Both again, with growing pauses, until as many rows were seen as there
    should be or `patience` has passed; last the ids that the run itself has.
*/
class closing_rule {
public:
    struct step {
        instant when{};
        errand what = errand::closing;
    };

    explicit closing_rule(milliseconds patience) : patience_(patience) {}

    void begin(instant now) { since_ = now; }

    /// What follows after a pass that was read for `last`; empty if nothing.
    std::optional<step> after(errand last, instant now, const run_watch& run, std::uint64_t seen)
    {
        if (run.total() && seen == *run.total()) return {};
        if (last == errand::flow) return step{now, errand::closing};
        const auto expected = run.expected_rows();
        const auto patience_ends = since_ + patience_;
        if ((expected && seen >= *expected) || now >= patience_ends) return step{now, errand::ids};
        const auto pause = std::chrono::seconds(1 << (std::min)(rounds_++, 5u));
        return step{(std::min)(now + pause, patience_ends), errand::flow};
    }

private:
    milliseconds patience_;
    instant since_{};
    unsigned rounds_ = 0;
};

}  // namespace scrapingpros::inline v0::core

#endif
